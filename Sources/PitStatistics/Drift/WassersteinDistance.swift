/// The Wasserstein-1 (earth mover's) distance over the reference's standard deviation, as Evidently norms it.
public struct WassersteinDistance: DriftStatistic {
    public static let about = DriftStatisticInfo(
        id: "wasserstein", title: "Wasserstein (normed)", kind: .distance, limit: 0.1, takes: [.numbers])
    public init() {}

    public func score(reference: FeatureValues, current: FeatureValues) -> DriftScore {
        guard case .numbers(let a) = reference, case .numbers(let b) = current else { return .notApplicable }
        guard let value = Self.normed(a, b) else { return .nothing }
        return .value(value, pValue: nil)
    }

    /// The area between the two distribution functions, in the values' unit, as `scipy.stats.wasserstein_distance`.
    /// Nil when a side is empty.
    public static func distance(_ a: OrderedValues, _ b: OrderedValues) -> Double? {
        a.isEmpty || b.isEmpty ? nil : SampleMerge.area(a, b)
    }

    /// The distance over the reference's standard deviation, which counts as 0.001 at least.
    public static func normed(_ reference: OrderedValues, _ current: OrderedValues) -> Double? {
        distance(reference, current).map { $0 / max(reference.moments.deviation, 0.001) }
    }
}
