import FoundationEssentials
public import PitModel

extension OpenAIConnector: Answering {
    /// Bytes of an answer at most.
    private static let longest = 4 << 20

    public func answer(_ question: ChatQuestion) async throws(ConnectorFault) -> ChatAnswer {
        let settings = question.settings
        var messages = question.messages.map { WireQuestion.Message(role: $0.role, content: $0.content) }
        if let system = settings.system { messages.insert(.init(role: "system", content: system), at: 0) }
        let wanted = WireQuestion(
            model: question.model, messages: messages, temperature: settings.temperature, top_p: settings.topP,
            max_tokens: settings.maxTokens, seed: settings.seed, stop: settings.stop.isEmpty ? nil : settings.stop,
            stream: false)
        guard let body = try? JSONEncoder().encode(wanted) else {
            throw .rejected("the question cannot be written as JSON")
        }
        let reply = try await http.send(
            HTTPRequest(
                .post, "\(prefix)/chat/completions",
                headers: [("Content-Type", "application/json"), ("Accept", "application/json")], body: Array(body),
                timeout: question.timeout, maxBytes: Self.longest, isRepeatable: false))
        guard (200..<300).contains(reply.status) else { throw ServerWords.fault(reply, reply.body) }
        if let words = ServerWords.words(in: Data(reply.body)) { throw .rejected(words) }
        let read = try JSONReply.decode(WireCompletion.self, reply, from: "an OpenAI-compatible server")
        guard let choice = read.choices.first else {
            throw .notWhatItSays(expected: "a completion", got: "one without choices")
        }
        // A model that declines in the API's own way says so there and nothing else.
        let text = choice.message?.content ?? choice.message?.refusal ?? choice.text ?? ""
        return ChatAnswer(
            text: text, finish: choice.finish_reason, promptTokens: read.usage?.prompt_tokens,
            tokens: read.usage?.completion_tokens, seconds: reply.total)
    }
}
