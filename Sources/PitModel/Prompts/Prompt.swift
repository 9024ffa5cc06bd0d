/// A prompt that some system keeps, in versions.
public struct Prompt: Equatable, Codable, Sendable {
    /// Where one of its names points to.
    public struct Alias: Equatable, Codable, Sendable {
        public var name: String
        public var version: Int
        public init(_ name: String, _ version: Int) { (self.name, self.version) = (name, version) }
    }
    /// The connection that keeps it.
    public var source: ConnectionName
    public var name: String
    /// The newest version's number; nil: not known, or none.
    public var latest: Int?
    public var aliases: [Alias]
    public var tags: [String: String]
    /// When it last changed, who made that version, and with which words.
    public var changedAt: Timestamp?
    public var author: String?
    public var message: String
    public init(
        source: ConnectionName, name: String, latest: Int? = nil, aliases: [Alias] = [], tags: [String: String] = [:],
        changedAt: Timestamp? = nil, author: String? = nil, message: String = ""
    ) {
        (self.source, self.name, self.latest, self.aliases, self.tags) = (source, name, latest, aliases, tags)
        (self.changedAt, self.author, self.message) = (changedAt, author, message)
    }

    /// `mlflow/support-system`: over all sources.
    public var id: String { "\(source)/\(name)" }
    public func version(of alias: String) -> Int? { aliases.first { $0.name == alias }?.version }
}

/// What a version says: one text, or the messages of a chat.
public enum PromptBody: Equatable, Codable, Sendable {
    case text(String)
    case chat([ChatMessage])

    /// As it is written in a file and in an editor: a chat's messages stand below lines `## system`, `## user`.
    public var written: String {
        switch self {
        case .text(let text): text
        case .chat(let messages):
            messages.map { "## \($0.role)\n\($0.content)" }.joined(separator: "\n\n") + (messages.isEmpty ? "" : "\n")
        }
    }

    /// Reads what `written` gives. A text that begins with a line `## ROLE` is a chat.
    ///
    /// - Parameter isChat: nil: as it begins; false: a text, however it begins.
    public init(written: String, isChat: Bool? = nil) {
        let lines = written.split(separator: "\n", omittingEmptySubsequences: false)
        let first = lines.first { !$0.allSatisfy(\.isWhitespace) } ?? ""
        guard isChat ?? (Self.role(first) != nil) else {
            self = .text(written)
            return
        }
        var messages: [(role: String, lines: [Substring])] = []
        for line in lines {
            if let role = Self.role(line) {
                messages.append((role, []))
            } else if messages.isEmpty {
                if !line.allSatisfy(\.isWhitespace) { messages.append(("user", [line])) }
            } else {
                messages[messages.count - 1].lines.append(line)
            }
        }
        self = .chat(
            messages.map { message in
                func isBlank(_ line: Substring) -> Bool { line.allSatisfy(\.isWhitespace) }
                var lines = message.lines.drop(while: isBlank)
                while let last = lines.last, isBlank(last) { lines.removeLast() }
                return ChatMessage(message.role, lines.joined(separator: "\n"))
            })
    }

    public static let roles = ["system", "developer", "user", "assistant", "tool"]

    private static func role(_ line: Substring) -> String? {
        guard line.hasPrefix("## ") else { return nil }
        let word = line.dropFirst(3).filter { !$0.isWhitespace }.lowercased()
        return roles.contains(word) ? word : nil
    }

    /// The messages that a server is asked with.
    public var messages: [ChatMessage] {
        switch self {
        case .text(let text): [ChatMessage("user", text)]
        case .chat(let messages): messages
        }
    }

    /// Names of variables, in the order in which they first stand.
    public var variables: [String] {
        var seen: Set<String> = []
        return messages.flatMap { PromptTemplate($0.content).variables }.filter { seen.insert($0).inserted }
    }

    /// With variables replaced; those without a value stay as they are written.
    public func filled(_ values: [String: String]) -> PromptBody {
        switch self {
        case .text(let text): .text(PromptTemplate(text).filled(values))
        case .chat(let messages):
            .chat(messages.map { ChatMessage($0.role, PromptTemplate($0.content).filled(values)) })
        }
    }
}

/// A place in a prompt that is filled in when it is used.
public struct PromptVariable: Equatable, Codable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable { case text, number, flag }
    public var name: String
    public var kind: Kind
    /// What stands there when nothing is given; nil: something must be.
    public var standard: String?
    public init(_ name: String, _ kind: Kind = .text, standard: String? = nil) {
        (self.name, self.kind, self.standard) = (name, kind, standard)
    }

    /// Why a value cannot stand there; nil when it can.
    public func refusal(of value: String) -> String? {
        switch kind {
        case .text: nil
        case .number: Double(value) == nil ? "\(name) wants a number, not `\(value.prefix(bytes: 40))`" : nil
        case .flag: ["true", "false"].contains(value) ? nil : "\(name) wants true or false"
        }
    }
}

/// One version of a prompt. It does not change.
public struct PromptVersion: Equatable, Codable, Sendable {
    public var number: Int
    public var body: PromptBody
    /// Every variable of the body, with what is known of it.
    public var variables: [PromptVariable]
    /// What was said when it was made.
    public var message: String
    public var author: String?
    public var at: Timestamp?
    public var tags: [String: String]
    public var aliases: [String]
    /// The commit, where its source has one.
    public var commit: String?
    public init(
        number: Int, body: PromptBody, declared: [PromptVariable] = [], message: String = "", author: String? = nil,
        at: Timestamp? = nil, tags: [String: String] = [:], aliases: [String] = [], commit: String? = nil
    ) {
        (self.number, self.body, self.message, self.author) = (number, body, message, author)
        (self.at, self.tags, self.aliases, self.commit) = (at, tags, aliases, commit)
        variables = body.variables.map { name in declared.first { $0.name == name } ?? PromptVariable(name) }
    }

    /// The values with the standard ones beside them, or what is wrong with them.
    public func values(_ given: [String: String]) throws(PromptRefusal) -> [String: String] {
        var all = given
        for variable in variables where all[variable.name] == nil { all[variable.name] = variable.standard }
        let missing = variables.map(\.name).filter { all[$0] == nil }
        guard missing.isEmpty else {
            throw PromptRefusal("nothing is given for \(missing.joined(separator: ", "))")
        }
        for variable in variables {
            if let value = all[variable.name], let why = variable.refusal(of: value) { throw PromptRefusal(why) }
        }
        return all
    }
}

/// Why something cannot be done with a prompt.
public struct PromptRefusal: Error, Equatable, Sendable {
    public var words: String
    public init(_ words: String) { self.words = words }
}

/// A version that is to be made.
public struct PromptDraft: Equatable, Codable, Sendable {
    public var source: ConnectionName
    public var name: String
    public var body: PromptBody
    public var variables: [PromptVariable]
    public var message: String
    public var author: String
    public init(
        source: ConnectionName, name: String, body: PromptBody, variables: [PromptVariable] = [], message: String,
        author: String
    ) {
        (self.source, self.name, self.body, self.variables) = (source, name, body, variables)
        (self.message, self.author) = (message, author)
    }

    /// The one that was not kept before, which this goes on with.
    public var continues: String?

    /// Whether it is the same version, whoever makes it.
    public func says(_ other: PromptDraft) -> Bool {
        (source, name, body, message) == (other.source, other.name, other.body, other.message)
            && variables == other.variables
    }
}

/// A version that a person wrote and that no server keeps yet.
public struct UnsentPrompt: Equatable, Codable, Sendable {
    public var id: String
    public var draft: PromptDraft
    public var at: Timestamp
    /// Why it was not kept; empty where pitwall ended before that was known.
    public var why: String
    /// Where the text lies.
    public var file: String
    public init(id: String, draft: PromptDraft, at: Timestamp, why: String = "", file: String) {
        (self.id, self.draft, self.at, self.why, self.file) = (id, draft, at, why, file)
    }
}

/// Keeps prompts in versions.
public protocol PromptKeeping: Connector {
    /// Why no version can be made here, and what to do instead; nil where one can.
    var whyReadOnly: String? { get }
    func prompts() async throws(ConnectorFault) -> [Prompt]
    /// The newest first.
    func versions(of prompt: String) async throws(ConnectorFault) -> [PromptVersion]
    func version(_ number: Int, of prompt: String) async throws(ConnectorFault) -> PromptVersion
    /// Makes a version, and the prompt where there is none of that name. Gives its number as the server says it.
    func create(_ draft: PromptDraft) async throws(ConnectorFault) -> Int
}
