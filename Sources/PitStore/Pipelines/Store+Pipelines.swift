import Foundation
import GRDB
public import PitModel

/// What people asked of pipeline engines. Every call that writes returns after the disk has it.
extension Store {
    /// Writes down that something is to be asked.
    public func begin(
        _ verb: PipelineAct.Verb, _ subject: RunKey, parameters: [String: String] = [:], reason: String,
        author: String, at: Timestamp, search: PipelineSearch? = nil
    ) throws(StoreFault) -> PipelineAct {
        try writeState { db in
            let before = try Int.fetchOne(db, sql: "SELECT MAX(seq) FROM pipeline_act") ?? 0
            var act = PipelineAct(
                id: "pipeline-\(before + 1)", verb, subject, parameters: parameters, reason: reason, author: author,
                at: at)
            act.search = search
            try db.execute(
                sql: "INSERT INTO pipeline_act (id, at, author, body) VALUES (?, ?, ?, ?)",
                arguments: [act.id, at.milliseconds, author, try Self.encode(act)])
            let words = parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.prefix(60))" }
            try AuditLink.append(
                db, at, author, identity: "", "pipeline \(verb.rawValue) asked", subject.description,
                ([act.id] + words + (reason.isEmpty ? [] : ["because \(reason)"])).joined(separator: " "))
            return act
        }
    }

    /// Adds what became known; gives the act with it. An end is written once.
    public func keep(
        _ fact: PipelineAct.Fact, of id: String, author: String, at: Timestamp
    ) throws(StoreFault) -> PipelineAct? {
        try writeState { db in
            guard var act = try Self.act(db, id) else { return nil }
            guard act.isOpen, act.isNews(fact) else { return act }
            try db.execute(
                sql: "INSERT INTO pipeline_fact (act, at, author, body) VALUES (?, ?, ?, ?)",
                arguments: [id, at.milliseconds, author, try Self.encode(fact)])
            act.take(fact)
            if !act.isOpen {
                try db.execute(sql: "UPDATE pipeline_act SET is_open = 0 WHERE id = ?", arguments: [id])
            }
            let words = fact.words(act.verb)
            try AuditLink.append(
                db, at, author, identity: "", words.what, act.subject.description,
                words.detail.isEmpty ? id : "\(id) \(words.detail)")
            return act
        }
    }

    /// The newest first; only those whose end is not known, where that is asked.
    public func pipelineActs(open: Bool = false, limit: Int = 200) throws(StoreFault) -> [PipelineAct] {
        try readState { db in
            let ids = try String.fetchAll(
                db,
                sql: "SELECT id FROM pipeline_act \(open ? "WHERE is_open = 1" : "") ORDER BY seq DESC LIMIT ?",
                arguments: [max(0, limit)])
            return try ids.compactMap { try Self.act(db, $0) }
        }
    }

    private static func act(_ db: Database, _ id: String) throws -> PipelineAct? {
        guard
            let body = try Data.fetchOne(
                try db.cachedStatement(sql: "SELECT body FROM pipeline_act WHERE id = ?"), arguments: [id])
        else { return nil }
        var act = try decode(PipelineAct.self, body)
        let facts = try Data.fetchAll(
            try db.cachedStatement(sql: "SELECT body FROM pipeline_fact WHERE act = ? ORDER BY seq"), arguments: [id])
        for fact in facts { act.take(try decode(PipelineAct.Fact.self, fact)) }
        return act
    }
}
