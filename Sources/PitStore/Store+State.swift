import Foundation
import GRDB
public import PitModel

/// What people did. Every call returns after the disk has it.
extension Store {
    /// Adds a line to the journal. The operation itself is written with its first line.
    public func record(_ entry: JournalEntry) throws(StoreFault) {
        try writeState { db in
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
            try Self.audit(
                db, entry.at, operation.author, "\(operation.request.verb.rawValue) \(entry.stage.rawValue)",
                operation.id,
                entry.detail.isEmpty ? operation.reason : entry.detail)
        }
    }

    /// Each operation at its latest stage, the newest last.
    public func journal(limit: Int = 200) throws(StoreFault) -> [JournalEntry] {
        try readState { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT o.body AS body, s.stage AS stage, s.at AS at, s.detail AS detail FROM operation o
                    JOIN operation_stage s ON s.seq = (SELECT MAX(seq) FROM operation_stage WHERE operation = o.id)
                    ORDER BY o.at DESC LIMIT ?
                    """, arguments: [limit])
            return try rows.reversed().compactMap { row in
                guard let stage = JournalEntry.Stage(rawValue: row["stage"]) else { return nil }
                let operation = try Store.decode(PitModel.Operation.self, row["body"])
                return JournalEntry(
                    operation, stage: stage, at: Timestamp(milliseconds: row["at"]), detail: row["detail"])
            }
        }
    }

    public func record(_ act: Act) throws(StoreFault) {
        try writeState { db in
            try db.execute(
                sql: "INSERT INTO act (at, author, kind, subject, text) VALUES (?, ?, ?, ?, ?)",
                arguments: [act.at.milliseconds, act.author, act.kind.rawValue, act.subject, act.text])
            try Self.audit(db, act.at, act.author, act.kind.rawValue, act.subject, act.text)
        }
    }

    /// All acts up to a moment, oldest first; the newest 100,000.
    public func acts(until: Timestamp? = nil) throws(StoreFault) -> [Act] {
        try readState { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT * FROM act WHERE at <= ? ORDER BY seq DESC LIMIT 100000",
                arguments: [until?.milliseconds ?? .max])
            return rows.reversed().compactMap { row in
                Act.Kind(rawValue: row["kind"]).map {
                    Act(
                        at: Timestamp(milliseconds: row["at"]), author: row["author"], kind: $0,
                        subject: row["subject"],
                        text: row["text"])
                }
            }
        }
    }

    /// What the console was like when it was left.
    public func session(_ key: String) throws(StoreFault) -> String? {
        try readState { try String.fetchOne($0, sql: "SELECT value FROM session WHERE key = ?", arguments: [key]) }
    }

    public func saveSession(_ key: String, _ value: String) throws(StoreFault) {
        try writeState {
            try $0.execute(sql: "INSERT OR REPLACE INTO session (key, value) VALUES (?, ?)", arguments: [key, value])
        }
    }

    private static func audit(
        _ db: Database, _ at: Timestamp, _ author: String, _ what: String, _ subject: String, _ detail: String
    ) throws {
        try db.execute(
            sql: "INSERT INTO audit (at, author, what, subject, detail) VALUES (?, ?, ?, ?, ?)",
            arguments: [at.milliseconds, author, what, subject, detail])
    }
}
