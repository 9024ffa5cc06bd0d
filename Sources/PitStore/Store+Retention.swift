import GRDB
public import PitModel

/// How much there is.
public struct StoreStatistics: Equatable, Sendable {
    /// Bytes of cache.db.
    public var bytes: Int
    public var samples: Int
    public var series: Int
    /// Bytes of the blocks alone.
    public var blockBytes: Int
    public var oldest: Timestamp?
}

extension Store {
    /// Drops what is older than the limits say, then the oldest while the file is too large. Works in small steps, so
    /// that nobody waits for it long.
    public func prune(now: Timestamp) throws(StoreFault) {
        let edge = now.advanced(by: -limits.maxAge).milliseconds
        while try drop(before: edge) {}
        try writeCache { db in
            try db.execute(sql: "DELETE FROM fact WHERE until < ?", arguments: [edge])
            try db.execute(sql: "DELETE FROM event WHERE at < ?", arguments: [edge])
        }
        while try size() > limits.maxBytes, try dropOldest() {}
        try writeCache { try $0.execute(sql: "PRAGMA incremental_vacuum(2000)") }
    }

    public func statistics() throws(StoreFault) -> StoreStatistics {
        try readCache { db in
            StoreStatistics(
                bytes: try Self.size(db), samples: try Int.fetchOne(db, sql: "SELECT TOTAL(samples) FROM block") ?? 0,
                series: try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM series") ?? 0,
                blockBytes: try Int.fetchOne(db, sql: "SELECT TOTAL(LENGTH(bytes)) FROM block") ?? 0,
                oldest: try Int64.fetchOne(db, sql: "SELECT MIN(first) FROM block").map(Timestamp.init(milliseconds:)))
        }
    }

    private func drop(before edge: Int64) throws(StoreFault) -> Bool {
        try writeCache { db in
            try db.execute(
                sql: "DELETE FROM block WHERE id IN (SELECT id FROM block WHERE last < ? LIMIT 200)", arguments: [edge])
            return db.changesCount > 0
        }
    }

    private func dropOldest() throws(StoreFault) -> Bool {
        try writeCache { db in
            try db.execute(sql: "DELETE FROM block WHERE id IN (SELECT id FROM block ORDER BY last LIMIT 50)")
            return db.changesCount > 0
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
