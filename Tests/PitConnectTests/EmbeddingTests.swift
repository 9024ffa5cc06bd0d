import Foundation
import PitConnect
import PitModel
import Testing

private func reply(_ vectors: [[Double]]) -> FakeHTTP {
    let data = vectors.enumerated().reversed().map { "{\"index\":\($0),\"embedding\":\($1)}" }
    return FakeHTTP(.text("{\"object\":\"list\",\"data\":[\(data.joined(separator: ","))]}"))
}

private func embed(_ http: FakeHTTP, _ texts: [String]) async throws(ConnectorFault) -> [[Double]] {
    try await OpenAIConnector(connection("openai"), http: http).embed(texts, model: "bge-m3")
}

@Test("texts become vectors in their order, whatever the order of the reply")
func embeds() async throws {
    let http = reply([[1, 0], [0, 1], [0.5, 0.5]])
    #expect(try await embed(http, ["a", "b", "c"]) == [[1, 0], [0, 1], [0.5, 0.5]])
    let sent = try #require(http.requests.first)
    #expect(sent.path == "/v1/embeddings")
    let body = try #require(try JSONSerialization.jsonObject(with: Data(sent.body)) as? [String: Any])
    #expect(body["model"] as? String == "bge-m3" && body["input"] as? [String] == ["a", "b", "c"])
    #expect(try await embed(reply([]), []).isEmpty)
}

@Test("too few vectors, vectors of other lengths and refusals are faults, never half a result")
func refusesHalfEmbeddings() async {
    for vectors in [[[1.0, 0]], [[1, 0], [1]], [[], []]] {
        await #expect(throws: ConnectorFault.self) { try await embed(reply(vectors), ["a", "b"]) }
    }
    await #expect(throws: ConnectorFault.self) {
        try await embed(FakeHTTP(.text("{\"error\":\"no such model\"}", 404)), ["a"])
    }
    await #expect(throws: ConnectorFault.self) { try await embed(FakeHTTP(.text("[1,2]")), ["a"]) }
}
