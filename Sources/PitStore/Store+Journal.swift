import Foundation
import GRDB
public import PitModel

/// What people asked of servers. Every call that writes returns after the disk has it.
extension Store {
    /// Adds a line to the journal. The operation itself is written with its first line.
    public func record(_ entry: JournalEntry) throws(StoreFault) {
        try writeState { try Self.insert(entry, $0) }
    }

    static func insert(_ entry: JournalEntry, _ db: Database, identity: String = "") throws {
        let operation = entry.operation
        try db.execute(
            sql: "INSERT OR IGNORE INTO operation (id, at, author, connection, body) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                operation.id, operation.at.milliseconds, operation.author, operation.connection.description,
                try Store.encode(operation),
            ])
        try db.execute(
            sql: "INSERT INTO operation_stage (operation, stage, at, detail) VALUES (?, ?, ?, ?)",
            arguments: [operation.id, entry.stage.rawValue, entry.at.milliseconds, entry.detail])
        let about = operation.request.plan.map { "\($0.request.deployment) " } ?? ""
        try AuditLink.append(
            db, entry.at, operation.author, identity: identity,
            "\(operation.request.word) \(entry.stage.rawValue)", operation.id,
            about + (entry.detail.isEmpty ? operation.reason : entry.detail))
    }

    /// Each operation at its latest stage, the newest last.
    public func journal(limit: Int = 200) throws(StoreFault) -> [JournalEntry] {
        try entries(
            """
            SELECT o.body AS body, s.stage AS stage, s.at AS at, s.detail AS detail
            FROM (SELECT * FROM operation ORDER BY at DESC LIMIT ?) o
            JOIN operation_stage s ON s.seq = (SELECT MAX(seq) FROM operation_stage WHERE operation = o.id)
            ORDER BY o.at DESC, s.seq DESC
            """, limit)
    }

    /// Those of the newest thousand operations whose end is not known.
    public func openOperations() throws(StoreFault) -> [JournalEntry] {
        try journal(limit: 1000).filter { !$0.stage.isFinal }
    }

    /// Every stage of every operation, in the order they were written: the newest `limit`.
    public func stages(limit: Int = 1000) throws(StoreFault) -> [JournalEntry] {
        try entries(
            """
            SELECT o.body AS body, s.stage AS stage, s.at AS at, s.detail AS detail FROM operation_stage s
            JOIN operation o ON o.id = s.operation ORDER BY s.seq DESC LIMIT ?
            """, limit)
    }

    /// What a query finds, which gives the newest first; lines that a newer pitwall wrote and this one cannot read are
    /// left out.
    private func entries(_ sql: String, _ limit: Int) throws(StoreFault) -> [JournalEntry] {
        try readState { db in
            try Row.fetchAll(try db.cachedStatement(sql: sql), arguments: [max(0, limit)]).reversed().compactMap {
                row in
                guard let stage = JournalEntry.Stage(rawValue: row["stage"]),
                    let operation = try? Store.decode(PitModel.Operation.self, row["body"])
                else { return nil }
                return JournalEntry(
                    operation, stage: stage, at: Timestamp(milliseconds: row["at"]), detail: row["detail"])
            }
        }
    }
}
