import Foundation
import GRDB
public import PitModel

extension Store {
    /// All that is kept of alerts under some keys, oldest first: the newest `limit`.
    public func alertFacts(keys: [String], limit: Int = 1000) throws(StoreFault) -> [PastFact] {
        try readCache { db in
            let find = try db.cachedStatement(
                sql: """
                    SELECT key, since, until, body, isNew FROM fact WHERE kind = 'alert' AND key = ?
                    ORDER BY since DESC, id DESC LIMIT ?
                    """)
            return try keys.flatMap { key in
                try Row.fetchAll(find, arguments: [key, max(0, limit)]).reversed().map(Self.past)
            }
        }
    }

    /// The same of all alerts, of what began since a moment.
    public func alertFacts(since: Timestamp, limit: Int = 10_000) throws(StoreFault) -> [PastFact] {
        try readCache { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT key, since, until, body, isNew FROM fact WHERE kind = 'alert' AND since >= ?
                    ORDER BY since DESC, id DESC LIMIT ?
                    """, arguments: [since.milliseconds, max(0, limit)]
            ).reversed().map(Self.past)
        }
    }

    private static func past(_ row: Row) -> PastFact {
        PastFact(
            fact: Fact(
                key: row["key"], since: Timestamp(milliseconds: row["since"]), body: [UInt8](row["body"] as Data)),
            until: (row["until"] as Int64?).map(Timestamp.init(milliseconds:)), isNew: row["isNew"])
    }
}
