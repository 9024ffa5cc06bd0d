import Foundation
import GRDB
public import PitModel

/// Queues that another system keeps, as queues here.
extension Store {
    /// The queue here that stands for one there; nil before there is one.
    public func queue(forReview remote: String, at destination: ConnectionName) throws(StoreFault) -> String? {
        try readState { db in
            try String.fetchOne(
                try db.cachedStatement(
                    sql: "SELECT queue FROM label_review WHERE destination = ? AND remote = ?"),
                arguments: [destination.description, remote])
        }
    }

    public func bind(_ queue: String, toReview remote: String, at destination: ConnectionName) throws(StoreFault) {
        try writeState { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO label_review (destination, remote, queue) VALUES (?, ?, ?)",
                arguments: [destination.description, remote, queue])
        }
    }

    /// Exchanges of a queue that somebody has judged and that are not closed there yet, with who did first.
    public func reviewed(in queue: String, limit: Int) throws(StoreFault) -> [(interaction: String, author: String)] {
        try readState { db in
            try Row.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT t.interaction, MIN(p.author) AS author FROM label_queue q
                        JOIN label_progress p ON p.queue = q.id AND p.judged = 1
                        JOIN label_item i ON i.queue = q.id AND i.number = p.number
                        JOIN label_target t ON t.id = i.target
                        WHERE q.name = ?1 AND NOT EXISTS (SELECT 1 FROM label_review_done d
                        WHERE d.queue = ?1 AND d.interaction = t.interaction)
                        GROUP BY t.interaction ORDER BY i.number LIMIT ?2
                        """), arguments: [queue, max(0, limit)]
            ).map { ($0["interaction"], $0["author"]) }
        }
    }

    public func closed(_ interaction: String, in queue: String, by author: String) throws(StoreFault) {
        try writeState { db in
            try db.cachedStatement(
                sql: "INSERT OR IGNORE INTO label_review_done (queue, interaction, author) VALUES (?, ?, ?)"
            ).execute(arguments: [queue, interaction, author])
        }
    }
}
