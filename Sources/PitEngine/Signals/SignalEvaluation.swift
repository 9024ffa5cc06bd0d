import PitModel
import PitStatistics

/// Computes what a model's replicas, and all of them together, do at one moment, from the series bound to it.
struct SignalEvaluation {
    /// The moment the values are for: rates look back from here.
    let now: Timestamp
    /// Seconds that rates look back.
    let range: Double

    /// One target and the series of it that feed the model.
    struct Feed {
        let target: TargetSeries
        let series: [BoundSeries]
        /// Whether the last reading succeeded: gauges of a target that does not answer are not known.
        let isUp: Bool
    }

    struct Outcome {
        var merged = QuantityReading()
        var replicas: [String: QuantityReading] = [:]
    }

    func evaluate(_ feeds: [Feed]) -> Outcome {
        var outcome = Outcome()
        var gauges: [Quantity: (values: [Double], merge: QuantitySource.Merge)] = [:]
        var histograms: [Quantity: [[Bucket]]] = [:]
        for feed in feeds {
            let ranks = bestRanks(feed)
            for (replica, series) in Dictionary(grouping: feed.series, by: \.replica) {
                let present = series.filter { feed.target.isFresh($0.slot) && ranks[$0.source] == $0.rank }
                guard !present.isEmpty else { continue }
                let reading = read(present, feed)
                outcome.replicas[replica] = reading
                for (quantity, value) in reading.rates { outcome.merged.rates[quantity, default: 0] += value }
                for (quantity, value) in reading.sums { outcome.merged.sums[quantity, default: 0] += value }
                for (quantity, value) in reading.counts { outcome.merged.counts[quantity, default: 0] += value }
                for (quantity, edges) in reading.buckets {
                    histograms[quantity, default: []].append(
                        edges.map { Bucket(upper: $0.key, count: $0.value) }.sorted { $0.upper < $1.upper })
                }
                let merges = Dictionary(
                    present.map { ($0.quantity, $0.merge) }, uniquingKeysWith: { first, _ in first })
                for (quantity, value) in reading.gauges {
                    gauges[quantity, default: ([], merges[quantity] ?? .sum)].values.append(value)
                }
            }
        }
        for (quantity, entry) in gauges { outcome.merged.gauges[quantity] = merge(entry.values, entry.merge) }
        for (quantity, parts) in histograms {
            for bucket in BucketMerge.merge(parts) {
                outcome.merged.buckets[quantity, default: [:]][bucket.upper] = bucket.count
            }
        }
        return outcome
    }

    /// For each source the best of its names that the target has now.
    private func bestRanks(_ feed: Feed) -> [Int: Int] {
        var best: [Int: Int] = [:]
        for series in feed.series where feed.target.isFresh(series.slot) {
            best[series.source] = min(best[series.source] ?? .max, series.rank)
        }
        return best
    }

    private func read(_ series: [BoundSeries], _ feed: Feed) -> QuantityReading {
        var reading = QuantityReading()
        var gauges: [Quantity: (values: [Double], merge: QuantitySource.Merge)] = [:]
        for bound in series {
            guard let window = feed.target.slots[bound.slot].window else { continue }
            if case .value = bound.part, bound.isGauge {
                if feed.isUp, let last = window.last, last.value.isFinite {
                    gauges[bound.quantity, default: ([], bound.merge)].values.append(last.value * bound.scale)
                }
                continue
            }
            let rate = CounterRate.rate(
                window.points(from: now.advanced(by: -range), to: now), from: now.advanced(by: -range), to: now)
            guard let rate, rate.isFinite else { continue }
            switch bound.part {
            case .value: reading.rates[bound.quantity, default: 0] += rate * bound.scale
            case .bucket(let upper):
                reading.buckets[bound.quantity, default: [:]][upper * bound.scale, default: 0] += rate
            case .sum: reading.sums[bound.quantity, default: 0] += rate * bound.scale
            case .count: reading.counts[bound.quantity, default: 0] += rate
            }
        }
        for (quantity, entry) in gauges { reading.gauges[quantity] = merge(entry.values, entry.merge) }
        return reading
    }

    private func merge(_ values: [Double], _ how: QuantitySource.Merge) -> Double? {
        guard !values.isEmpty else { return nil }
        switch how {
        case .sum: return values.reduce(0, +)
        case .mean: return values.reduce(0, +) / Double(values.count)
        case .max: return values.max()
        }
    }
}
