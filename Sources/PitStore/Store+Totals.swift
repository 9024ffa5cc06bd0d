import GRDB
public import PitModel
import Synchronization

/// Running totals of a model's histograms, kept as samples of a source of their own: what was counted between any two
/// moments is one subtraction, however long the span.
extension Store {
    private static func source(of model: ModelName) -> String { "drift:\(model)" }

    /// Keeps totals (and scores) as they were at a moment.
    public func recordTotals(
        _ values: [(key: SeriesKey, value: Double)], of model: ModelName, at: Timestamp
    ) throws(StoreFault) {
        try record(values, source: Self.source(of: model), at: at)
    }

    /// The totals last kept at or before a moment, no older than `within` seconds.
    public func totals(
        of model: ModelName, at: Timestamp, within: Double
    ) throws(StoreFault) -> (at: Timestamp, values: [SeriesKey: Double])? {
        let columns = try totals(of: model, from: at.advanced(by: -within), to: at)
        guard let latest = columns.values.compactMap({ $0.last?.at }).max() else { return nil }
        let values = columns.compactMapValues { points in points.last.map { $0.at == latest ? $0.value : nil } ?? nil }
        return (latest, values)
    }

    /// All that was kept in a span, oldest first.
    public func totals(
        of model: ModelName, from: Timestamp, to: Timestamp
    ) throws(StoreFault) -> [SeriesKey: [DataPoint]] {
        try kept(source: Self.source(of: model), from: from, to: to)
    }

    /// When totals were first kept, of those that are still there.
    public func firstTotals(of model: ModelName) throws(StoreFault) -> Timestamp? {
        let source = Self.source(of: model)
        let waiting = sources.withLock { all in (all[source]?.pending ?? []).first?.time }
        let kept = try readCache { db in
            try Int64.fetchOne(
                db, sql: "SELECT MIN(first) FROM block WHERE source = (SELECT id FROM source WHERE name = ?)",
                arguments: [source])
        }
        return [waiting, kept].compactMap { $0 }.min().map { Timestamp(milliseconds: $0) }
    }

    /// Keeps what is finite of several series of a source.
    func record(
        _ values: [(key: SeriesKey, value: Double)], source: String, at: Timestamp
    ) throws(StoreFault) {
        var known: [(SeriesID, Double)] = []
        known.reserveCapacity(values.count)
        for (key, value) in values where value.isFinite {
            known.append((try seriesID(for: key, source: source), value))
        }
        guard !known.isEmpty else { return }
        try append(source: source, at: at, known)
    }

    /// All that was kept of a source's series in a span, oldest first.
    func kept(
        source: String, from: Timestamp, to: Timestamp
    ) throws(StoreFault) -> [SeriesKey: [DataPoint]] {
        let series = try series(source: source)
        let columns = try columns(source: source, Set(series.map(\.id)), from: from, to: to)
        var result: [SeriesKey: [DataPoint]] = [:]
        for (key, id) in series { if let points = columns[id], !points.isEmpty { result[key] = points } }
        return result
    }
}
