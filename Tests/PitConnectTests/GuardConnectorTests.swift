import PitConnect
import PitModel
import Testing

private func exchange(_ prompt: String, _ response: String? = nil) -> Interaction {
    Interaction(
        id: "1", connection: ConnectionName("c"), at: Timestamp(seconds: 0), messages: [.init("user", prompt)],
        response: response)
}

@Test("a detector server is asked for prompt and response at once; its places are counted in characters")
func detectorServer() async throws {
    let http = FakeHTTP(
        .text(
            """
            [[{"start":3,"end":6,"text":"bad","detection":"Injection","detection_type":"prompt_injection","score":0.91},
              {"start":0,"end":1,"text":"ü","detection":"x","detection_type":"y","score":0.2}], []]
            """))
    let options: [String: OptionValue] = ["detector": .text("pi"), "threshold": .number(0.5)]
    let connector = DetectorAPIConnector(connection("fms-detector", options: options), http: http)
    let found = try await connector.check(exchange("üü bad", "fine"))
    #expect(found.map(\.kind) == ["prompt_injection"])
    #expect(found.first?.range == 5..<8 && found.first?.side == .prompt && found.first?.message == 0)
    #expect(found.first?.evidence == "pi: Injection" && found.first?.detector == "guard")
    let request = try #require(http.requests.first)
    #expect(request.path == "/api/v1/text/contents")
    #expect(request.headers.contains { $0.name == "detector-id" && $0.value == "pi" })
    #expect(String(decoding: request.body, as: UTF8.self).contains(#""contents":["üü bad","fine"]"#))
}

@Test("what a detector server should not say is told", arguments: ["{}", "[]", "<html></html>", "[[{}],[]]"])
func detectorServerWrong(body: String) async {
    let connector = DetectorAPIConnector(connection("fms-detector"), http: FakeHTTP(.text(body)))
    await #expect(throws: ConnectorFault.self) { try await connector.check(exchange("a", "b")) }
}

@Test("Llama Guard judges the prompt, then the response; its categories have names")
func llamaGuard() async throws {
    func answer(_ words: String) -> Result<HTTPReply, ConnectorFault> {
        .text(#"{"choices":[{"message":{"role":"assistant","content":"\#(words)"}}]}"#)
    }
    let http = FakeHTTP(answer(#"\n\nsafe"#), answer(#"\n\nunsafe\nS7,S14"#))
    let connector = GuardModelConnector(
        connection("guard-model", options: ["model": .text("llama-guard-3")]), http: http)
    let found = try await connector.check(exchange("hi", "her address is"))
    #expect(found.map(\.kind) == ["privacy", "code-interpreter-abuse"])
    #expect(found.map(\.owasp) == ["LLM02", "LLM01"] && found.allSatisfy { $0.side == .response })
    #expect(http.requests.map(\.path) == ["/v1/chat/completions", "/v1/chat/completions"])
    let confused = GuardModelConnector(
        connection("guard-model", options: ["model": .text("llama-guard-3")]), http: FakeHTTP(answer("Hello there")))
    await #expect(throws: ConnectorFault.self) { try await confused.check(exchange("hi")) }
}

@Test(
    "Granite Guardian's word is its last score, or its first word",
    arguments: [
        ("Yes", true), ("No", false), ("<think>it says yes</think><score> no </score>", false),
        ("<think></think>\\n<score> yes </score>", true), ("yes <confidence> High </confidence>", true),
    ])
func graniteGuardian(words: String, isRisk: Bool) async throws {
    let list = #"{"data":[{"id":"granite-guardian-3.3"}]}"#
    let answer = #"{"choices":[{"message":{"content":"\#(words)"}}]}"#
    let http = FakeHTTP(.text(list), .text(answer))
    let connector = GuardModelConnector(
        connection("guard-model", options: ["risk": .text("jailbreak")]), http: http)
    let found = try await connector.check(exchange("hi"))
    #expect(found.map(\.kind) == (isRisk ? ["jailbreak"] : []))
    let body = http.requests.last.map { String(decoding: $0.body, as: UTF8.self) } ?? ""
    #expect(body.contains(#""criteria_id":"jailbreak""#))
}
