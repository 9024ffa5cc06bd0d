import Foundation

/// From the command to the whole first frame, in tmux, over a cache of 1 GB.
struct StartBenchmark: Benchmark {
    static let name = "start"
    private static let rounds = 9

    func run(_ bench: Bench) throws -> [Figure] {
        let server = try bench.serve(bench.c("pageserver"))
        defer { server.stop() }
        let home = try ConsoleHome(bench, name: "start", port: server.port, interval: "5s")
        try home.poll(bench, seconds: 25)
        let script = bench.package.appending(path: "grow.py").path
        let bytes = try bench.run(bench.python, [script, home.cache, "1073741824"]).output
        let pane = try TmuxPane(bench)
        defer { pane.close() }
        let ours = home.words([bench.pitwall])
        let (htop, btop) = (home.words(bench.htop), home.words(try bench.btop()))
        var times: [String: [Double]] = [:]
        for round in 0..<Self.rounds + 1 {
            for (name, command, mark) in [
                // Each mark is among the last things that a first frame draws.
                ("pane", "sh -c 'echo ready; exec cat'", "ready"), ("pitwall", ours, "ago"), ("htop", htop, "Quit"),
                ("btop", btop, "proc"),
            ] {
                let time = try pane.time(command, until: mark)
                // The first round finds nothing in the page cache.
                if round > 0 { times[name, default: []].append(time * 1000) }
                // What is still drawn belongs to this run; and a start ends well before the next.
                pane.drain(seconds: 0.3)
                if name == "pitwall" { try check(pane.lines(bench)) }
                pane.start("exec cat")
                pane.drain(seconds: 0.2)
            }
        }
        func figure(_ peer: String, _ goal: Figure.Goal) -> Figure {
            let (mine, theirs) = (times["pitwall"] ?? [], times[peer] ?? [])
            return Figure(
                work: "start to first full frame, 1 GB cache", unit: "ms", ours: Bench.median(mine),
                peer: Bench.median(theirs), peerName: peer, better: .lower, goal: goal,
                note:
                    "least \(Table.short(mine.min() ?? .nan)) against \(Table.short(theirs.min() ?? .nan)); an empty pane \(Table.short(Bench.median(times["pane"] ?? []))); cache \(bytes.prefix { $0.isNumber }) bytes"
            )
        }
        return [figure("btop", .value(25)), figure("htop", .none)]
    }

    /// The frame that was timed must be a whole one.
    private func check(_ lines: [Substring]) throws {
        let isWhole = lines.contains { $0.contains("model-0") } && lines.contains { $0.contains("help") }
        guard isWhole else { throw Bench.Failure(description: "no whole frame:\n\(lines.joined(separator: "\n"))") }
    }
}
