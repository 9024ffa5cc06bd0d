public import PitModel
import PitStatistics

/// How many tokens texts have.
public struct TokenTally: Equatable, Sendable {
    public struct Bucket: Equatable, Sendable {
        /// Tokens, the upper end of those in it.
        public var upTo: Int
        public var count: Int
    }

    public var (texts, total, most): (Int, Int, Int)
    public var (mean, median, p95, p99): (Double, Double, Double, Double)
    /// What the model takes at most, and how many texts are longer; nil where the server does not say.
    public var (limit, over): (Int?, Int?)
    /// The line of the longest.
    public var longest: Int?
    /// By powers of two, from the first that is not empty to the last.
    public var buckets: [Bucket]

    /// Nil without a count.
    public init?(_ counts: [(line: Int, tokens: TokenCount)]) {
        let numbers = counts.map { Double($0.tokens.count) }
        guard let longest = counts.max(by: { $0.tokens.count < $1.tokens.count }),
            let median = Quantiles.quantile(0.5, numbers), let p95 = Quantiles.quantile(0.95, numbers),
            let p99 = Quantiles.quantile(0.99, numbers)
        else { return nil }
        (texts, total) = (counts.count, counts.reduce(0) { $0 + $1.tokens.count })
        (most, self.longest) = (longest.tokens.count, longest.line)
        (mean, self.median, self.p95, self.p99) = (Double(total) / Double(texts), median, p95, p99)
        let limit = counts.compactMap(\.tokens.limit).min()
        self.limit = limit
        over = limit.map { limit in counts.count { $0.tokens.count > limit } }
        var byPower: [Int: Int] = [:]
        for one in counts { byPower[Self.power(one.tokens.count), default: 0] += 1 }
        let (first, last) = (byPower.keys.min() ?? 0, byPower.keys.max() ?? 0)
        buckets = (first...last).map { Bucket(upTo: 1 << $0, count: byPower[$0] ?? 0) }
    }

    /// The least power of two that is not below a number.
    private static func power(_ number: Int) -> Int {
        number <= 1 ? 0 : Int.bitWidth - (number - 1).leadingZeroBitCount
    }
}
