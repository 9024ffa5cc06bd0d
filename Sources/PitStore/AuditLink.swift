import Crypto
import Foundation
import GRDB
import PitModel

/// A line of the audit trail as its hash sees it. Each line's hash is the SHA-256 of the hash before and of all that the
/// line says, every part led by its length, so that nothing can move from one part to the next.
struct AuditLink {
    var sequence: Int64
    var at: Int64
    var author: String
    var identity: String
    var what: String
    var subject: String
    var detail: String

    /// What the first line holds as the hash before.
    static let genesis = Data(repeating: 0, count: 32)

    func hash(after previous: Data) -> Data {
        var hash = SHA256()
        hash.update(data: previous)
        for number in [sequence, at] {
            withUnsafeBytes(of: number.bigEndian) { hash.update(bufferPointer: $0) }
        }
        for text in [author, identity, what, subject, detail] {
            let bytes = Array(text.utf8)
            withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: bytes)
        }
        return Data(hash.finalize())
    }

    init(_ row: Row) {
        (sequence, at, author) = (row["seq"], row["at"], row["author"])
        (identity, what) = (row["identity"], row["what"])
        (subject, detail) = (row["subject"], row["detail"])
    }

    init(
        sequence: Int64, at: Int64, author: String, identity: String, what: String, subject: String, detail: String
    ) {
        (self.sequence, self.at, self.author, self.identity) = (sequence, at, author, identity)
        (self.what, self.subject, self.detail) = (what, subject, detail)
    }

    /// Links the lines that an earlier pitwall wrote without hashes.
    static func chainAll(_ db: Database) throws {
        var previous = genesis
        let update = try db.makeStatement(sql: "UPDATE audit SET previous = ?, hash = ? WHERE seq = ?")
        for row in try Row.fetchAll(db, sql: "SELECT * FROM audit ORDER BY seq") {
            let link = AuditLink(row)
            let hash = link.hash(after: previous)
            try update.execute(arguments: [previous, hash, link.sequence])
            previous = hash
        }
    }

    /// Adds a line at the end of the chain. Within the transaction that holds what it tells of.
    static func append(
        _ db: Database, _ at: Timestamp, _ author: String, identity: String, _ what: String, _ subject: String,
        _ detail: String
    ) throws {
        let last = try Row.fetchOne(
            try db.cachedStatement(sql: "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"))
        let used = try Int64.fetchOne(
            try db.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = 'audit'"))
        let previous = last?["hash"] as Data? ?? genesis
        let link = AuditLink(
            sequence: max(used ?? 0, last?["seq"] ?? 0) + 1, at: at.milliseconds, author: author, identity: identity,
            what: what, subject: subject, detail: detail)
        try db.cachedStatement(
            sql: """
                INSERT INTO audit (seq, at, author, identity, what, subject, detail, previous, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            link.sequence, link.at, author, identity, what, subject, detail, previous, link.hash(after: previous),
        ])
    }
}

extension Data {
    var hexText: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
