import Foundation
import GRDB
public import PitModel

/// Manifests of datasets. Their rows lie in files of their own, which are on the disk before a manifest tells of them.
extension Store {
    /// Keeps a dataset under the next version of its name, with a line in the audit trail. Where the newest version of that
    /// name has the same rows, that one stands.
    ///
    /// - Returns: the dataset as it is kept, and whether it is a new version.
    public func keep(_ dataset: Dataset) throws(StoreFault) -> (dataset: Dataset, isNew: Bool) {
        try writeState { db in
            let last = try Data.fetchOne(
                db, sql: "SELECT body FROM dataset WHERE name = ? ORDER BY version DESC LIMIT 1",
                arguments: [dataset.name]
            ).map { try Self.decode(Dataset.self, $0) }
            if let last, last.hash == dataset.hash { return (last, false) }
            var kept = dataset
            kept.version = (last?.version ?? 0) + 1
            try db.execute(
                sql: "INSERT INTO dataset (name, version, hash, at, author, body) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    kept.name, kept.version, kept.hash, kept.at.milliseconds, kept.author, try Self.encode(kept),
                ])
            try AuditLink.append(
                db, kept.at, kept.author, identity: "", "dataset collected", kept.id,
                "\(kept.rows) rows, \(kept.hash), from \(kept.sources.map(\.words).joined(separator: "; "))")
            return (kept, true)
        }
    }

    /// All of them, the newest first.
    public func datasets(limit: Int = 1000) throws(StoreFault) -> [Dataset] {
        try readState { db in
            try Data.fetchAll(
                db, sql: "SELECT body FROM dataset ORDER BY seq DESC LIMIT ?", arguments: [max(0, limit)]
            ).map { try Self.decode(Dataset.self, $0) }
        }
    }

    /// The one that is meant, the newest without a version; nil where there is none. A beginning that several hashes have
    /// is refused.
    public func dataset(_ reference: DatasetReference) throws(StoreFault) -> Dataset? {
        let found = try readState { db in
            let (condition, arguments): (String, StatementArguments) =
                switch reference {
                case .name(let name, nil): ("name = ?", [name])
                case .name(let name, let version?): ("name = ? AND version = ?", [name, version])
                case .hash(let start): ("substr(hash, 1, length(?1)) = ?1", [start])
                }
            return try Data.fetchAll(
                db, sql: "SELECT body FROM dataset WHERE \(condition) ORDER BY seq DESC LIMIT 50", arguments: arguments
            ).map { try Self.decode(Dataset.self, $0) }
        }
        if case .hash(let start) = reference, Set(found.map(\.hash)).count > 1 {
            throw .refused(
                "several datasets begin with \(start)", hint: "Write more of the hash: pitwall data list -o wide")
        }
        return found.first
    }
}
