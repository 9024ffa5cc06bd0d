import Glibc

/// Student's t-test of two means.
public struct MeanTest: DriftStatistic {
    public static let about = DriftStatisticInfo(
        id: "t", title: "t-test", kind: .test, limit: 0.05, takes: [.numbers])
    public init() {}

    public func score(reference: FeatureValues, current: FeatureValues) -> DriftScore {
        guard case .numbers(let a) = reference, case .numbers(let b) = current else { return .notApplicable }
        guard let result = Self.compare(a, b) else { return .nothing }
        return .value(result.t, pValue: result.pValue)
    }

    /// Student's t and its two-sided probability, as `scipy.stats.ttest_ind`; Welch's where the variances need not be
    /// equal. Nil with fewer than two values on a side; of two constants, 0 and 1 where they are the same.
    public static func compare(_ a: OrderedValues, _ b: OrderedValues, equalVariances: Bool = true) -> (
        t: Double, pValue: Double
    )? {
        guard a.count > 1, b.count > 1 else { return nil }
        let (n, m) = (Double(a.count), Double(b.count))
        let (x, y) = (a.moments, b.moments)
        let (p, q) = (x.deviation * x.deviation * n / (n - 1), y.deviation * y.deviation * m / (m - 1))
        let (square, degrees): (Double, Double)
        if equalVariances {
            degrees = n + m - 2
            square = ((n - 1) * p + (m - 1) * q) / degrees * (1 / n + 1 / m)
        } else {
            square = p / n + q / m
            degrees = square * square / (p * p / (n * n * (n - 1)) + q * q / (m * m * (m - 1)))
        }
        guard square > 0 else { return x.mean == y.mean ? (0, 1) : (x.mean > y.mean ? .infinity : -.infinity, 0) }
        let t = (x.mean - y.mean) / square.squareRoot()
        return (t, SpecialFunctions.beta(degrees / (degrees + t * t), degrees / 2, 0.5))
    }
}
