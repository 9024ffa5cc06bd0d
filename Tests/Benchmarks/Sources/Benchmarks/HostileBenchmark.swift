import Foundation

/// The console with a hundred healthy servers, and then with every hostile one of `Tests/Peers/hostile.py` beside
/// them: from a key to what it changes on the screen, turns that the healthy ones missed, and memory.
struct HostileBenchmark: Benchmark {
    static let name = "hostile"
    private static let (healthy, keys, warm) = (100, 300, 10.0)

    private struct Ready: Decodable { var ports: [String: Int] }

    private struct Seen {
        var times: [Double] = []
        var peak: Double?
        var missed: Int?
    }

    func run(_ bench: Bench) throws -> [Figure] {
        let good = try Servers(bench, "healthy", "\(Self.healthy)")
        defer { good.stop() }
        let bad = try Servers(bench, "hostile", bench.room.appending(path: "certificates").path)
        defer { bad.stop() }
        let alone = try live(bench, "alone", good.ports, [:])
        let beside = try live(bench, "beside", good.ports, bad.ports)
        let work = "\(Self.healthy) healthy servers beside \(bad.ports.count) hostile ones"
        return [
            Figure(
                work: "key to screen in tmux, \(work): p99", unit: "ms", ours: Bench.quantile(0.99, beside.times),
                peer: Bench.quantile(0.99, alone.times), peerName: "without the hostile ones", better: .lower,
                goal: .none,
                note:
                    "medians \(Table.short(Bench.median(beside.times))) and \(Table.short(Bench.median(alone.times)))"),
            Figure(
                work: work, unit: "MB resident at most", ours: beside.peak.map { $0 / 1e6 },
                peer: alone.peak.map { $0 / 1e6 }, peerName: "without the hostile ones", better: .lower,
                goal: .value(150)),
            Figure(
                work: work, unit: "turns missed by healthy ones", ours: beside.missed.map(Double.init),
                peer: alone.missed.map(Double.init), peerName: "without the hostile ones", better: .lower,
                goal: .value(0)),
        ]
    }

    /// Presses keys for a while, and looks at the process and at what it kept.
    private func live(_ bench: Bench, _ name: String, _ good: [String: Int], _ bad: [String: Int]) throws -> Seen {
        let folder = bench.room.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let config = folder.appending(path: "config.yaml").path
        try Self.configuration(good, bad).write(toFile: config, atomically: true, encoding: .utf8)
        let environment = ["XDG_STATE_HOME": folder.path, "XDG_CONFIG_HOME": folder.path]
        let pane = try TmuxPane(bench)
        defer { pane.close() }
        let pid = folder.appending(path: "pid").path
        let words =
            (environment.map { "\($0.key)='\($0.value)'" } + ["exec", "'\(bench.pitwall)'", "--config", config])
            .joined(separator: " ")
        _ = try pane.time("echo \\$\\$ > \(pid); \(words)", until: "HEALTH", seconds: 60)
        pane.drain(seconds: Self.warm)
        var seen = Seen()
        _ = try pane.press("W", until: "KIND", seconds: 20)
        for number in 0..<Self.keys {
            // Down and up again in turns, so that each key changes something.
            seen.times.append(try pane.press(number % 40 < 20 ? "j" : "k", until: nil, seconds: 20) * 1000)
            pane.drain(seconds: 0.1)
        }
        let number = (try? String(contentsOfFile: pid, encoding: .utf8))?.split(separator: "\n").first.flatMap {
            Int32($0)
        }
        seen.peak = number.flatMap { Bench.resident($0, peak: true) }
        let rows = try bench.run(
            bench.pitwall, ["get", "connections", "--cached", "-o", "json", "--config", config],
            environment: environment, isChecked: false
        ).output
        let all = try JSONSerialization.jsonObject(with: Data(rows.utf8)) as? [[String: Any]] ?? []
        let healthy = all.filter { ($0["name"] as? String)?.hasPrefix("healthy-") == true }
        if healthy.count == Self.healthy {
            seen.missed = healthy.reduce(0) { $0 + ($1["missed_turns"] as? Int ?? 0) }
        }
        return seen
    }

    private static func configuration(_ good: [String: Int], _ bad: [String: Int]) -> String {
        var lines = ["connections:"]
        for (name, port) in good.sorted(by: { $0.key < $1.key }) where name != "other" {
            let url = "http://127.0.0.1:\(port)"
            lines.append("  - {name: \(name), kind: metrics, url: '\(url)', interval: 5s, timeout: 4s, proxy: none}")
        }
        for (name, port) in bad.sorted(by: { $0.key < $1.key }) where !["other", "vault", "echo"].contains(name) {
            let url = "\(name.hasPrefix("tls-") ? "https" : "http")://127.0.0.1:\(port)"
            let kind = name.hasSuffix("json") ? "alertmanager" : "metrics"
            lines.append(
                "  - {name: bad-\(name), kind: \(kind), url: '\(url)', interval: 5s, timeout: 4s, proxy: none}")
        }
        lines += [
            "models:", "  - {name: good, metrics: [\((0..<healthy).map { "healthy-\($0)" }.joined(separator: ", "))]}",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// Servers of `hostile.py`, which end when their input does.
    private final class Servers {
        let ports: [String: Int]
        private let process = Process()
        private let input = Pipe()

        init(_ bench: Bench, _ mode: String, _ argument: String) throws {
            let script = bench.package.appending(path: "../Peers/hostile.py").standardizedFileURL.path
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", script, mode, argument]
            let output = Pipe()
            (process.standardInput, process.standardOutput) = (input, output)
            try process.run()
            var line = Data()
            while !line.contains(10) {
                let more = output.fileHandleForReading.availableData
                guard !more.isEmpty else { throw Bench.Failure(description: "the \(mode) servers did not start") }
                line += more
            }
            ports = try JSONDecoder().decode(Ready.self, from: line).ports
        }

        func stop() {
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
        }
    }
}
