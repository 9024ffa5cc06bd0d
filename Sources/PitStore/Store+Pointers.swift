import GRDB
public import PitModel

/// Where aliases pointed.
extension Store {
    /// Writes down those that point elsewhere than the newest line says; returns after the disk has them.
    ///
    /// - Returns: how many were new.
    @discardableResult
    public func note(_ seen: [PointerMove]) throws(StoreFault) -> Int {
        // Most of the time nothing has changed: then nothing is written.
        let changed = try readState { db in try seen.filter { try Self.isNew($0, db) } }
        guard !changed.isEmpty else { return 0 }
        return try writeState { db in
            var count = 0
            for move in changed where try Self.isNew(move, db) {
                let last = try Self.last(move, db)
                guard last != nil || move.version != nil else { continue }
                let at = max(move.at.milliseconds, last?["at"] ?? 0)
                try db.execute(
                    sql: """
                        INSERT INTO pointer_move (source, name, alias, version, at, isFirst, author)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        move.source.description, move.name, move.alias, move.version, at,
                        move.isFirst && last == nil, move.author,
                    ])
                count += 1
            }
            return count
        }
    }

    /// Moves of all aliases of one name, the newest first.
    ///
    /// - Parameter source: nil: of every connection.
    public func pointerMoves(
        of name: String, source: ConnectionName? = nil, limit: Int = 1000
    ) throws(StoreFault) -> [PointerMove] {
        try readState { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM pointer_move WHERE name = ? AND (? IS NULL OR source = ?) ORDER BY seq DESC LIMIT ?
                    """,
                arguments: [name, source?.description, source?.description, max(0, limit)]
            ).map { row in
                PointerMove(
                    source: ConnectionName(row["source"]), name: row["name"], alias: row["alias"],
                    version: row["version"], at: Timestamp(milliseconds: row["at"]), isFirst: row["isFirst"],
                    author: row["author"])
            }
        }
    }

    private static func isNew(_ move: PointerMove, _ db: Database) throws -> Bool {
        guard let last = try last(move, db) else { return move.version != nil }
        return last["version"] as String? != move.version
    }

    private static func last(_ move: PointerMove, _ db: Database) throws -> Row? {
        try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT version, at FROM pointer_move WHERE source = ? AND name = ? AND alias = ?
                    ORDER BY seq DESC LIMIT 1
                    """), arguments: [move.source.description, move.name, move.alias])
    }
}
