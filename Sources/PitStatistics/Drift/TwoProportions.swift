import Glibc

/// The test of two proportions with their pooled variance, for what is one of two things.
public struct TwoProportions: DriftStatistic {
    public static let about = DriftStatisticInfo(
        id: "z", title: "two proportions Z", kind: .test, limit: 0.05, takes: [.numbers, .categories])
    public init() {}

    public func score(reference: FeatureValues, current: FeatureValues) -> DriftScore {
        guard let table = CountTables.eachValue(reference, current) else { return .notApplicable }
        guard table.nReference > 0, table.nCurrent > 0 else { return .nothing }
        guard table.reference.count <= 2 else { return .notApplicable }
        guard let first = table.reference.indices.first else { return .nothing }
        let result = Self.test(
            table.reference[first], of: table.nReference, table.current[first], of: table.nCurrent)
        return .value(result.z, pValue: result.pValue)
    }

    /// `a` of `n` against `b` of `m`, two-sided. Without any variance nothing has changed: 0 and 1.
    public static func test(_ a: Double, of n: Double, _ b: Double, of m: Double) -> (z: Double, pValue: Double) {
        guard n > 0, m > 0 else { return (.nan, .nan) }
        let share = (a + b) / (n + m)
        let variance = share * (1 - share) * (1 / n + 1 / m)
        guard variance > 0 else { return (0, 1) }
        let z = (a / n - b / m) / variance.squareRoot()
        return (z, erfc(abs(z) / 2.0.squareRoot()))
    }
}

/// Between which values a proportion lies, from a sample.
public enum WilsonInterval {
    /// Wilson's score interval (1927) for `hits` of `count`; nil without any.
    ///
    /// - Parameter z: the normal quantile; 1.96 is 95 %.
    public static func of(_ hits: Double, _ count: Double, z: Double = 1.959963984540054) -> ClosedRange<Double>? {
        guard count > 0, hits >= 0, hits <= count else { return nil }
        let share = hits / count
        let weight = 1 + z * z / count
        let middle = (share + z * z / (2 * count)) / weight
        let half = z / weight * (share * (1 - share) / count + z * z / (4 * count * count)).squareRoot()
        return max(0, middle - half)...min(1, middle + half)
    }
}
