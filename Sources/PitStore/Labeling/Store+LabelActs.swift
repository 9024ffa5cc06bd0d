import Foundation
import GRDB
public import PitModel

/// What people do in a queue, one key at a time.
extension Store {
    /// Carries an act out, all of it or nothing. Returns after the disk has it; gives the judgements that it made.
    ///
    /// Undo and redo are acts, too: they add judgements that bring back what held before, and take nothing away.
    @discardableResult
    public func perform(_ act: LabelAct, author: String, at: Timestamp) throws(StoreFault) -> [Judgement] {
        try writeState { db in
            let ledger = try LabelLedger(db, queue: act.queue, author: author, at: at)
            switch act.kind {
            case .judge(let values, let comment):
                guard !values.isEmpty else { throw StoreFault.refused("there is no answer", hint: "Give one.") }
                let item = try ledger.item(act.item)
                for case (let question, let value?) in values {
                    if let why = ledger.rubric?.refusal(of: value, to: question) {
                        throw StoreFault.refused(why, hint: "See the rubric: pitwall get rubrics")
                    }
                }
                let row = try ledger.act("judge", item.target, seconds: act.seconds)
                return try ledger.answer(
                    values, comments: values.mapValues { _ in comment }, on: item, seconds: act.seconds, act: row)
            case .mark(let mark):
                let item = try ledger.item(act.item)
                let row = try ledger.act(mark.kind.rawValue, item.target, seconds: act.seconds)
                try ledger.mark(mark, item, act: row)
                return []
            case .undo: return try ledger.undo()
            case .redo: return try ledger.redo()
            }
        }
    }
}

extension LabelLedger {
    /// Whether an act counts, was taken back and can be brought back, or was taken back for good.
    private enum State: Int { case counts, undone }

    /// Writes an act down. What can be undone goes on the stack, and what was undone before is then gone for good.
    func act(_ kind: String, _ target: Int64, undoes: Int64? = nil, seconds: Double = 0) throws -> Int64 {
        try db.cachedStatement(
            sql: """
                INSERT INTO label_act (at, author, queue, target, kind, undoes, seconds) VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            at.milliseconds, author, row, target, kind, undoes, seconds.isFinite ? max(0, seconds) : 0,
        ])
        let act = db.lastInsertedRowID
        guard undoes == nil, kind != LabelMark.Kind.revealed.rawValue else { return act }
        try db.cachedStatement(sql: "DELETE FROM label_stack WHERE queue = ? AND author = ? AND state = ?")
            .execute(arguments: [row, author, State.undone.rawValue])
        try push(act, .counts)
        return act
    }

    private func push(_ act: Int64, _ state: State) throws {
        try db.cachedStatement(sql: "INSERT INTO label_stack (queue, author, state, act) VALUES (?, ?, ?, ?)")
            .execute(arguments: [row, author, state.rawValue, act])
    }

    private func move(_ act: Int64, from: State, to: State) throws {
        try db.cachedStatement(
            sql: "DELETE FROM label_stack WHERE queue = ? AND author = ? AND state = ? AND act = ?"
        ).execute(arguments: [row, author, from.rawValue, act])
        try push(act, to)
    }

    /// The act that undo would take back, and the one that redo would bring back.
    func ends() throws -> (undo: Int64?, redo: Int64?) {
        func end(_ which: String, _ state: State) throws -> Int64? {
            try Int64.fetchOne(
                try db.cachedStatement(
                    sql: "SELECT \(which)(act) FROM label_stack WHERE queue = ? AND author = ? AND state = ?"),
                arguments: [row, author, state.rawValue])
        }
        return (try end("MAX", .counts), try end("MIN", .undone))
    }

    func mark(_ mark: LabelMark, _ item: Item, act: Int64) throws {
        let before = try progress(of: item.number)
        try db.cachedStatement(
            sql: """
                INSERT INTO label_mark (act, queue, target, author, at, kind, text, wasSkipped, wasFlagged)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            act, row, item.target, author, at.milliseconds, mark.kind.rawValue, mark.text, before.skipped,
            before.flagged,
        ])
        switch mark.kind {
        case .skipped: try progress(item.number) { $0.skipped = act }
        case .flagged: try progress(item.number) { $0.flagged = true }
        case .cleared: try progress(item.number) { ($0.skipped, $0.flagged) = (nil, false) }
        case .revealed:
            try AuditLink.append(
                db, at, author, identity: "", "private text revealed", item.id, "queue \(queue.name)")
        }
    }

    func undo() throws -> [Judgement] {
        guard let act = try ends().undo, let item = try itemOf(act) else {
            throw StoreFault.refused("there is nothing to undo", hint: "Nothing that you did in this queue counts.")
        }
        let new = try self.act("undo", item.target, undoes: act)
        try move(act, from: .counts, to: .undone)
        if let mark = try mark(of: act) {
            try progress(item.number) { ($0.skipped, $0.flagged) = (mark["wasSkipped"], mark["wasFlagged"]) }
            return []
        }
        let before = try made(by: act).map { judgement in
            (judgement.question, try judgement.supersedes.flatMap { try self.judgement($0) })
        }
        return try answer(
            Dictionary(before.map { ($0.0, $0.1?.value) }, uniquingKeysWith: { $1 }),
            comments: Dictionary(before.map { ($0.0, $0.1?.comment ?? "") }, uniquingKeysWith: { $1 }), on: item,
            seconds: 0, act: new)
    }

    func redo() throws -> [Judgement] {
        guard let act = try ends().redo, let item = try itemOf(act) else {
            throw StoreFault.refused("there is nothing to redo", hint: "Only what was just undone can be brought back.")
        }
        let new = try self.act("redo", item.target, undoes: act)
        try move(act, from: .undone, to: .counts)
        if let mark = try mark(of: act), let kind = LabelMark.Kind(rawValue: mark["kind"]) {
            try self.mark(LabelMark(kind, text: mark["text"]), item, act: new)
            return []
        }
        let again = try made(by: act)
        return try answer(
            Dictionary(again.map { ($0.question, $0.value) }, uniquingKeysWith: { $1 }),
            comments: Dictionary(again.map { ($0.question, $0.comment) }, uniquingKeysWith: { $1 }), on: item,
            seconds: 0, act: new)
    }

    private func itemOf(_ act: Int64) throws -> Item? {
        try Int64.fetchOne(
            try db.cachedStatement(sql: "SELECT target FROM label_act WHERE seq = ?"), arguments: [act]
        ).flatMap(item(of:))
    }

    private func mark(of act: Int64) throws -> Row? {
        try Row.fetchOne(try db.cachedStatement(sql: "SELECT * FROM label_mark WHERE act = ?"), arguments: [act])
    }

    private func made(by act: Int64) throws -> [Judgement] {
        try Data.fetchAll(
            try db.cachedStatement(sql: "SELECT body FROM judgement WHERE act = ? ORDER BY seq"), arguments: [act]
        ).map { try Store.decode(Judgement.self, $0) }
    }

    func judgement(_ id: String) throws -> Judgement? {
        try Data.fetchOne(try db.cachedStatement(sql: "SELECT body FROM judgement WHERE id = ?"), arguments: [id])
            .map { try Store.decode(Judgement.self, $0) }
    }
}
