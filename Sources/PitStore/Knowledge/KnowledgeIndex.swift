import Foundation
import GRDB
import Glibc
public import PitModel

/// knowledge.db: the passages of a folder of documents, found by their words (FTS5, BM25) and, where a model made vectors
/// of them, by what they mean. It is made from the folder and can be made again at any time. Every call may come from any
/// thread.
public final class KnowledgeIndex: Sendable {
    let file: OpenFile

    private init(_ file: OpenFile) { self.file = file }

    /// Opens, and makes if need be, the file in the state folder. A damaged one is made anew.
    public static func open(folder: String) throws(StoreFault) -> KnowledgeIndex {
        let files = StoreFiles(folder: folder)
        try files.prepareFolder()
        let gate = OpeningGate(folder: folder)
        defer { gate.leave() }
        let path = folder + "/knowledge.db"
        func open() throws(StoreFault) -> KnowledgeIndex {
            let file = try files.open(path, KnowledgeSchema.migrator, synchronous: "NORMAL")
            for suffix in ["", "-wal", "-shm"] { chmod(path + suffix, 0o600) }
            return KnowledgeIndex(file)
        }
        do { return try open() } catch let fault {
            guard case .corruptState = fault else { throw fault }
            for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
            return try open()
        }
    }

    public static func inMemory() throws(StoreFault) -> KnowledgeIndex {
        do { return KnowledgeIndex(try OpenFile.inMemory(KnowledgeSchema.migrator)) } catch {
            throw StoreFault(error, OpenFile.memory)
        }
    }

    func write<T>(_ body: (Database) throws -> T) throws(StoreFault) -> T {
        do { return try file.write(body) } catch { throw told(error) }
    }

    func read<T>(_ body: (Database) throws -> T) throws(StoreFault) -> T {
        do { return try file.read(body) } catch { throw told(error) }
    }

    /// Nothing in it is lost when it is damaged.
    private func told(_ fault: StoreFault) -> StoreFault {
        guard case .corruptState(let path) = fault else { return fault }
        return .refused(
            "\(path) is damaged", hint: "Remove it: the next `pitwall knowledge index` makes it again from the folder.")
    }

    // MARK: - Keeping

    /// A document as it was when it was read last.
    public struct Known: Equatable, Sendable {
        public var hash: String
        public var changed: Timestamp?
        public init(hash: String, changed: Timestamp?) { (self.hash, self.changed) = (hash, changed) }
    }

    /// Begins a reading of a folder; what was read of another one is forgotten. Gives the documents there are, by
    /// their names.
    public func begin(folder: String) throws(StoreFault) -> [String: Known] {
        try write { db in
            let before = try String.fetchOne(db, sql: "SELECT path FROM folder")
            if before != folder {
                try db.execute(sql: "DELETE FROM passage_words; DELETE FROM document; DELETE FROM folder")
                try db.execute(
                    sql: "INSERT INTO folder (id, path, skips, skip_count) VALUES (1, ?, ?, 0)",
                    arguments: [folder, try Store.encode([KnowledgeSkip]())])
            }
            let rows = try Row.fetchAll(db, sql: "SELECT name, hash, changed FROM document")
            let known = rows.map { row -> (String, Known) in
                let changed = (row["changed"] as Int64?).map { Timestamp(milliseconds: $0) }
                return (row["name"], Known(hash: row["hash"], changed: changed))
            }
            return Dictionary(known, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Puts a document's passages in the place of those it had.
    public func put(
        _ document: String, hash: String, bytes: Int, changed: Timestamp?, passages: [KnowledgePassage]
    ) throws(StoreFault) {
        try write { db in
            try Self.remove(document, db)
            try db.execute(
                sql: "INSERT INTO document (name, hash, bytes, changed) VALUES (?, ?, ?, ?)",
                arguments: [document, hash, bytes, changed?.milliseconds])
            let id = db.lastInsertedRowID
            for passage in passages {
                try db.execute(
                    sql: "INSERT INTO passage (document, headings, first, last, text) VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        id, try Store.encode(passage.headings), passage.lines.lowerBound, passage.lines.upperBound,
                        passage.text,
                    ])
                try db.execute(
                    sql: "INSERT INTO passage_words (rowid, document, headings, text) VALUES (?, ?, ?, ?)",
                    arguments: [
                        db.lastInsertedRowID, KnowledgeSearchText.spaced(document),
                        KnowledgeSearchText.spaced(passage.headings.joined(separator: "\n")),
                        KnowledgeSearchText.spaced(passage.text),
                    ])
            }
        }
    }

    /// Keeps when a document whose bytes are the same was changed last.
    public func touch(_ document: String, changed: Timestamp?) throws(StoreFault) {
        try write { db in
            try db.execute(
                sql: "UPDATE document SET changed = ? WHERE name = ?",
                arguments: [changed?.milliseconds, document])
        }
    }

    /// Ends a reading: what was not seen in it is gone.
    public func finish(
        at: Timestamp, keeping: Set<String>, skipped: [KnowledgeSkip], count: Int
    ) throws(StoreFault) {
        try write { db in
            for name in try String.fetchAll(db, sql: "SELECT name FROM document") where !keeping.contains(name) {
                try Self.remove(name, db)
            }
            try db.execute(
                sql: "UPDATE folder SET indexed = ?, skips = ?, skip_count = ?",
                arguments: [at.milliseconds, try Store.encode(skipped), count])
        }
    }

    private static func remove(_ document: String, _ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM passage_words WHERE rowid IN (
                    SELECT passage.id FROM passage JOIN document ON document.id = passage.document WHERE name = ?)
                """, arguments: [document])
        try db.execute(sql: "DELETE FROM document WHERE name = ?", arguments: [document])
    }

    /// The headings over each passage of each document.
    public func headings() throws(StoreFault) -> [String: [[String]]] {
        try read { db in
            var all: [String: [[String]]] = [:]
            for name in try String.fetchAll(db, sql: "SELECT name FROM document") { all[name] = [] }
            let rows = try Row.fetchCursor(
                db, sql: "SELECT name, headings FROM passage JOIN document ON document.id = passage.document")
            while let row = try rows.next() {
                all[row["name"], default: []].append(try Store.decode([String].self, row["headings"]))
            }
            return all
        }
    }

    public func status() throws(StoreFault) -> KnowledgeStatus {
        try read { db in
            var status = KnowledgeStatus()
            if let row = try Row.fetchOne(db, sql: "SELECT * FROM folder") {
                status.folder = row["path"]
                status.indexedAt = (row["indexed"] as Int64?).map { Timestamp(milliseconds: $0) }
                status.skipped = try Store.decode([KnowledgeSkip].self, row["skips"])
                status.skippedCount = row["skip_count"]
            }
            if let row = try Row.fetchOne(
                db, sql: "SELECT COUNT(*) AS n, COALESCE(SUM(bytes), 0) AS bytes, MAX(changed) AS newest FROM document")
            {
                (status.documents, status.bytes) = (row["n"], row["bytes"])
                status.newest = (row["newest"] as Int64?).map { Timestamp(milliseconds: $0) }
            }
            status.passages = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM passage") ?? 0
            if let row = try Row.fetchOne(
                db, sql: "SELECT model, COUNT(*) AS n FROM passage_vector GROUP BY model ORDER BY n DESC")
            {
                (status.embeddingModel, status.embedded) = (row["model"], row["n"])
            }
            return status
        }
    }
}
