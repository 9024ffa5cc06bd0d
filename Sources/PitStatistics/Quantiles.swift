/// Quantiles and spreads of plain values.
public enum Quantiles {
    /// The `q`-quantile with linear interpolation between neighbours, as PromQL's `quantile` (type 7 of Hyndman and
    /// Fan 1996). NaN values sort first, as there. Nil when there is no value or `q` is no share.
    public static func quantile(_ q: Double, _ values: [Double]) -> Double? {
        guard !values.isEmpty, q >= 0, q <= 1 else { return nil }
        let sorted = values.sorted { $0.isNaN ? !$1.isNaN : $0 < $1 }
        let rank = q * Double(sorted.count - 1)
        let lower = Int(rank.rounded(.down))
        let upper = min(lower + 1, sorted.count - 1)
        let share = rank - Double(lower)
        return share == 0 ? sorted[lower] : sorted[lower] * (1 - share) + sorted[upper] * share
    }

    public static func median(_ values: [Double]) -> Double? { quantile(0.5, values) }

    /// The median distance from the median, scaled to a normal distribution's standard deviation (1.4826).
    public static func medianDeviation(_ values: [Double]) -> Double? {
        guard let middle = median(values) else { return nil }
        return median(values.map { abs($0 - middle) }).map { $0 * 1.4826 }
    }

    /// How many robust standard deviations `value` is from the others' median; nil when they do not vary.
    public static func robustScore(_ value: Double, among values: [Double]) -> Double? {
        guard let middle = median(values), let spread = medianDeviation(values), spread > 0 else { return nil }
        return (value - middle) / spread
    }
}
