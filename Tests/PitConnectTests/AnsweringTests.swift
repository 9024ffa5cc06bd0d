import Foundation
import PitConnect
import PitModel
import Testing

private func connector(_ http: FakeHTTP) -> OpenAIConnector { OpenAIConnector(connection("openai"), http: http) }

private let asked = ChatQuestion(
    model: "m", messages: [ChatMessage("user", "hello")],
    settings: GenerationSettings(temperature: 0, maxTokens: 9, seed: 3, system: "be kind"), timeout: 7)

@Test("a chat is asked for as a whole: what is set is sent, what is not is left out, and it is never sent twice")
func asksChat() async throws {
    let http = FakeHTTP(
        .text(
            #"""
            {"choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],
             "usage":{"prompt_tokens":5,"completion_tokens":2}}
            """#))
    let answer = try await connector(http).answer(asked)
    #expect(answer.text == "hi" && answer.finish == "stop" && answer.promptTokens == 5 && answer.tokens == 2)
    let request = try #require(http.requests.first)
    #expect(request.path == "/v1/chat/completions" && request.timeout == 7 && !request.isRepeatable)
    let sent = try #require(try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
    #expect(Set(sent.keys) == ["model", "messages", "temperature", "max_tokens", "seed", "stream"])
    let messages = sent["messages"] as? [[String: String]]
    #expect(messages?.map { $0["content"] } == ["be kind", "hello"] && messages?.first?["role"] == "system")
}

@Test("no answer is told as what it is: to wait, an error in a good reply, something else altogether")
func chatFaults() async throws {
    func fault(_ result: Result<HTTPReply, ConnectorFault>) async -> ConnectorFault? {
        do throws(ConnectorFault) {
            _ = try await connector(FakeHTTP(result)).answer(asked)
            return nil
        } catch { return error }
    }
    let busy = HTTPReply(status: 429, headers: [("retry-after", "7")], body: Array(#"{"error":"slow"}"#.utf8))
    #expect(await fault(.success(busy)) == .rateLimited(retryAfter: 7))
    #expect(await fault(.text(#"{"error":{"message":"no such model"}}"#, 404)) == .rejected("no such model"))
    #expect(await fault(.text(#"{"error":{"message":"out of memory"}}"#)) == .rejected("out of memory"))
    #expect(await fault(.text(#"{"choices":[]}"#))?.code == "wrong_kind")
    #expect(await fault(.text("<html>", type: "text/html"))?.code == "wrong_kind")
    // A model that declines in the API's own field, and one that has nothing to say.
    let refusal = FakeHTTP(.text(#"{"choices":[{"message":{"content":null,"refusal":"I will not"}}]}"#))
    #expect(try await connector(refusal).answer(asked).text == "I will not")
    #expect(try await connector(FakeHTTP(.text(#"{"choices":[{"message":{}}]}"#))).answer(asked).text == "")
}

@Test("a streamed answer has its tokens, as a real server tells them in the last piece")
func streamedTokens() async throws {
    let http = FakeHTTP(try .file("inference/chat-completion-stream-usage.sse", type: "text/event-stream"))
    let answer = try await connector(http).stream(asked) { _ in true }
    #expect(answer.promptTokens == 32 && answer.tokens == 5 && !answer.text.isEmpty)
    let body = try #require(http.requests.first?.body)
    let sent = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    #expect(sent["stream_options"] as? [String: Bool] == ["include_usage": true])
}
