public import PitModel
import PitParse

/// Answers that are JSON and, where a schema is given, fit it.
public struct JSONMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "json", title: "valid JSON", summary: "answers that are JSON and fit a schema; 0...1",
        options: [
            OptionInfo(
                "schema", .text,
                help: "a JSON schema: type, enum, const, properties, required, additionalProperties, items, bounds",
                example: "'{\"type\": \"object\", \"required\": [\"id\"]}'"),
            OptionInfo("fences", .flag, help: "Markdown's fences around it do not matter", example: "true"),
        ])

    private let schema: JSONSchema?
    private let allowsFences: Bool

    public init(_ options: [String: OptionValue]) throws(MetricFault) {
        allowsFences = options["fences"]?.flag ?? false
        guard let text = options["schema"]?.text else {
            schema = nil
            return
        }
        guard let value = JSONReader.value(of: text) else { throw MetricFault("the schema is no JSON") }
        schema = try JSONSchema(value)
    }

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        let text = allowsFences ? Self.unfenced(answer) : answer[...]
        guard let value = JSONReader.value(of: text.utf8) else { return [0, 1] }
        return [schema?.fits(value) ?? true ? 1 : 0, 1]
    }

    private static func unfenced(_ text: String) -> Substring {
        var rest = text.drop { $0.isWhitespace }
        guard rest.hasPrefix("```"), let line = rest.firstIndex(of: "\n") else { return text[...] }
        rest = rest[rest.index(after: line)...]
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return rest.hasSuffix("```") ? rest.dropLast(3) : text[...]
    }
}

/// The part of JSON Schema that says what an answer's shape is. A keyword that is not known is refused when the suite is
/// read: one that was passed over would let everything through.
indirect enum JSONSchema: Sendable {
    case anything, nothing
    case all(Rules)

    struct Rules: Sendable {
        var types: [String] = []
        var allowed: [JSONValue]?
        var properties: [(String, JSONSchema)] = []
        var required: [String] = []
        var others: JSONSchema = .anything
        var items: JSONSchema = .anything
        var bounds: [String: Double] = [:]
    }

    private static let typeNames = ["object", "array", "string", "number", "integer", "boolean", "null"]
    private static let boundNames = [
        "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems",
    ]

    init(_ value: JSONValue, depth: Int = 0) throws(MetricFault) {
        guard depth < 32 else { throw MetricFault("the schema is nested deeper than 32") }
        if case .flag(let isAnything) = value {
            self = isAnything ? .anything : .nothing
            return
        }
        guard let members = value.members else { throw MetricFault("a schema is an object, true or false") }
        var rules = Rules()
        for (key, value) in members {
            switch key {
            case "type":
                rules.types = value.list?.compactMap(\.text) ?? value.text.map { [$0] } ?? []
                if let unknown = rules.types.first(where: { !Self.typeNames.contains($0) }) {
                    throw MetricFault("`\(unknown)` is no type of JSON")
                }
            case "enum": rules.allowed = value.list ?? []
            case "const": rules.allowed = [value]
            case "required": rules.required = value.list?.compactMap(\.text) ?? []
            case "properties":
                for (name, inner) in value.members ?? [] {
                    rules.properties.append((name, try JSONSchema(inner, depth: depth + 1)))
                }
            case "additionalProperties": rules.others = try JSONSchema(value, depth: depth + 1)
            case "items": rules.items = try JSONSchema(value, depth: depth + 1)
            case "title", "description", "$schema", "$id", "default", "examples": break
            default:
                guard Self.boundNames.contains(key), let bound = value.number else {
                    throw MetricFault("the schema's keyword `\(key)` is not understood")
                }
                rules.bounds[key] = bound
            }
        }
        self = .all(rules)
    }

    func fits(_ value: JSONValue) -> Bool {
        switch self {
        case .anything: true
        case .nothing: false
        case .all(let rules): Self.fits(value, rules)
        }
    }

    private static func fits(_ value: JSONValue, _ rules: Rules) -> Bool {
        guard rules.types.isEmpty || rules.types.contains(where: { isType(value, $0) }) else { return false }
        if let allowed = rules.allowed, !allowed.contains(value) { return false }
        func isWithin(_ size: Double, _ least: String, _ most: String) -> Bool {
            size >= rules.bounds[least] ?? -.infinity && size <= rules.bounds[most] ?? .infinity
        }
        switch value {
        case .number(let number): return isWithin(number, "minimum", "maximum")
        case .text(let text): return isWithin(Double(text.unicodeScalars.count), "minLength", "maxLength")
        case .list(let values):
            return isWithin(Double(values.count), "minItems", "maxItems") && values.allSatisfy { rules.items.fits($0) }
        case .object(let members):
            guard rules.required.allSatisfy({ value[$0] != nil }) else { return false }
            return members.allSatisfy { member in
                (rules.properties.first { $0.0 == member.key }?.1 ?? rules.others).fits(member.value)
            }
        case .null, .flag: return true
        }
    }

    private static func isType(_ value: JSONValue, _ name: String) -> Bool {
        switch value {
        case .null: name == "null"
        case .flag: name == "boolean"
        case .number(let number): name == "number" || name == "integer" && number == number.rounded()
        case .text: name == "string"
        case .list: name == "array"
        case .object: name == "object"
        }
    }
}
