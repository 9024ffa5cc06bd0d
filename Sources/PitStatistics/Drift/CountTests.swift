/// Pearson's chi-square test of homogeneity of two lists of counts.
///
/// Both sides are samples here. Evidently takes the reference for the truth, which finds drift too often unless the
/// reference is much the larger; `expected` is that reading.
public struct ChiSquareTest: DriftStatistic {
    public static let about = DriftStatisticInfo(
        id: "chi2", title: "chi-square", kind: .test, limit: 0.05, takes: [.numbers, .categories])
    public init() {}

    public func score(reference: FeatureValues, current: FeatureValues) -> DriftScore {
        score(of: CountTables.eachValue(reference, current)) { $0.chiSquare }
    }

    /// The counts of the current against those expected from the reference, as `scipy.stats.chisquare`; nil where the
    /// reference lacks a category that the current has, or there are fewer than two.
    public static func expected(_ reference: [Double], _ current: [Double]) -> (statistic: Double, pValue: Double)? {
        let (n, m) = (reference.reduce(0, +), current.reduce(0, +))
        let pairs = zip(reference, current).filter { $0 + $1 > 0 }
        guard n > 0, m > 0, pairs.count > 1, pairs.allSatisfy({ $0.0 > 0 }) else { return nil }
        let statistic = pairs.reduce(0.0) { sum, pair in
            let awaited = pair.0 / n * m
            return sum + (pair.1 - awaited) * (pair.1 - awaited) / awaited
        }
        return (statistic, SpecialFunctions.upperGamma(Double(pairs.count - 1) / 2, statistic / 2))
    }
}

/// The likelihood-ratio test of homogeneity of two lists of counts, the G-test.
public struct LikelihoodRatioTest: DriftStatistic {
    public static let about = DriftStatisticInfo(
        id: "g", title: "G-test", kind: .test, limit: 0.05, takes: [.numbers, .categories])
    public init() {}

    public func score(reference: FeatureValues, current: FeatureValues) -> DriftScore {
        score(of: CountTables.eachValue(reference, current)) { $0.gTest }
    }
}

extension DriftStatistic {
    /// A test of counts; one category on both sides is no change.
    func score(of table: BinnedComparison?, _ test: (BinnedComparison) -> BinnedComparison.Test?) -> DriftScore {
        guard let table else { return .notApplicable }
        guard table.nReference > 0, table.nCurrent > 0 else { return .nothing }
        guard let result = test(table) else { return .value(0, pValue: 1) }
        return .value(result.statistic, pValue: result.pValue)
    }
}

/// Tables of counts for tests of categories.
enum CountTables {
    /// A category for each name, or for each number while there are twenty at most, and else Evidently's bins.
    static func eachValue(_ reference: FeatureValues, _ current: FeatureValues) -> BinnedComparison? {
        switch (reference, current) {
        case (.numbers(let a), .numbers(let b)):
            let bins = Binning.both(a, b)
            return BinnedComparison(edges: bins.names, reference: bins.reference, current: bins.current)
        case (.categories(let a), .categories(let b)):
            let names = Set(a.keys).union(b.keys).sorted()
            return BinnedComparison(
                categories: names, reference: names.map { a[$0] ?? 0 }, current: names.map { b[$0] ?? 0 })
        default: return nil
        }
    }
}
