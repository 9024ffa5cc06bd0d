import Foundation
import GRDB
public import PitModel

/// The audit trail: who did what, when, why, and what came of it. Lines are only ever added.
extension Store {
    /// Adds a line of something that is kept nowhere else: a configuration that changed, labels that were exported.
    public func audit(
        at: Timestamp, author: String, identity: String = "", what: String, subject: String, detail: String = ""
    ) throws(StoreFault) {
        try writeState {
            try AuditLink.append($0, at, author, identity: identity, what, subject, detail)
        }
    }

    /// The trail in the order that it was written: the newest `limit` lines, or those of them after `sequence`.
    public func auditEntries(after sequence: Int64 = 0, limit: Int = 1000) throws(StoreFault) -> [AuditEntry] {
        try readState { db in
            try Row.fetchAll(
                try db.cachedStatement(sql: "SELECT * FROM audit WHERE seq > ? ORDER BY seq DESC LIMIT ?"),
                arguments: [sequence, max(0, limit)]
            ).reversed().map(Self.entry)
        }
    }

    /// Lines about some subjects: the newest `limit`, in the order that they were written.
    public func auditEntries(about subjects: Set<String>, limit: Int = 1000) throws(StoreFault) -> [AuditEntry] {
        try readState { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM audit WHERE subject IN (SELECT value FROM json_each(?)) ORDER BY seq DESC LIMIT ?
                    """,
                arguments: [String(decoding: try Self.encode(subjects.sorted()), as: UTF8.self), max(0, limit)]
            ).reversed().map(Self.entry)
        }
    }

    /// Shows every line to `body`, the oldest first, without holding them all.
    public func eachAuditEntry(_ body: (AuditEntry) -> Void) throws(StoreFault) {
        try readState { db in
            let rows = try Row.fetchCursor(db, sql: "SELECT * FROM audit ORDER BY seq")
            while let row = try rows.next() { body(Self.entry(row)) }
        }
    }

    /// The number of the newest line.
    public func lastAuditSequence() throws(StoreFault) -> Int64 {
        try readState { try Int64.fetchOne(try $0.cachedStatement(sql: "SELECT MAX(seq) FROM audit")) ?? 0 }
    }

    /// Computes the whole chain anew and names the first link that does not hold. A trail that was cut at its end is found
    /// by the counter that SQLite keeps beside the table.
    public func verifyAudit() throws(StoreFault) -> AuditChain {
        try readState { db in
            var previous = AuditLink.genesis
            var (count, last) = (0, Int64(0))
            let rows = try Row.fetchCursor(db, sql: "SELECT * FROM audit ORDER BY seq")
            while let row = try rows.next() {
                let link = AuditLink(row)
                guard link.sequence == last + 1 else {
                    return .broken(at: link.sequence, why: "line \(last + 1) is missing before it")
                }
                guard let before = row["previous"] as Data?, let hash = row["hash"] as Data? else {
                    return .broken(at: link.sequence, why: "it holds no hash")
                }
                guard before == previous else {
                    return .broken(at: link.sequence, why: "it does not hold the hash of the line before")
                }
                guard link.hash(after: previous) == hash else {
                    return .broken(at: link.sequence, why: "what it says is not what its hash was made of")
                }
                (previous, last, count) = (hash, link.sequence, count + 1)
            }
            let used = try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'audit'") ?? 0
            guard used <= last else { return .broken(at: last + 1, why: "lines at the end are missing, up to \(used)") }
            return .whole(entries: count)
        }
    }

    private static func entry(_ row: Row) -> AuditEntry {
        AuditEntry(
            sequence: row["seq"], at: Timestamp(milliseconds: row["at"]), author: row["author"],
            identity: row["identity"], what: row["what"], subject: row["subject"], detail: row["detail"],
            hash: (row["hash"] as Data?)?.hexText ?? "")
    }
}
