import Foundation
import GRDB
public import PitModel
import Synchronization

extension Store {
    /// Says that from `at` on the things of a kind are as given, and no others of that kind and `scope` are there.
    /// Keys begin with the scope. What has not changed costs nothing.
    public func replace(
        _ kind: FactKind, scope: String, with current: [(key: String, body: [UInt8])], at: Timestamp
    ) throws(StoreFault) {
        let known = try loadOpen(kind)
        var gone = Set(known.keys.lazy.filter { $0.utf8.starts(with: scope.utf8) })
        var changed: [(key: String, body: [UInt8], isNew: Bool)] = []
        var seen: Set<String> = []
        for fact in current where seen.insert(fact.key).inserted {
            gone.remove(fact.key)
            let before = known[fact.key]
            if before != Self.digest(fact.body) { changed.append((fact.key, fact.body, before == nil)) }
        }
        guard !gone.isEmpty || !changed.isEmpty else { return }
        try writeCache { db in
            let begin = try db.cachedStatement(
                sql: "INSERT INTO fact (kind, key, since, body, isNew) VALUES (?, ?, ?, ?, ?)")
            for key in gone { try Self.end(kind, key, at, db) }
            for fact in changed {
                try Self.end(kind, fact.key, at, db)
                try begin.execute(arguments: [
                    kind.rawValue, fact.key, at.milliseconds, Data(fact.body), fact.isNew,
                ])
            }
        }
        openFacts.withLock { all in
            for key in gone { all[kind]?[key] = nil }
            for fact in changed { all[kind, default: [:]][fact.key] = Self.digest(fact.body) }
        }
    }

    /// Says that from `at` on the things given are as given; nothing is said of others. What has not changed costs
    /// nothing.
    public func note(_ kind: FactKind, _ current: [(key: String, body: [UInt8])], at: Timestamp) throws(StoreFault) {
        guard !current.isEmpty else { return }
        let known = try loadOpen(kind)
        let changed = current.filter { known[$0.key] != Self.digest($0.body) }
        guard !changed.isEmpty else { return }
        try writeCache { db in
            let begin = try db.cachedStatement(
                sql: "INSERT INTO fact (kind, key, since, body, isNew) VALUES (?, ?, ?, ?, ?)")
            for fact in changed {
                try Self.end(kind, fact.key, at, db)
                try begin.execute(arguments: [
                    kind.rawValue, fact.key, at.milliseconds, Data(fact.body), known[fact.key] == nil,
                ])
            }
        }
        openFacts.withLock { all in
            for fact in changed { all[kind, default: [:]][fact.key] = Self.digest(fact.body) }
        }
    }

    /// The facts of a kind that held at a moment; nil: the latest known.
    ///
    /// Facts are filed by the power of two of the time that they held, so that only those are looked at that can have
    /// reached the moment, however long ago that was.
    public func facts(_ kind: FactKind, at: Timestamp?) throws(StoreFault) -> [Fact] {
        try readCache { db in
            var rows = try Row.fetchAll(
                try db.cachedStatement(
                    sql: "SELECT key, since, body FROM fact WHERE kind = ? AND until IS NULL AND since <= ?"),
                arguments: [kind.rawValue, at?.milliseconds ?? .max])
            if let at = at?.milliseconds {
                let closed = try db.cachedStatement(
                    sql: """
                        SELECT key, since, body FROM fact INDEXED BY fact_closed
                        WHERE kind = ? AND scale = ? AND since BETWEEN ? AND ? AND until > ? AND until IS NOT NULL
                        """)
                for scale in 1...Self.longest {
                    let earliest = at.subtractingReportingOverflow(1 << Int64(scale))
                    rows += try Row.fetchAll(
                        closed,
                        arguments: [
                            kind.rawValue, scale, earliest.overflow ? .min : earliest.partialValue, at, at,
                        ])
                }
            }
            return rows.map { row in
                Fact(key: row["key"], since: Timestamp(milliseconds: row["since"]), body: [UInt8](row["body"] as Data))
            }
        }
    }

    /// How many times each key of a kind appeared since a moment: was there after it had not been.
    public func appearances(_ kind: FactKind, since: Timestamp) throws(StoreFault) -> [String: Int] {
        try readCache { db in
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT key, COUNT(*) AS n FROM fact WHERE kind = ? AND since >= ? AND isNew = 1 GROUP BY key",
                arguments: [kind.rawValue, since.milliseconds])
            return Dictionary(rows.map { ($0["key"], $0["n"]) }, uniquingKeysWith: +)
        }
    }

    /// Keeps one blob under a name: the snapshot that the next start shows first.
    public func saveLatest(_ key: String, _ body: [UInt8]) throws(StoreFault) {
        try writeCache { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO latest (key, body) VALUES (?, ?)", arguments: [key, Data(body)])
        }
    }

    public func latest(_ key: String) throws(StoreFault) -> [UInt8]? {
        try readCache { try Data.fetchOne($0, sql: "SELECT body FROM latest WHERE key = ?", arguments: [key]) }.map {
            [UInt8]($0)
        }
    }

    // MARK: -

    /// Two to this power milliseconds are longer than anything is kept.
    private static let longest = 44

    /// Closes what is open under a key. Should the clock have gone back, it ends when it began.
    private static func end(_ kind: FactKind, _ key: String, _ at: Timestamp, _ db: Database) throws {
        let find = try db.cachedStatement(
            sql: "SELECT id, since FROM fact WHERE kind = ? AND key = ? AND until IS NULL")
        let close = try db.cachedStatement(sql: "UPDATE fact SET until = ?, scale = ? WHERE id = ?")
        for row in try Row.fetchAll(find, arguments: [kind.rawValue, key]) {
            let since: Int64 = row["since"]
            let until = max(since, at.milliseconds)
            let (held, overflows) = until.subtractingReportingOverflow(since)
            let scale = overflows ? longest : min(longest, Int64.bitWidth - held.leadingZeroBitCount)
            try close.execute(arguments: [until, scale, row["id"] as Int64])
        }
    }

    private func loadOpen(_ kind: FactKind) throws(StoreFault) -> [String: UInt64] {
        if let known = openFacts.withLock({ $0[kind] }) { return known }
        let rows = try facts(kind, at: nil)
        let digests = Dictionary(rows.map { ($0.key, Self.digest($0.body)) }, uniquingKeysWith: { $1 })
        openFacts.withLock { $0[kind] = digests }
        return digests
    }

    /// FNV-1a 64: enough to tell whether something changed.
    private static func digest(_ body: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in body { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}
