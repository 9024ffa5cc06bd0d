/// The two-sample Kolmogorov-Smirnov test: the largest distance between two distribution functions.
public struct KolmogorovSmirnov: DriftStatistic {
    public static let about = DriftStatisticInfo(
        id: "ks", title: "Kolmogorov-Smirnov", kind: .test, limit: 0.05, takes: [.numbers])
    public init() {}

    /// Samples up to this size get the exact probability, as in SciPy.
    static let exactSize = 10_000

    public func score(reference: FeatureValues, current: FeatureValues) -> DriftScore {
        guard case .numbers(let a) = reference, case .numbers(let b) = current else { return .notApplicable }
        guard let result = Self.compare(a, b) else { return .nothing }
        return .value(result.statistic, pValue: result.pValue)
    }

    /// The statistic and its two-sided probability, as `scipy.stats.ks_2samp(method="auto")`. Nil when a side is empty.
    public static func compare(_ a: OrderedValues, _ b: OrderedValues) -> (statistic: Double, pValue: Double)? {
        let (n, m) = (a.count, b.count)
        guard n > 0, m > 0 else { return nil }
        let whole = SampleMerge.supremum(a, b)
        let statistic = Double(whole) / (Double(n) * Double(m))
        let size = Double(n) * Double(m) / Double(n + m)
        // So far out in the tail the exact count of ways says nothing more.
        if max(n, m) <= exactSize, size * statistic * statistic < 40 || max(n, m) <= 1000,
            let exact = KolmogorovDistribution.twoSample(n, m, whole / KolmogorovDistribution.divisor(n, m))
        {
            return (statistic, min(1, max(0, exact)))
        }
        return (statistic, KolmogorovDistribution.beyond(statistic, max(1, Int(size.rounded(.toNearestOrEven)))))
    }
}
