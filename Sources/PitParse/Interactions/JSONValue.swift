/// A value of JSON, with the members of an object in their order.
public indirect enum JSONValue: Equatable, Sendable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([(key: String, value: JSONValue)])

    public static func == (a: JSONValue, b: JSONValue) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.flag(let x), .flag(let y)): x == y
        case (.number(let x), .number(let y)): x == y
        case (.text(let x), .text(let y)): x == y
        case (.list(let x), .list(let y)): x == y
        case (.object(let x), .object(let y)):
            x.count == y.count && zip(x, y).allSatisfy { $0.key == $1.key && $0.value == $1.value }
        default: false
        }
    }

    public var text: String? { if case .text(let value) = self { value } else { nil } }
    public var number: Double? { if case .number(let value) = self { value } else { nil } }
    public var list: [JSONValue]? { if case .list(let value) = self { value } else { nil } }
    public var members: [(key: String, value: JSONValue)]? { if case .object(let value) = self { value } else { nil } }
    public var isNull: Bool { if case .null = self { true } else { false } }

    /// The member of that name; of several the last, as most readers have it.
    public subscript(_ key: String) -> JSONValue? { members?.last { $0.key == key }?.value }

    /// What stands at `a.b.0.c`; a member whose own name has the dots in it comes first.
    public func at(_ path: String) -> JSONValue? {
        if let whole = self[path] { return whole }
        var here = self
        for step in path.split(separator: ".", omittingEmptySubsequences: false) {
            switch here {
            case .object:
                guard let next = here[String(step)] else { return nil }
                here = next
            case .list(let values):
                guard let index = Int(step), values.indices.contains(index) else { return nil }
                here = values[index]
            default: return nil
            }
        }
        return here
    }

    /// It as a text: a text itself, a number or a flag as it would be written; nil for what is no such thing.
    public var words: String? {
        switch self {
        case .text(let value): value
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
        case .flag(let value): "\(value)"
        case .null, .list, .object: nil
        }
    }

    /// A number, or a text that is one.
    public var figure: Double? {
        switch self {
        case .number(let value): value
        case .text(let value): JSONReader.number(in: value)
        default: nil
        }
    }

    /// The same where what is no number may stand as one of the words that JSON of Protocol Buffers has for it: `NaN`,
    /// `Infinity`, `-Infinity`.
    public var protobufFigure: Double? {
        switch text {
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        default: figure
        }
    }

    /// Written out again, without spaces.
    public var json: String {
        switch self {
        case .null: return "null"
        case .flag(let value): return "\(value)"
        case .number: return words ?? "null"
        case .text(let value): return Self.quoted(value)
        case .list(let values): return "[" + values.map(\.json).joined(separator: ",") + "]"
        case .object(let members):
            return "{" + members.map { "\(Self.quoted($0.key)):\($0.value.json)" }.joined(separator: ",") + "}"
        }
    }

    /// A text as JSON writes it.
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
