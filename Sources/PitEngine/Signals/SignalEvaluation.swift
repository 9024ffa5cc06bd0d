import PitModel
import PitStatistics

/// Computes what the replicas on one target do at one moment, from the series bound to a model.
struct SignalEvaluation {
    /// The moment the values are for: rates look back from here.
    let now: Timestamp
    /// Seconds that rates look back.
    let range: Double

    /// What one replica does, and how its gauges join those of others.
    struct Replica {
        var id: String
        var reading: QuantityReading
        var merges: [Quantity: QuantitySource.Merge]
        var signals: [Signal: Measure]
    }

    /// Replicas of a target that had a series in its last reading. Gauges of a target that does not answer are not
    /// known.
    func evaluate(_ plan: FeedPlan, _ target: TargetSeries, isUp: Bool) -> [Replica] {
        var best: [Int: Int] = [:]
        for replica in plan.replicas {
            for source in replica.sources {
                for rank in source.ranks where rank.contains(where: target.isFresh) {
                    best[source.number] = min(best[source.number] ?? .max, rank.number)
                    break
                }
            }
        }
        var points: [DataPoint] = []
        return plan.replicas.compactMap { replica in
            var reading = QuantityReading()
            var merges: [Quantity: QuantitySource.Merge] = [:]
            var isAny = false
            for source in replica.sources {
                guard let rank = source.ranks.first(where: { $0.number == best[source.number] }) else { continue }
                isAny = read(rank, of: source, target, isUp, &reading, &points) || isAny
                merges[source.quantity] = source.merge
            }
            return isAny ? Replica(id: replica.id, reading: reading, merges: merges, signals: reading.signals) : nil
        }
    }

    /// False when the last reading had none of the series.
    private func read(
        _ rank: FeedPlan.Rank, of source: FeedPlan.Source, _ target: TargetSeries, _ isUp: Bool,
        _ reading: inout QuantityReading, _ points: inout [DataPoint]
    ) -> Bool {
        var isAny = false
        func rate(_ slot: Int) -> Double? {
            guard target.isFresh(slot) else { return nil }
            isAny = true
            let from = now.advanced(by: -range)
            target.past.points(target.slots[slot].watch, from: from, into: &points)
            let rate = CounterRate.rate(points, from: from, to: now)
            return rate.flatMap { $0.isFinite ? $0 : nil }
        }
        if source.isGauge {
            var gauges: [Double] = []
            for slot in rank.values where target.isFresh(slot) {
                isAny = true
                guard isUp, let last = target.past.last(target.slots[slot].watch)?.value, last.isFinite else {
                    continue
                }
                gauges.append(last * source.scale)
            }
            reading.gauges[source.quantity] = Self.merge(gauges, source.merge)
            return isAny
        }
        for slot in rank.values {
            if let rate = rate(slot) { reading.rates[source.quantity, default: 0] += rate * source.scale }
        }
        for slot in rank.sums {
            if let rate = rate(slot) { reading.sums[source.quantity, default: 0] += rate * source.scale }
        }
        for slot in rank.counts {
            if let rate = rate(slot) { reading.counts[source.quantity, default: 0] += rate }
        }
        var buckets: [Bucket] = []
        buckets.reserveCapacity(rank.buckets.count)
        for (upper, slot) in rank.buckets {
            guard let rate = rate(slot) else { continue }
            if let last = buckets.last, last.upper == upper {
                buckets[buckets.count - 1].count += rate
            } else {
                buckets.append(Bucket(upper: upper, count: rate))
            }
        }
        if !buckets.isEmpty { reading.buckets[source.quantity] = buckets }
        return isAny
    }

    /// What all replicas do together.
    static func merge(_ replicas: [Replica]) -> QuantityReading {
        var merged = QuantityReading()
        var gauges: [Quantity: (values: [Double], merge: QuantitySource.Merge)] = [:]
        var histograms: [Quantity: [[Bucket]]] = [:]
        for replica in replicas {
            let reading = replica.reading
            for (quantity, value) in reading.rates { merged.rates[quantity, default: 0] += value }
            for (quantity, value) in reading.sums { merged.sums[quantity, default: 0] += value }
            for (quantity, value) in reading.counts { merged.counts[quantity, default: 0] += value }
            for (quantity, buckets) in reading.buckets { histograms[quantity, default: []].append(buckets) }
            for (quantity, value) in reading.gauges {
                gauges[quantity, default: ([], replica.merges[quantity] ?? .sum)].values.append(value)
            }
        }
        for (quantity, entry) in gauges { merged.gauges[quantity] = merge(entry.values, entry.merge) }
        for (quantity, parts) in histograms { merged.buckets[quantity] = BucketMerge.merge(parts) }
        return merged
    }

    private static func merge(_ values: [Double], _ how: QuantitySource.Merge) -> Double? {
        guard !values.isEmpty else { return nil }
        switch how {
        case .sum: return values.reduce(0, +)
        case .mean: return values.reduce(0, +) / Double(values.count)
        case .max: return values.max()
        }
    }
}
