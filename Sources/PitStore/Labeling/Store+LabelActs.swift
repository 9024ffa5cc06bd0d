import Foundation
import GRDB
public import PitModel

/// What one press of a key came to.
public enum LabelOutcome: Equatable, Sendable {
    case kept
    /// There was nothing to take back, or to bring back.
    case nothing
    /// There is no such queue, or no such item in it.
    case unknown
}

extension Store {
    /// Keeps one press of a key: its answers, its mark, or that an earlier one is taken back or brought back. Returns
    /// after the disk has it.
    public func perform(
        _ act: LabelAct, rubric: Rubric, author: String, at: Timestamp
    ) throws(StoreFault) -> LabelOutcome {
        try writeState { db in
            var desk = LabelDeskRows(db, queue: act.queue, rubric: rubric, author: author, at: at, seconds: act.seconds)
            switch act.kind {
            case .judge(let values, let comment):
                guard try desk.find(act.item) else { return .unknown }
                var body = ActBody(comment: comment)
                for (question, value) in values.sorted(by: { $0.key < $1.key }) {
                    body.answers.append(
                        .init(question: question, before: try desk.value(question), after: value))
                }
                (body.stateBefore, body.stateAfter) = (desk.state, nil)
                let seq = try desk.insert("judge", body)
                try desk.answer(body.answers.map { ($0.question, $0.after) }, comment, seq)
                return .kept
            case .mark(let mark):
                guard try desk.find(act.item) else { return .unknown }
                var after = desk.state
                switch mark.kind {
                case .skipped: after.state = after.isJudged ? "judged" : "skipped"
                case .flagged: after.isFlagged = true
                case .cleared: after = StateRow(state: after.isJudged ? "judged" : "", isFlagged: false)
                case .revealed:
                    try AuditLink.append(
                        db, at, author, identity: "", "private text revealed", "\(act.queue)/\(act.item)", mark.text)
                }
                let body = ActBody(comment: mark.text, stateBefore: desk.state, stateAfter: after)
                _ = try desk.insert("mark", body, undone: mark.kind == .revealed ? 2 : 0)
                try desk.set(after)
                return .kept
            case .undo: return try desk.turn(back: true)
            case .redo: return try desk.turn(back: false)
            }
        }
    }
}

/// One act as it is written, within its transaction.
struct LabelDeskRows {
    private let db: Database
    private let queue: String
    private let rubric: Rubric
    private let author: String
    private let at: Timestamp
    private let seconds: Double
    private var item = ""
    private var number: Int64 = 0
    private var target: JudgedTarget?
    private(set) var state = StateRow()

    init(_ db: Database, queue: String, rubric: Rubric, author: String, at: Timestamp, seconds: Double) {
        (self.db, self.queue, self.rubric, self.author) = (db, queue, rubric, author)
        (self.at, self.seconds) = (at, seconds)
    }

    /// Turns to an item; false when the queue has none of that name.
    mutating func find(_ item: String) throws -> Bool {
        let select = try db.cachedStatement(sql: "SELECT number, body FROM label_item WHERE queue = ? AND item = ?")
        guard let row = try Row.fetchOne(select, arguments: [queue, item]) else { return false }
        (self.item, number) = (item, row["number"])
        target = try Store.decode(NewLabelItem.self, row["body"]).target
        let stateOf = try db.cachedStatement(
            sql: "SELECT state, flagged FROM label_state WHERE queue = ? AND author = ? AND item = ?")
        state =
            try Row.fetchOne(stateOf, arguments: [queue, author, item]).map {
                StateRow(state: $0["state"], isFlagged: $0["flagged"])
            } ?? StateRow()
        return true
    }

    /// The answer that holds; nil when there is none.
    func value(_ question: String) throws -> JudgedValue? { try held(question)?.value }

    private func held(_ question: String) throws -> Judgement? {
        let select = try db.cachedStatement(
            sql: """
                SELECT j.body FROM label_now n JOIN judgement j ON j.seq = n.judgement
                WHERE n.queue = ? AND n.item = ? AND n.author = ? AND n.question = ?
                """)
        return try Data.fetchOne(select, arguments: [queue, item, author, question]).map {
            try Store.decode(Judgement.self, $0)
        }
    }

    func insert(_ kind: String, _ body: ActBody, undone: Int = 0) throws -> Int64 {
        if undone == 0 {
            // What was taken back before a new act is not brought back after it.
            try db.cachedStatement(
                sql: "UPDATE label_act SET undone = 2 WHERE queue = ? AND author = ? AND undone = 1"
            ).execute(arguments: [queue, author])
        }
        try db.cachedStatement(
            sql: """
                INSERT INTO label_act (at, author, queue, item, kind, undone, seconds, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            at.milliseconds, author, queue, item, kind, undone, seconds, try Store.encode(body),
        ])
        return db.lastInsertedRowID
    }

    /// Writes answers as facts, and what follows from them.
    mutating func answer(_ answers: [(question: String, value: JudgedValue?)], _ comment: String, _ act: Int64) throws {
        for (question, value) in answers {
            let before = try held(question)
            if before == nil, value == nil { continue }
            let judgement = Judgement(
                id: UUID().uuidString.lowercased(), at: at, author: author, queue: queue, item: item,
                rubric: rubric.reference, question: question, value: value, comment: comment,
                supersedes: before?.id, seconds: seconds)
            try Self.insert(judgement, db)
        }
        var after = state
        let values = try self.values()
        after.state = !values.isEmpty && rubric.isComplete(values) ? "judged" : state.isSkipped ? "skipped" : ""
        try set(after, good: rubric.isGood(values))
    }

    /// Adds a fact; it holds from now on.
    static func insert(_ judgement: Judgement, _ db: Database) throws {
        let names: StatementArguments = [judgement.queue, judgement.item, judgement.author, judgement.question]
        try db.cachedStatement(
            sql: """
                INSERT INTO judgement (id, at, author, queue, item, question, body) VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            judgement.id, judgement.at.milliseconds, judgement.author, judgement.queue, judgement.item,
            judgement.question, try Store.encode(judgement),
        ])
        if judgement.value == nil {
            try db.cachedStatement(
                sql: "DELETE FROM label_now WHERE queue = ? AND item = ? AND author = ? AND question = ?"
            ).execute(arguments: names)
        } else {
            try db.cachedStatement(
                sql: """
                    INSERT INTO label_now (queue, item, author, question, judgement) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET judgement = excluded.judgement
                    """
            ).execute(arguments: names + [db.lastInsertedRowID])
        }
    }

    /// The author's answers to the item that hold.
    func values() throws -> [String: JudgedValue] {
        let select = try db.cachedStatement(
            sql: """
                SELECT n.question, j.body FROM label_now n JOIN judgement j ON j.seq = n.judgement
                WHERE n.queue = ? AND n.item = ? AND n.author = ?
                """)
        var values: [String: JudgedValue] = [:]
        for row in try Row.fetchAll(select, arguments: [queue, item, author]) {
            values[row["question"]] = try Store.decode(Judgement.self, row["body"]).value
        }
        return values
    }

    /// Writes how the item stands, and counts it.
    mutating func set(_ after: StateRow, good: Bool?? = nil) throws {
        let known = try good ?? rubric.isGood(values())
        try db.cachedStatement(
            sql: """
                INSERT INTO label_state (queue, author, item, number, state, flagged, good, model, release)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET state = excluded.state, flagged = excluded.flagged, good = excluded.good
                """
        ).execute(arguments: [
            queue, author, item, number, after.state, after.isFlagged, known, target?.model?.description,
            target?.release,
        ])
        func change(_ of: (StateRow) -> Bool) -> Int { (of(after) ? 1 : 0) - (of(state) ? 1 : 0) }
        let isBack = after.state == "" && state.state != ""
        try db.cachedStatement(
            sql: """
                INSERT INTO label_count (queue, author, judged, skipped, flagged, place) VALUES (?1, ?2, ?3, ?4, ?5, 0)
                ON CONFLICT DO UPDATE SET judged = judged + ?3, skipped = skipped + ?4, flagged = flagged + ?5,
                place = CASE WHEN ?6 AND ?7 < place THEN ?7 ELSE place END
                """
        ).execute(arguments: [
            queue, author, change(\.isJudged), change(\.isSkipped), change(\.isFlagged), isBack, number,
        ])
        state = after
    }

    /// Takes the latest act back that still counts, or brings the one back that was taken back last.
    mutating func turn(back: Bool) throws -> LabelOutcome {
        let select = try db.cachedStatement(
            sql: """
                SELECT seq, item, body FROM label_act WHERE queue = ? AND author = ? AND undone = ?
                ORDER BY seq \(back ? "DESC" : "ASC") LIMIT 1
                """)
        guard let row = try Row.fetchOne(select, arguments: [queue, author, back ? 0 : 1]) else { return .nothing }
        guard try find(row["item"]) else { return .unknown }
        let seq: Int64 = row["seq"]
        let body = try Store.decode(ActBody.self, row["body"])
        let own = try insert(back ? "undo" : "redo", ActBody(refers: seq), undone: 2)
        try answer(body.answers.map { ($0.question, back ? $0.before : $0.after) }, body.comment, own)
        if body.answers.isEmpty {
            if let wanted = back ? body.stateBefore : body.stateAfter { try set(wanted) }
        } else if back, let before = body.stateBefore {
            try set(before)
        }
        try db.cachedStatement(sql: "UPDATE label_act SET undone = ? WHERE seq = ?").execute(
            arguments: [back ? 1 : 0, seq])
        return .kept
    }
}
