import PitData
import PitGrid
import PitModel

/// How many tokens the members of a file have.
enum TokenReport {
    static func report(_ counted: [TokenCounter.Counted], of sample: TokenSample) -> Report {
        Report(
            columns: [
                .init(key: "name", title: "MEMBER"), .init(key: "texts", title: "TEXTS"),
                .init(key: "tokens_mean", title: "MEAN"), .init(key: "tokens_median", title: "MEDIAN"),
                .init(key: "tokens_p95", title: "P95"), .init(key: "tokens_p99", title: "P99", isWide: true),
                .init(key: "tokens_max", title: "MOST"), .init(key: "longest_line", title: "IN LINE", isWide: true),
                .init(key: "tokens_total_estimate", title: "TOTAL"), .init(key: "limit", title: "MODEL TAKES"),
                .init(key: "over_limit", title: "LONGER"), .init(key: "rows", title: nil),
                .init(key: "buckets", title: nil),
            ],
            rows: counted.map { row($0, sample) }, emptyText: "no text was counted")
    }

    private static func row(_ counted: TokenCounter.Counted, _ sample: TokenSample) -> [Report.Value] {
        let tally = counted.tally
        return [
            .text(counted.name), .count(tally.texts), .number(round(tally.mean)), .number(round(tally.median)),
            .number(round(tally.p95)), .number(round(tally.p99)), .count(tally.most),
            tally.longest.map(Report.Value.count) ?? .none, .count(counted.total(in: sample)),
            tally.limit.map(Report.Value.count) ?? .none, tally.over.map(Report.Value.count) ?? .none,
            .count(sample.rows),
            .list(tally.buckets.map { "\($0.upTo): \($0.count)" }),
        ]
    }

    private static func round(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    /// For people: how the lengths lie, a line for each power of two.
    static func histograms(_ counted: [TokenCounter.Counted]) -> String {
        counted.map { one in
            let most = max(1, one.tally.buckets.map(\.count).max() ?? 1)
            let lines = one.tally.buckets.map { bucket in
                let bar = String(repeating: "#", count: (bucket.count * 40 + most - 1) / most)
                let edge = "\(bucket.upTo)"
                return
                    "  up to \(String(repeating: " ", count: max(0, 8 - edge.count)))\(edge)  \(bar) \(bucket.count)\n"
            }
            return "\n\(Terminal.safe(one.name)), tokens\n" + lines.joined()
        }.joined()
    }
}
