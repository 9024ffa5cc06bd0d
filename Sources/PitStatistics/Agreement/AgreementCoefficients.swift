/// How far people agree beyond chance. Each is nil where it is not defined: too few judgements, or no variation.
public enum AgreementCoefficients {
    /// Krippendorff's alpha (Computing Krippendorff's Alpha-Reliability, 2011): any number of people, missing
    /// judgements allowed, items with a single judgement left out. Nil when fewer than two categories were used by
    /// items that can be paired: without variation it is not defined.
    public static func alpha(_ ratings: Ratings, _ level: Ratings.Level) -> Double? {
        alpha(PairTally(ratings), level, values: ratings.values)
    }

    /// Fleiss' kappa (1971), for items that all have the same number of judgements, by whomever; nil where they have
    /// not, or everybody chose one category.
    public static func fleiss(_ ratings: Ratings) -> Double? { fleiss(PairTally(ratings)) }

    /// Gwet's AC1 (2008): stays stable where one category prevails. Missing judgements allowed.
    public static func ac1(_ ratings: Ratings) -> Double? { ac1(PairTally(ratings)) }

    /// The share of pairs of judgements about one item that agree.
    public static func percent(_ ratings: Ratings) -> Double? {
        let tally = PairTally(ratings)
        var (agreed, all) = (0.0, 0.0)
        for (_, table) in tally.pairs {
            for a in 0..<tally.categories { agreed += table[a * tally.categories + a] }
            all += table.reduce(0, +)
        }
        return all > 0 ? agreed / all : nil
    }

    static func alpha(_ tally: PairTally, _ level: Ratings.Level, values: [Double]) -> Double? {
        let q = tally.categories
        // Coincidences above the diagonal, and on it.
        var met = [Double](repeating: 0, count: q * q)
        var chosen = [Double](repeating: 0, count: q)
        for (size, table) in tally.pairs where size > 1 {
            let weight = 1 / Double(size - 1)
            for i in table.indices where table[i] != 0 { met[i] += table[i] * weight }
            if let row = tally.chosen[size] { for c in 0..<q { chosen[c] += row[c] } }
        }
        let n = chosen.reduce(0, +)
        guard n > 1, chosen.count(where: { $0 > 0 }) > 1 else { return nil }
        let distance = Distance(level, chosen, values)
        var (observed, expected) = (0.0, 0.0)
        for a in 0..<q where chosen[a] > 0 {
            for b in a + 1..<max(a + 1, q) where chosen[b] > 0 {
                let squared = distance.squared(a, b)
                observed += met[a * q + b] * squared
                expected += chosen[a] * chosen[b] * squared
            }
        }
        guard expected > 0 else { return nil }
        return 1 - (n - 1) * observed / expected
    }

    static func fleiss(_ tally: PairTally) -> Double? {
        guard tally.items.count == 1, let (size, items) = tally.items.first, size > 1, items > 0,
            let table = tally.pairs[size], let chosen = tally.chosen[size]
        else { return nil }
        let q = tally.categories
        let agreed = (0..<q).reduce(0.0) { $0 + table[$1 * q + $1] }
        let observed = agreed / (items * Double(size * (size - 1)) / 2)
        let total = items * Double(size)
        let expected = chosen.reduce(0.0) { $0 + ($1 / total) * ($1 / total) }
        guard expected < 1 else { return nil }
        return (observed - expected) / (1 - expected)
    }

    static func ac1(_ tally: PairTally) -> Double? {
        let q = tally.categories
        guard q > 1 else { return nil }
        var (agreed, paired, any) = (0.0, 0.0, 0.0)
        var share = [Double](repeating: 0, count: q)
        for (size, items) in tally.items where size > 0 {
            any += items
            if let row = tally.chosen[size] { for c in 0..<q { share[c] += row[c] / Double(size) } }
            guard size > 1, let table = tally.pairs[size] else { continue }
            paired += items
            agreed += (0..<q).reduce(0.0) { $0 + table[$1 * q + $1] } / (Double(size * (size - 1)) / 2)
        }
        guard paired > 0 else { return nil }
        let observed = agreed / paired
        let expected = share.reduce(0.0) { $0 + ($1 / any) * (1 - $1 / any) } / Double(q - 1)
        guard expected < 1 else { return nil }
        return (observed - expected) / (1 - expected)
    }

    /// Krippendorff's difference functions.
    private struct Distance {
        let level: Ratings.Level
        let values: [Double]
        /// Judgements below each category and half of its own, for the ordinal difference.
        let ranks: [Double]

        init(_ level: Ratings.Level, _ chosen: [Double], _ values: [Double]) {
            (self.level, self.values) = (level, values)
            var below = 0.0
            ranks = chosen.map { count in
                defer { below += count }
                return below + count / 2
            }
        }

        func squared(_ a: Int, _ b: Int) -> Double {
            switch level {
            case .nominal: return a == b ? 0 : 1
            case .ordinal: return (ranks[b] - ranks[a]) * (ranks[b] - ranks[a])
            case .interval: return (values[b] - values[a]) * (values[b] - values[a])
            case .ratio:
                let sum = values[a] + values[b]
                return sum == 0 ? 0 : (values[b] - values[a]) * (values[b] - values[a]) / (sum * sum)
            }
        }
    }
}
