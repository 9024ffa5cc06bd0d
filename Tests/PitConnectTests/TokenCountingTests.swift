import PitConnect
import PitModel
import PitParse
import Testing

private func server(_ http: FakeHTTP) -> OpenAIConnector { OpenAIConnector(connection("openai"), http: http) }

@Test("tokens are counted by vLLM and by llama.cpp, of a chat as the model's template writes it")
func countsTokens() async throws {
    let vllm = FakeHTTP(.text(#"{"count":3,"max_model_len":4096,"tokens":[1,2,3]}"#))
    #expect(try await server(vllm).countTokens(of: .text("to be"), model: "m") == TokenCount(3, limit: 4096))
    let sent = vllm.requests.first.flatMap { JSONReader.value(of: $0.body) }
    #expect(
        vllm.requests.first?.path == "/tokenize" && sent?["prompt"] == .text("to be") && sent?["model"] == .text("m"))
    let chat = TokenizedText.chat([ChatMessage("user", "hi")])
    let whole = FakeHTTP(.text(#"{"count":9,"max_model_len":4096,"tokens":[]}"#))
    #expect(try await server(whole).countTokens(of: chat, model: nil).count == 9)
    #expect(whole.requests.count == 1)

    // As llama.cpp replied, which reads nothing but a text.
    let llama = FakeHTTP(
        .text(#"{"tokens":[]}"#), .text(#"{"prompt":"<|user|>hi"}"#), .text(#"{"tokens":[358,528,545]}"#))
    #expect(try await server(llama).countTokens(of: chat, model: nil) == TokenCount(3))
    #expect(llama.requests.map(\.path) == ["/tokenize", "/apply-template", "/tokenize"])
}

@Test("a server that counts no tokens is told in words, and a senseless count is none")
func countsNoTokens() async throws {
    for reply in [#"{"count":-5}"#, #"{"count":1e14}"#, "{}", "<html>"] {
        let fault = await #expect(throws: ConnectorFault.self) {
            try await server(FakeHTTP(.text(reply))).countTokens(of: .text("a"), model: nil)
        }
        #expect(fault?.code == "wrong_kind", "\(reply)")
    }
    await #expect(throws: ConnectorFault.self) {
        try await server(FakeHTTP(.text(#"{"detail":"Not Found"}"#, 404))).countTokens(of: .text("a"), model: nil)
    }
}
