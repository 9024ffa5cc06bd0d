import Foundation
import GRDB
public import PitModel

/// Exchanges with models. What is handed in is what is kept: whoever calls has taken out what is not to be on the disk.
extension Store {
    /// Keeps a page of exchanges and the place to go on at, both or neither. Those that are kept already stay as they
    /// are; gives how many were new.
    @discardableResult
    public func append(
        _ exchanges: [KeptInteraction], from connection: ConnectionName, cursor: String
    ) throws(StoreFault) -> Int {
        try writeCache { db in
            var size = (rows: 0, bytes: 0)
            let insert = try db.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO interaction
                    (connection, key, model, at, bytes, body, messages, response, features)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            for exchange in exchanges {
                let row = try InteractionRow(exchange)
                try insert.execute(arguments: row.arguments)
                guard db.changesCount > 0 else { continue }
                let id = db.lastInsertedRowID
                size = (size.rows + 1, size.bytes + row.bytes)
                try Self.insert(exchange, as: id, db)
                try InteractionText.add(id, db)
            }
            try db.execute(
                sql: "UPDATE interaction_size SET rows = rows + ?, bytes = bytes + ?",
                arguments: [size.rows, size.bytes])
            try db.execute(
                sql: "INSERT OR REPLACE INTO reading (connection, cursor) VALUES (?, ?)",
                arguments: [connection.description, cursor])
            return size.rows
        }
    }

    /// Where to go on reading a source; nil before it was ever read.
    public func readingCursor(_ connection: ConnectionName) throws(StoreFault) -> String? {
        try readCache {
            try String.fetchOne(
                $0, sql: "SELECT cursor FROM reading WHERE connection = ?", arguments: [connection.description])
        }
    }

    /// Drops the oldest exchanges while there are more than so many, or they take more than so many bytes.
    public func pruneInteractions(maxRows: Int, maxBytes: Int, before edge: Timestamp? = nil) throws(StoreFault) {
        var goesOn = true
        while goesOn {
            goesOn = try writeCache { db in
                let size = try Self.size(db)
                var most = min(1000, max(0, size.rows - maxRows))
                // By bytes: so many of the oldest as the excess is made of on average, and at least one.
                if most == 0, size.bytes > maxBytes, size.rows > 0 {
                    let excess = Double(size.bytes - maxBytes) / Double(max(1, size.bytes)) * Double(size.rows)
                    most = min(1000, max(1, Int(excess)))
                }
                var condition = "id IN (SELECT id FROM interaction ORDER BY at, id LIMIT ?)"
                var arguments: StatementArguments = [most]
                if most == 0, let edge {
                    condition = "id IN (SELECT id FROM interaction WHERE at < ? ORDER BY at LIMIT 1000)"
                    arguments = [edge.milliseconds]
                } else if most == 0 {
                    return false
                }
                return try Self.delete(condition, arguments, db) > 0
            }
        }
    }

    /// Exchanges kept, and the bytes they take.
    public func interactionSize() throws(StoreFault) -> (rows: Int, bytes: Int) { try readCache(Self.size) }

    // MARK: -

    private static func size(_ db: Database) throws -> (rows: Int, bytes: Int) {
        let row = try Row.fetchOne(db, sql: "SELECT rows, bytes FROM interaction_size")
        return (row?["rows"] ?? 0, row?["bytes"] ?? 0)
    }

    private static func insert(_ exchange: KeptInteraction, as row: Int64, _ db: Database) throws {
        guard !exchange.findings.isEmpty else { return }
        let insert = try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO finding (interaction, number, detector, kind, at, model, body, side)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for (number, kept) in exchange.findings.enumerated() {
            try insert.execute(arguments: [
                row, number, kept.finding.detector, kept.finding.kind, exchange.interaction.at.milliseconds,
                exchange.interaction.model?.description, try Store.encode(kept.finding), kept.finding.side.rawValue,
            ])
        }
    }

    /// Deletes exchanges with all that hangs on them; gives how many.
    private static func delete(_ condition: String, _ arguments: StatementArguments, _ db: Database) throws -> Int {
        let rows = try Row.fetchAll(
            db, sql: "SELECT id, bytes FROM interaction WHERE \(condition)", arguments: arguments)
        guard !rows.isEmpty else { return 0 }
        let ids = rows.map { "\($0["id"] as Int64)" }.joined(separator: ",")
        try InteractionText.remove(ids, db)
        try db.execute(sql: "DELETE FROM finding WHERE interaction IN (\(ids))")
        try db.execute(sql: "DELETE FROM interaction WHERE id IN (\(ids))")
        try db.execute(
            sql: "UPDATE interaction_size SET rows = rows - ?, bytes = bytes - ?",
            arguments: [rows.count, rows.reduce(0) { $0 + ($1["bytes"] as Int) }])
        return rows.count
    }
}

/// How an exchange lies in the table: the texts are columns of their own, so that they can be searched.
struct InteractionRow {
    let arguments: StatementArguments
    let bytes: Int

    init(_ exchange: KeptInteraction) throws {
        let whole = exchange.interaction
        var rest = whole
        (rest.messages, rest.response) = ([], nil)
        let body = try Store.encode(rest)
        let messages = String(decoding: try Store.encode(whole.messages), as: UTF8.self)
        let features = String(decoding: try Store.encode(exchange.features.mapValues(Plain.init)), as: UTF8.self)
        let found = try exchange.findings.reduce(0) { try $0 + Store.encode($1.finding).count + 64 }
        bytes = body.count + messages.utf8.count + features.utf8.count + (whole.response?.utf8.count ?? 0) + found + 100
        arguments = [
            whole.connection.description, whole.id, whole.model?.description, whole.at.milliseconds, bytes, body,
            messages, whole.response, features,
        ]
    }

    static func read(_ row: Row) throws -> KeptInteraction {
        var interaction = try Store.decode(Interaction.self, row["body"])
        interaction.messages = try Store.decode([Interaction.Message].self, Data((row["messages"] as String).utf8))
        interaction.response = row["response"]
        let features = try Store.decode([String: Plain].self, Data((row["features"] as String).utf8))
        return KeptInteraction(row: row["id"], interaction, features: features.mapValues(\.value))
    }

    /// A descriptor as plain JSON, which SQLite can compare.
    struct Plain: Codable {
        var value: Interaction.Attribute
        init(_ value: Interaction.Attribute) { self.value = value }
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                value = .number(number)
            } else {
                value = .text(try container.decode(String.self))
            }
        }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch value {
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            }
        }
    }
}
