public import PitModel

/// Quantiles of classic histograms as Prometheus interpolates them (`promql/quantile.go`, `bucketQuantile`).
public enum HistogramQuantile {
    /// The `q`-quantile. When it falls in the last bucket it is only known to be at least the last finite edge, and
    /// says so. Nil when the histogram is empty, has fewer than two buckets or no `+Inf` bucket.
    public static func quantile(_ q: Double, _ buckets: [Bucket]) -> Measure? {
        guard let cumulative = prepare(buckets), q >= 0, q <= 1 else { return nil }
        guard let total = cumulative.last?.count, total > 0, total.isFinite else { return nil }
        let rank = q * total
        let index = cumulative.dropLast().firstIndex { $0.count >= rank } ?? cumulative.count - 1
        if index == cumulative.count - 1 { return finite(cumulative[cumulative.count - 2].upper, isAtLeast: true) }
        let upper = cumulative[index].upper
        if index == 0, upper <= 0 { return finite(upper) }
        let lower = index == 0 ? 0 : cumulative[index - 1].upper
        let below = index == 0 ? 0 : cumulative[index - 1].count
        let inside = cumulative[index].count - below
        guard inside > 0 else { return nil }
        let value = lower + (upper - lower) * ((rank - below) / inside)
        return finite(value)
    }

    private static func finite(_ value: Double, isAtLeast: Bool = false) -> Measure? {
        value.isFinite ? Measure(value, isAtLeast: isAtLeast) : nil
    }

    /// The mean of the observations, from the histogram's `_sum` and `_count` (or their rates); nil without any.
    public static func mean(sum: Double?, count: Double?) -> Double? {
        guard let sum, let count, count > 0, count.isFinite, sum.isFinite else { return nil }
        return sum / count
    }

    /// The share of observations that were at most `limit`, interpolated within its bucket; nil when empty. What is
    /// not known, where values lie in an open bucket, is counted as above the limit.
    public static func fraction(atMost limit: Double, _ buckets: [Bucket]) -> Double? {
        guard let cumulative = prepare(buckets), let total = cumulative.last?.count, total > 0, total.isFinite,
            let index = cumulative.firstIndex(where: { $0.upper >= limit })
        else { return nil }
        let bucket = cumulative[index]
        if bucket.upper == limit { return bucket.count / total }
        let below = index == 0 ? 0 : cumulative[index - 1].count
        // Nothing is known of where values lie in the last bucket, nor in a first one that ends at or below zero.
        if bucket.upper == .infinity || (index == 0 && bucket.upper <= 0) { return below / total }
        let lower = index == 0 ? 0 : cumulative[index - 1].upper
        let share = max(0, (limit - lower) / (bucket.upper - lower))
        let result = (below + (bucket.count - below) * share) / total
        return result.isNaN ? nil : result
    }

    /// Sorted, equal edges summed, made monotone; nil when it is no histogram.
    private static func prepare(_ buckets: [Bucket]) -> [Bucket]? {
        let sorted = buckets.filter { $0.upper > -.infinity && $0.count.isFinite }.sorted { $0.upper < $1.upper }
        var merged: [Bucket] = []
        for bucket in sorted {
            if let last = merged.indices.last, merged[last].upper == bucket.upper {
                merged[last].count += bucket.count
            } else {
                merged.append(bucket)
            }
        }
        guard merged.count >= 2, merged.last?.upper == .infinity else { return nil }
        for i in 1..<merged.count where merged[i].count != merged[i - 1].count {
            let (before, now) = (merged[i - 1].count, merged[i].count)
            let difference = abs(now - before) / (abs(now) + abs(before))
            if difference < 1e-12 || now < before { merged[i].count = before }
        }
        return merged
    }
}
