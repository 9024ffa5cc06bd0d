public import PitModel

/// A prompt as a file of its own: Markdown or text, with a front matter where something is to be said of it.
///
///     ---
///     owner: llm-platform
///     variables:
///       company: {type: text, default: Kestrel}
///       question:
///     ---
///     ## system
///     You answer for {{company}}.
///     ## user
///     {{question}}
///
/// Of YAML it takes what stands here: keys with one value, and `variables` with a name a line. Other keys are tags.
public struct PromptFile: Equatable, Sendable {
    public var body = PromptBody.text("")
    public var variables: [PromptVariable] = []
    public var tags: [String: String] = [:]
    private static let mostLines = 500

    public init(_ text: String) {
        // `split` takes CR LF for one Character that is no line feed.
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
        var isChat: Bool?
        if lines.first == "---", let end = lines.dropFirst().prefix(Self.mostLines).firstIndex(of: "---") {
            isChat = read(Array(lines[1..<end]))
            lines = Array(lines[(end + 1)...].drop { $0.allSatisfy(\.isWhitespace) })
        }
        while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines.removeLast() }
        body = PromptBody(written: lines.joined(separator: "\n"), isChat: isChat)
    }

    /// Takes the front matter; whether it says that this is a chat.
    private mutating func read(_ lines: [String]) -> Bool? {
        var (isInVariables, isChat): (Bool, Bool?) = (false, nil)
        for line in lines where !line.allSatisfy(\.isWhitespace) && !line.hasPrefix("#") {
            let isInner = line.first.map { $0 == " " || $0 == "\t" || $0 == "-" } ?? false
            var rest = Substring(line).drop { $0 == " " || $0 == "\t" }
            if rest.hasPrefix("- ") { rest = rest.dropFirst(2) }
            let (key, value) = Self.pair(rest)
            if isInner, isInVariables {
                variables.append(Self.variable(key, value))
            } else if !isInner {
                isInVariables = key == "variables"
                if key == "type" {
                    isChat = value == "chat" ? true : value == "text" ? false : nil
                } else if !isInVariables {
                    tags[key] = Self.plain(value)
                }
            }
        }
        return isChat
    }

    private static func pair(_ text: Substring) -> (String, String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return (plain(trim(parts.first ?? "")), parts.count > 1 ? trim(parts[1]) : "")
    }

    private static func variable(_ name: String, _ value: String) -> PromptVariable {
        guard value.hasPrefix("{"), value.hasSuffix("}") else {
            return PromptVariable(name, standard: value.isEmpty ? nil : plain(value))
        }
        var variable = PromptVariable(name)
        for part in value.dropFirst().dropLast().split(separator: ",") {
            let (key, value) = pair(part)
            if key == "type" { variable.kind = PromptVariable.Kind(rawValue: value) ?? .text }
            if key == "default" { variable.standard = plain(value) }
        }
        return variable
    }

    private static func trim(_ text: Substring) -> String {
        var text = text.drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    private static func plain(_ value: String) -> String {
        for quote in ["\"", "'"] where value.count > 1 && value.hasPrefix(quote) && value.hasSuffix(quote) {
            return String(value.dropFirst().dropLast())
        }
        return value
    }
}
