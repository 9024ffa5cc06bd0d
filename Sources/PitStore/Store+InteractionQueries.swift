import Foundation
import GRDB
public import PitModel

extension Store {
    /// The exchanges that a query asks for, newest first, with their findings and people's words on those.
    public func interactions(_ query: InteractionQuery) throws(StoreFault) -> [KeptInteraction] {
        var found = try readCache { db in
            let (condition, arguments) = try Self.condition(query, db)
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT i.id, i.body, i.messages, i.response, i.features FROM interaction i
                    WHERE \(condition) ORDER BY i.at DESC, i.id DESC LIMIT ?
                    """, arguments: arguments + [max(0, min(query.limit, 100_000))])
            return try rows.map { row in
                var exchange = try InteractionRow.read(row)
                let statement = try db.cachedStatement(
                    sql: "SELECT body FROM finding WHERE interaction = ? ORDER BY number")
                exchange.findings = try Data.fetchAll(statement, arguments: [exchange.row]).map {
                    KeptFinding(try Store.decode(Finding.self, $0))
                }
                return exchange
            }
        }
        try label(&found)
        return found
    }

    /// One exchange by the source's own name for it.
    public func interaction(_ id: String, of connection: ConnectionName) throws(StoreFault) -> KeptInteraction? {
        let row = try readCache {
            try Int64.fetchOne(
                $0, sql: "SELECT id FROM interaction WHERE connection = ? AND key = ?",
                arguments: [connection.description, id])
        }
        guard let row else { return nil }
        return try interactions(InteractionQuery(before: row + 1, limit: 1)).first { $0.row == row }
    }

    /// The descriptors of a model's exchanges within a span, oldest first; the newest `limit`.
    public func features(
        of model: ModelName, from: Timestamp, to: Timestamp, limit: Int = 100_000
    ) throws(StoreFault) -> [[String: Interaction.Attribute]] {
        try readCache { db in
            let rows = try String.fetchAll(
                db,
                sql: """
                    SELECT features FROM interaction WHERE model = ? AND at >= ? AND at < ?
                    ORDER BY at DESC LIMIT ?
                    """, arguments: [model.description, from.milliseconds, to.milliseconds, limit])
            return try rows.reversed().map {
                try Store.decode([String: InteractionRow.Plain].self, Data($0.utf8)).mapValues(\.value)
            }
        }
    }

    /// How many exchanges of each model there are.
    public func interactionTallies(now: Timestamp) throws(StoreFault) -> [InteractionTally] {
        try readCache { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT model, COUNT(*) AS kept, MIN(at) AS oldest, MAX(at) AS newest, TOTAL(at >= ?) AS hour,
                    TOTAL(at >= ?) AS day FROM interaction GROUP BY model ORDER BY model
                    """,
                arguments: [now.advanced(by: -3600).milliseconds, now.advanced(by: -86400).milliseconds]
            ).map { row in
                InteractionTally(
                    model: (row["model"] as String?).map(ModelName.init), lastHour: Int(row["hour"] as Double),
                    lastDay: Int(row["day"] as Double), kept: row["kept"],
                    oldest: (row["oldest"] as Int64?).map(Timestamp.init(milliseconds:)),
                    newest: (row["newest"] as Int64?).map(Timestamp.init(milliseconds:)))
            }
        }
    }

    // MARK: -

    private static func condition(_ query: InteractionQuery, _ db: Database) throws -> (String, StatementArguments) {
        var parts = ["1"]
        var arguments = StatementArguments()
        func add(_ part: String, _ values: StatementArguments) {
            parts.append(part)
            arguments += values
        }
        if let model = query.model { add("i.model = ?", [model.description]) }
        if let connection = query.connection { add("i.connection = ?", [connection.description]) }
        if let ids = query.ids {
            let marks = Array(repeating: "?", count: min(ids.count, 1000)).joined(separator: ",")
            add("i.key IN (\(marks))", StatementArguments(ids.prefix(1000)))
        }
        if let from = query.from { add("i.at >= ?", [from.milliseconds]) }
        if let to = query.to { add("i.at <= ?", [to.milliseconds]) }
        if let feature = query.feature {
            let path = "$.\"" + feature.filter { $0 != "\"" && $0 != "\\" } + "\""
            if let word = query.word { add("json_extract(i.features, ?) = ?", [path, word]) }
            if let least = query.least { add("json_extract(i.features, ?) >= ?", [path, least]) }
            if let most = query.most { add("json_extract(i.features, ?) <= ?", [path, most]) }
            if query.word == nil { add("json_type(i.features, ?) IN ('integer', 'real')", [path]) }
        }
        if let finding = query.finding {
            let words = finding.split(separator: "/", maxSplits: 1).map(String.init)
            var inner = "SELECT 1 FROM finding f WHERE f.interaction = i.id"
            if let detector = words.first {
                inner += " AND f.detector = ?"
                arguments += [detector]
            }
            if words.count > 1 {
                inner += " AND f.kind = ?"
                arguments += [words[1]]
            }
            parts.append("EXISTS (\(inner))")
        }
        if let text = query.text, !text.isEmpty {
            let pattern = "%" + text.map { "\\%_".contains($0) ? "\\\($0)" : "\($0)" }.joined() + "%"
            if let match = InteractionText.match(text) {
                add(
                    """
                    (i.id < (SELECT first FROM interaction_indexed)
                    OR i.id IN (SELECT rowid FROM interaction_text WHERE interaction_text MATCH ?))
                    """, [match])
            }
            add("(i.messages LIKE ? ESCAPE '\\' OR i.response LIKE ? ESCAPE '\\')", [pattern, pattern])
        }
        if let before = query.before {
            // By time first: rows of sources that came late have high numbers and old times.
            let at = try Int64.fetchOne(db, sql: "SELECT at FROM interaction WHERE id = ?", arguments: [before])
            if let at { add("(i.at, i.id) < (?, ?)", [at, before]) } else { add("i.id < ?", [before]) }
        }
        return (parts.joined(separator: " AND "), arguments)
    }
}
