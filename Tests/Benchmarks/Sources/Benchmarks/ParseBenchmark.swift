import Foundation
import PitModel
import PitParse

/// A page of 100 MB in the text format, all labels kept.
struct ParseBenchmark: Benchmark {
    static let name = "parse"

    func run(_ bench: Bench) throws -> [Figure] {
        let page = SyntheticPage(bytes: 100_000_000, seed: 7).bytes
        var samples = 0
        let ours = Bench.cpu(times: 5) {
            let parsed = ExpositionParser.parse(page, contentType: "text/plain;version=0.0.4")
            samples = parsed.rows.count
        }
        // The peer gets a tenth: it would take a quarter of a minute a run.
        let part = bench.room.appending(path: "page.txt")
        try Data(SyntheticPage(bytes: 10_000_000, seed: 7).bytes).write(to: part)
        let script = """
            import sys, time
            from prometheus_client.parser import text_string_to_metric_families as parse
            text = open(sys.argv[1]).read()
            before = time.process_time()
            count = sum(len(family.samples) for family in parse(text))
            print(len(text) / 1e6 / (time.process_time() - before))
            """
        let peer = Double(
            try bench.run(bench.python, ["-c", script, part.path]).output.trimmingCharacters(
                in: .whitespacesAndNewlines))
        return [
            Figure(
                work: "parse a 100 MB exposition page", unit: "MB/s", ours: Double(page.count) / 1e6 / ours, peer: peer,
                peerName: "prometheus_client (10 MB)", better: .higher, goal: .value(1000), note: "\(samples) samples")
        ]
    }
}
