import Foundation
import GRDB
public import PitModel

/// Trainings that were started from here. Every call that writes returns after the disk has it.
extension Store {
    /// Writes down that a training is to be; it is named after its template, and numbered.
    public func begin(
        _ template: TrainingTemplate, values: [String: String], author: String, at: Timestamp, sweep: String? = nil,
        revision: String? = nil, trial: Int? = nil
    ) throws(StoreFault) -> Training {
        try writeState { db in
            let before = try Int.fetchOne(
                db, sql: "SELECT COUNT(*) FROM training WHERE template = ?", arguments: [template.name])
            let training = Training(
                id: "\(template.name)-\((before ?? 0) + 1)", template: template, values: values, at: at,
                author: author, sweep: sweep, revision: revision, trial: trial)
            try db.execute(
                sql: "INSERT INTO training (id, template, sweep, at, author, body) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    training.id, template.name, sweep, at.milliseconds, author, try Self.encode(training),
                ])
            let words = values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.prefix(60))" }
            try AuditLink.append(
                db, at, author, identity: "", "training begun", training.id, words.joined(separator: " "))
            return training
        }
    }

    /// Adds what became known; gives the training with it. An end is written once.
    public func keep(
        _ fact: TrainingFact, of id: String, author: String, at: Timestamp
    ) throws(StoreFault) -> Training? {
        try writeState { db in
            guard var training = try Self.training(db, id) else { return nil }
            if case .ended = fact, training.end != nil { return training }
            try db.execute(
                sql: "INSERT INTO training_fact (training, at, author, body) VALUES (?, ?, ?, ?)",
                arguments: [id, at.milliseconds, author, try Self.encode(fact)])
            let words = fact.words
            try AuditLink.append(db, at, author, identity: "", words.what, id, words.detail)
            training.take(fact)
            return training
        }
    }

    /// The newest first.
    public func trainings(sweep: String? = nil, limit: Int = 200) throws(StoreFault) -> [Training] {
        try readState { db in
            let about: StatementArguments = sweep.map { [$0] } ?? []
            let ids = try String.fetchAll(
                db,
                sql: "SELECT id FROM training \(sweep == nil ? "" : "WHERE sweep = ?") ORDER BY seq DESC LIMIT ?",
                arguments: about + [max(0, limit)])
            return try ids.compactMap { try Self.training(db, $0) }
        }
    }

    public func training(_ id: String) throws(StoreFault) -> Training? {
        try readState { try Self.training($0, id) }
    }

    private static func training(_ db: Database, _ id: String) throws -> Training? {
        guard
            let body = try Data.fetchOne(
                try db.cachedStatement(sql: "SELECT body FROM training WHERE id = ?"), arguments: [id])
        else { return nil }
        var training = try decode(Training.self, body)
        let facts = try Data.fetchAll(
            try db.cachedStatement(sql: "SELECT body FROM training_fact WHERE training = ? ORDER BY seq"),
            arguments: [id])
        for fact in facts { training.take(try decode(TrainingFact.self, fact)) }
        return training
    }
}
