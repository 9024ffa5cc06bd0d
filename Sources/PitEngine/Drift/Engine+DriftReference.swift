import PitModel
import PitStore

/// What a model's current window is compared with.
extension Engine {
    typealias Counted = (range: TimeRange, counts: [TrafficFeature: FeatureCounts])

    /// What the reference counted. It moves slowly, so it is read from the store a few times a window only.
    func reference(
        _ book: inout DriftBook, _ name: ModelName, _ current: TimeRange, _ release: Timestamp?, _ now: Timestamp
    ) -> DriftBook.Reference? {
        let drift = settings.drift
        let patience = max(drift.interval, drift.window / DriftBook.steps)
        if let known = book.reference, known.at <= now, now.since(known.at) < patience { return known }
        var found: (Counted, words: String)?
        keep { found = try readReference(name, book.ledger, current, release) }
        guard let found else { return nil }
        let reference = DriftBook.Reference(at: now, range: found.0.range, words: found.words, counts: found.0.counts)
        book.reference = reference
        return reference
    }

    private func readReference(
        _ name: ModelName, _ ledger: HistogramLedger, _ current: TimeRange, _ release: Timestamp?
    ) throws -> (Counted, words: String)? {
        switch settings.drift.reference {
        case .automatic:
            let week = 7.0 * 86400
            let first = try store.firstTotals(of: name)
            let isOld = first.map { current.from.since($0) > 2 * 86400 } ?? false
            if isOld, let same = try sameHour(7, name, ledger, current) { return same }
            return try before(week, name, ledger, current)
        case .before(let span): return try before(span, name, ledger, current)
        case .release:
            guard let release else { return nil }
            let from = release.advanced(by: -7 * 86400)
            guard let part = try counted(name, ledger, from: from, to: release) else { return nil }
            return (part, "the \(Self.words(part.range.length)) before the release")
        case .sameHour(let days): return try sameHour(days, name, ledger, current)
        case .baseline(let title):
            guard let kept = try store.baselines(of: name).first(where: { $0.name == title }) else { return nil }
            return ((kept.range, kept.counts.mapValues(FeatureCounts.init)), "the baseline `\(title)`")
        }
    }

    private func before(
        _ span: Double, _ name: ModelName, _ ledger: HistogramLedger, _ current: TimeRange
    ) throws -> (Counted, words: String)? {
        let from = current.from.advanced(by: -span)
        guard let part = try counted(name, ledger, from: from, to: current.from) else { return nil }
        return (part, "the \(Self.words(part.range.length)) before")
    }

    private func sameHour(
        _ days: Int, _ name: ModelName, _ ledger: HistogramLedger, _ current: TimeRange
    ) throws -> (Counted, words: String)? {
        var sum: [TrafficFeature: FeatureCounts] = [:]
        var (found, first) = (0, current.from)
        for day in 1...max(1, min(days, 31)) {
            let back = -Double(day) * 86400
            let (from, to) = (current.from.advanced(by: back), current.to.advanced(by: back))
            guard let part = try counted(name, ledger, from: from, to: to), part.range.length > current.length / 2
            else { continue }
            (found, first) = (found + 1, part.range.from)
            sum.merge(part.counts) { $0 + $1 }
        }
        guard found > 0 else { return nil }
        let range = TimeRange(from: first, to: current.from)
        return ((range, sum), "the same hour of \(found) \(found == 1 ? "day" : "days") before")
    }

    /// What was counted in a span, as far as it was watched.
    func counted(
        _ name: ModelName, _ ledger: HistogramLedger, from: Timestamp, to: Timestamp
    ) throws(StoreFault) -> Counted? {
        let patience = max(settings.drift.interval * 5, 300)
        guard let first = try store.firstTotals(of: name), first < to else { return nil }
        let start = max(from, first)
        guard let end = try store.totals(of: name, at: to, within: max(patience, to.since(start))) else { return nil }
        let reading = try store.totals(of: name, at: start, within: patience)
        let begin: (at: Timestamp, values: [SeriesKey: Double])
        if let reading {
            begin = reading
        } else if let later = try store.totals(of: name, at: start.advanced(by: patience), within: patience) {
            begin = later
        } else {
            return nil
        }
        guard begin.at < end.at else { return nil }
        let counts = ledger.counts(from: ledger.reading(begin.values), to: ledger.reading(end.values))
        return (TimeRange(from: begin.at, to: end.at), counts)
    }

    static func words(_ seconds: Double) -> String {
        switch seconds {
        case ..<120: "\(Int(seconds.rounded())) s"
        case ..<7200: "\(Int((seconds / 60).rounded())) min"
        case ..<172_800: "\(Int((seconds / 3600).rounded())) h"
        default: "\(Int((seconds / 86400).rounded())) d"
        }
    }
}
