import Foundation
import GRDB
public import PitModel

/// Queues of exchanges to judge. What is in one is kept with it: also after its exchanges are no longer kept.
extension Store {
    /// Makes a queue with these items, in their order. Returns after the disk has it; false when there is one of that
    /// name.
    public func create(_ queue: LabelQueue, items: [NewLabelItem]) throws(StoreFault) -> Bool {
        try writeState { db in
            guard try !Self.hasQueue(queue.name, db) else { return false }
            try Self.insert(queue, total: items.count, db)
            for (number, item) in items.enumerated() { try Self.insert(item, queue.name, Int64(number), db) }
            try AuditLink.append(
                db, queue.at, queue.author, identity: "", "label queue made", queue.name,
                "\(items.count) items, \(queue.rubric)")
            return true
        }
    }

    /// Changes who is to judge a queue. False when there is none of that name.
    public func assign(_ name: String, to people: [String], by author: String, at: Timestamp) throws(StoreFault) -> Bool
    {
        try writeState { db in
            guard var queue = try Self.queue(name, db)?.queue else { return false }
            queue.assigned = people
            try db.execute(
                sql: "UPDATE label_queue SET body = ? WHERE name = ?", arguments: [try Store.encode(queue), name])
            try AuditLink.append(
                db, at, author, identity: "", "label queue assigned", name, people.joined(separator: ", "))
            return true
        }
    }

    /// Every queue as it is for one person, the newest first.
    public func labelQueues(for author: String) throws(StoreFault) -> [LabelQueueState] {
        try readState { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT q.body, q.total, COALESCE(c.judged, 0) AS own, COALESCE(c.flagged, 0) AS flagged,
                    (SELECT MAX(judged) FROM label_count m WHERE m.queue = q.name) AS most
                    FROM label_queue q LEFT JOIN label_count c ON c.queue = q.name AND c.author = ?
                    ORDER BY q.at DESC, q.name
                    """, arguments: [author])
            return try rows.map { row in
                let queue = try Store.decode(LabelQueue.self, row["body"])
                let most: Int? = row["most"]
                let done = queue.overlap > 1 ? try Self.done(queue, db) : most ?? 0
                return LabelQueueState(queue, total: row["total"], done: done, own: row["own"], flagged: row["flagged"])
            }
        }
    }

    /// Items that as many people judged as were wanted.
    private static func done(_ queue: LabelQueue, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT COUNT(*) FROM (SELECT item FROM label_state WHERE queue = ? AND state = 'judged'
                GROUP BY item HAVING COUNT(*) >= ?)
                """, arguments: [queue.name, queue.overlap]) ?? 0
    }

    /// How people found each release's answers: of all queues, each item by the majority of those who judged it.
    public func goodAndBad(queue: String? = nil) throws(StoreFault) -> [(
        model: ModelName, release: String?, good: Int, bad: Int
    )] {
        try readState { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT model, release, SUM(votes > 0) AS good, SUM(votes < 0) AS bad FROM (
                        SELECT model, release, SUM(CASE good WHEN 1 THEN 1 ELSE -1 END) AS votes FROM label_state
                        WHERE good IS NOT NULL AND model IS NOT NULL AND (?1 IS NULL OR queue = ?1)
                        GROUP BY queue, item)
                    GROUP BY model, release HAVING good + bad > 0 ORDER BY model, release
                    """, arguments: [queue])
            return rows.map { (ModelName($0["model"]), $0["release"], $0["good"], $0["bad"]) }
        }
    }

    // MARK: rows

    static func hasQueue(_ name: String, _ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT 1 FROM label_queue WHERE name = ?", arguments: [name]) ?? false
    }

    static func queue(_ name: String, _ db: Database) throws -> (queue: LabelQueue, total: Int)? {
        let statement = try db.cachedStatement(sql: "SELECT body, total FROM label_queue WHERE name = ?")
        return try Row.fetchOne(statement, arguments: [name]).map {
            (try Store.decode(LabelQueue.self, $0["body"]), $0["total"])
        }
    }

    static func insert(_ queue: LabelQueue, total: Int, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO label_queue (name, at, total, body) VALUES (?, ?, ?, ?)",
            arguments: [queue.name, queue.at.milliseconds, total, try Store.encode(queue)])
    }

    static func insert(_ item: NewLabelItem, _ queue: String, _ number: Int64, _ db: Database) throws {
        var item = item
        item.target = item.target.hashed()
        let statement = try db.cachedStatement(
            sql: "INSERT INTO label_item (queue, number, item, body) VALUES (?, ?, ?, ?)")
        try statement.execute(arguments: [queue, number, item.id, try Store.encode(item)])
    }
}
