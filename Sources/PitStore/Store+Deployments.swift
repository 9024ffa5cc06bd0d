import Foundation
import GRDB
public import PitModel

/// The journal of what is asked of deployments. One operation at a time has a deployment, one process at a time carries it
/// out, and each step is on the disk before the next one begins. Two processes cannot both take the same step: it is
/// compared and written in one transaction.
extension Store {
    /// Seconds after which a driver on another machine that has given no sign counts as gone.
    static let silence = 60.0

    /// Writes the intent down and takes the deployment. The id of the operation that has it, when one does: then nothing
    /// was written.
    public func begin(
        _ entry: JournalEntry, on deployment: DeploymentID, driver: OperationDriver = .this
    ) throws(StoreFault) -> String? {
        try writeState { db in
            let name = deployment.description
            if let holder = try String.fetchOne(
                db, sql: "SELECT operation FROM deployment_lock WHERE deployment = ?", arguments: [name])
            {
                return holder
            }
            try db.execute(
                sql: "INSERT INTO deployment_lock (deployment, operation, driver, beat) VALUES (?, ?, ?, ?)",
                arguments: [name, entry.operation.id, driver.description, entry.at.milliseconds])
            try Self.insert(entry, db)
            return nil
        }
    }

    /// Writes the next stage down when the operation is at one of `stages` and this process carries it out; false when
    /// somebody was faster. What is final lets the deployment go.
    public func advance(
        _ entry: JournalEntry, from stages: Set<JournalEntry.Stage>, identity: String = "",
        driver: OperationDriver = .this
    ) throws(StoreFault) -> Bool {
        try writeState { db in
            guard let now = try Self.stage(of: entry.operation.id, db), stages.contains(now),
                try Self.driver(of: entry.operation.id, db) == driver
            else { return false }
            try Self.insert(entry, db, identity: identity)
            if entry.stage.isFinal {
                try db.execute(
                    sql: "DELETE FROM deployment_lock WHERE operation = ?", arguments: [entry.operation.id])
            } else {
                try db.execute(
                    sql: "UPDATE deployment_lock SET beat = ? WHERE operation = ?",
                    arguments: [entry.at.milliseconds, entry.operation.id])
            }
            return true
        }
    }

    /// Takes an operation over whose driver is gone; true when this process carries it out now (or did already). A person
    /// who acts takes it from a live process, too, when `always`.
    public func adopt(
        _ operation: String, at: Timestamp, always: Bool = false, driver: OperationDriver = .this
    ) throws(StoreFault) -> Bool {
        // Asked often and seldom true: without a transaction that writes first.
        let known = try readState { try Row.fetchOne($0, sql: Self.lockOf, arguments: [operation]) }
        guard let known else { return false }
        if known["driver"] == driver.description, at.milliseconds - (known["beat"] as Int64) < 15_000 { return true }
        return try writeState { db in
            guard let row = try Row.fetchOne(db, sql: Self.lockOf, arguments: [operation]) else { return false }
            let holder = OperationDriver(row["driver"])
            let isSilent = Double(at.milliseconds - (row["beat"] as Int64)) > Self.silence * 1000
            guard holder == driver || always || !(holder.isAlive ?? !isSilent) else { return false }
            try db.execute(
                sql: "UPDATE deployment_lock SET driver = ?, beat = ? WHERE operation = ?",
                arguments: [driver.description, at.milliseconds, operation])
            return true
        }
    }

    /// The operations that have a deployment, by deployment.
    public func deploymentLocks() throws(StoreFault) -> [String: String] {
        try readState { db in
            Dictionary(
                try Row.fetchAll(db, sql: "SELECT deployment, operation FROM deployment_lock").map {
                    ($0["deployment"], $0["operation"])
                }, uniquingKeysWith: { $1 })
        }
    }

    /// The newest stage of one operation.
    public func entry(of operation: String) throws(StoreFault) -> JournalEntry? {
        try readState { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT o.body AS body, s.stage AS stage, s.at AS at, s.detail AS detail FROM operation o
                    JOIN operation_stage s ON s.operation = o.id WHERE o.id = ? ORDER BY s.seq DESC LIMIT 1
                    """, arguments: [operation])
            guard let row, let stage = JournalEntry.Stage(rawValue: row["stage"]),
                let operation = try? Self.decode(PitModel.Operation.self, row["body"])
            else { return nil }
            return JournalEntry(
                operation, stage: stage, at: Timestamp(milliseconds: row["at"]), detail: row["detail"])
        }
    }

    /// A number that changes with every line of the journal.
    public func journalMark() throws(StoreFault) -> Int64 {
        try readState { try Int64.fetchOne(try $0.cachedStatement(sql: "SELECT MAX(seq) FROM operation_stage")) ?? 0 }
    }

    /// Says that somebody approves; the people who have, whoever asked not counted.
    public func approve(_ operation: String, by author: String, at: Timestamp) throws(StoreFault) -> Set<String> {
        try writeState { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO approval (operation, author, at) VALUES (?, ?, ?)",
                arguments: [operation, author, at.milliseconds])
            if db.changesCount > 0 { try AuditLink.append(db, at, author, identity: "", "approve", operation, "") }
            return try String.fetchSet(
                db, sql: "SELECT author FROM approval WHERE operation = ?", arguments: [operation])
        }
    }

    private static let lockOf = "SELECT driver, beat FROM deployment_lock WHERE operation = ?"

    private static func stage(of operation: String, _ db: Database) throws -> JournalEntry.Stage? {
        try String.fetchOne(
            db, sql: "SELECT stage FROM operation_stage WHERE operation = ? ORDER BY seq DESC LIMIT 1",
            arguments: [operation]
        ).flatMap(JournalEntry.Stage.init(rawValue:))
    }

    private static func driver(of operation: String, _ db: Database) throws -> OperationDriver? {
        try String.fetchOne(
            db, sql: "SELECT driver FROM deployment_lock WHERE operation = ?", arguments: [operation]
        ).map { OperationDriver($0) }
    }
}
