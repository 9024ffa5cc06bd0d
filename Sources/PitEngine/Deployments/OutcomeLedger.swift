import PitModel
import PitStatistics

/// What became of a model's requests, counted.
enum OutcomePart: String, CaseIterable, Sendable {
    case requests, failures
    /// Requests whose latency was measured, those of them that were fast enough, and their seconds together.
    case timed, fast, seconds
    /// Looks at the model, and those at which it was down.
    case looks, down
}

/// Counts between two moments.
struct OutcomeCounts: Equatable {
    private var values: [OutcomePart: Double] = [:]
    subscript(_ part: OutcomePart) -> Double {
        get { values[part] ?? 0 }
        set { values[part] = newValue }
    }

    /// Requests that ended, failed ones included however the server counts.
    var requests: Double {
        let counted = values[.requests] ?? values[.timed] ?? 0
        return max(counted, self[.failures])
    }
    /// Failures of all; nil where the server counts none.
    var errors: Proportion? {
        guard let failures = values[.failures], requests > 0 else { return nil }
        return Proportion(min(failures, requests), of: requests)
    }
    /// Requests slower than the limit, of those that were measured.
    var slow: Proportion? {
        guard let timed = values[.timed], let fast = values[.fast], timed > 0 else { return nil }
        return Proportion(max(0, timed - fast), of: timed)
    }
    var meanLatency: Double? { self[.timed] > 0 ? self[.seconds] / self[.timed] : nil }
    var downShare: Double? { self[.looks] > 0 ? self[.down] / self[.looks] : nil }
}

/// Running totals of what became of a model's requests, by revision where replicas can be told apart. They begin anew with
/// each process; what was counted between two moments is the sum of what they grew.
struct OutcomeLedger {
    struct Key: Hashable {
        var part: OutcomePart
        /// A revision's mark; empty for replicas that belong to none.
        var group: String
    }

    private(set) var totals: [Key: Double] = [:]
    private var places: [Int: Bound] = [:]

    private struct Bound {
        var target: ObjectIdentifier
        var series: Int
        var groups: [String]
        var places: [Place]
        var generation: UInt32
    }

    private struct Place {
        var series: CountedSeries
        var key: Key
        var scale: Double
    }

    mutating func add(_ part: OutcomePart, _ value: Double) { totals[Key(part: part, group: ""), default: 0] += value }

    /// Adds what a target's series have counted since they were last looked at; the first look counts nothing.
    ///
    /// - Parameters:
    ///   - limit: seconds up to which a request is fast enough.
    ///   - groups: marks of revisions; a replica whose name holds one belongs to it.
    mutating func take(_ target: TargetSeries, _ plan: FeedPlan, server: Int, limit: Double?, groups: [String]) {
        let identity = ObjectIdentifier(target)
        var bound = places.removeValue(forKey: server)
        if bound?.target != identity || bound?.groups != groups { bound = nil }
        if bound?.series != plan.count {
            let own = bind(plan, target, limit, groups, keeping: bound?.places ?? [])
            bound = Bound(
                target: identity, series: plan.count, groups: groups, places: own,
                generation: target.generation &- 1)
        }
        defer { places[server] = bound }
        guard var own = bound?.places, bound?.generation != target.generation else { return }
        bound?.places = []
        var points: [DataPoint] = []
        for index in own.indices {
            let growth = own[index].series.growth(in: target.past, &points)
            totals[own[index].key, default: 0] += growth * own[index].scale
        }
        bound?.places = own
        bound?.generation = target.generation
    }

    private mutating func bind(
        _ plan: FeedPlan, _ target: TargetSeries, _ limit: Double?, _ groups: [String], keeping old: [Place]
    ) -> [Place] {
        let known = Dictionary(old.map { ($0.series.watch, $0.series.last) }, uniquingKeysWith: { first, _ in first })
        var result: [Place] = []
        let sources = plan.replicas.flatMap(\.sources)
        let latency: Quantity = sources.contains { $0.quantity == .ttft } ? .ttft : .e2e
        for replica in plan.replicas {
            let group = groups.first { replica.id.contains($0) } ?? ""
            func add(_ slot: Int, _ part: OutcomePart, scale: Double = 1) {
                guard slot < target.slots.count else { return }
                let watch = target.slots[slot].watch
                guard watch >= 0 else { return }
                let key = Key(part: part, group: group)
                totals[key] = totals[key] ?? 0
                let series = CountedSeries(watch: watch, last: known[watch] ?? nil)
                result.append(Place(series: series, key: key, scale: scale))
            }
            for source in replica.sources {
                switch source.quantity {
                case .requests:
                    for slot in source.ranks.first(where: { !$0.values.isEmpty })?.values ?? [] { add(slot, .requests) }
                case .failures:
                    for slot in source.ranks.first(where: { !$0.values.isEmpty })?.values ?? [] { add(slot, .failures) }
                case latency:
                    guard let rank = source.ranks.first(where: { !$0.buckets.isEmpty }) else { continue }
                    for bucket in rank.buckets where bucket.upper == .infinity { add(bucket.slot, .timed) }
                    for slot in rank.sums { add(slot, .seconds, scale: source.scale) }
                    if let edge = Self.edge(rank.buckets.map(\.upper), limit) {
                        for bucket in rank.buckets where bucket.upper == edge { add(bucket.slot, .fast) }
                    }
                default: break
                }
            }
        }
        return result
    }

    /// The bucket's edge that stands for the limit: the first that is not below it.
    static func edge(_ edges: [Double], _ limit: Double?) -> Double? {
        guard let limit else { return nil }
        let finite = edges.filter(\.isFinite)
        return finite.filter { $0 >= limit * (1 - 1e-9) }.min() ?? finite.max()
    }

    /// The totals under the names that they are kept by.
    var kept: [(key: SeriesKey, value: Double)] {
        totals.map { (SeriesKey("outcome", ["part": $0.key.part.rawValue, "group": $0.key.group]), $0.value) }
    }
}

/// Kept totals of a span, oldest first.
struct OutcomeHistory {
    private var points: [OutcomeLedger.Key: [DataPoint]] = [:]

    init(_ kept: [SeriesKey: [DataPoint]]) {
        for (key, values) in kept {
            guard let part = key["part"].flatMap(OutcomePart.init(rawValue:)) else { continue }
            points[OutcomeLedger.Key(part: part, group: key["group"] ?? "")] = values
        }
    }

    /// When totals were first and last kept.
    var range: TimeRange? {
        let first = points.values.compactMap { $0.first?.at }.min()
        let last = points.values.compactMap { $0.last?.at }.max()
        return first.flatMap { first in last.map { TimeRange(from: first, to: $0) } }
    }

    /// What was counted from one moment to another, of all replicas or of one revision's.
    func counts(from: Timestamp, to: Timestamp, group: String? = nil) -> OutcomeCounts {
        var counts = OutcomeCounts()
        for (key, values) in points where group == nil || key.group == group {
            // The value at the beginning is the last one that was kept by then.
            let start = values.last { $0.at <= from } ?? values.first
            guard let start, start.at < to else { continue }
            counts[key.part] += CountedSeries.increase(values.filter { $0.at > start.at && $0.at <= to }, after: start)
        }
        return counts
    }

    /// The same step by step.
    func steps(from: Timestamp, to: Timestamp, seconds: Double, group: String? = nil) -> [OutcomeCounts] {
        guard seconds > 0, to > from else { return [] }
        let count = min(500, Int(to.since(from) / seconds))
        return (0..<count).map { index in
            let begin = from.advanced(by: Double(index) * seconds)
            return counts(from: begin, to: begin.advanced(by: seconds), group: group)
        }
    }
}
