import PitModel
public import PitParse

/// What came of cleaning a file.
public struct CleaningReport: Equatable, Sendable {
    public struct Step: Equatable, Sendable {
        public var step: String
        public var name: String
        /// Rows that came to it, of these those in which a text became another, and those that it took out.
        public var rows = 0
        public var changed = 0
        public var removed = 0
        /// Why rows went, and how many.
        public var reasons: [String: Int] = [:]
    }

    public struct File: Equatable, Sendable {
        public var name: String
        public var bytes: Int
        public var sha256: String
    }

    public var recipe: String
    public var recipeHash: String
    public var input: File
    public var output: File
    public var rowsIn = 0
    public var rowsOut = 0
    /// Rows with a text that is not what it was.
    public var changed = 0
    public var steps: [Step]
    public var bad = BadRows()
    /// Lines that were no UTF-8 and read as the recipe says.
    public var decoded = 0

    /// As the manifest and scripts have it; without a moment, so that the same gives the same.
    public var json: JSONValue {
        func count(_ value: Int) -> JSONValue { .number(Double(value)) }
        func file(_ file: File) -> JSONValue {
            .object([("name", .text(file.name)), ("bytes", count(file.bytes)), ("sha256", .text(file.sha256))])
        }
        let steps = steps.map { step -> JSONValue in
            let reasons = step.reasons.sorted { $0.key < $1.key }.map { (key: $0.key, value: count($0.value)) }
            return .object([
                ("step", .text(step.step)), ("name", .text(step.name)), ("rows", count(step.rows)),
                ("changed", count(step.changed)), ("removed", count(step.removed)), ("reasons", .object(reasons)),
            ])
        }
        let lines = bad.first.map { JSONValue.object([("line", count($0.line)), ("why", .text($0.why))]) }
        return .object([
            ("recipe", .object([("name", .text(recipe)), ("sha256", .text(recipeHash))])), ("input", file(input)),
            ("output", file(output)), ("rows_in", count(rowsIn)), ("rows_out", count(rowsOut)),
            ("rows_changed", count(changed)), ("steps", .list(steps)), ("lines_decoded", count(decoded)),
            ("bad", .object([("count", count(bad.count)), ("first", .list(lines))])),
        ])
    }
}

/// Rows that would change or go, before anything is written.
public struct CleaningPreview: Equatable, Sendable {
    public struct Entry: Equatable, Sendable {
        public var line: Int
        /// The step's name.
        public var step: String
        /// Why the row goes; nil where a text changes.
        public var removed: String?
        public var column: String
        public var before: String
        public var after: String?
    }
    public var entries: [Entry] = []
    /// Rows that were looked at, and of them those that change or go.
    public var rows = 0
    public var touched = 0
    public var bad = BadRows()

    public var json: JSONValue {
        let all = entries.map { entry -> JSONValue in
            .object([
                ("line", .number(Double(entry.line))), ("step", .text(entry.step)),
                ("removed", entry.removed.map(JSONValue.text) ?? .null), ("column", .text(entry.column)),
                ("before", .text(entry.before)), ("after", entry.after.map(JSONValue.text) ?? .null),
            ])
        }
        return .object([
            ("rows", .number(Double(rows))), ("touched", .number(Double(touched))), ("entries", .list(all)),
            ("bad", .number(Double(bad.count))),
        ])
    }
}

extension JSONValue {
    /// Written out over several lines, two spaces a level.
    public var pretty: String { pretty("") }

    private func pretty(_ indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .list(let values) where !values.isEmpty:
            return "[\n" + values.map { inner + $0.pretty(inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members) where !members.isEmpty:
            let lines = members.map { "\(inner)\(Self.quoted($0.key)): \($0.value.pretty(inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        default: return json
        }
    }
}
