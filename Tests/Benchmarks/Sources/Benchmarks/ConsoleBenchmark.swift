import Foundation

/// What the console costs while it stands there, and what it holds: thirty seconds of it in tmux, start and end
/// included.
struct ConsoleBenchmark: Benchmark {
    static let name = "console"
    private static let seconds = 30

    private struct Spent {
        var cpu: Double
        var resident: Double
        var most: Double
    }

    func run(_ bench: Bench) throws -> [Figure] {
        let server = try bench.serve(bench.c("pageserver"))
        defer { server.stop() }
        let spent = try bench.c("spent")
        let still = try ConsoleHome(bench, name: "still", port: server.port, interval: "5s")
        try still.poll(bench, seconds: 15)
        // The same folders: what was polled is there, and the next polls are hours away.
        let quiet = try ConsoleHome(bench, name: "still", port: server.port, interval: "12h")
        let polling = try ConsoleHome(bench, name: "polling", port: server.port, interval: "5s")
        let pane = try TmuxPane(bench)
        defer { pane.close() }
        func run(_ name: String, _ home: ConsoleHome, _ command: [String]) throws -> Spent {
            let file = bench.room.appending(path: "\(name).spent").path
            pane.start(home.words([spent, "\(Self.seconds)", file] + command))
            for _ in 0..<(Self.seconds + 30) where !FileManager.default.fileExists(atPath: file) {
                pane.drain(seconds: 1)
            }
            let words = try String(contentsOfFile: file, encoding: .utf8).split(whereSeparator: \.isWhitespace)
            let values = words.compactMap { Double($0) }
            guard values.count == 3 else { throw Bench.Failure(description: "\(name) did not end") }
            return Spent(cpu: values[0], resident: values[1], most: values[2])
        }
        let screen = try run("screen", quiet, [bench.pitwall])
        let htop = try run("htop", quiet, bench.htop)
        let btop = try run("btop", quiet, try bench.btop())
        let polled = try run("polled", polling, [bench.pitwall])
        let loop = try requestCost(bench, server.port)
        let requests = Double(ConsoleHome.models * Self.seconds / 5)
        let around = "\(ConsoleHome.models) models, 200x60, \(Self.seconds) s"
        func cpu(_ work: String, _ ours: Spent, _ peer: Double, _ name: String, _ goal: Figure.Goal, _ note: String)
            -> Figure
        {
            Figure(
                work: "\(work), \(around)", unit: "CPU s", ours: ours.cpu, peer: peer, peerName: name, better: .lower,
                goal: goal, note: note)
        }
        return [
            cpu("the screen alone", screen, htop.cpu, "htop -d 10", .ratio(1), "start and end included"),
            cpu("the screen alone", screen, btop.cpu, "btop at 1 Hz", .none, ""),
            cpu(
                "with polling every 5 s", polled, btop.cpu + loop * requests, "btop and a plain libcurl loop",
                .ratio(1),
                "\(Table.short(btop.cpu)) s and \(Int(requests)) requests at \(Table.short(loop * 1e6)) us"),
            Figure(
                work: "resident memory, \(ConsoleHome.models) models polled", unit: "MB", ours: polled.resident / 1e6,
                peer: btop.resident / 1e6, peerName: "btop", better: .lower, goal: .value(40),
                note:
                    "after \(Self.seconds) s; at most \(Table.short(polled.most / 1e6)); without polls \(Table.short(screen.resident / 1e6)); htop \(Table.short(htop.resident / 1e6))"
            ),
        ]
    }

    /// CPU seconds that a plain loop over libcurl takes for one of the requests.
    private func requestCost(_ bench: Bench, _ port: String) throws -> Double {
        let loop = try bench.c("httploop", libraries: ["curl"])
        let costs = try (0..<5).map { _ in
            let words = try bench.run(
                loop, ["http://127.0.0.1:\(port)/t/", "/metrics", "6000", "64", "\(ConsoleHome.models)"]
            ).output.split(separator: " ")
            return (words.first.flatMap { Double($0) } ?? .nan) / 6000
        }
        return Bench.median(costs)
    }
}
