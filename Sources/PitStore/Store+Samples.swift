import Foundation
import GRDB
public import PitModel
import Synchronization

extension Store {
    /// Adds what a source's series were at a moment. It is on disk after the next `flush`, which a caller makes every
    /// half minute: that much is lost when the process is killed. Moments may come in any order; of two values of one
    /// series at one moment the first counts. A series that is absent from a moment has a gap there.
    public func append(source: String, at: Timestamp, _ values: [(SeriesID, Double)]) throws(StoreFault) {
        try append(source: source, at: at, ids: values.map(\.0), values: values.map(\.1))
    }

    /// The same, ids and values in step: readings that share their ids share their memory. An id of 0 is no series'.
    public func append(source: String, at: Timestamp, ids: [SeriesID], values: [Double]) throws(StoreFault) {
        var (ids, values) = (ids, values)
        if ids.contains(where: { $0.number == 0 }) {
            values = zip(ids, values).filter { $0.0.number > 0 }.map(\.1)
            ids = ids.filter { $0.number > 0 }
        }
        guard let moment = Moment(at.milliseconds, ids, values) else { return }
        let isFull = try withSource(source) { state in
            state.take(moment)
            return state.isFull
        }
        if isFull { try flush([source]) }
    }

    /// The points of a series with `from <= at <= to`, oldest first, without the missing ones.
    public func points(
        source: String, _ id: SeriesID, from: Timestamp, to: Timestamp
    ) throws(StoreFault) -> [DataPoint] {
        try columns(source: source, [id], from: from, to: to)[id] ?? []
    }

    /// The same for several series of a source at once: what they share is read once.
    public func columns(
        source: String, _ ids: Set<SeriesID>, from: Timestamp, to: Timestamp
    ) throws(StoreFault) -> [SeriesID: [DataPoint]] {
        let span = from.milliseconds...max(from.milliseconds, to.milliseconds)
        let wanted = Set(ids.map(\.number))
        // What waits is looked at first: what is written meanwhile is then seen twice, not never.
        let waiting = sources.withLock { all in all[source].map { $0.writing + $0.pending } ?? [] }
        var found: [SeriesID: [DataPoint]] = [:]
        try readCache { db in
            guard let row = try Self.row(of: source, db) else { return }
            let statement = try db.cachedStatement(
                sql: """
                    SELECT bytes FROM block WHERE source = ? AND part = ? AND last >= ? AND first <= ? ORDER BY last
                    """)
            for part in Set(wanted.map(Self.part(of:))).union([Self.loosePart]) {
                let rows = try Data.fetchCursor(
                    statement, arguments: [row, part, span.lowerBound, span.upperBound])
                while let bytes = try rows.next() {
                    if let block = SampleBlock.decode([UInt8](bytes), only: wanted) { block.add(to: &found, span) }
                }
            }
        }
        for moment in waiting where span.contains(moment.time) {
            for (id, value) in zip(moment.ids, moment.values) where ids.contains(id) && !SampleBlock.isMissing(value) {
                found[id, default: []].append(DataPoint(Timestamp(milliseconds: moment.time), value))
            }
        }
        return found.mapValues(Self.ordered)
    }

    /// The last points of a source's series, those that `isWanted` says, no older than `within` seconds at `at`.
    public func latest(
        source: String, at: Timestamp, within: Double, where isWanted: (SeriesKey) -> Bool = { _ in true }
    ) throws(StoreFault) -> [(key: SeriesKey, point: DataPoint)] {
        let series = try series(source: source).filter { isWanted($0.key) }
        let columns = try columns(source: source, Set(series.map(\.id)), from: at.advanced(by: -within), to: at)
        return series.compactMap { key, id in columns[id]?.last.map { (key, $0) } }
    }

    /// Moments in blocks that lie one after the other are in order already.
    private static func ordered(_ points: [DataPoint]) -> [DataPoint] {
        var inOrder = 1
        while inOrder < points.count, points[inOrder - 1].at < points[inOrder].at { inOrder += 1 }
        if inOrder >= points.count { return points }
        var result: [DataPoint] = []
        // The sort keeps the order of equals, so that the first stays the first.
        for point in points.sorted(by: { $0.at < $1.at }) where result.last?.at != point.at { result.append(point) }
        return result
    }
}

extension SampleBlock {
    /// Adds the points that are there and in the span.
    fileprivate func add(to found: inout [SeriesID: [DataPoint]], _ span: ClosedRange<Int64>) {
        for (place, id) in ids.enumerated() {
            var points = found.removeValue(forKey: SeriesID(id)) ?? []
            let first = place * times.count
            for row in times.indices where span.contains(times[row]) && !Self.isMissing(values[first + row]) {
                points.append(DataPoint(Timestamp(milliseconds: times[row]), values[first + row]))
            }
            if !points.isEmpty { found[SeriesID(id)] = points }
        }
    }
}
