import Foundation
import GRDB
public import PitModel

/// Exchanges as drift looks at them: a sample that is spread over a span and is the same each time it is taken.
extension Store {
    /// The descriptors of a model's exchanges within some spans, oldest first, `limit` or a few more at most.
    public func responseSample(
        of model: ModelName, in spans: [TimeRange], limit: Int
    ) throws(StoreFault) -> [[String: Interaction.Attribute]] {
        try readCache { db in
            try Self.sample(db, model, spans, limit, columns: "features") {
                FlatObject.read($0[0] as String)
            }
        }
    }

    /// What was asked and answered, likewise.
    public func textSample(
        of model: ModelName, in spans: [TimeRange], limit: Int
    ) throws(StoreFault) -> [(prompt: String, response: String?)] {
        try readCache { db in
            try Self.sample(db, model, spans, limit, columns: "messages, response") { row in
                let messages = try Store.decode([Interaction.Message].self, Data((row[0] as String).utf8))
                return (messages.last { $0.role == "user" }?.text ?? messages.last?.text ?? "", row[1] as String?)
            }
        }
    }

    /// When a model's exchanges begin, of those that are kept.
    public func firstInteraction(of model: ModelName) throws(StoreFault) -> Timestamp? {
        try readCache { db in
            try Int64.fetchOne(
                db, sql: "SELECT MIN(at) FROM interaction WHERE model = ?", arguments: [model.description])
        }.map(Timestamp.init(milliseconds:))
    }

    private static func sample<T>(
        _ db: Database, _ model: ModelName, _ spans: [TimeRange], _ limit: Int, columns: String,
        _ read: (Row) throws -> T
    ) throws -> [T] {
        let places = spans.map { _ in "at >= ? AND at < ?" }.joined(separator: " OR ")
        guard !spans.isEmpty else { return [] }
        var arguments: StatementArguments = [model.description]
        for span in spans { arguments += [span.from.milliseconds, span.to.milliseconds] }
        let condition = "model = ? AND (\(places))"
        let count =
            try Int.fetchOne(
                db, sql: "SELECT COUNT(*) FROM interaction WHERE \(condition)", arguments: arguments) ?? 0
        let step = max(1, Int((Double(count) / Double(max(1, limit))).rounded(.up)))
        // Which rows are taken depends on their numbers alone, and neighbours are not alike.
        let chosen = step > 1 ? " AND ((id * 40503) >> 8) % \(step) = 0" : ""
        let cursor = try Row.fetchCursor(
            db, sql: "SELECT \(columns) FROM interaction WHERE \(condition)\(chosen) ORDER BY at, id",
            arguments: arguments)
        var found: [T] = []
        while let row = try cursor.next() { found.append(try read(row)) }
        return found
    }
}

/// Reads one JSON object of numbers and texts, as descriptors are kept: many thousands are read for one comparison.
enum FlatObject {
    /// What is neither a number nor a text is left out; what is no object gives nothing.
    static func read(_ text: String) -> [String: Interaction.Attribute] {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = Scanner(bytes: bytes)
            return scanner.object()
        }
    }

    private struct Scanner {
        let bytes: UnsafeBufferPointer<UInt8>
        var at = 0

        mutating func object() -> [String: Interaction.Attribute] {
            var found: [String: Interaction.Attribute] = [:]
            guard take(0x7B) else { return found }
            while at < bytes.count, !take(0x7D) {
                guard let key = string(), take(0x3A) else { return found }
                if let value = value() { found[key] = value }
                if !take(0x2C), at < bytes.count, bytes[at] != 0x7D { return found }
            }
            return found
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard at < bytes.count, bytes[at] == byte else { return false }
            at += 1
            return true
        }

        private mutating func value() -> Interaction.Attribute? {
            guard at < bytes.count else { return nil }
            if bytes[at] == 0x22 { return string().map { .text($0) } }
            let start = at
            while at < bytes.count, bytes[at] != 0x2C, bytes[at] != 0x7D { at += 1 }
            let word = String(decoding: bytes[start..<at], as: UTF8.self)
            return Double(word).flatMap { $0.isFinite ? .number($0) : nil }
        }

        /// With escapes it is left to the decoder that knows them all.
        private mutating func string() -> String? {
            guard take(0x22) else { return nil }
            let start = at
            var isEscaped = false
            while at < bytes.count, bytes[at] != 0x22 {
                if bytes[at] == 0x5C {
                    isEscaped = true
                    at += 1
                }
                at += 1
            }
            guard at < bytes.count else { return nil }
            defer { at += 1 }
            if !isEscaped { return String(decoding: bytes[start..<at], as: UTF8.self) }
            return try? JSONDecoder().decode(String.self, from: Data(bytes[(start - 1)...at]))
        }
    }
}
