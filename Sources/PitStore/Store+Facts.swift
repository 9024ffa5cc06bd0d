import Foundation
import GRDB
public import PitModel
import Synchronization

/// What kind of thing a fact is about.
public enum FactKind: String, Sendable { case connection, model, alert, silence }

/// Something that was so from one moment to another.
public struct Fact: Equatable, Sendable {
    public var key: String
    public var since: Timestamp
    public var body: [UInt8]
}

extension Store {
    /// Says that from `at` on the things of a kind are as given, and no others of that kind and `scope` are there.
    /// Keys begin with the scope. What has not changed costs nothing.
    public func replace(
        _ kind: FactKind, scope: String, with current: [(key: String, body: [UInt8])], at: Timestamp
    ) throws(StoreFault) {
        let known = try loadOpen(kind)
        var gone = Set(known.keys.filter { $0.hasPrefix(scope) })
        var changed: [(key: String, body: [UInt8])] = []
        for fact in current {
            gone.remove(fact.key)
            if known[fact.key] != Self.digest(fact.body) { changed.append(fact) }
        }
        guard !gone.isEmpty || !changed.isEmpty else { return }
        try writeCache { db in
            let end = try db.cachedStatement(
                sql: "UPDATE fact SET until = ? WHERE kind = ? AND key = ? AND until IS NULL")
            let begin = try db.cachedStatement(sql: "INSERT INTO fact (kind, key, since, body) VALUES (?, ?, ?, ?)")
            for key in gone { try end.execute(arguments: [at.milliseconds, kind.rawValue, key]) }
            for fact in changed {
                try end.execute(arguments: [at.milliseconds, kind.rawValue, fact.key])
                try begin.execute(arguments: [kind.rawValue, fact.key, at.milliseconds, Data(fact.body)])
            }
        }
        openFacts.withLock { all in
            for key in gone { all[kind.rawValue]?[key] = nil }
            for fact in changed { all[kind.rawValue, default: [:]][fact.key] = Self.digest(fact.body) }
        }
    }

    /// The facts of a kind that held at a moment; nil: the latest known.
    public func facts(_ kind: FactKind, at: Timestamp?) throws(StoreFault) -> [Fact] {
        try readCache { db in
            var rows = try Row.fetchAll(
                db, sql: "SELECT key, since, body FROM fact WHERE kind = ? AND until IS NULL AND since <= ?",
                arguments: [kind.rawValue, at?.milliseconds ?? .max])
            if let at {
                rows += try Row.fetchAll(
                    db, sql: "SELECT key, since, body FROM fact WHERE kind = ? AND until > ? AND since <= ?",
                    arguments: [kind.rawValue, at.milliseconds, at.milliseconds])
            }
            return rows.map { row in
                Fact(key: row["key"], since: Timestamp(milliseconds: row["since"]), body: [UInt8](row["body"] as Data))
            }
        }
    }

    /// How many times each key of a kind appeared since a moment.
    public func appearances(_ kind: FactKind, since: Timestamp) throws(StoreFault) -> [String: Int] {
        try readCache { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT key, COUNT(*) AS n FROM fact WHERE kind = ? AND since >= ? GROUP BY key",
                arguments: [kind.rawValue, since.milliseconds])
            return Dictionary(uniqueKeysWithValues: rows.map { ($0["key"], $0["n"]) })
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

    private func loadOpen(_ kind: FactKind) throws(StoreFault) -> [String: Int] {
        if let known = openFacts.withLock({ $0[kind.rawValue] }) { return known }
        let rows = try facts(kind, at: nil)
        let digests = Dictionary(rows.map { ($0.key, Self.digest($0.body)) }, uniquingKeysWith: { $1 })
        openFacts.withLock { $0[kind.rawValue] = digests }
        return digests
    }

    private static func digest(_ body: [UInt8]) -> Int {
        Int(truncatingIfNeeded: body.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
    }
}
