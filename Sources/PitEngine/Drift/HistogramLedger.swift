import PitModel
import PitStatistics
import Synchronization

/// What a model's histograms have counted, as one running total per bucket that only grows: restarts of a replica,
/// replicas that come and go, and restarts of pitwall do not break it.
///
/// Replicas whose buckets differ are counted apart, by layout: sums over edges that only some have would mean nothing.
struct HistogramLedger {
    /// What one total counts.
    struct Bin: Hashable {
        var feature: TrafficFeature
        /// Names the set of edges that the bucket belongs to; empty for categories.
        var layout: String
        var upper: Double
        var category: String
    }

    private(set) var bins: [Bin] = []
    private(set) var totals: [Double] = []
    /// What each bin is kept under.
    private var keys: [SeriesKey] = []
    private var index: [Bin: Int] = [:]
    /// By server: which total a series feeds, and its last point.
    private var places: [Int: Bound] = [:]

    private struct Bound {
        /// A target that begins anew numbers its series anew.
        var target: ObjectIdentifier
        var series: Int
        var places: [Place]
        /// The reading that was last taken.
        var generation: UInt32
    }

    private struct Place {
        var series: CountedSeries
        var bin: Int
    }

    /// Bins that a model may have: a server that makes up edges or reasons stops there.
    static let limit = 4096

    /// The number of a bin; nil when there are too many.
    private mutating func number(of bin: Bin) -> Int? {
        if let known = index[bin] { return known }
        guard bins.count < Self.limit else { return nil }
        index[bin] = bins.count
        bins.append(bin)
        totals.append(0)
        keys.append(Self.key(of: bin))
        return bins.count - 1
    }

    /// Keys that were made: most models have the same buckets, and share theirs.
    private static let made = Mutex<[Bin: SeriesKey]>([:])

    private static func key(of bin: Bin) -> SeriesKey {
        made.withLock { made in
            if let known = made[bin] { return known }
            let key = bin.key
            if made.count < limit { made[bin] = key }
            return key
        }
    }

    /// Goes on from totals that were kept.
    mutating func restore(_ values: [SeriesKey: Double]) {
        for (key, value) in values {
            guard let bin = Bin(key), let number = number(of: bin) else { continue }
            totals[number] = max(totals[number], value)
        }
    }

    /// Adds what a target's series have counted since they were last looked at. The first look counts nothing: nobody
    /// knows when that was counted.
    mutating func take(_ target: TargetSeries, _ plan: FeedPlan, server: Int) {
        let identity = ObjectIdentifier(target)
        var bound = places.removeValue(forKey: server)
        if bound?.target != identity { bound = nil }
        if bound?.series != plan.count {
            let own = bind(plan, target, keeping: bound?.places ?? [])
            // The generation before the target's, so that its present reading is taken.
            bound = Bound(
                target: identity, series: plan.count, places: own, generation: target.generation &- 1)
        }
        defer { places[server] = bound }
        guard var own = bound?.places, bound?.generation != target.generation else { return }
        // So that the places are changed where they are.
        bound?.places = []
        var points: [DataPoint] = []
        for index in own.indices {
            totals[own[index].bin] += own[index].series.growth(in: target.past, &points)
        }
        bound?.places = own
        bound?.generation = target.generation
    }

    /// Which total each series feeds. Of several names of one thing the best that the server has counts.
    private mutating func bind(_ plan: FeedPlan, _ target: TargetSeries, keeping old: [Place]) -> [Place] {
        let known = Dictionary(old.map { ($0.series.watch, $0.series.last) }, uniquingKeysWith: { first, _ in first })
        var result: [Place] = []
        func add(_ slot: Int, _ bin: Bin) {
            guard slot < target.slots.count, let number = number(of: bin) else { return }
            let watch = target.slots[slot].watch
            guard watch >= 0 else { return }
            result.append(Place(series: CountedSeries(watch: watch, last: known[watch] ?? nil), bin: number))
        }
        for source in plan.replicas.flatMap(\.sources) {
            if let feature = TrafficFeature.allCases.first(where: {
                $0.quantity == source.quantity && $0 != .finishReason
            }),
                let rank = source.ranks.first(where: { !$0.buckets.isEmpty })
            {
                let layout = Self.name(rank.buckets.map(\.upper))
                for bucket in rank.buckets {
                    add(bucket.slot, Bin(feature: feature, layout: layout, upper: bucket.upper, category: ""))
                }
            }
            if source.quantity == .requests, let rank = source.ranks.first(where: { !$0.categories.isEmpty }) {
                for each in rank.categories {
                    add(
                        each.slot,
                        Bin(feature: .finishReason, layout: "", upper: 0, category: String(each.name.prefix(40))))
                }
            }
        }
        return result
    }

    /// FNV-1a 64 of the sorted edges.
    private static func name(_ edges: [Double]) -> String {
        let hash = Set(edges).sorted().reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ $1.bitPattern) &* 0x100_0000_01b3
        }
        return String(hash & 0xFFFF_FFFF, radix: 36)
    }

    /// The totals under the names they are kept by.
    var kept: [(key: SeriesKey, value: Double)] { zip(keys, totals).map { ($0, $1) } }

    /// What was counted from one reading of the totals to another, by feature. Readings may be shorter than the bins:
    /// what is missing had counted nothing.
    func counts(from: [Double], to: [Double]) -> [TrafficFeature: FeatureCounts] {
        var layouts: [TrafficFeature: [String: [Bucket]]] = [:]
        var result: [TrafficFeature: FeatureCounts] = [:]
        for (number, bin) in bins.enumerated() {
            let before = number < from.count ? from[number] : 0
            let after = number < to.count ? to[number] : 0
            let count = max(0, after - before)
            if bin.feature == .finishReason {
                result[.finishReason, default: FeatureCounts()].categories[bin.category] = count
            } else {
                layouts[bin.feature, default: [:]][bin.layout, default: []].append(
                    Bucket(upper: bin.upper, count: count))
            }
        }
        for (feature, all) in layouts {
            let speaking = all.values.filter { $0.contains { $0.count > 0 } }
            result[feature, default: FeatureCounts()].buckets = BucketMerge.merge(Array(speaking))
        }
        return result
    }

    /// The same for totals that were kept under their names.
    func reading(_ values: [SeriesKey: Double]) -> [Double] { keys.map { values[$0] ?? 0 } }
}

/// What one feature counted in a span: buckets, cumulative, or categories.
struct FeatureCounts: Equatable {
    var buckets: [Bucket] = []
    var categories: [String: Double] = [:]

    init(buckets: [Bucket] = [], categories: [String: Double] = [:]) {
        (self.buckets, self.categories) = (buckets, categories)
    }

    init(_ kept: DriftBaseline.Counts) {
        buckets = zip(kept.edges, kept.counts).map { Bucket(upper: $0, count: $1) }
        categories = kept.categories
    }

    var kept: DriftBaseline.Counts {
        DriftBaseline.Counts(edges: buckets.map(\.upper), counts: buckets.map(\.count), categories: categories)
    }

    static func + (a: Self, b: Self) -> Self {
        let both = [a.buckets, b.buckets].filter { !$0.isEmpty }
        return FeatureCounts(
            buckets: BucketMerge.merge(both), categories: a.categories.merging(b.categories, uniquingKeysWith: +))
    }
}

extension HistogramLedger.Bin {
    private static let name = "total"

    var key: SeriesKey {
        SeriesKey(
            Self.name,
            [
                Label("feature", feature.rawValue), Label("layout", layout),
                Label("le", layout.isEmpty ? "" : "\(upper)"), Label("category", category.isEmpty ? "" : category),
            ])
    }

    init?(_ key: SeriesKey) {
        guard key.name == Self.name, let feature = key["feature"].flatMap(TrafficFeature.init(rawValue:)) else {
            return nil
        }
        if let layout = key["layout"] {
            guard let upper = key["le"].flatMap(Double.init) else { return nil }
            self.init(feature: feature, layout: layout, upper: upper, category: "")
        } else {
            self.init(feature: feature, layout: "", upper: 0, category: key["category"] ?? "")
        }
    }
}
