/// Where in an entry of a source each thing about an exchange stands, as a person says it: `prompt: input.text`.
/// What it does not name is recognised.
public struct FieldMap: Equatable, Sendable {
    public enum Field: String, CaseIterable, Sendable {
        case id, time, model, system, prompt, messages, response, latency, client, fault
        case promptTokens = "prompt_tokens"
        case responseTokens = "response_tokens"
        case timeToFirstToken = "time_to_first_token"
        case finishReason = "finish_reason"
    }

    /// Field to path: `a.b.0.c`.
    public var paths: [Field: String]

    public init(_ paths: [Field: String] = [:]) { self.paths = paths }

    /// Reads words such as `prompt=input.text`; the words that name no field are given back.
    public static func read(_ words: [String]) -> (map: FieldMap, unknown: [String]) {
        var map = FieldMap()
        var unknown: [String] = []
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1).map { $0.trimmingSpaces }
            if parts.count == 2, let field = Field(rawValue: parts[0]), !parts[1].isEmpty {
                map.paths[field] = parts[1]
            } else {
                unknown.append(word)
            }
        }
        return (map, unknown)
    }

    func value(_ field: Field, in entry: JSONValue) -> JSONValue? { paths[field].flatMap(entry.at) }
}

extension StringProtocol {
    var trimmingSpaces: String {
        let scalars = unicodeScalars.drop { $0.properties.isWhitespace }
        var result = String.UnicodeScalarView(scalars)
        while let last = result.last, last.properties.isWhitespace { result.removeLast() }
        return String(result)
    }
}
