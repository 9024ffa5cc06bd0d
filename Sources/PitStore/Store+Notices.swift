import Foundation
import GRDB
public import PitModel

/// What receivers are to be told, and how far that got. Every call that writes returns after the disk has it.
extension Store {
    /// Writes notices down; one that is known already is left as it is. Gives those that are new.
    public func queue(_ deliveries: [Delivery]) throws(StoreFault) -> [Delivery] {
        try writeState { db in
            let insert = try db.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO notice (receiver, id, subject, since, at, next, attempts, stage, fault, body)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            var new: [Delivery] = []
            for one in deliveries {
                let before = db.totalChangesCount
                try insert.execute(arguments: [
                    one.receiver, one.notice.id, one.notice.alert.fingerprint, one.since.milliseconds,
                    one.at.milliseconds, one.next.milliseconds, one.attempts, one.stage.rawValue, one.fault,
                    try Store.encode(one.notice),
                ])
                if db.totalChangesCount > before { new.append(one) }
            }
            return new
        }
    }

    /// Writes down how far some got.
    public func update(_ deliveries: [Delivery]) throws(StoreFault) {
        try writeState { db in
            let update = try db.cachedStatement(
                sql: """
                    UPDATE notice SET at = ?, next = ?, attempts = ?, stage = ?, fault = ?
                    WHERE receiver = ? AND id = ?
                    """)
            for one in deliveries {
                try update.execute(arguments: [
                    one.at.milliseconds, one.next.milliseconds, one.attempts, one.stage.rawValue, one.fault,
                    one.receiver, one.notice.id,
                ])
            }
        }
    }

    /// In the order they were written down: the newest `limit`, all that wait among them.
    public func deliveries(limit: Int = 1000) throws(StoreFault) -> [Delivery] {
        try readState { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM notice WHERE stage = 'waiting'
                        OR seq > (SELECT COALESCE(MAX(seq), 0) FROM notice) - ? ORDER BY seq
                    """, arguments: [max(0, limit)]
            ).compactMap { row in
                guard let stage = Delivery.Stage(rawValue: row["stage"]),
                    let notice = try? Store.decode(AlertNotice.self, row["body"])
                else { return nil }
                return Delivery(
                    receiver: row["receiver"], notice: notice, stage: stage,
                    since: Timestamp(milliseconds: row["since"]), at: Timestamp(milliseconds: row["at"]),
                    next: Timestamp(milliseconds: row["next"]), attempts: row["attempts"], fault: row["fault"])
            }
        }
    }

    /// Forgets what was written down long ago, that for receivers included that are no more.
    public func pruneNotices(before: Timestamp) throws(StoreFault) {
        try writeState { db in
            try db.execute(sql: "DELETE FROM notice WHERE since < ?", arguments: [before.milliseconds])
        }
    }
}
