import Foundation
import GRDB
import PitModel

/// A queue as one person works on it, within a transaction.
struct LabelLedger {
    let db: Database
    let row: Int64
    var queue: LabelQueue
    /// Nil where judgements were brought in whose rubric is not known here.
    let rubric: Rubric?
    let reference: Rubric.Reference
    let author: String
    let at: Timestamp

    init(_ db: Database, queue name: String, author: String, at: Timestamp) throws {
        let found = try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT q.id, q.body, q.rubric, q.version, r.body AS rules FROM label_queue q
                    LEFT JOIN label_rubric r ON r.name = q.rubric AND r.version = q.version WHERE q.name = ?
                    """), arguments: [name])
        guard let found else {
            throw StoreFault.refused("there is no queue `\(name)`", hint: "See them: pitwall queue list")
        }
        (self.db, self.author, self.at) = (db, author, at)
        row = found["id"]
        queue = try Store.decode(LabelQueue.self, found["body"])
        reference = Rubric.Reference(found["rubric"], version: found["version"])
        rubric = try (found["rules"] as Data?).map { try Store.decode(Rubric.self, $0) }
    }

    /// An item of the queue: where it stands, and what it is.
    struct Item {
        var number: Int64
        var target: Int64
        var id: String
        var isRepeat: Bool
        var model: String?
        var release: String?
        var judges: Int
    }

    func item(_ id: String) throws -> Item {
        let target = try Row.fetchOne(
            try db.cachedStatement(sql: "SELECT id FROM label_target WHERE item = ?"), arguments: [id])
        let item = try target.flatMap { try self.item(of: $0["id"]) }
        guard let item else {
            throw StoreFault.refused(
                "`\(id)` is not in the queue `\(queue.name)`", hint: "Open the queue again: it may have changed.")
        }
        return item
    }

    func item(of target: Int64) throws -> Item? {
        let row = try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT i.number, i.judges, t.id, t.item, t.isRepeat, t.model, t.release FROM label_item i
                    JOIN label_target t ON t.id = i.target WHERE i.target = ? AND i.queue = ?
                    """), arguments: [target, self.row])
        return row.map {
            Item(
                number: $0["number"], target: $0["id"], id: $0["item"], isRepeat: $0["isRepeat"], model: $0["model"],
                release: $0["release"], judges: $0["judges"])
        }
    }

    // MARK: - Answers

    /// The answers of one person that hold, by question.
    func answers(_ target: Int64, of author: String) throws -> [String: Judgement] {
        let rows = try Data.fetchAll(
            try db.cachedStatement(
                sql: """
                    SELECT j.body FROM label_now n JOIN judgement j ON j.seq = n.judgement
                    WHERE n.target = ? AND n.queue = ? AND n.author = ?
                    """), arguments: [target, row, author])
        return Dictionary(
            try rows.map { try Store.decode(Judgement.self, $0) }.map { ($0.question, $0) }, uniquingKeysWith: { $1 })
    }

    /// Writes a fact, and lets it hold. False when it is there already.
    @discardableResult
    func keep(_ judgement: Judgement, _ target: Int64, act: Int64?) throws -> Bool {
        try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO judgement (id, act, queue, target, at, body) VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            judgement.id, act, row, target, judgement.at.milliseconds, try Store.encode(judgement),
        ])
        guard db.changesCount > 0 else { return false }
        let seq = db.lastInsertedRowID
        if judgement.value == nil {
            try db.cachedStatement(
                sql: "DELETE FROM label_now WHERE target = ? AND queue = ? AND author = ? AND question = ?"
            ).execute(arguments: [target, row, judgement.author, judgement.question])
        } else {
            try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO label_now (target, queue, author, question, judgement)
                    VALUES (?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [target, row, judgement.author, judgement.question, seq])
        }
        return true
    }

    /// Gives answers, or takes them back, and settles what follows from them.
    func answer(
        _ values: [String: JudgedValue?], comments: [String: String], on item: Item, seconds: Double, act: Int64
    ) throws -> [Judgement] {
        let before = try answers(item.target, of: author)
        var after = before
        var made: [Judgement] = []
        for (question, value) in values.sorted(by: { $0.key < $1.key }) where value != nil || before[question] != nil {
            var judgement = Judgement(
                id: UUID().uuidString.lowercased(), at: at, author: author, queue: queue.name, item: item.id,
                rubric: reference, question: question, value: value, comment: comments[question] ?? "",
                supersedes: before[question]?.id, seconds: seconds, isRepeat: item.isRepeat)
            if queue.adjudicates != nil { judgement.decides = true }
            try keep(judgement, item.target, act: act)
            made.append(judgement)
            after[question] = value == nil ? nil : judgement
        }
        try settle(item, before: before.compactMapValues(\.value), after: after.compactMapValues(\.value))
        return made
    }

    func isComplete(_ values: [String: JudgedValue]) -> Bool {
        guard !values.isEmpty else { return false }
        return rubric?.isComplete(values) ?? true
    }

    /// What follows from answers that changed: how far this person is, how many have judged the item, what is thought of
    /// the release.
    func settle(_ item: Item, before: [String: JudgedValue], after: [String: JudgedValue]) throws {
        let (was, isNow) = (isComplete(before), isComplete(after))
        if was != isNow {
            let step = isNow ? 1 : -1
            try progress(item.number) { $0.judged = isNow }
            try db.cachedStatement(sql: "UPDATE label_item SET judges = judges + ? WHERE queue = ? AND number = ?")
                .execute(arguments: [step, row, item.number])
            let enough = max(1, queue.overlap)
            if item.judges + step == enough && isNow || item.judges == enough && !isNow {
                try db.cachedStatement(sql: "UPDATE label_queue SET done = done + ? WHERE id = ?")
                    .execute(arguments: [step, row])
            }
        }
        // Who decides what others said has not judged another answer.
        guard !item.isRepeat, queue.adjudicates == nil, let rubric else { return }
        try tally(rubric, before, item, -1)
        try tally(rubric, after, item, 1)
    }

    private func tally(_ rubric: Rubric, _ values: [String: JudgedValue], _ item: Item, _ step: Int) throws {
        func add(_ release: String, isGood: Bool) throws {
            try db.cachedStatement(
                sql: """
                    INSERT INTO label_tally (queue, model, release, good, bad) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET good = good + excluded.good, bad = bad + excluded.bad
                    """
            ).execute(arguments: [row, item.model ?? "", release, isGood ? step : 0, isGood ? 0 : step])
        }
        // Of two answers one is better than the other, which says nothing of how good it is; what else is asked of both
        // does not tell whose release is meant.
        if rubric.answersCompared == 1 {
            if let isGood = rubric.isGood(values) { try add(item.release ?? "", isGood: isGood) }
            return
        }
        let preference = values.values.lazy.compactMap { value -> JudgedValue.Preference? in
            if case .preference(let preference) = value { preference } else { nil }
        }.first
        guard let preference, let target = try target(item.target), var meeting = Meeting(preference, target) else {
            return
        }
        (meeting.queue, meeting.model) = (row, item.model ?? "")
        try meeting.add(step, db)
    }

    func target(_ target: Int64) throws -> JudgedTarget? {
        try Data.fetchOne(
            try db.cachedStatement(sql: "SELECT body FROM label_target WHERE id = ?"), arguments: [target]
        ).map { try Store.decode(JudgedTarget.self, $0) }
    }
}
