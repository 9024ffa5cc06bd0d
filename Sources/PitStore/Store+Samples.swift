import Foundation
import GRDB
public import PitModel
import Synchronization

extension Store {
    /// The number of a series of a source; it is given one when it is new.
    public func seriesID(for key: SeriesKey, source: String) throws(StoreFault) -> SeriesID {
        try withSource(source) { state in
            if let known = state.ids[key] { return SeriesID(known) }
            let id = UInt32(state.ids.count + 1)
            state.ids[key] = id
            state.fresh.append((id, key))
            return SeriesID(id)
        }
    }

    /// Adds what a source's series were at a moment. It is on disk after the next `flush`, or when the block is full.
    /// A moment not after the source's last is left out.
    public func append(source: String, at: Timestamp, _ values: [(SeriesID, Double)]) throws(StoreFault) {
        let isFull = try withSource(source) { state in
            _ = state.block.append(at.milliseconds, values.map { ($0.0.number, $0.1) })
            return state.block.times.count >= state.capacity
        }
        if isFull { try flush(source) }
    }

    /// Puts all that waits on disk.
    public func flush() throws(StoreFault) {
        let names = sources.withLock { all in all.filter { $0.value.written < $0.value.block.times.count }.map(\.key) }
        for name in names { try flush(name) }
    }

    /// The points of a series with `from <= at <= to`, oldest first, without the missing ones.
    public func points(
        source: String, _ id: SeriesID, from: Timestamp, to: Timestamp
    ) throws(StoreFault) -> [DataPoint] {
        try columns(source: source, [id], from: from, to: to)[id] ?? []
    }

    /// The same for several series at once: each block is read once.
    public func columns(
        source: String, _ ids: Set<SeriesID>, from: Timestamp, to: Timestamp
    ) throws(StoreFault) -> [SeriesID: [DataPoint]] {
        let wanted = Set(ids.map(\.number))
        var result: [SeriesID: [DataPoint]] = [:]
        func take(_ block: SampleBlock) {
            for (id, values) in block.columns where wanted.contains(id) {
                for (time, value) in zip(block.times, values)
                where time >= from.milliseconds && time <= to.milliseconds && !SampleBlock.isMissing(value) {
                    result[SeriesID(id), default: []].append(DataPoint(Timestamp(milliseconds: time), value))
                }
            }
        }
        let (row, open, openRow) = try withSource(source) { ($0.row, $0.block, $0.blockRow) }
        try readCache { db in
            let rows = try Row.fetchCursor(
                db, sql: "SELECT id, bytes FROM block WHERE source = ? AND last >= ? AND first <= ? ORDER BY last",
                arguments: [row, from.milliseconds, to.milliseconds])
            while let found = try rows.next() {
                let id: Int64 = found["id"]
                guard id != openRow else { continue }
                let bytes: Data = found["bytes"]
                if let block = SampleBlock.decode([UInt8](bytes), only: wanted) { take(block) }
            }
        }
        take(open)
        return result
    }

    /// The series of a source, with their numbers.
    public func series(source: String) throws(StoreFault) -> [(key: SeriesKey, id: SeriesID)] {
        try withSource(source) { state in state.ids.map { ($0.key, SeriesID($0.value)) } }
    }

    /// The names of the sources that hold samples of connections.
    public func sampleSources() throws(StoreFault) -> [String] {
        try readCache {
            try String.fetchAll($0, sql: "SELECT name FROM source WHERE name NOT LIKE 'model:%' ORDER BY name")
        }
    }

    // MARK: -

    func withSource<T>(_ name: String, _ body: (inout SourceState) -> T) throws(StoreFault) -> T {
        let known: T? = sources.withLock { all in
            all[name] == nil ? nil : body(&all[name, default: SourceState(row: 0)])
        }
        if let known { return known }
        let loaded = try load(name)
        return sources.withLock { all in
            if all[name] == nil { all[name] = loaded }
            return body(&all[name, default: loaded])
        }
    }

    private func load(_ name: String) throws(StoreFault) -> SourceState {
        if let found = try readCache({
            try Int64.fetchOne($0, sql: "SELECT id FROM source WHERE name = ?", arguments: [name])
        }) {
            var state = SourceState(row: found)
            state.ids = try readCache { db in
                let rows = try Row.fetchCursor(
                    db, sql: "SELECT id, name, labels FROM series WHERE source = ?", arguments: [found])
                var ids: [SeriesKey: UInt32] = [:]
                while let row = try rows.next() {
                    let labels = try Store.decode([Label].self, Data((row["labels"] as String).utf8))
                    ids[SeriesKey(row["name"], labels)] = UInt32(row["id"] as Int64)
                }
                return ids
            }
            return state
        }
        let row = try writeCache { db in
            try db.execute(sql: "INSERT INTO source (name) VALUES (?) ON CONFLICT (name) DO NOTHING", arguments: [name])
            return try Int64.fetchOne(db, sql: "SELECT id FROM source WHERE name = ?", arguments: [name]) ?? 0
        }
        return SourceState(row: row)
    }

    /// Writes the block so far; a full one is closed.
    private func flush(_ name: String) throws(StoreFault) {
        let (row, fresh, block, blockRow, isFull) = try withSource(name) { state in
            var block = state.block
            block.fill()
            return (state.row, state.fresh, block, state.blockRow, block.times.count >= state.capacity)
        }
        guard let first = block.times.first, let last = block.times.last else { return }
        let bytes = Data(block.encoded())
        let samples = block.times.count * block.columns.count
        let written: Int64 = try writeCache { db in
            let insert = try db.cachedStatement(
                sql: "INSERT OR IGNORE INTO series (source, id, name, labels) VALUES (?, ?, ?, ?)")
            for (id, key) in fresh {
                let labels = String(decoding: try Store.encode(key.labels), as: UTF8.self)
                try insert.execute(arguments: [row, Int64(id), key.name, labels])
            }
            try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO block (id, source, first, last, samples, bytes) VALUES (?, ?, ?, ?, ?, ?)"
            ).execute(arguments: [blockRow, row, first, last, samples, bytes])
            return blockRow ?? db.lastInsertedRowID
        }
        try withSource(name) { state in
            state.fresh.removeFirst(min(fresh.count, state.fresh.count))
            if isFull {
                state.block = SampleBlock()
                (state.blockRow, state.written) = (nil, 0)
            } else {
                (state.blockRow, state.written) = (written, block.times.count)
            }
        }
    }
}
