/// One exchange with a model, as a source of traces or a file of them tells it.
public struct Interaction: Equatable, Codable, Sendable, Identifiable {
    public struct Message: Hashable, Codable, Sendable {
        /// `system`, `user`, `assistant`, `tool`, or whatever the source says.
        public var role: String
        public var text: String
        public init(_ role: String, _ text: String) { (self.role, self.text) = (role, text) }
    }

    /// Anything else that a source tells of an exchange.
    public enum Attribute: Equatable, Codable, Sendable {
        case number(Double)
        case text(String)
    }

    /// The source's own: a trace, a span, a line of a file. Reading it again gives the same.
    public var id: String
    public var connection: ConnectionName
    /// The configured model it was with; nil where none is named so.
    public var model: ModelName?
    /// The model's name as the source writes it.
    public var servedModel: String?
    public var at: Timestamp
    /// What was sent, oldest first.
    public var messages: [Message]
    /// What came back; nil when nothing did.
    public var response: String?
    public var promptTokens: Int?
    public var responseTokens: Int?
    /// Seconds from the request to the end of the response.
    public var latency: Double?
    /// Seconds from the request to the first token.
    public var timeToFirstToken: Double?
    /// `stop`, `length`, `tool_calls`, `content_filter`, as the source says.
    public var finishReason: String?
    /// Who asked: a key's, a user's or an address' name, never a credential.
    public var client: String?
    public var fault: String?
    public var attributes: [String: Attribute]

    public init(
        id: String, connection: ConnectionName, model: ModelName? = nil, servedModel: String? = nil, at: Timestamp,
        messages: [Message], response: String? = nil, promptTokens: Int? = nil, responseTokens: Int? = nil,
        latency: Double? = nil, timeToFirstToken: Double? = nil, finishReason: String? = nil, client: String? = nil,
        fault: String? = nil, attributes: [String: Attribute] = [:]
    ) {
        (self.id, self.connection, self.model, self.servedModel) = (id, connection, model, servedModel)
        (self.at, self.messages, self.response) = (at, messages, response)
        (self.promptTokens, self.responseTokens, self.latency) = (promptTokens, responseTokens, latency)
        (self.timeToFirstToken, self.finishReason, self.client) = (timeToFirstToken, finishReason, client)
        (self.fault, self.attributes) = (fault, attributes)
    }

    /// What the user said last: what the response answers.
    public var prompt: String { messages.last { $0.role == "user" }?.text ?? messages.last?.text ?? "" }
    public var system: String? { messages.first { $0.role == "system" || $0.role == "developer" }?.text }
}
