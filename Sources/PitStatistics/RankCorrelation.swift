import Glibc

/// How far two quantities rise together, whatever the shape: Spearman's rank correlation (Spearman 1904).
public enum RankCorrelation {
    public struct Result: Equatable, Sendable {
        /// -1 to 1.
        public var coefficient: Double
        /// Two-sided, by Student's t with n - 2 degrees of freedom (Kendall and Stuart); rough below 10 pairs.
        public var pValue: Double
        public var pairs: Int
    }

    /// Pairs below which nothing is said.
    public static let fewest = 4

    /// Pearson's correlation of the ranks, tied values sharing the mean of theirs. Pairs with a NaN are left out; nil for
    /// fewer than four pairs, or where one side is always the same.
    public static func spearman(_ x: [Double], _ y: [Double]) -> Result? {
        let pairs = zip(x, y).filter { !$0.0.isNaN && !$0.1.isNaN }
        guard pairs.count >= fewest else { return nil }
        let (first, second) = (ranks(pairs.map(\.0)), ranks(pairs.map(\.1)))
        let count = Double(pairs.count)
        let mean = (count + 1) / 2
        var (both, one, other) = (0.0, 0.0, 0.0)
        for (a, b) in zip(first, second) {
            both += (a - mean) * (b - mean)
            one += (a - mean) * (a - mean)
            other += (b - mean) * (b - mean)
        }
        guard one > 0, other > 0 else { return nil }
        let coefficient = min(1, max(-1, both / (one * other).squareRoot()))
        let freedom = count - 2
        // P(|T| > t) = I_{f / (f + t²)}(f / 2, 1 / 2), and f / (f + t²) is 1 - r² here.
        let tail = SpecialFunctions.beta(max(0, 1 - coefficient * coefficient), freedom / 2, 0.5)
        return Result(coefficient: coefficient, pValue: min(1, max(0, tail)), pairs: pairs.count)
    }

    /// Ranks from 1 on.
    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var result = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { result[order[place]] = Double(start + end + 1) / 2 }
            start = end
        }
        return result
    }
}
