/// Makes one histogram of several replicas': by bucket, never by averaging quantiles.
public enum BucketMerge {
    /// The sum over the replicas of each edge that all of them have. An edge that only some have says nothing about
    /// the others' observations, so it is left out: coarser, and right. A replica without buckets has no say;
    /// an edge that stands twice in one replica is summed there, as `HistogramQuantile` does. Sorted by edge.
    public static func merge(_ replicas: [[Bucket]]) -> [Bucket] {
        let speaking = replicas.filter { !$0.isEmpty }
        if let sum = sumOfAlike(speaking) { return sum }
        var sums: [Double: (count: Double, replicas: Int)] = [:]
        for replica in speaking {
            var own: [Double: Double] = [:]
            for bucket in replica where !bucket.upper.isNaN { own[bucket.upper, default: 0] += bucket.count }
            for (upper, count) in own {
                let entry = sums[upper] ?? (0, 0)
                sums[upper] = (entry.count + count, entry.replicas + 1)
            }
        }
        return sums.filter { $0.value.replicas == speaking.count }
            .map { Bucket(upper: $0.key, count: $0.value.count) }
            .sorted { $0.upper < $1.upper }
    }

    /// The sum when all have the same edges, ascending, each once, as replicas of one release have; nil else.
    private static func sumOfAlike(_ replicas: [[Bucket]]) -> [Bucket]? {
        guard var sum = replicas.first else { return [] }
        for index in sum.indices.dropFirst() where !(sum[index - 1].upper < sum[index].upper) { return nil }
        guard let last = sum.last, !last.upper.isNaN else { return nil }
        for replica in replicas.dropFirst() {
            guard replica.count == sum.count else { return nil }
            for index in sum.indices {
                guard replica[index].upper == sum[index].upper else { return nil }
                sum[index].count += replica[index].count
            }
        }
        return sum
    }
}
