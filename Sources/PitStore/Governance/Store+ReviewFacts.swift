import Foundation
import GRDB
public import PitModel

/// What people decided about versions of models: only ever added. Every call that writes returns after the disk has it.
extension Store {
    /// Adds a fact, and a line of the audit trail with it. Gives the fact with its place.
    public func record(_ fact: ReviewFact) throws(StoreFault) -> ReviewFact {
        try writeState { db in
            try db.execute(
                sql: "INSERT INTO review_fact (at, author, version, kind, body) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    fact.at.milliseconds, fact.author, fact.version.description, fact.kind.rawValue,
                    try Self.encode(fact),
                ])
            var kept = fact
            kept.sequence = db.lastInsertedRowID
            let about =
                fact.subject.isEmpty ? "" : "\(fact.subject)" + (fact.until.map { " until \($0.rfc3339)" } ?? "")
            try AuditLink.append(
                db, fact.at, fact.author, identity: "", "review: \(fact.kind.word)", fact.version.description,
                [about, fact.reason].filter { !$0.isEmpty }.joined(separator: ": "))
            return kept
        }
    }

    /// All about one version, oldest first. A fact of a newer pitwall that this one cannot read is a fault: what
    /// somebody decided is not passed over.
    public func reviewFacts(of version: ModelVersionID) throws(StoreFault) -> [ReviewFact] {
        try facts("WHERE version = ? ORDER BY seq", [version.description])
    }

    /// The newest of all versions, newest first.
    public func reviewFacts(limit: Int = 1000) throws(StoreFault) -> [ReviewFact] {
        try facts("ORDER BY seq DESC LIMIT ?", [max(0, limit)])
    }

    /// Those of a version that its registry was not told of, oldest first.
    public func untoldReviewFacts(of version: ModelVersionID) throws(StoreFault) -> [ReviewFact] {
        try facts(
            "WHERE version = ? AND seq NOT IN (SELECT fact FROM review_told) ORDER BY seq", [version.description])
    }

    /// Writes down that the registry has taken them.
    public func tellReviewFacts(_ facts: [ReviewFact], at: Timestamp) throws(StoreFault) {
        guard !facts.isEmpty else { return }
        try writeState { db in
            for fact in facts {
                try db.execute(
                    sql: "INSERT OR IGNORE INTO review_told (fact, at) VALUES (?, ?)",
                    arguments: [fact.sequence, at.milliseconds])
            }
        }
    }

    private func facts(_ condition: String, _ arguments: StatementArguments) throws(StoreFault) -> [ReviewFact] {
        try readState { db in
            try Row.fetchAll(db, sql: "SELECT seq, body FROM review_fact \(condition)", arguments: arguments).map {
                var fact = try Self.decode(ReviewFact.self, $0["body"])
                fact.sequence = $0["seq"]
                return fact
            }
        }
    }
}
