import Foundation
import GRDB
import PitModel
import Synchronization

/// From memory to disk, in two steps: every flush writes a small part with all series of a source; when a source's
/// parts make an hour or so, they become blocks of neighbouring series, so that a query of a week reads little.
extension Store {
    /// Parts, which hold all series, stand under this number; blocks under that of their series.
    static let loosePart: Int64 = -1

    /// Which block a series stands in.
    static func part(of id: UInt32) -> Int64 { Int64(id >> 7) }

    /// Values that are written in one transaction, some megabytes.
    private static let valuesInOneWrite = 200_000

    /// Puts all that waits on disk. When it fails, the newest is kept in memory for the next time.
    public func flush() throws(StoreFault) {
        try reopenCacheIfGone()
        let names = sources.withLock { all in all.filter { $0.value.isWaiting }.map(\.key) }
        try flush(names)
        try compactRipe()
        forgetNames()
    }

    /// Names are large, and asked for only when a new series appears; of a large source they are forgotten at once.
    private func forgetNames() {
        sources.withLock { all in
            for name in Array(all.keys) where all[name]?.fresh.isEmpty == true {
                if all[name]?.wasAsked == false || all[name]?.ids?.count ?? 0 > Self.manyNames { all[name]?.ids = nil }
                all[name]?.wasAsked = false
            }
        }
    }

    private static let manyNames = 200

    /// Puts new names on disk and forgets them, when very many wait: at the first polls of a large fleet they would
    /// fill the memory.
    public func flushNames() throws(StoreFault) {
        let waiting = sources.withLock { all in all.values.reduce(0) { $0 + $1.fresh.count } }
        guard waiting > Self.mostFresh else { return }
        let names = sources.withLock { all in all.filter { !$0.value.fresh.isEmpty }.map(\.key) }
        try flush(names)
        forgetNames()
    }

    private static let mostFresh = 20_000

    func flush(_ names: [String]) throws(StoreFault) {
        try flushing.withLock { _ throws(StoreFault) in
            var rest = names[...]
            while !rest.isEmpty {
                let writes = begin(&rest)
                do throws(StoreFault) {
                    try writeCache { db in for write in writes { try write.execute(db) } }
                } catch {
                    sources.withLock { all in for write in writes { all[write.name]?.failWriting() } }
                    throw error
                }
                sources.withLock { all in for write in writes { all[write.name]?.finish(write) } }
            }
        }
    }

    /// Takes what waits of the next sources, as much as one write should hold.
    private func begin(_ names: inout ArraySlice<String>) -> [PartWrite] {
        sources.withLock { all in
            var writes: [PartWrite] = []
            var values = 0
            while values < Self.valuesInOneWrite, let name = names.popFirst() {
                guard let write = all[name]?.begin(name) else { continue }
                writes.append(write)
                values += write.values
            }
            return writes
        }
    }

    /// Makes blocks of the sources that have parts enough; only some of them at once, so that nobody waits long.
    private func compactRipe() throws(StoreFault) {
        let (names, count) = sources.withLock { all in (all.filter { $0.value.isRipe }.map(\.key), all.count) }
        for name in names.prefix(max(4, count / 60)) { try compact(name) }
    }

    private func compact(_ name: String) throws(StoreFault) {
        guard let row = sources.withLock({ $0[name]?.row }) else { return }
        try writeCache { db in try Self.compact(row, db) }
        sources.withLock { all in
            all[name]?.partMoments = 0
            all[name]?.partSeries = 0
        }
    }

    /// Makes blocks of the parts of sources that nobody writes to any more, some at a time.
    func compactLeftOver(before edge: Int64) throws(StoreFault) {
        let rows = try readCache { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT source FROM block WHERE part = -1 GROUP BY source
                    HAVING COUNT(*) > 1 AND MAX(last) < ? LIMIT 50
                    """, arguments: [edge])
        }
        for row in rows { try writeCache { db in try Self.compact(row, db) } }
    }

    static func compact(_ row: Int64, _ db: Database) throws {
        let parts = try Row.fetchAll(
            db, sql: "SELECT id, bytes FROM block WHERE source = ? AND part = -1 ORDER BY id", arguments: [row])
        // A damaged part is lost, the others are not.
        let block = SampleBlock(merging: parts.compactMap { SampleBlock.decode([UInt8]($0["bytes"] as Data)) })
        var begin = block.ids.startIndex
        while begin < block.ids.endIndex {
            let part = part(of: block.ids[begin])
            let end = block.ids[begin...].firstIndex { Self.part(of: $0) != part } ?? block.ids.endIndex
            try insert(block, begin..<end, row, part, db)
            begin = end
        }
        let remove = try db.cachedStatement(sql: "DELETE FROM block WHERE id = ?")
        for part in parts { try remove.execute(arguments: [part["id"] as Int64]) }
    }

    static func insert(_ block: SampleBlock, _ places: Range<Int>, _ row: Int64, _ part: Int64, _ db: Database) throws {
        guard let first = block.times.first, let last = block.times.last else { return }
        try db.cachedStatement(
            sql: """
                INSERT INTO block (source, part, first, last, moments, series, samples, bytes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            row, part, first, last, block.times.count, places.count, block.samples(places),
            Data(block.encoded(places)),
        ])
    }
}
