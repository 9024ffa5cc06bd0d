import FoundationEssentials
public import PitModel
import PitParse
import Synchronization

extension OpenAIConnector: Answering {
    /// Bytes of an answer at most.
    private static let longest = 4 << 20

    public func answer(_ question: ChatQuestion) async throws(ConnectorFault) -> ChatAnswer {
        let wanted = Self.wire(question, isStreamed: false)
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

    private static func wire(_ question: ChatQuestion, isStreamed: Bool) -> WireQuestion {
        let settings = question.settings
        var messages = question.messages.map { WireQuestion.Message(role: $0.role, content: $0.content) }
        if let system = settings.system { messages.insert(.init(role: "system", content: system), at: 0) }
        return WireQuestion(
            model: question.model, messages: messages, temperature: settings.temperature, top_p: settings.topP,
            max_tokens: settings.maxTokens, seed: settings.seed, stop: settings.stop.isEmpty ? nil : settings.stop,
            stream: isStreamed, stream_options: isStreamed ? WireQuestion.StreamOptions() : nil)
    }

    public func stream(
        _ question: ChatQuestion, onText: @escaping @Sendable (String) -> Bool
    ) async throws(ConnectorFault) -> ChatAnswer {
        guard let body = try? JSONEncoder().encode(Self.wire(question, isStreamed: true)) else {
            throw .rejected("the question cannot be written as JSON")
        }
        let reading = StreamedAnswer(onText)
        let clock = ContinuousClock()
        let began = clock.now
        let reply = try await http.stream(
            HTTPRequest(
                .post, "\(prefix)/chat/completions",
                headers: [("Content-Type", "application/json"), ("Accept", "text/event-stream")], body: Array(body),
                timeout: question.timeout, maxBytes: Self.longest, isRepeatable: false)
        ) { reading.take($0) }
        guard (200..<300).contains(reply.status) else { throw ServerWords.fault(reply, reading.start) }
        if let error = reading.error { throw .rejected(error) }
        // A server that does not stream answers whole.
        if reading.isEmpty {
            guard let whole = try? JSONDecoder().decode(WireCompletion.self, from: Data(reading.start)),
                let text = whole.choices.first?.message?.content
            else { throw .notWhatItSays(expected: "a streamed completion", got: "no text") }
            _ = onText(text)
            return ChatAnswer(
                text: text, finish: whole.choices.first?.finish_reason, promptTokens: whole.usage?.prompt_tokens,
                tokens: whole.usage?.completion_tokens, seconds: (clock.now - began) / .seconds(1))
        }
        return ChatAnswer(
            text: reading.text, finish: reading.finish, promptTokens: reading.usage?.prompt_tokens,
            tokens: reading.usage?.completion_tokens, seconds: (clock.now - began) / .seconds(1))
    }
}

/// Puts a streamed answer together. The transport calls it from its own thread.
private final class StreamedAnswer: Sendable {
    private struct State {
        var events = ServerSentEvents()
        var text = ""
        var finish: String?
        var error: String?
        var usage: WireCompletion.Usage?
        var start: [UInt8] = []
        var isEmpty = true
    }
    private let state = Mutex(State())
    private let onText: @Sendable (String) -> Bool
    /// Bytes kept of what is no stream: an error's words, or a whole answer.
    private static let mostStart = 256 << 10

    init(_ onText: @escaping @Sendable (String) -> Bool) { self.onText = onText }

    var text: String { state.withLock { $0.text } }
    var finish: String? { state.withLock { $0.finish } }
    var error: String? { state.withLock { $0.error } }
    var usage: WireCompletion.Usage? { state.withLock { $0.usage } }
    var start: [UInt8] { state.withLock { $0.start } }
    /// Whether no event of a stream came.
    var isEmpty: Bool { state.withLock { $0.isEmpty } }

    func take(_ bytes: [UInt8]) -> Bool {
        let pieces = state.withLock { state -> [String] in
            var pieces: [String] = []
            for message in state.events.take(bytes) {
                state.isEmpty = false
                guard message.data != "[DONE]" else { continue }
                let data = Data(message.data.utf8)
                if let words = ServerWords.words(in: data) {
                    state.error = state.error ?? words
                    continue
                }
                let chunk = try? JSONDecoder().decode(WireChunk.self, from: data)
                state.usage = chunk?.usage ?? state.usage
                if let choice = chunk?.choices?.first {
                    state.finish = choice.finish_reason ?? state.finish
                    if let piece = choice.delta?.content ?? choice.text, !piece.isEmpty {
                        state.text += piece
                        pieces.append(piece)
                    }
                }
            }
            if state.isEmpty, state.start.count < Self.mostStart {
                state.start += bytes.prefix(Self.mostStart - state.start.count)
            }
            return pieces
        }
        return pieces.allSatisfy(onText)
    }
}
