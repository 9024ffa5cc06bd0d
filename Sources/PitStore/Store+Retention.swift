import GRDB
public import PitModel
import Synchronization

extension Store {
    /// Events kept at most.
    private static let mostEvents = 1_000_000
    /// Seconds after which parts that nobody adds to are made a block.
    private static let leftOver = 7200.0

    /// Drops what is older than the limits say, then the oldest while the file is too large. Works in small steps, so
    /// that nobody waits for it long.
    public func prune(now: Timestamp) throws(StoreFault) {
        let edge = now.advanced(by: -limits.maxAge).milliseconds
        while try deleted("block WHERE id IN (SELECT id FROM block WHERE last < ? LIMIT 200)", [edge]) {}
        while try deleted("fact WHERE id IN (SELECT id FROM fact WHERE until < ? LIMIT 1000)", [edge]) {}
        while try deleted("event WHERE key IN (SELECT key FROM event WHERE at < ? LIMIT 1000)", [edge]) {}
        try trimEvents()
        try compactLeftOver(before: now.advanced(by: -Self.leftOver).milliseconds)
        try dropUnused()
        while try size() > limits.maxBytes, try dropOldest() {}
        try writeCache { try $0.execute(sql: "PRAGMA incremental_vacuum(2000)") }
    }

    public func statistics() throws(StoreFault) -> StoreStatistics {
        let waiting = sources.withLock { all in
            all.values.reduce((samples: 0, series: 0)) { ($0.samples + $1.pendingValues, $0.series + $1.fresh.count) }
        }
        return try readCache { db in
            StoreStatistics(
                bytes: try Self.size(db),
                samples: waiting.samples + (try Int.fetchOne(db, sql: "SELECT TOTAL(samples) FROM block") ?? 0),
                series: waiting.series + (try Int.fetchOne(db, sql: "SELECT TOTAL(series) FROM roster") ?? 0),
                blockBytes: try Int.fetchOne(db, sql: "SELECT TOTAL(LENGTH(bytes)) FROM block") ?? 0,
                oldest: try Int64.fetchOne(db, sql: "SELECT MIN(first) FROM block").map(Timestamp.init(milliseconds:)))
        }
    }

    // MARK: -

    /// Whether anything was there to be deleted.
    private func deleted(_ what: String, _ arguments: StatementArguments = []) throws(StoreFault) -> Bool {
        try writeCache { db in
            try db.execute(sql: "DELETE FROM \(what)", arguments: arguments)
            return db.changesCount > 0
        }
    }

    private func trimEvents() throws(StoreFault) {
        let edge = try readCache {
            try Int64.fetchOne(
                $0, sql: "SELECT at FROM event ORDER BY at DESC LIMIT 1 OFFSET ?", arguments: [Self.mostEvents])
        }
        guard let edge else { return }
        while try deleted("event WHERE key IN (SELECT key FROM event WHERE at <= ? LIMIT 1000)", [edge]) {}
    }

    /// The oldest blocks, and with them the facts and events of their time; false when nothing is left to drop.
    private func dropOldest() throws(StoreFault) -> Bool {
        try writeCache { db in
            let dropped = try Int64.fetchOne(
                db, sql: "SELECT MAX(last) FROM (SELECT last FROM block ORDER BY last LIMIT 50)")
            if let dropped {
                try db.execute(sql: "DELETE FROM block WHERE id IN (SELECT id FROM block ORDER BY last LIMIT 50)")
                try db.execute(
                    sql: "DELETE FROM fact WHERE id IN (SELECT id FROM fact WHERE until < ? LIMIT 1000)",
                    arguments: [dropped])
                try db.execute(
                    sql: "DELETE FROM event WHERE key IN (SELECT key FROM event WHERE at < ? LIMIT 1000)",
                    arguments: [dropped])
                return true
            }
            try db.execute(
                sql:
                    "DELETE FROM fact WHERE id IN (SELECT id FROM fact WHERE until IS NOT NULL ORDER BY until LIMIT 500)"
            )
            let facts = db.changesCount
            try db.execute(sql: "DELETE FROM event WHERE key IN (SELECT key FROM event ORDER BY at LIMIT 500)")
            return facts + db.changesCount > 0
        }
    }

    /// Forgets the series of sources of which no samples are left and that this process does not write to.
    private func dropUnused() throws(StoreFault) {
        let used = sources.withLock { all in Set(all.values.map(\.row)) }
        try writeCache { db in
            let rows = try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM source WHERE NOT EXISTS (SELECT 1 FROM block WHERE block.source = source.id)
                    LIMIT 1000
                    """)
            for row in rows where !used.contains(row) {
                try db.execute(sql: "DELETE FROM roster WHERE source = ?", arguments: [row])
                try db.execute(sql: "DELETE FROM source WHERE id = ?", arguments: [row])
            }
        }
    }

    private func size() throws(StoreFault) -> Int { try readCache(Self.size) }

    /// Bytes in use: pages, less those that are free.
    private static func size(_ db: Database) throws -> Int {
        let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
        return (pages - free) * (try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096)
    }
}
