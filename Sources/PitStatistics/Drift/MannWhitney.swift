import Glibc

/// The Mann-Whitney U test: whether values of one side tend to be larger.
public struct MannWhitney: DriftStatistic {
    public static let about = DriftStatisticInfo(
        id: "mw", title: "Mann-Whitney U", kind: .test, limit: 0.05, takes: [.numbers])
    public init() {}

    public func score(reference: FeatureValues, current: FeatureValues) -> DriftScore {
        guard case .numbers(let a) = reference, case .numbers(let b) = current else { return .notApplicable }
        guard let result = Self.compare(a, b) else { return .nothing }
        return .value(result.u, pValue: result.pValue)
    }

    /// U of the first side and its two-sided probability, as `scipy.stats.mannwhitneyu(method="auto")`: exact with
    /// eight values or fewer on a side and none twice, else normal with corrections for ties and continuity.
    public static func compare(_ a: OrderedValues, _ b: OrderedValues) -> (u: Double, pValue: Double)? {
        let (n, m) = (a.count, b.count)
        guard n > 0, m > 0 else { return nil }
        var (i, j, ranks, ties) = (0, 0, 0.0, 0.0)
        while i < n || j < m {
            let value = min(i < n ? a[i] : .infinity, j < m ? b[j] : .infinity)
            let start = i + j
            let before = i
            while i < n, a[i] == value { i += 1 }
            while j < m, b[j] == value { j += 1 }
            let run = Double(i + j - start)
            // Equal values share the mean of their ranks.
            ranks += Double(i - before) * (Double(start) + (run + 1) / 2)
            ties += run * run * run - run
            if i + j == start { break }
        }
        let (x, y) = (Double(n), Double(m))
        let u = ranks - x * (x + 1) / 2
        if min(n, m) <= 8, ties == 0 { return (u, exact(max(u, x * y - u), n, m)) }
        let all = x + y
        let variance = x * y / 12 * (all + 1 - ties / (all * (all - 1)))
        guard variance > 0 else { return (u, 1) }
        let z = (max(u, x * y - u) - x * y / 2 - 0.5) / variance.squareRoot()
        return (u, min(1, max(0, erfc(z / 2.0.squareRoot()))))
    }

    /// Twice the probability of `u` or more, by counting the orders (Mann and Whitney 1947).
    private static func exact(_ u: Double, _ n: Int, _ m: Int) -> Double {
        let (few, many) = (min(n, m), max(n, m))
        // shares[k][s]: of the orders of k and so many, the share with U = s.
        var shares = [[Double]](repeating: [1], count: few + 1)
        for total in 1...many {
            for k in 1...few {
                var next = [Double](repeating: 0, count: k * total + 1)
                let ofA = Double(k) / Double(k + total)
                for (s, share) in shares[k - 1].enumerated() { next[s + total] += share * ofA }
                for (s, share) in shares[k].enumerated() where s < next.count { next[s] += share * (1 - ofA) }
                shares[k] = next
            }
        }
        let tail = shares[few].enumerated().reduce(0.0) { Double($1.offset) >= u ? $0 + $1.element : $0 }
        return min(1, 2 * tail)
    }
}
