public import PitModel

/// One bucket of a classic histogram: how many observations were at most `upper`. Counts may be rates.
public struct Bucket: Equatable, Sendable {
    public var upper: Double
    public var count: Double
    public init(upper: Double, count: Double) { (self.upper, self.count) = (upper, count) }
}

/// Quantiles of classic histograms as Prometheus interpolates them (`promql/quantile.go`, `bucketQuantile`).
public enum HistogramQuantile {
    /// The `q`-quantile. When it falls in the last bucket it is only known to be at least the last finite edge, and
    /// says so. Nil when the histogram is empty, has fewer than two buckets or no `+Inf` bucket.
    public static func quantile(_ q: Double, _ buckets: [Bucket]) -> Measure? {
        guard let cumulative = prepare(buckets), q >= 0, q <= 1 else { return nil }
        guard let total = cumulative.last?.count, total > 0 else { return nil }
        let rank = q * total
        let index = cumulative.dropLast().firstIndex { $0.count >= rank } ?? cumulative.count - 1
        if index == cumulative.count - 1 { return Measure(cumulative[cumulative.count - 2].upper, isAtLeast: true) }
        let upper = cumulative[index].upper
        if index == 0, upper <= 0 { return Measure(upper) }
        let lower = index == 0 ? 0 : cumulative[index - 1].upper
        let below = index == 0 ? 0 : cumulative[index - 1].count
        let inside = cumulative[index].count - below
        guard inside > 0 else { return nil }
        return Measure(lower + (upper - lower) * ((rank - below) / inside))
    }

    /// The share of observations that were at most `limit`, interpolated within its bucket; nil when empty.
    public static func fraction(atMost limit: Double, _ buckets: [Bucket]) -> Double? {
        guard let cumulative = prepare(buckets), let total = cumulative.last?.count, total > 0 else { return nil }
        guard let index = cumulative.firstIndex(where: { $0.upper >= limit }) else { return 1 }
        let bucket = cumulative[index]
        let lower = index == 0 ? 0 : cumulative[index - 1].upper
        let below = index == 0 ? 0 : cumulative[index - 1].count
        if bucket.upper == .infinity { return below / total }
        let share = bucket.upper > lower ? max(0, (limit - lower) / (bucket.upper - lower)) : 1
        return (below + (bucket.count - below) * share) / total
    }

    /// Sorted, equal edges summed, made monotone; nil when it is no histogram.
    private static func prepare(_ buckets: [Bucket]) -> [Bucket]? {
        let sorted = buckets.filter { !$0.upper.isNaN && !$0.count.isNaN }.sorted { $0.upper < $1.upper }
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

/// Makes one histogram of several replicas': by bucket, never by averaging quantiles.
public enum BucketMerge {
    /// The sum over the replicas of each edge that all of them have. An edge that only some have says nothing about
    /// the others' observations, so it is left out: coarser, and right.
    public static func merge(_ replicas: [[Bucket]]) -> [Bucket] {
        guard replicas.count > 1 else { return replicas.first ?? [] }
        var sums: [Double: (count: Double, replicas: Int)] = [:]
        for replica in replicas {
            for bucket in replica {
                let entry = sums[bucket.upper] ?? (0, 0)
                sums[bucket.upper] = (entry.count + bucket.count, entry.replicas + 1)
            }
        }
        return sums.filter { $0.value.replicas == replicas.count }
            .map { Bucket(upper: $0.key, count: $0.value.count) }
            .sorted { $0.upper < $1.upper }
    }
}
