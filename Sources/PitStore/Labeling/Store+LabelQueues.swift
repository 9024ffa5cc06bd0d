import Foundation
import GRDB
public import PitModel

/// Queues: what is to be judged, by whom, and how far they are.
extension Store {
    /// Makes a queue of items, in their order. All of it is on the disk when this returns, or none.
    public func create(_ queue: LabelQueue, rubric: Rubric, items: [LabelItem]) throws(StoreFault) {
        try writeState { db in
            if try Int.fetchOne(db, sql: "SELECT 1 FROM label_queue WHERE name = ?", arguments: [queue.name]) != nil {
                throw StoreFault.refused(
                    "there is a queue `\(queue.name)` already", hint: "Take another name: nothing of it is lost.")
            }
            try Self.keep(rubric, db)
            let row = try Self.insert(queue, rubric.reference, db)
            try Self.add(items, to: row, db)
            try AuditLink.append(
                db, queue.at, queue.author, identity: "", "queue created", queue.name,
                "\(items.count) items, rubric \(rubric.reference)"
                    + (queue.assigned.isEmpty ? "" : ", for \(queue.assigned.joined(separator: ", "))"))
        }
    }

    /// Adds items behind those that a queue has; gives how many were new to it.
    @discardableResult
    public func add(_ items: [LabelItem], to queue: String) throws(StoreFault) -> Int {
        try writeState { db in
            let ledger = try LabelLedger(db, queue: queue, author: "", at: Timestamp(milliseconds: 0))
            return try Self.add(items, to: ledger.row, db)
        }
    }

    /// Says who is to judge a queue, and how many each item.
    public func assign(
        _ name: String, to people: [String], overlap: Int?, author: String, at: Timestamp
    ) throws(StoreFault) {
        try writeState { db in
            var ledger = try LabelLedger(db, queue: name, author: author, at: at)
            ledger.queue.assigned = people
            ledger.queue.overlap = max(1, overlap ?? ledger.queue.overlap)
            // Who has what changes with it: everybody is looked for from the beginning again.
            try db.execute(sql: "UPDATE label_count SET first = 1 WHERE queue = ?", arguments: [ledger.row])
            try db.execute(
                sql: """
                    UPDATE label_queue SET body = ?, done =
                    (SELECT COUNT(*) FROM label_item WHERE queue = ? AND judges >= ?) WHERE id = ?
                    """, arguments: [try Store.encode(ledger.queue), ledger.row, ledger.queue.overlap, ledger.row])
            try AuditLink.append(
                db, at, author, identity: "", "queue assigned", name,
                (people.isEmpty ? "whoever opens it" : people.joined(separator: ", "))
                    + ", overlap \(ledger.queue.overlap)")
        }
    }

    /// All queues, the newest first, as one person sees them.
    public func queues(for author: String) throws(StoreFault) -> [LabelQueueState] {
        try readState { db in
            try Row.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT q.body, q.total, q.done, COALESCE(c.judged, 0) AS own,
                        (SELECT TOTAL(flagged) FROM label_count f WHERE f.queue = q.id) AS flagged FROM label_queue q
                        LEFT JOIN label_count c ON c.queue = q.id AND c.author = ? ORDER BY q.at DESC, q.id DESC
                        """), arguments: [author]
            ).map { row in
                LabelQueueState(
                    try Store.decode(LabelQueue.self, row["body"]), total: row["total"], done: row["done"],
                    own: row["own"], flagged: Int(row["flagged"] as Double))
            }
        }
    }

    /// A rubric as it was when it was first used; nil where that version never was.
    public func rubric(_ reference: Rubric.Reference) throws(StoreFault) -> Rubric? {
        try readState { try Self.rubric(reference, $0) }
    }

    /// Good and bad answers by model and release; of one queue or of all.
    public func labelTallies(
        queue: String? = nil
    ) throws(StoreFault) -> [(model: String, release: String, good: Int, bad: Int)] {
        try readState { db in
            let own = queue == nil ? "" : "WHERE queue = (SELECT id FROM label_queue WHERE name = ?)"
            return try Row.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT model, release, SUM(good) AS good, SUM(bad) AS bad FROM label_tally \(own)
                        GROUP BY model, release ORDER BY model, release
                        """), arguments: StatementArguments(queue.map { [$0] } ?? [])
            ).map { ($0["model"], $0["release"], $0["good"], $0["bad"]) }
        }
    }

    /// How often answers of two releases were compared, and which won; of one queue or of all.
    public func labelMeetings(queue: String? = nil) throws(StoreFault) -> [LabelMeeting] {
        try readState { db in
            let own = queue == nil ? "" : "WHERE queue = (SELECT id FROM label_queue WHERE name = ?)"
            return try Row.fetchAll(
                try db.cachedStatement(
                    sql: """
                        SELECT model, first, second, SUM(firstWins) AS a, SUM(secondWins) AS b, SUM(ties) AS t
                        FROM label_meeting \(own) GROUP BY model, first, second ORDER BY model, first, second
                        """), arguments: StatementArguments(queue.map { [$0] } ?? [])
            ).map {
                LabelMeeting(
                    model: ModelName($0["model"]), first: $0["first"], second: $0["second"], firstWins: $0["a"],
                    secondWins: $0["b"], ties: $0["t"])
            }
        }
    }

    // MARK: -

    static func rubric(_ reference: Rubric.Reference, _ db: Database) throws -> Rubric? {
        try Data.fetchOne(
            try db.cachedStatement(sql: "SELECT body FROM label_rubric WHERE name = ? AND version = ?"),
            arguments: [reference.name, reference.version]
        ).map { try Store.decode(Rubric.self, $0) }
    }

    /// Keeps a rubric's version; one that was used is never changed.
    static func keep(_ rubric: Rubric, _ db: Database) throws {
        if let used = try Self.rubric(rubric.reference, db) {
            guard used.questions == rubric.questions else {
                throw StoreFault.refused(
                    "\(rubric.reference) was used before, and asked something else",
                    hint: "Write `version: \(rubric.version + 1)` in it: what was judged stays true that way.")
            }
            return
        }
        try db.execute(
            sql: "INSERT INTO label_rubric (name, version, body) VALUES (?, ?, ?)",
            arguments: [rubric.name, rubric.version, try Store.encode(rubric)])
    }

    static func insert(_ queue: LabelQueue, _ rubric: Rubric.Reference, _ db: Database) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO label_queue (name, at, author, rubric, version, total, done, body)
                VALUES (?, ?, ?, ?, ?, 0, 0, ?)
                """,
            arguments: [
                queue.name, queue.at.milliseconds, queue.author, rubric.name, rubric.version, try Store.encode(queue),
            ])
        return db.lastInsertedRowID
    }

    /// Adds items behind those that are there; what the queue has already is left out.
    @discardableResult
    static func add(_ items: [LabelItem], to queue: Int64, _ db: Database) throws -> Int {
        var number =
            try Int64.fetchOne(db, sql: "SELECT MAX(number) FROM label_item WHERE queue = ?", arguments: [queue]) ?? 0
        let target = try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO label_target (item, connection, interaction, model, release, isRepeat, body)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
        let find = try db.cachedStatement(sql: "SELECT id FROM label_target WHERE item = ?")
        let insert = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO label_item (queue, number, target, shown, judges) VALUES (?, ?, ?, ?, 0)")
        let start = number
        for item in items {
            try target.execute(arguments: [
                item.id, item.target.connection.description, item.target.interaction, item.target.model?.description,
                item.target.release, item.isRepeat, try Store.encode(item.target),
            ])
            var row = db.lastInsertedRowID
            if db.changesCount == 0 { row = try Int64.fetchOne(find, arguments: [item.id]) ?? 0 }
            let shown = item.order.map { "\($0)" }.joined(separator: ",")
            try insert.execute(arguments: [queue, number + 1, row, shown])
            if db.changesCount > 0 { number += 1 }
        }
        try db.execute(
            sql: "UPDATE label_queue SET total = total + ? WHERE id = ?", arguments: [number - start, queue])
        return Int(number - start)
    }
}
