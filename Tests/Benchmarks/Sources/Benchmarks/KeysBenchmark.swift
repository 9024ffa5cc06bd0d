import Foundation
import PitConsole
import PitGrid
import PitModel
import PitTerminal
import PitThemes

/// From a key to its frame on the terminal, with 10,000 models and 100,000 alerts: what the loop of the program does
/// for a key, in a tmux pane.
struct KeysBenchmark: Benchmark {
    static let name = "keys"
    private static let (models, alerts) = (10_000, 100_000)

    func run(_ bench: Bench) throws -> [Figure] {
        let pane = try TmuxPane(bench)
        defer { pane.close() }
        let file = bench.room.appending(path: "keys.times").path
        let (program, fault) = (
            try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"), file + ".err"
        )
        pane.start("env LC_ALL=C.UTF-8 '\(program)' --press '\(file)' 2>'\(fault)'")
        for _ in 0..<300 where !FileManager.default.fileExists(atPath: file) { pane.drain(seconds: 1) }
        if !FileManager.default.fileExists(atPath: file) {
            let words = (try? String(contentsOfFile: fault, encoding: .utf8)) ?? ""
            throw Bench.Failure(description: words.isEmpty ? "no key was answered" : String(words.prefix(300)))
        }
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        let rows = lines.map { $0.split(separator: " ") }.filter { $0.count == 3 }
        func figure(_ column: Int, _ what: String, _ goal: Figure.Goal) -> Figure {
            let times = rows.compactMap { Double($0[column]) }
            let worst = rows.max { (Double($0[column]) ?? 0) < (Double($1[column]) ?? 0) }
            return Figure(
                work: "key to frame, \(Self.models) models, \(Self.alerts) alerts, 200x60: p99 \(what)", unit: "ms",
                ours: times.isEmpty ? nil : Bench.quantile(0.99, times), better: .lower, goal: goal,
                note:
                    "median \(Table.short(Bench.median(times))), most \(Table.short(times.max() ?? .nan)) by `\(worst?[0] ?? "")`; \(times.count) keys"
            )
        }
        return [figure(1, "CPU", .value(8)), figure(2, "wall", .value(8))]
    }

    /// The other side: presses keys in the terminal that it is given, and writes what each took in milliseconds.
    static func press(_ file: String) throws {
        let environment = ProcessInfo.processInfo.environment
        let terminal = try CursesTerminal(
            theme: ThemeShelf(folder: nil).theme(orFirst: "pitwall"), options: TerminalOptions(),
            environment: environment)
        defer { terminal.close() }
        var console = Console(settings: ConsoleSettings(glyphs: .unicode))
        _ = console.handle(.world(world()))
        _ = console.resize(terminal.size)
        terminal.show(console.draw(terminal.size))
        var text = ""
        // Where a key takes seconds, there is no need to press all of them.
        let end = ContinuousClock().now + .seconds(90)
        for key in keys where ContinuousClock().now < end {
            let (cpu, began) = (Self.thread, ContinuousClock().now)
            _ = console.handle(.tick(start))
            _ = console.handle(.input(.key(Key(key))))
            terminal.show(console.draw(terminal.size))
            let wall = (ContinuousClock().now - began) / .milliseconds(1)
            text += "\(key) \((Self.thread - cpu) * 1000) \(wall)\n"
        }
        try text.write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// CPU seconds of the calling thread.
    private static var thread: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static let start = Timestamp(milliseconds: 1_800_000_000_000)

    /// What a person does for a few minutes: move, page, sort, filter, open, look at the alerts.
    private static let keys: [String] = {
        let walk = Array(repeating: "j", count: 60) + ["pgdn", "pgdn", "pgup", "G", "k", "k", "g", "g"]
        let list = walk + ["s", "s", "S"] + walk + ["/", "7", "7", "backspace", "1", "enter", "j", "j", "esc", "esc"]
        let once =
            ["1"] + list + ["enter", "esc", "3"] + list + [":", "t", "h", "esc", "?", "esc", "W", "j", "O", "1"]
        return once + once + once
    }()

    private static func world() -> Snapshot {
        var seed: UInt64 = 7
        func next(_ bound: UInt64) -> UInt64 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (seed >> 33) % bound
        }
        let severities = ["critical", "warning", "info"]
        let models = (0..<Self.models).map { index in
            var state = ModelState(name: ModelName("team-\(index % 40)/model-\(index)"))
            state.health = next(20) == 0 ? .slow : .ok
            state.seenAt = start.advanced(by: -Double(next(15)))
            state.signals = [
                .requestRate: Measure(Double(next(5000)) / 10), .ttftP95: Measure(Double(next(3000)) / 1000),
                .itlP95: Measure(Double(next(100)) / 1000), .waiting: Measure(Double(next(30))),
                .kvCacheUse: Measure(Double(next(100)) / 100), .errorRatio: Measure(Double(next(10)) / 1000),
            ]
            state.trends = [.ttftP95: (0..<60).map { _ in Double(next(3000)) / 1000 }]
            return state
        }
        let alerts = (0..<Self.alerts).map { index in
            let name = models[Int(next(UInt64(Self.models)))].name
            let labels = [
                "alertname": "HighTTFT\(index % 300)", "severity": severities[Int(next(3))], "model": "\(name)",
                "instance": "10.0.\(index / 250 % 250).\(index % 250):8000",
            ]
            let alert = Alert(
                fingerprint: String(index, radix: 16), labels: labels, annotations: ["summary": "p95 is above 2 s"],
                state: .firing, startsAt: start.advanced(by: -Double(next(86_400))))
            return AlertState(alert: alert, connection: ConnectionName("am"), model: name)
        }
        return Snapshot(revision: 1, at: start, models: models, alerts: alerts)
    }
}
