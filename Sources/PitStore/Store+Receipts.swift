import Foundation
import GRDB
public import PitModel

/// What came of operations on deployments, and what is remembered for the next.
extension Store {
    /// Keeps a receipt as it is now; one that is not open any more is never changed again: then this is false.
    @discardableResult
    public func keepReceipt(
        _ body: [UInt8], of operation: String, on deployment: DeploymentID, at: Timestamp, isOpen: Bool
    ) throws(StoreFault) -> Bool {
        try writeState { db in
            try db.execute(
                sql: """
                    INSERT INTO receipt (operation, deployment, at, isOpen, body) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (operation) DO UPDATE SET isOpen = excluded.isOpen, body = excluded.body
                    WHERE receipt.isOpen = 1
                    """,
                arguments: [operation, deployment.description, at.milliseconds, isOpen, Data(body)])
            return db.changesCount > 0
        }
    }

    public func receipt(of operation: String) throws(StoreFault) -> [UInt8]? {
        try readState {
            try Data.fetchOne($0, sql: "SELECT body FROM receipt WHERE operation = ?", arguments: [operation])
        }.map { [UInt8]($0) }
    }

    /// Each deployment's newest receipt, and all that are open.
    public func receipts() throws(StoreFault) -> [[UInt8]] {
        try readState { db in
            try Data.fetchAll(
                db,
                sql: """
                    SELECT body FROM receipt r WHERE isOpen = 1
                    OR at = (SELECT MAX(at) FROM receipt WHERE deployment = r.deployment) ORDER BY at
                    """
            ).map { [UInt8]($0) }
        }
    }

    /// Remembers bad versions; those that are remembered already stay as they are.
    public func quarantine(_ versions: [QuarantinedVersion]) throws(StoreFault) {
        guard !versions.isEmpty else { return }
        let known = try quarantined()
        try writeState { db in
            for version in versions where !known.contains(where: { $0.mark == version.mark }) {
                try db.execute(
                    sql: "INSERT INTO quarantine (at, author, body) VALUES (?, ?, ?)",
                    arguments: [version.at.milliseconds, version.author, try Self.encode(version)])
                try AuditLink.append(
                    db, version.at, version.author, identity: "", "quarantine", version.deployment.description,
                    version.words)
            }
        }
    }

    public func quarantined() throws(StoreFault) -> [QuarantinedVersion] {
        try readState { db in
            try Row.fetchAll(db, sql: "SELECT seq, body FROM quarantine WHERE lifted IS NULL ORDER BY seq").compactMap {
                var version = try? Self.decode(QuarantinedVersion.self, $0["body"])
                version?.id = $0["seq"]
                return version
            }
        }
    }

    /// Lets a version be served again; false when there is no such one.
    public func liftQuarantine(_ id: Int64, by author: String, at: Timestamp) throws(StoreFault) -> Bool {
        try writeState { db in
            try db.execute(
                sql: "UPDATE quarantine SET lifted = ? WHERE seq = ? AND lifted IS NULL",
                arguments: [at.milliseconds, id])
            guard db.changesCount > 0 else { return false }
            try AuditLink.append(db, at, author, identity: "", "lift quarantine", "\(id)", "")
            return true
        }
    }

    /// Seconds that a rollout took, to tell how long the next one may.
    public func noteRollout(_ seconds: Double, of deployment: DeploymentID, at: Timestamp) throws(StoreFault) {
        try writeState {
            try $0.execute(
                sql: "INSERT INTO rollout (deployment, at, seconds) VALUES (?, ?, ?)",
                arguments: [deployment.description, at.milliseconds, seconds])
        }
    }

    /// The last ten, the newest first, by deployment.
    public func rolloutTimes() throws(StoreFault) -> [String: [Double]] {
        try readState { db in
            var times: [String: [Double]] = [:]
            let rows = try Row.fetchAll(
                db, sql: "SELECT deployment, seconds FROM rollout ORDER BY seq DESC LIMIT 20000")
            for row in rows where times[row["deployment"], default: []].count < 10 {
                times[row["deployment"], default: []].append(row["seconds"])
            }
            return times
        }
    }

    /// Keeps a person's word that the guard is to leave a revision alone.
    public func refuseGuard(
        _ deployment: DeploymentID, revision: String, by author: String, at: Timestamp
    ) throws(StoreFault) {
        try writeState { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO guard_word (deployment, revision, at, author) VALUES (?, ?, ?, ?)",
                arguments: [deployment.description, revision, at.milliseconds, author])
            try AuditLink.append(
                db, at, author, identity: "", "guard stopped", deployment.description, "revision \(revision)")
        }
    }

    public func guardRefusals() throws(StoreFault) -> [String: Set<String>] {
        try readState { db in
            var words: [String: Set<String>] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT deployment, revision FROM guard_word") {
                words[row["deployment"], default: []].insert(row["revision"])
            }
            return words
        }
    }

    /// Specs of one deployment that are kept at most.
    static let specLimit = 20

    /// Keeps a spec that was seen; one with the same digest is kept once, with the newest time.
    public func keep(_ spec: RecordedSpec) throws(StoreFault) {
        let name = spec.deployment.description
        let newest = try readState { db in
            try String.fetchOne(
                db, sql: "SELECT revision FROM spec WHERE deployment = ? ORDER BY at DESC, seq DESC LIMIT 1",
                arguments: [name])
        }
        // Seen at every poll, and written when it changes.
        guard newest != spec.digest else { return }
        try writeState { db in
            try db.execute(
                sql: """
                    INSERT INTO spec (deployment, revision, at, body) VALUES (?, ?, ?, ?)
                    ON CONFLICT (deployment, revision) DO UPDATE SET at = excluded.at, body = excluded.body
                    """, arguments: [name, spec.digest, spec.seenAt.milliseconds, try Self.encode(spec)])
            try db.execute(
                sql: """
                    DELETE FROM spec WHERE deployment = ? AND seq NOT IN
                    (SELECT seq FROM spec WHERE deployment = ? ORDER BY at DESC, seq DESC LIMIT ?)
                    """, arguments: [name, name, Self.specLimit])
        }
    }

    /// The newest first.
    public func specs(of deployment: DeploymentID) throws(StoreFault) -> [RecordedSpec] {
        try readState { db in
            try Data.fetchAll(
                db, sql: "SELECT body FROM spec WHERE deployment = ? ORDER BY at DESC, seq DESC",
                arguments: [deployment.description]
            ).compactMap { try? Self.decode(RecordedSpec.self, $0) }
        }
    }
}
