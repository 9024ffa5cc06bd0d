import Glibc

/// Two distributions over the same buckets or categories, known by counts alone: what Prometheus' histograms tell.
///
/// Counts that are negative or not finite count as none.
public struct BinnedComparison: Sendable {
    /// Upper edges, ascending; the last may be infinite. Empty for categories.
    public let edges: [Double]
    /// Names of categories; empty for buckets.
    public let categories: [String]
    /// Observations in each bucket, not cumulative.
    public let reference: [Double]
    public let current: [Double]

    public init(edges: [Double], reference: [Double], current: [Double]) {
        self.edges = edges
        categories = []
        self.reference = Self.counts(reference, edges.count)
        self.current = Self.counts(current, edges.count)
    }

    public init(categories: [String], reference: [Double], current: [Double]) {
        edges = []
        self.categories = categories
        self.reference = Self.counts(reference, categories.count)
        self.current = Self.counts(current, categories.count)
    }

    private static func counts(_ values: [Double], _ count: Int) -> [Double] {
        (0..<count).map { $0 < values.count && values[$0].isFinite ? max(0, values[$0]) : 0 }
    }

    public var nReference: Double { reference.reduce(0, +) }
    public var nCurrent: Double { current.reduce(0, +) }

    /// Buckets that either side has something in.
    public var occupied: Int { zip(reference, current).count { $0 + $1 > 0 } }

    /// Shares of the whole, those of an empty bucket as of half an observation: a logarithm needs something.
    private func shares(_ counts: [Double]) -> [Double] {
        let sum = counts.reduce(0, +)
        guard sum > 0 else { return counts.map { _ in 0 } }
        return zip(counts, zip(reference, current)).map { count, both in
            both.0 + both.1 > 0 ? max(count, 0.5) / sum : 0
        }
    }

    /// What each bucket adds to the population stability index: (c - r) ln(c / r) over shares.
    public var contributions: [Double] {
        zip(shares(reference), shares(current)).map { $0 > 0 && $1 > 0 ? ($1 - $0) * log($1 / $0) : 0 }
    }

    /// The population stability index as it is defined. Small samples raise it though nothing has changed.
    public var rawPSI: Double { contributions.reduce(0, +) }

    /// What the index comes to on average when nothing has changed: (k - 1)(1/n + 1/m) over k buckets in use, as twice
    /// the G-statistic over n tends to chi-square (Yurdakul, "Statistical Properties of Population Stability Index", 2018).
    public var expectedPSI: Double {
        guard nReference > 0, nCurrent > 0 else { return 0 }
        return Double(max(0, occupied - 1)) * (1 / nReference + 1 / nCurrent)
    }

    /// The population stability index without what sampling adds to it; never below 0.
    public var psi: Double { max(0, rawPSI - expectedPSI) }

    /// The Jensen-Shannon distance with natural logarithms: 0 ... sqrt(ln 2).
    public var jensenShannon: Double {
        let (n, m) = (nReference, nCurrent)
        guard n > 0, m > 0 else { return 0 }
        var sum = 0.0
        for (a, b) in zip(reference, current) {
            let (r, c) = (a / n, b / m)
            let middle = (r + c) / 2
            if r > 0 { sum += r * log(r / middle) / 2 }
            if c > 0 { sum += c * log(c / middle) / 2 }
        }
        return max(0, sum).squareRoot()
    }
}
