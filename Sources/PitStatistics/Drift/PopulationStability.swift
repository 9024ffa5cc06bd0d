import Glibc

/// The population stability index over Evidently's bins.
public struct PopulationStability: DriftStatistic {
    public static let about = DriftStatisticInfo(
        id: "psi", title: "PSI", kind: .distance, limit: 0.1, takes: [.numbers, .categories])
    public init() {}

    public func score(reference: FeatureValues, current: FeatureValues) -> DriftScore {
        guard reference.kind == current.kind, Self.about.takes.contains(reference.kind) else { return .notApplicable }
        guard let counts = Binning.both(reference, current) else { return .nothing }
        return .value(Self.index(counts.reference, counts.current), pValue: nil)
    }

    /// The sum of (r - c) ln(r / c) over shares, empty bins filled as Evidently fills them: with 0.0001, or with a
    /// millionth of the smallest share where that is no larger.
    public static func index(_ reference: [Double], _ current: [Double]) -> Double {
        zip(filled(reference), filled(current)).reduce(0) { $0 + ($1.0 - $1.1) * log($1.0 / $1.1) }
    }

    /// The index with empty bins left out, as it is defined.
    public static func plain(_ reference: [Double], _ current: [Double]) -> Double {
        zip(shares(reference), shares(current)).reduce(0) {
            $1.0 > 0 && $1.1 > 0 ? $0 + ($1.0 - $1.1) * log($1.0 / $1.1) : $0
        }
    }

    /// The Kullback-Leibler divergence of the reference from the current, filled likewise, each side made to sum to 1.
    public static func kullbackLeibler(_ reference: [Double], _ current: [Double]) -> Double {
        zip(shares(filled(reference)), shares(filled(current))).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
    }

    static func shares(_ counts: [Double]) -> [Double] {
        let sum = counts.reduce(0, +)
        return sum > 0 ? counts.map { $0 / sum } : counts
    }

    private static func filled(_ counts: [Double]) -> [Double] {
        let shares = shares(counts)
        let least = shares.filter { $0 > 0 }.min() ?? 1
        let fill = least <= 0.0001 ? least / 1e6 : 0.0001
        return shares.map { $0 > 0 ? $0 : fill }
    }
}
