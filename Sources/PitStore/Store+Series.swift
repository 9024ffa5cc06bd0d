import Foundation
import GRDB
public import PitModel
import Synchronization

extension Store {
    /// Series that a source may have. A server that makes up new labels for ever stops there.
    static let mostSeries = 200_000
    /// Series from which on a source's dead ones are looked for.
    private static let sweptFrom = 20_000
    /// Numbers that a process takes for itself at a time; the next time as many again as it has used.
    private static let (firstShare, largestShare): (UInt32, UInt32) = (128, 8192)

    /// The number of a series of a source; it is given one when it is new, on disk with the next `flush`.
    ///
    /// The number holds for this process. Should two processes write to one cache, they give different numbers.
    public func seriesID(for key: SeriesKey, source: String) throws(StoreFault) -> SeriesID {
        let hash = SeriesHash(key)
        while true {
            let found: SeriesID? = try withNames(of: source) { state in
                state.wasAsked = true
                if let known = state.ids?[hash] { return SeriesID(known) }
                guard let id = state.free.first else { return nil }
                state.free.removeFirst()
                state.ids?[hash] = id
                state.fresh.append((id, key))
                return SeriesID(id)
            }
            if let found { return found }
            try reserve(source)
        }
    }

    /// The series of a source, with their numbers.
    public func series(source: String) throws(StoreFault) -> [(key: SeriesKey, id: SeriesID)] {
        // What waits is looked at first: what is written meanwhile is then seen twice, not never.
        let waiting = sources.withLock { all in all[source]?.fresh ?? [] }
        let kept = try readCache { db in
            guard let row = try Self.row(of: source, db) else { return [(UInt32, SeriesKey)]() }
            return try Self.roster(row, db)
        }
        let known = Set(kept.map(\.0))
        return (kept + waiting.filter { !known.contains($0.0) }).map { (key: $0.1, id: SeriesID($0.0)) }
    }

    /// The names of the sources that hold samples of connections.
    public func sampleSources() throws(StoreFault) -> [String] {
        try readCache {
            try String.fetchAll(
                $0,
                sql: "SELECT name FROM source WHERE name NOT LIKE 'model:%' AND name NOT LIKE 'drift:%' ORDER BY name")
        }
    }

    // MARK: -

    /// Works on a source's state with its names in memory.
    private func withNames<T>(of name: String, _ body: (inout SourceState) -> T) throws(StoreFault) -> T {
        while true {
            let result: T? = sources.withLock { all in
                guard var state = all[name], state.ids != nil else { return nil }
                all[name] = nil
                defer { all[name] = state }
                return body(&state)
            }
            if let result { return result }
            var ids: [SeriesHash: UInt32] = [:]
            try readCache { db in
                guard let row = try Self.row(of: name, db) else { return }
                try Self.eachName(row, db) { id, key in ids[SeriesHash(key)] = ids[SeriesHash(key)] ?? id }
            }
            try withSource(name) { state in
                guard state.ids == nil else { return }
                for (id, key) in state.fresh { ids[SeriesHash(key)] = id }
                state.ids = ids
            }
        }
    }

    /// Works on a source's state; a source that is new gets its row.
    func withSource<T>(_ name: String, _ body: (inout SourceState) -> T) throws(StoreFault) -> T {
        func attempt() -> T? {
            sources.withLock { all in
                // Taken out and put back, so that what is in it is changed in place.
                guard var state = all.removeValue(forKey: name) else { return nil }
                defer { all[name] = state }
                return body(&state)
            }
        }
        while true {
            if let result = attempt() { return result }
            let state = try writeCache { db in try Self.load(name, db) }
            sources.withLock { all in if all[name] == nil { all[name] = state } }
        }
    }

    static func load(_ name: String, _ db: Database) throws -> SourceState {
        try db.execute(sql: "INSERT INTO source (name) VALUES (?) ON CONFLICT (name) DO NOTHING", arguments: [name])
        var state = SourceState(row: try row(of: name, db) ?? 0)
        try sweep(state.row, db)
        if let parts = try Row.fetchOne(
            db, sql: "SELECT TOTAL(moments), MAX(series) FROM block WHERE source = ? AND part = -1",
            arguments: [state.row])
        {
            (state.partMoments, state.partSeries) = (parts[0] ?? 0, parts[1] ?? 0)
        }
        return state
    }

    static func row(of source: String, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            try db.cachedStatement(sql: "SELECT id FROM source WHERE name = ?"), arguments: [source])
    }

    /// All series that a source has on disk.
    static func roster(_ row: Int64, _ db: Database) throws -> [(UInt32, SeriesKey)] {
        var all: [(UInt32, SeriesKey)] = []
        try eachName(row, db) { all.append(($0, $1)) }
        return all
    }

    private static func eachName(_ row: Int64, _ db: Database, _ body: (UInt32, SeriesKey) -> Void) throws {
        let rows = try Data.fetchCursor(
            db, sql: "SELECT bytes FROM roster WHERE source = ? ORDER BY id", arguments: [row])
        while let bytes = try rows.next() {
            for (id, key) in SeriesRoster.decode([UInt8](bytes)) ?? [] { body(id, key) }
        }
    }

    /// Forgets the series that no block has any more, when a source has very many. Only before this process has given
    /// any of their numbers away.
    private static func sweep(_ row: Int64, _ db: Database) throws {
        let known = try Int.fetchOne(db, sql: "SELECT TOTAL(series) FROM roster WHERE source = ?", arguments: [row])
        guard let known, known > sweptFrom else { return }
        var live: Set<UInt32> = []
        let blocks = try Data.fetchCursor(db, sql: "SELECT bytes FROM block WHERE source = ?", arguments: [row])
        while let bytes = try blocks.next() { live.formUnion(SampleBlock.ids(in: [UInt8](bytes))) }
        for id in try Int64.fetchAll(db, sql: "SELECT id FROM roster WHERE source = ?", arguments: [row]) {
            let bytes = try Data.fetchOne(db, sql: "SELECT bytes FROM roster WHERE id = ?", arguments: [id])
            let all = bytes.flatMap { SeriesRoster.decode([UInt8]($0)) } ?? []
            let kept = all.filter { live.contains($0.0) }
            if kept.isEmpty {
                try db.execute(sql: "DELETE FROM roster WHERE id = ?", arguments: [id])
            } else if kept.count < all.count {
                try db.execute(
                    sql: "UPDATE roster SET series = ?, bytes = ? WHERE id = ?",
                    arguments: [kept.count, Data(SeriesRoster.encode(kept)), id])
            }
        }
    }

    /// Takes numbers for new series out of the file, so that no other process gives the same.
    private func reserve(_ name: String) throws(StoreFault) {
        let (row, used) = try withSource(name) { ($0.row, $0.ids?.count ?? 0) }
        guard used < Self.mostSeries else { throw .tooManySeries(source: name, limit: Self.mostSeries) }
        let share = min(max(Self.firstShare, UInt32(used)), Self.largestShare)
        // The names of very many new series do not stay in memory until the next flush.
        if try withSource(name, { $0.fresh.count }) >= Self.largestShare { try flush([name]) }
        let free: Range<UInt32> = try writeCache { db in
            let next = try Int64.fetchOne(db, sql: "SELECT next FROM source WHERE id = ?", arguments: [row]) ?? 1
            guard let first = UInt32(exactly: next), first < UInt32.max - share else {
                throw StoreFault.tooManySeries(source: name, limit: Self.mostSeries)
            }
            try db.execute(
                sql: "UPDATE source SET next = ? WHERE id = ?", arguments: [Int64(first + share), row])
            return first..<first + share
        }
        try withSource(name) { $0.free = free }
    }
}
