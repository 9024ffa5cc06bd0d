import Foundation

/// Near-duplicates in a file, from reading it to writing what is kept, beside datasketch, which only finds them.
struct DuplicatesBenchmark: Benchmark {
    static let name = "duplicates"

    private struct Found: Decodable {
        var seconds: Double
        var recall: Double
        var precision: Double
    }

    func run(_ bench: Bench) throws -> [Figure] {
        let script = bench.package.appending(path: "duplicates_peers.py").path
        try bench.run(bench.python, [script, "data", bench.room.path])
        func found(_ what: String) throws -> Found {
            let output = try bench.run(bench.python, [script, what, bench.room.path]).output
            return try JSONDecoder().decode(Found.self, from: Data(output.utf8))
        }
        func file(_ name: String) -> String { bench.room.appending(path: name).path }
        let seconds = try Bench.median(
            (0..<5).map { _ in
                try bench.run(
                    bench.pitwall,
                    [
                        "data", "dedup", file("docs.jsonl"), "--by", "text", "--near", "--threshold", "0.8", "--out",
                        file("kept.jsonl"),
                    ]
                ).wall
            })
        let (theirs, ours) = (try found("find"), try found("judge"))
        return [
            Figure(
                work: "near-duplicates, 100,000 documents of 1 KB, 128 permutations", unit: "s", ours: seconds,
                peer: theirs.seconds, peerName: "datasketch MinHashLSH", better: .lower, goal: .ratio(1.0 / 40),
                note: "\(Table.short(theirs.seconds / seconds)) times as fast"),
            Figure(
                work: "pairs of likeness 0.8 and more that are found (recall)", unit: "share", ours: ours.recall,
                peer: theirs.recall, peerName: "datasketch MinHashLSH", better: .higher, goal: .ratio(1)),
            Figure(
                work: "found that are that much alike (precision)", unit: "share", ours: ours.precision,
                peer: theirs.precision, peerName: "datasketch MinHashLSH", better: .higher, goal: .ratio(1)),
        ]
    }
}
