import Glibc

/// How far two columns go together, where one of them or both are categories; two of numbers by `RankCorrelation`.
public enum Association {
    /// Cramér's V of two columns of categories (Cramér 1946), 0 to 1: the root of chi-squared over its largest value, without
    /// a correction. Nil where one of them is always the same.
    ///
    /// - Parameters: a number for each category, the same row at the same place.
    public static func cramersV(_ x: [Int], _ y: [Int]) -> Double? {
        var (cells, rows, columns): ([Pair: Double], [Int: Double], [Int: Double]) = ([:], [:], [:])
        for (a, b) in zip(x, y) {
            cells[Pair(a, b), default: 0] += 1
            rows[a, default: 0] += 1
            columns[b, default: 0] += 1
        }
        let count = Double(min(x.count, y.count))
        let freedom = Double(min(rows.count, columns.count) - 1)
        guard freedom > 0 else { return nil }
        // Chi-squared over n is the sum of observed squared over the product of the margins, less 1; in a set order, so that
        // it is the same number each time.
        var sum = -1.0
        for (row, all) in rows.sorted(by: { $0.key < $1.key }) {
            for (column, total) in columns.sorted(by: { $0.key < $1.key }) {
                guard let observed = cells[Pair(row, column)] else { continue }
                sum += observed / all * (observed / total)
            }
        }
        guard count > 0 else { return nil }
        return min(1, max(0, sum / freedom).squareRoot())
    }

    private struct Pair: Hashable {
        let first: Int
        let second: Int
        init(_ first: Int, _ second: Int) { (self.first, self.second) = (first, second) }
    }

    /// The correlation ratio of numbers by category (Pearson 1905), 0 to 1: the root of the share of their variance that lies
    /// between the categories. Nil where there is one category alone, or where the numbers are all the same.
    public static func correlationRatio(_ categories: [Int], _ values: [Double]) -> Double? {
        var groups: [Int: (count: Double, sum: Double)] = [:]
        var (count, sum) = (0.0, 0.0)
        for (category, value) in zip(categories, values) {
            groups[category, default: (0, 0)].count += 1
            groups[category, default: (0, 0)].sum += value
            count += 1
            sum += value
        }
        guard groups.count > 1 else { return nil }
        let mean = sum / count
        let between = groups.sorted { $0.key < $1.key }.reduce(0.0) { sum, group in
            let distance = group.value.sum / group.value.count - mean
            return sum + group.value.count * distance * distance
        }
        let all = zip(categories, values).reduce(0.0) { $0 + ($1.1 - mean) * ($1.1 - mean) }
        guard all > 0, all.isFinite else { return nil }
        return min(1, max(0, between / all).squareRoot())
    }
}
