/// Answers chats: what an evaluation asks.
public protocol Answering: Connector {
    func answer(_ question: ChatQuestion) async throws(ConnectorFault) -> ChatAnswer

    /// Answers piece by piece: `onText` is told each as it comes, on any thread, and ends the answer by `false`.
    func stream(
        _ question: ChatQuestion, onText: @escaping @Sendable (String) -> Bool
    ) async throws(ConnectorFault) -> ChatAnswer
}

extension Answering {
    /// Whole, at the end.
    public func stream(
        _ question: ChatQuestion, onText: @escaping @Sendable (String) -> Bool
    ) async throws(ConnectorFault) -> ChatAnswer {
        let answer = try await answer(question)
        _ = onText(answer.text)
        return answer
    }
}

public struct ChatMessage: Hashable, Codable, Sendable {
    public var role: String
    public var content: String
    public init(_ role: String, _ content: String) { (self.role, self.content) = (role, content) }
}

/// How an answer is to be made. What is nil is not sent: the server's own default holds.
public struct GenerationSettings: Equatable, Codable, Sendable {
    public var temperature: Double?
    public var topP: Double?
    /// Tokens of an answer at most.
    public var maxTokens: Int?
    public var seed: Int?
    public var stop: [String]
    public var system: String?
    public init(
        temperature: Double? = 0, topP: Double? = nil, maxTokens: Int? = nil, seed: Int? = nil, stop: [String] = [],
        system: String? = nil
    ) {
        (self.temperature, self.topP, self.maxTokens) = (temperature, topP, maxTokens)
        (self.seed, self.stop, self.system) = (seed, stop, system)
    }
}

public struct ChatQuestion: Equatable, Sendable {
    public var model: String
    public var messages: [ChatMessage]
    public var settings: GenerationSettings
    /// Seconds; nil takes the connection's.
    public var timeout: Double?
    public init(model: String, messages: [ChatMessage], settings: GenerationSettings, timeout: Double? = nil) {
        (self.model, self.messages, self.settings, self.timeout) = (model, messages, settings, timeout)
    }
}

public struct ChatAnswer: Equatable, Codable, Sendable {
    public var text: String
    /// Why it ended, as the server says: `stop`, `length`.
    public var finish: String?
    public var promptTokens: Int?
    public var tokens: Int?
    /// Seconds, seen from here.
    public var seconds: Double?
    public init(
        text: String, finish: String? = nil, promptTokens: Int? = nil, tokens: Int? = nil, seconds: Double? = nil
    ) {
        (self.text, self.finish, self.promptTokens) = (text, finish, promptTokens)
        (self.tokens, self.seconds) = (tokens, seconds)
    }
}
