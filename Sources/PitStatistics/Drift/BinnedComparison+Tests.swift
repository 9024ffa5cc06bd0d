import Glibc

extension BinnedComparison {
    /// A test of two samples of counts: the statistic, the probability of one as large without change, and the degrees
    /// of freedom.
    public struct Test: Equatable, Sendable {
        public var statistic: Double
        public var pValue: Double
        public var degrees: Int
    }

    /// Pearson's chi-square test of homogeneity over the buckets in use, as `scipy.stats.chi2_contingency` without
    /// Yates' correction. Nil with fewer than two buckets, or nothing on a side.
    public var chiSquare: Test? { test { $0 > 0 ? ($0 - $1) * ($0 - $1) / $1 : $1 } }

    /// The likelihood-ratio test of the same (`lambda_="log-likelihood"`).
    public var gTest: Test? { test { $0 > 0 ? 2 * $0 * log($0 / $1) : 0 } }

    /// - Parameter term: what an observed and an expected count add.
    private func test(_ term: (Double, Double) -> Double) -> Test? {
        let (n, m) = (nReference, nCurrent)
        guard occupied > 1, n > 0, m > 0 else { return nil }
        var sum = 0.0
        for (a, b) in zip(reference, current) where a + b > 0 {
            let all = a + b
            sum += term(a, all * n / (n + m)) + term(b, all * m / (n + m))
        }
        let statistic = max(0, sum)
        let degrees = occupied - 1
        return Test(
            statistic: statistic,
            pValue: SpecialFunctions.upperGamma(Double(degrees) / 2, statistic / 2), degrees: degrees)
    }

    /// Between which values the Kolmogorov-Smirnov statistic of the raw observations lies: at the edges it is known;
    /// inside a bucket, either side's mass may come first.
    public var kolmogorovSmirnov: ClosedRange<Double> {
        let (n, m) = (nReference, nCurrent)
        guard n > 0, m > 0 else { return 0...0 }
        var (below, low, high) = ((0.0, 0.0), 0.0, 0.0)
        for (a, b) in zip(reference, current) {
            let after = (below.0 + a / n, below.1 + b / m)
            low = max(low, abs(after.0 - after.1))
            high = max(high, abs(after.0 - below.1), abs(below.0 - after.1))
            below = after
        }
        let most = max(low, min(1, high))
        return min(low, most)...most
    }

    /// Between which values the Wasserstein-1 distance of the raw observations lies, in the edges' unit, values being
    /// 0 at least. Nil for categories, and where a side has something above the last finite edge: it may be anywhere.
    public var wasserstein: ClosedRange<Double>? {
        let (n, m) = (nReference, nCurrent)
        guard !edges.isEmpty, n > 0, m > 0 else { return nil }
        var (lower, below, least, most) = (0.0, (0.0, 0.0), 0.0, 0.0)
        for (index, edge) in edges.enumerated() {
            let (a, b) = (reference[index] / n, current[index] / m)
            guard edge.isFinite else {
                if a + b > 0 { return nil }
                break
            }
            let width = max(0, edge - lower)
            let after = (below.0 + a, below.1 + b)
            // Inside the bucket both distribution functions rise from `below` to `after`, no one knows where.
            most += width * max(abs(after.0 - below.1), abs(below.0 - after.1))
            least += width * max(0, max(below.0 - after.1, below.1 - after.0))
            (lower, below) = (edge, after)
        }
        return least...max(least, most)
    }

    public enum Verdict: Equatable, Sendable {
        case same, drifted
        case notEnoughData(String)
    }

    /// Observations that the two sides must amount to together, as n m / (n + m): 300 of each, or 150 against very
    /// many. With as many, over twelve buckets and without any change, the corrected index is above 0.2 in less than one
    /// draw of a thousand.
    public static let minimum = 150.0

    /// Whether the corrected index is above `limit`, and too far above what sampling does to be chance.
    public func verdict(limit: Double, significance: Double = 0.001) -> Verdict {
        let (n, m) = (nReference, nCurrent)
        guard n > Self.minimum else { return .notEnoughData("\(Self.words(n)) in the reference, 300 wanted") }
        guard n.isFinite, m.isFinite else { return .notEnoughData("the counts are beyond all numbers") }
        let wanted = (Self.minimum * n / (n - Self.minimum)).rounded(.up)
        guard m >= wanted else { return .notEnoughData("\(Self.words(m)) in the window, \(Self.words(wanted)) wanted") }
        guard let test = gTest else { return .same }
        return psi > limit && test.pValue < significance ? .drifted : .same
    }

    private static func words(_ count: Double) -> String { "\(Int(min(count, 1e15)))" }

    /// Counts of two histograms over the edges that both have. Cumulative in, as servers tell them.
    public static func shared(_ reference: [Bucket], _ current: [Bucket]) -> BinnedComparison {
        func byEdge(_ buckets: [Bucket]) -> [Double: Double] {
            Dictionary(
                buckets.filter { !$0.upper.isNaN && $0.count.isFinite }.map { ($0.upper, max(0, $0.count)) },
                uniquingKeysWith: max)
        }
        let (a, b) = (byEdge(reference), byEdge(current))
        let edges = a.keys.filter { b[$0] != nil }.sorted()
        func counts(_ sums: [Double: Double]) -> [Double] {
            var last = 0.0
            return edges.map { edge in
                let sum = max(last, sums[edge] ?? 0)
                defer { last = sum }
                return sum - last
            }
        }
        return BinnedComparison(edges: edges, reference: counts(a), current: counts(b))
    }
}
