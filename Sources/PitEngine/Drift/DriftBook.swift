import PitModel
import PitStatistics

/// A model's running totals over the current window and a little more, and what it is compared with.
struct DriftBook {
    struct Entry {
        var at: Timestamp
        var totals: [Double]
    }

    var ledger = HistogramLedger()
    /// Oldest first, one a step; the oldest is at most a step older than the window.
    private(set) var entries: [Entry] = []
    /// Kept for a while: it moves slowly.
    var reference: Reference?
    /// Scores of the latest comparisons by the feature's id, oldest first.
    var scores: [String: [(at: Timestamp, score: Double?)]] = [:]
    /// When totals were last kept and compared.
    var lastKept: Timestamp?

    /// What the present is compared with, as read at a moment.
    struct Reference {
        var at: Timestamp
        var range: TimeRange
        var words: String
        var counts: [TrafficFeature: FeatureCounts]
    }

    /// Comparisons whose scores are kept.
    static let trendLength = 60
    /// Entries in a window.
    static let steps = 12.0

    /// Notes the totals of a moment, and forgets those that no window needs any more.
    mutating func note(_ at: Timestamp, window: Double) {
        if let last = entries.last, at.since(last.at) < window / Self.steps {
            // The newest entry is the present.
            if entries.count > 1, last.at.since(entries[entries.count - 2].at) < window / Self.steps {
                entries[entries.count - 1] = Entry(at: at, totals: ledger.totals)
                return
            }
        }
        entries.append(Entry(at: at, totals: ledger.totals))
        let edge = at.advanced(by: -window)
        while entries.count > 2, entries[1].at <= edge { entries.removeFirst() }
    }

    /// Puts kept totals in front, oldest first.
    mutating func restore(_ kept: [(at: Timestamp, values: [SeriesKey: Double])]) {
        for reading in kept { ledger.restore(reading.values) }
        entries = kept.map { Entry(at: $0.at, totals: ledger.reading($0.values)) }
    }

    /// The current window as far as it is known: counts, and the moments that it spans.
    func current(_ now: Timestamp, window: Double) -> (range: TimeRange, counts: [TrafficFeature: FeatureCounts])? {
        let edge = now.advanced(by: -window)
        guard let first = entries.last(where: { $0.at <= edge }) ?? entries.first, first.at < now else { return nil }
        return (TimeRange(from: first.at, to: now), ledger.counts(from: first.totals, to: ledger.totals))
    }

    mutating func note(_ features: [FeatureDrift], at: Timestamp) {
        for feature in features {
            var known = scores[feature.id] ?? []
            known.append((at, feature.score))
            if known.count > Self.trendLength { known.removeFirst(known.count - Self.trendLength) }
            scores[feature.id] = known
        }
    }
}
