/// A version of a prompt, filled in, that is put to one or several served models at once.
public struct PromptTrial: Equatable, Sendable {
    /// A server, and the name under which it serves the model; nil: the first that it lists.
    public struct Target: Hashable, Sendable, CustomStringConvertible {
        public var connection: ConnectionName
        public var model: String?
        public init(_ connection: ConnectionName, model: String? = nil) {
            (self.connection, self.model) = (connection, model)
        }
        /// `CONNECTION` or `CONNECTION:MODEL`; nil where no connection is named.
        public init?(_ words: String) {
            let parts = words.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first, !name.isEmpty else { return nil }
            self.init(
                ConnectionName(String(name)), model: parts.count > 1 && !parts[1].isEmpty ? String(parts[1]) : nil)
        }
        public var description: String { model.map { "\(connection):\($0)" } ?? connection.description }
    }

    /// What has come from one of them.
    public struct Answer: Equatable, Sendable {
        public enum Stage: Equatable, Sendable {
            case coming, done
            case broken(String)
        }
        public var target: Target
        public var text = ""
        public var stage = Stage.coming
        /// Seconds to the first piece and to the end, seen from here.
        public var firstSeconds: Double?
        public var seconds: Double?
        public var promptTokens: Int?
        public var tokens: Int?
        /// In the currency of the configured prices; nil where none are configured, or no tokens were told.
        public var cost: Double?
        public init(_ target: Target) { self.target = target }
    }

    /// `mlflow/support-system`, and the version's number.
    public var subject: String
    public var version: Int
    public var messages: [ChatMessage]
    public var answers: [Answer]
    public var settings: GenerationSettings
    public init(
        subject: String, version: Int, messages: [ChatMessage], targets: [Target],
        settings: GenerationSettings = GenerationSettings(temperature: nil, maxTokens: 1024)
    ) {
        (self.subject, self.version, self.messages, self.settings) = (subject, version, messages, settings)
        answers = targets.map(Answer.init)
    }

    /// Bytes of an answer that are shown.
    public static let longest = 256 << 10
    /// Models asked at once.
    public static let mostTargets = 8
}
