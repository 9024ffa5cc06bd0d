import Foundation
public import PitModel
import PitParse

/// Tokens are counted by `/tokenize`, which stands beside OpenAI's API: vLLM and SGLang take a text or messages there,
/// llama.cpp a text, and writes messages out by `/apply-template`.
extension OpenAIConnector: TokenCounting {
    private static let mostReply = 32 << 20

    public func countTokens(of text: TokenizedText, model: String?) async throws(ConnectorFault) -> TokenCount {
        guard prefix == "/v1" else {
            throw .rejected("the connection's url ends with /v1, and /tokenize stands beside it: leave /v1 out")
        }
        switch text {
        case .text(let text): return try await count(text, model)
        case .chat(let messages):
            let told = JSONValue.list(
                messages.map { .object([("role", .text($0.role)), ("content", .text($0.content))]) })
            let reply = try await ask("/tokenize", [("messages", told)], model)
            if let count = Self.number(reply["count"]) { return counted(count, reply) }
            // One that reads nothing but a text has counted none.
            let written = try await ask("/apply-template", [("messages", told)], model)
            guard let prompt = written["prompt"]?.text else {
                throw .notWhatItSays(expected: "a server that counts the tokens of chats", got: "no prompt")
            }
            return try await count(prompt, model)
        }
    }

    private func count(_ text: String, _ model: String?) async throws(ConnectorFault) -> TokenCount {
        // What the one calls a prompt, the other calls content, and each passes over what it does not know.
        let reply = try await ask("/tokenize", [("prompt", .text(text)), ("content", .text(text))], model)
        guard let count = Self.number(reply["count"]) ?? reply["tokens"]?.list?.count else {
            throw .notWhatItSays(expected: "a server that counts tokens", got: "a reply without a count")
        }
        return counted(count, reply)
    }

    private func counted(_ count: Int, _ reply: JSONValue) -> TokenCount {
        TokenCount(count, limit: Self.number(reply["max_model_len"]))
    }

    /// No model takes more than some millions.
    private static func number(_ value: JSONValue?) -> Int? {
        value?.whole.flatMap { (0...1 << 30).contains($0) ? $0 : nil }
    }

    private func ask(
        _ path: String, _ members: [(key: String, value: JSONValue)], _ model: String?
    ) async throws(ConnectorFault) -> JSONValue {
        let named = model.map { [(key: "model", value: JSONValue.text($0))] } ?? []
        let reply = try await http.send(
            HTTPRequest(
                .post, path, headers: [("Content-Type", "application/json"), ("Accept", "application/json")],
                body: Array(JSONValue.object(named + members).json.utf8), maxBytes: Self.mostReply, isRepeatable: true))
        guard (200..<300).contains(reply.status) else { throw ServerWords.fault(reply, reply.body) }
        guard let value = JSONReader.value(of: reply.body), value.members != nil else {
            throw .notWhatItSays(expected: "a server that counts tokens", got: JSONReply.shape(reply))
        }
        return value
    }
}
