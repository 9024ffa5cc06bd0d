import FoundationEssentials
public import PitModel
import PitParse
import Synchronization

/// Any server that speaks OpenAI's API: vLLM, SGLang, llama.cpp, TGI, LiteLLM, Ollama, a hosted one.
public struct OpenAIConnector: Connector, ModelListing, HealthReading, LatencyProbing, Embedding {
    public static let about = ConnectorInfo(
        id: "openai", title: "OpenAI-compatible server",
        summary: "lists the models served, asks for health, and measures time to first token",
        usualPorts: [8000, 8080, 11434, 4000],
        options: [
            OptionInfo("probe", .flag, help: "send a one-token request at every poll and time it", example: "true"),
            OptionInfo(
                "probe_model", .text, help: "the model to ask; the first listed without it", example: "support-chat"),
            OptionInfo("probe_prompt", .text, help: "what to ask", example: "ping"),
            OptionInfo(
                "price_input", .number, help: "what a million tokens asked costs, for trials of prompts", example: "0.5"
            ),
            OptionInfo("price_output", .number, help: "what a million tokens answered costs", example: "1.5"),
        ])

    let http: any HTTP
    private let connection: Connection
    let prefix: String

    public init(_ connection: Connection, http: any HTTP) {
        (self.http, self.connection) = (http, connection)
        // Both http://host:8000 and http://host:8000/v1 are what people paste.
        prefix = connection.url.hasSuffix("/v1") || connection.url.hasSuffix("/v1/") ? "" : "/v1"
    }

    public func probe() async throws(ConnectorFault) -> Identity {
        let cards = try await cards()
        let detail = cards.count == 1 ? cards[0].id : "\(cards.count) models"
        if let version = try? await json(WireVersion.self, "/version").version {
            let owner = cards.first?.owned_by ?? ""
            return Identity(
                product: owner == "sglang" ? "SGLang" : owner == "vllm" ? "vLLM" : "OpenAI-compatible",
                version: version, detail: detail)
        }
        let owner = cards.first?.owned_by?.lowercased() ?? ""
        let known = [
            "vllm": "vLLM", "sglang": "SGLang", "llamacpp": "llama.cpp", "library": "Ollama",
            "openai": "OpenAI-compatible",
        ]
        return Identity(product: known[owner] ?? "OpenAI-compatible", version: nil, detail: detail)
    }

    public func listModels() async throws(ConnectorFault) -> [ServedModel] {
        try await cards().map { ServedModel(id: $0.id, contextLength: $0.max_model_len, parent: $0.parent) }
    }

    public func readHealth() async throws(ConnectorFault) -> ServerHealth {
        guard prefix == "/v1" else { return .ok }
        let reply = try await http.send(HTTPRequest(.get, "/health", isRepeatable: false))
        switch reply.status {
        case 200..<300, 404, 405: return .ok
        case 503:
            let words = ServerWords.read(reply)
            return words.lowercased().contains("loading")
                ? .loading(words) : .unwell(words.isEmpty ? "503 from /health" : words)
        default:
            _ = try reply.success()
            return .ok
        }
    }

    public var isProbing: Bool { connection.options["probe"]?.flag ?? false }

    public func probeLatency() async throws(ConnectorFault) -> LatencyProbe {
        var model = connection.options["probe_model"]?.text
        if model == nil { model = try await cards().first?.id }
        guard let model else { throw .rejected("the server lists no model to probe") }
        let body = WireChat(
            model: model, messages: [.init(role: "user", content: connection.options["probe_prompt"]?.text ?? "ping")],
            max_tokens: 1, stream: true, temperature: 0)
        guard let bytes = try? JSONEncoder().encode(body) else {
            throw .rejected("the prompt cannot be written as JSON")
        }
        let clock = ContinuousClock()
        let began = clock.now
        let watch = StreamWatch()
        let reply = try await http.stream(
            HTTPRequest(
                .post, "\(prefix)/chat/completions",
                headers: [("Content-Type", "application/json"), ("Accept", "text/event-stream")], body: Array(bytes),
                maxBytes: 1 << 20, isRepeatable: false)
        ) { watch.take($0, at: clock.now) }
        guard (200..<300).contains(reply.status) else { throw ServerWords.fault(reply, watch.start) }
        if let error = watch.error { throw .rejected(error) }
        guard let first = watch.first else { throw .notWhatItSays(expected: "a streamed completion", got: "no token") }
        return LatencyProbe(
            timeToFirstToken: (first - began) / .seconds(1), total: (clock.now - began) / .seconds(1), model: model)
    }

    /// Texts sent at once, and bytes of each: more is refused by some servers, and cut by the others.
    private static let (embeddingBatch, embeddingBytes) = (32, 4000)

    public func embed(_ texts: [String], model: String) async throws(ConnectorFault) -> [[Double]] {
        var vectors: [[Double]] = []
        for start in stride(from: 0, to: texts.count, by: Self.embeddingBatch) {
            let batch = texts[start..<min(texts.count, start + Self.embeddingBatch)]
            let wanted = WireEmbeddings.Request(
                model: model, input: batch.map { $0.prefix(bytes: Self.embeddingBytes) })
            guard let body = try? JSONEncoder().encode(wanted) else {
                throw .rejected("the texts cannot be written as JSON")
            }
            let reply = try await http.send(
                HTTPRequest(
                    .post, "\(prefix)/embeddings",
                    headers: [("Content-Type", "application/json"), ("Accept", "application/json")], body: Array(body),
                    isRepeatable: true))
            guard (200..<300).contains(reply.status) else { throw ServerWords.fault(reply, reply.body) }
            let found = try JSONReply.decode(WireEmbeddings.self, reply, from: "an OpenAI-compatible server")
            let ordered = found.data.sorted { ($0.index ?? 0) < ($1.index ?? 0) }.map(\.embedding)
            guard ordered.count == batch.count, let length = ordered.first?.count, length > 0,
                ordered.allSatisfy({ $0.count == length && $0.allSatisfy(\.isFinite) }),
                vectors.first.map({ $0.count == length }) ?? true
            else {
                throw .notWhatItSays(
                    expected: "\(batch.count) vectors of one length", got: "\(ordered.count) of other lengths")
            }
            vectors += ordered
        }
        return vectors
    }

    private func cards() async throws(ConnectorFault) -> [WireCard] {
        Array(try await json(WireList.self, "\(prefix)/models").data.prefix(10_000))
    }

    private func json<T: Decodable>(_ type: T.Type, _ path: String) async throws(ConnectorFault) -> T {
        let reply = try await http.send(HTTPRequest(.get, path, headers: [("Accept", "application/json")]))
        guard (200..<300).contains(reply.status) else { throw ServerWords.fault(reply, reply.body) }
        return try JSONReply.decode(type, reply, from: "an OpenAI-compatible server")
    }
}

/// Watches a stream for its first token. The transport calls it from its own thread.
private final class StreamWatch: Sendable {
    private struct State {
        var events = ServerSentEvents()
        var first: ContinuousClock.Instant?
        var error: String?
        var start: [UInt8] = []
    }
    private let state = Mutex(State())

    var first: ContinuousClock.Instant? { state.withLock { $0.first } }
    var error: String? { state.withLock { $0.error } }
    /// The first bytes: the words of an error that came instead of a stream.
    var start: [UInt8] { state.withLock { $0.start } }

    func take(_ bytes: [UInt8], at: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            if state.start.count < 2048 { state.start += bytes.prefix(2048 - state.start.count) }
            for message in state.events.take(bytes) where message.data != "[DONE]" {
                let data = Data(message.data.utf8)
                if let words = ServerWords.words(in: data) {
                    state.error = state.error ?? words
                } else if state.first == nil, (try? JSONDecoder().decode(WireChunk.self, from: data))?.hasToken == true
                {
                    state.first = at
                }
            }
            return true
        }
    }
}
