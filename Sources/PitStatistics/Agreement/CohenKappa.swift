/// Agreement of two people beyond chance (Cohen 1960; with weights 1968).
public enum CohenKappa {
    public enum Weights: String, Sendable, CaseIterable, Codable { case none, linear, quadratic }

    /// Of every pair of people who judged something in common.
    public struct Pair: Equatable, Sendable {
        public var first: Int
        public var second: Int
        /// Items that both judged.
        public var count: Int
        /// Nil where both gave one and the same category throughout.
        public var kappa: Double?
        /// 2.5 and 97.5 percentiles of resampled items; nil where they were not asked for or are not defined.
        public var interval: ClosedRange<Double>?
    }

    /// Items by the categories that two people gave them: `a * categories + b`.
    ///
    /// The weights go by a category's place in the scale, so the scale must be whole: a category that nobody chose
    /// counts, too.
    public static func of(_ table: [Double], categories q: Int, _ weights: Weights = .none) -> Double? {
        let n = table.reduce(0, +)
        guard n > 0 else { return nil }
        var rows = [Double](repeating: 0, count: q)
        var columns = rows
        for a in 0..<q {
            for b in 0..<q {
                rows[a] += table[a * q + b]
                columns[b] += table[a * q + b]
            }
        }
        var (observed, expected) = (0.0, 0.0)
        for a in 0..<q {
            for b in 0..<q where a != b {
                let apart = Double(abs(a - b))
                let weight = weights == .none ? 1 : weights == .linear ? apart : apart * apart
                observed += weight * table[a * q + b]
                expected += weight * rows[a] * columns[b] / n
            }
        }
        return expected > 0 ? 1 - observed / expected : nil
    }

    /// All pairs of people, in one walk over the ratings.
    public static func pairs(
        _ ratings: Ratings, _ weights: Weights = .none, bootstrap: Int = 0, seed: UInt64 = 1
    ) -> [Pair] {
        let (people, q) = (ratings.annotators, ratings.categories)
        guard people > 1, q > 0 else { return [] }
        var found: [Pair] = []
        var random = SplitMix(seed)
        for (key, table) in tables(ratings).sorted(by: { $0.key < $1.key }) {
            let weightsOfCells = table.map { Double($0) }
            var pair = Pair(
                first: key / people, second: key % people, count: Int(weightsOfCells.reduce(0, +)),
                kappa: of(weightsOfCells, categories: q, weights))
            if bootstrap > 0, pair.kappa != nil {
                pair.interval = Bootstrap.interval(bootstrap, weightsOfCells, &random) {
                    of($0, categories: q, weights)
                }
            }
            found.append(pair)
        }
        return found
    }

    /// By `first * people + second`, the first the lower.
    private static func tables(_ ratings: Ratings) -> [Int: [UInt32]] {
        let (people, q) = (ratings.annotators, ratings.categories)
        let cells = q * q
        // Few people: every pair's table at once, side by side. Many: those that occur.
        if people * people * cells <= 1 << 20 {
            var all = [UInt32](repeating: 0, count: people * people * cells)
            all.withUnsafeMutableBufferPointer { all in
                each(ratings) { first, second, a, b in all[(first * people + second) * cells + a * q + b] += 1 }
            }
            var result: [Int: [UInt32]] = [:]
            for first in 0..<people {
                for second in first + 1..<max(first + 1, people) {
                    let key = first * people + second
                    let table = all[key * cells..<(key + 1) * cells]
                    if table.contains(where: { $0 > 0 }) { result[key] = Array(table) }
                }
            }
            return result
        }
        var result: [Int: [UInt32]] = [:]
        each(ratings) { first, second, a, b in
            result[first * people + second, default: Array(repeating: 0, count: cells)][a * q + b] += 1
        }
        return result
    }

    @inline(__always)
    private static func each(_ ratings: Ratings, _ body: (Int, Int, Int, Int) -> Void) {
        ratings.codes.withUnsafeBufferPointer { codes in
            ratings.people.withUnsafeBufferPointer { people in
                ratings.offsets.withUnsafeBufferPointer { offsets in
                    for item in 0..<ratings.items {
                        let (start, end) = (Int(offsets[item]), Int(offsets[item + 1]))
                        var i = start
                        while i < end {
                            var j = i + 1
                            while j < end {
                                body(Int(people[i]), Int(people[j]), Int(codes[i]), Int(codes[j]))
                                j += 1
                            }
                            i += 1
                        }
                    }
                }
            }
        }
    }
}
