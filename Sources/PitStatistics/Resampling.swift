/// Intervals and tests for figures that are a function of sums over cases: means, and corpus metrics such as BLEU. Cases
/// are drawn whole, so that what belongs to one case stays together.
public enum Resampling {
    /// Sums that are added at most, so that 100,000 cases do not take minutes.
    private static let work = 40_000_000

    private static func rounds(_ cases: Int, _ width: Int) -> Int {
        min(1000, max(200, work / max(1, cases * width)))
    }

    /// The 95% percentile bootstrap (Efron 1979) of `value` over cases; nil for none, or where a resample has no figure.
    ///
    /// - Parameter rows: of each case its sums, all of one length.
    public static func interval(
        _ rows: [[Double]], seed: UInt64, _ value: ([Double]) -> Double?
    ) -> ClosedRange<Double>? {
        guard rows.count > 1, let width = rows.first?.count else { return nil }
        let flat = rows.flatMap { $0 }
        var generator = SplitMix(seed)
        var found: [Double] = []
        for _ in 0..<rounds(rows.count, width) {
            var sums = [Double](repeating: 0, count: width)
            for _ in 0..<rows.count {
                let row = Int.random(in: 0..<rows.count, using: &generator) * width
                for column in 0..<width { sums[column] += flat[row + column] }
            }
            if let one = value(sums), one.isFinite { found.append(one) }
        }
        return range(found)
    }

    /// What two systems over the same cases differ by, second less first.
    public struct Difference: Equatable, Codable, Sendable {
        public var value: Double
        /// 95%, by the paired bootstrap; nil for one case.
        public var interval: ClosedRange<Double>?
        /// Two-sided, by approximate randomization (Noreen 1989): how often a difference at least as large comes of
        /// exchanging the two at random.
        public var p: Double
        public var cases: Int
    }

    public static func difference(
        _ first: [[Double]], _ second: [[Double]], seed: UInt64, _ value: ([Double]) -> Double?
    ) -> Difference? {
        guard first.count == second.count, let width = first.first?.count,
            let a = value(sums(first, width)), let b = value(sums(second, width))
        else { return nil }
        var generator = SplitMix(seed)
        let count = first.count
        var (spread, extreme): ([Double], Int) = ([], 0)
        let all = rounds(count, width * 4)
        var (x, y) = ([Double](repeating: 0, count: width), [Double](repeating: 0, count: width))
        for _ in 0..<all {
            for column in 0..<width { (x[column], y[column]) = (0, 0) }
            for row in 0..<count {
                let isSwapped = generator.next() >> 63 == 1
                for column in 0..<width {
                    let (one, other) = (first[row][column], second[row][column])
                    x[column] += isSwapped ? other : one
                    y[column] += isSwapped ? one : other
                }
            }
            // Sums in another order differ in their last bits.
            if let p = value(x), let q = value(y), abs(q - p) >= abs(b - a) - 1e-12 { extreme += 1 }
            for column in 0..<width { (x[column], y[column]) = (0, 0) }
            for _ in 0..<count {
                let row = Int.random(in: 0..<count, using: &generator)
                for column in 0..<width {
                    x[column] += first[row][column]
                    y[column] += second[row][column]
                }
            }
            if let p = value(x), let q = value(y) { spread.append(q - p) }
        }
        return Difference(
            value: b - a, interval: count > 1 ? range(spread) : nil, p: Double(extreme + 1) / Double(all + 1),
            cases: count)
    }

    public static func sums(_ rows: [[Double]], _ width: Int) -> [Double] {
        rows.reduce(into: [Double](repeating: 0, count: width)) { sums, row in
            for column in 0..<min(width, row.count) { sums[column] += row[column] }
        }
    }

    private static func range(_ values: [Double]) -> ClosedRange<Double>? {
        guard values.count > 1 else { return nil }
        let sorted = values.sorted()
        func at(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let low = Int(place)
            let high = min(low + 1, sorted.count - 1)
            return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
        }
        return at(0.025)...max(at(0.025), at(0.975))
    }
}
