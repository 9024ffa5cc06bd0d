import FoundationEssentials
public import PitModel
import PitParse

/// A safety classifier (Llama Guard, Granite Guardian) behind an OpenAI-compatible server.
public struct GuardModelConnector: Connector, TextGuarding {
    public static let about = ConnectorInfo(
        id: "guard-model", title: "guard model",
        summary: "judges prompts and responses by Llama Guard or Granite Guardian on an OpenAI-compatible server",
        options: [
            OptionInfo("model", .text, help: "the model to ask; the first listed without it", example: "llama-guard-3"),
            OptionInfo(
                "family", .text, help: "llama-guard or granite-guardian; by the model's name without it",
                example: "llama-guard"),
            OptionInfo(
                "risk", .text, help: "what Granite Guardian is asked for; harm without it", example: "jailbreak"),
        ])

    private struct Request: Encodable {
        struct Template: Encodable {
            struct Guardian: Encodable {
                var risk_name: String
                var criteria_id: String
            }
            var guardian_config: Guardian
            var think = false
        }
        var model: String
        var messages: [WireChat.Message]
        var max_tokens = 64
        var temperature = 0.0
        var chat_template_kwargs: Template?
    }

    private struct Answer: Decodable {
        struct Choice: Decodable {
            struct Message: Decodable { var content: String? }
            var message: Message
        }
        var choices: [Choice]
    }

    private let http: any HTTP
    private let connection: Connection
    private let prefix: String

    public init(_ connection: Connection, http: any HTTP) {
        (self.http, self.connection) = (http, connection)
        prefix = connection.url.hasSuffix("/v1") || connection.url.hasSuffix("/v1/") ? "" : "/v1"
    }

    public func probe() async throws(ConnectorFault) -> Identity {
        let model = try await model()
        return Identity(product: isGranite(model) ? "Granite Guardian" : "Llama Guard", detail: model)
    }

    public func check(_ exchange: Interaction) async throws(ConnectorFault) -> [Finding] {
        let model = try await model()
        let texts = GuardedText.all(of: exchange)
        var (messages, findings): ([WireChat.Message], [Finding]) = ([], [])
        // The last turn is the one that is judged.
        for text in texts {
            messages.append(.init(role: text.side == .prompt ? "user" : "assistant", content: text.text))
            let words = try await ask(model, messages)
            let kinds = isGranite(model) ? try granite(words) : try llama(words)
            findings += kinds.map { kind in
                Finding(
                    detector: Finding.guardDetector, kind: kind, owasp: kind == "privacy" ? "LLM02" : "LLM01",
                    side: text.side, message: text.message, score: 0.8,
                    evidence:
                        "\(model): \(words.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(80))")
            }
        }
        return findings
    }

    private func isGranite(_ model: String) -> Bool {
        (connection.options["family"]?.text ?? model).lowercased().contains("granite")
    }

    private func model() async throws(ConnectorFault) -> String {
        if let named = connection.options["model"]?.text { return named }
        let reply = try await http.send(HTTPRequest(.get, "\(prefix)/models")).success()
        guard let first = try JSONReply.decode(WireList.self, reply, from: "an OpenAI-compatible server").data.first
        else {
            throw .rejected("the server lists no model")
        }
        return first.id
    }

    private func ask(_ model: String, _ messages: [WireChat.Message]) async throws(ConnectorFault) -> String {
        var request = Request(model: model, messages: messages)
        if isGranite(model) {
            let risk = connection.options["risk"]?.text ?? "harm"
            request.chat_template_kwargs = .init(guardian_config: .init(risk_name: risk, criteria_id: risk))
        }
        guard let body = try? JSONEncoder().encode(request) else {
            throw .rejected("the text cannot be written as JSON")
        }
        let reply = try await http.send(
            HTTPRequest(
                .post, "\(prefix)/chat/completions", headers: [("Content-Type", "application/json")], body: Array(body),
                maxBytes: 1 << 20, isRepeatable: true))
        guard (200..<300).contains(reply.status) else { throw ServerWords.fault(reply, reply.body) }
        let answer = try JSONReply.decode(Answer.self, reply, from: "an OpenAI-compatible server")
        return answer.choices.first?.message.content ?? ""
    }

    /// `safe`, or `unsafe` and on the next line the categories; line ends may lead.
    private func llama(_ words: String) throws(ConnectorFault) -> [String] {
        let parts = words.split { $0.isWhitespace || $0 == "," }.map(String.init)
        switch parts.first?.lowercased() {
        case "safe": return []
        case "unsafe":
            let kinds = parts.dropFirst().prefix(14).map { Self.categories[$0.uppercased()] ?? $0.lowercased() }
            return kinds.isEmpty ? ["unsafe"] : Array(kinds)
        default: throw .notWhatItSays(expected: "safe or unsafe", got: "`\(words.prefix(40))`")
        }
    }

    /// The last `<score>`, or yes or no at the beginning: yes is that the risk is there.
    private func granite(_ words: String) throws(ConnectorFault) -> [String] {
        let small = words.lowercased()
        var verdict = small.drop { $0.isWhitespace }
        if let tag = small.ranges(of: "<score>").last { verdict = small[tag.upperBound...].drop { $0.isWhitespace } }
        if verdict.hasPrefix("yes") { return [connection.options["risk"]?.text ?? "harm"] }
        if verdict.hasPrefix("no") { return [] }
        throw .notWhatItSays(expected: "yes or no", got: "`\(words.prefix(40))`")
    }

    /// Llama Guard 3 and 4 (MLCommons' hazards).
    private static let categories = [
        "S1": "violent-crimes", "S2": "non-violent-crimes", "S3": "sex-crimes", "S4": "child-exploitation",
        "S5": "defamation", "S6": "specialized-advice", "S7": "privacy", "S8": "intellectual-property",
        "S9": "weapons", "S10": "hate", "S11": "self-harm", "S12": "sexual-content", "S13": "elections",
        "S14": "code-interpreter-abuse",
    ]
}
