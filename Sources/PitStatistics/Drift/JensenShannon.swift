import Glibc

/// The Jensen-Shannon distance over Evidently's bins, with natural logarithms: 0 to sqrt(ln 2).
public struct JensenShannon: DriftStatistic {
    public static let about = DriftStatisticInfo(
        id: "js", title: "Jensen-Shannon", kind: .distance, limit: 0.1, takes: [.numbers, .categories])
    public init() {}

    public func score(reference: FeatureValues, current: FeatureValues) -> DriftScore {
        guard reference.kind == current.kind, Self.about.takes.contains(reference.kind) else { return .notApplicable }
        guard let counts = Binning.both(reference, current) else { return .nothing }
        return .value(Self.distance(counts.reference, counts.current), pValue: nil)
    }

    /// As `scipy.spatial.distance.jensenshannon` of two lists of counts; NaN when a side is empty.
    public static func distance(_ reference: [Double], _ current: [Double]) -> Double {
        let (n, m) = (reference.reduce(0, +), current.reduce(0, +))
        guard n > 0, m > 0 else { return .nan }
        var (left, right) = (0.0, 0.0)
        for (a, b) in zip(reference, current) {
            let (p, q) = (a / n, b / m)
            let middle = (p + q) / 2
            if p > 0 { left += p * log(p / middle) }
            if q > 0 { right += q * log(q / middle) }
        }
        return max(0, (left + right) / 2).squareRoot()
    }
}
