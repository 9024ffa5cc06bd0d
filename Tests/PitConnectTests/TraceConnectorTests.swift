import PitConnect
import PitModel
import PitParse
import Testing

private let ids = [
    "tr-f764a00cb46facefff181d61e20fb18f", "tr-ca60513fc516e4e8ffe0f87ec47ebd20", "tr-a74b5f687",
]

private func mlflow(_ http: FakeHTTP) -> MLflowConnector {
    MLflowConnector(connection("mlflow", options: ["experiments": .list(["2"])]), http: http)
}

@Test("MLflow's traces are exchanges: what was asked and said, how long it took, what people say of it")
func mlflowTraces() async throws {
    let http = FakeHTTP(
        try .file("mlflow/traces-search.json"), .text("{}"), try .file("mlflow/trace-batchget.json"),
        .text(#"{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"gone"}"#, 404))
    let page = try await mlflow(http).readInteractions(after: nil, limit: 100)
    #expect(page.interactions.count == 3)
    let first = try #require(page.interactions.first)
    #expect(first.id == ids[0])
    #expect(first.at == Timestamp(rfc3339: "2026-11-23T09:01:49.398Z"))
    #expect(first.latency == 0.939)
    #expect(first.messages.map(\.role) == ["system", "user"])
    #expect(first.prompt == "Does the assistant store my conversations?")
    #expect(first.response?.hasPrefix("Conversations are kept for 30 days") == true)
    #expect(first.servedModel == "qwen2.5-7b-instruct")
    #expect(first.promptTokens == 673 && first.responseTokens == 20)
    #expect(first.finishReason == "stop")
    #expect(first.client == "user-012")
    #expect(first.attributes["environment"] == .text("production"))
    #expect(first.attributes["feedback.thumbs"] == .text("true"))
    #expect(first.attributes["session"] == .text("session-0099"))
    let body = http.requests.first.map { String(decoding: $0.body, as: UTF8.self) }
    #expect(body?.contains("\"filter\":\"timestamp_ms >= 0\"") == true)
    #expect(body?.contains("\"experiment_id\":\"2\"") == true)
}

@Test("what MLflow told is not asked for again, and what is near the newest is looked at once more")
func mlflowCursor() async throws {
    let http = FakeHTTP(
        try .file("mlflow/traces-search.json"), .text("{\"traces\":[]}"), try .file("mlflow/trace-batchget.json"))
    let connector = mlflow(http)
    let page = try await connector.readInteractions(after: nil, limit: 3)
    let again = FakeHTTP(try .file("mlflow/traces-search.json"), .text("{}"), .text("{}"))
    let next = try await mlflow(again).readInteractions(after: page.cursor, limit: 3)
    let body = again.requests.first.map { String(decoding: $0.body, as: UTF8.self) }
    let newest = try #require(Timestamp(rfc3339: "2026-11-23T09:01:49.398Z")).milliseconds
    #expect(body?.contains("timestamp_ms >= \(newest - 60_000)") == true)
    #expect(!next.interactions.contains { $0.id == ids[0] }, "it was taken")
}

@Test("a trace that is not finished waits for a quarter of an hour, then is taken as it is")
func mlflowUnfinished() async throws {
    func search(_ id: String, _ later: String) -> String {
        """
        {"traces":[{"trace_id":"tr-1","request_time":"2026-11-23T09:00:00Z","state":"IN_PROGRESS","request_preview":"Hi"},
         {"trace_id":"\(id)","request_time":"\(later)","execution_duration":"1s","state":"OK","request_preview":"Hi",
          "response_preview":"Hello."}]}
        """
    }
    let none = Result<HTTPReply, ConnectorFault>.text("{}")
    let soon = try await mlflow(FakeHTTP(.text(search("tr-2", "2026-11-23T09:05:00Z")), none)).readInteractions(
        after: nil, limit: 10)
    #expect(soon.interactions.map(\.id) == ["tr-2"])
    let later = FakeHTTP(.text(search("tr-3", "2026-11-23T09:20:00Z")), none)
    let next = try await mlflow(later).readInteractions(after: soon.cursor, limit: 10)
    #expect(next.interactions.map(\.id) == ["tr-1", "tr-3"])
    #expect(next.interactions.first?.response == nil && next.interactions.first?.prompt == "Hi")
    let began = try #require(Timestamp(rfc3339: "2026-11-23T09:00:00Z")).milliseconds
    #expect(later.requests.first.map { String(decoding: $0.body, as: UTF8.self) }?.contains(">= \(began)") == true)
}

@Test("spans that lie with the artifacts are read from there, and where there are none the preview stands for them")
func mlflowArtifacts() async throws {
    let info = """
        {"traces":[{"trace_id":"tr-1","request_time":"2026-11-23T09:00:00Z","state":"OK","request_preview":"short"}]}
        """
    let spans = FakeHTTP(.text(info), try .file("mlflow/trace-artifact-ajax.txt"))
    let found = try await mlflow(spans).readInteractions(after: nil, limit: 10).interactions
    #expect(found.first?.prompt == "Does the assistant store my conversations?")
    #expect(found.first?.servedModel == "qwen2.5-7b-instruct")
    let none = FakeHTTP(.text(info), try .file("mlflow/error-endpoint-unknown.txt", 404, type: "text/html"))
    #expect(try await mlflow(none).readInteractions(after: nil, limit: 10).interactions.first?.prompt == "short")
}

@Test("MLflow's failed traces are exchanges without a response, and its refusals are told in its words")
func mlflowFailures() async throws {
    let http = FakeHTTP(try .file("mlflow/traces-search-errors.json"), .text("{}"))
    let found = try await mlflow(http).readInteractions(after: nil, limit: 10).interactions
    #expect(found.allSatisfy { $0.fault != nil && $0.response == nil && !$0.prompt.isEmpty })
    #expect(!found.isEmpty)
    let refused = FakeHTTP(try .file("mlflow/error-traces-search.json", 400))
    let fault = await #expect(throws: ConnectorFault.self) {
        try await mlflow(refused).readInteractions(after: nil, limit: 10)
    }
    #expect(fault?.summary.contains("Invalid clause") == true)
}

@Test("MLflow and Phoenix are known by their versions, and a page of something else is not them")
func tracersKnown() async throws {
    #expect(try await mlflow(FakeHTTP(.file("mlflow/version.txt"))).probe().version == "3.17.2")
    let phoenix = PhoenixConnector(connection("phoenix"), http: FakeHTTP(try .file("phoenix/version.txt")))
    #expect(try await phoenix.probe().version == "20.26.1")
    for connector in [
        mlflow(FakeHTTP(.text("<html>hello</html>"))) as any Connector,
        PhoenixConnector(connection("phoenix"), http: FakeHTTP(.text("<html>1.2</html>"))),
    ] {
        let fault = await #expect(throws: ConnectorFault.self) { try await connector.probe() }
        #expect(fault?.code == "wrong_kind")
    }
}

@Test("Phoenix's spans of calls to models are exchanges; pages follow, then only what is new is asked for")
func phoenixSpans() async throws {
    let options: [String: OptionValue] = ["projects": .list(["support chat"])]
    let http = FakeHTTP(try .file("phoenix/spans.json"), .text(#"{"data":[],"next_cursor":null}"#))
    let page = try await PhoenixConnector(connection("phoenix", options: options), http: http)
        .readInteractions(after: nil, limit: 100)
    #expect(page.interactions.count == 2)
    #expect(!page.hasMore)
    let first = try #require(page.interactions.first)
    #expect(first.prompt == "Why was I charged twice?")
    #expect(first.response?.hasPrefix("One of the two payments") == true)
    #expect(first.promptTokens == 457 && first.responseTokens == 17)
    #expect(first.servedModel == "llama-3.1-8b-instruct" && first.client == "user-14")
    #expect(first.latency.map { abs($0 - 1.024) < 0.001 } == true)
    #expect(http.requests.map(\.path) == ["/v1/projects/support%20chat/spans", "/v1/projects/support%20chat/spans"])
    #expect(http.requests.last?.query.contains { $0.name == "cursor" && $0.value == "U3BhbjoyOTY=" } == true)
    let later = FakeHTTP(.text(#"{"data":[],"next_cursor":null}"#))
    _ = try await PhoenixConnector(connection("phoenix", options: options), http: later)
        .readInteractions(after: page.cursor, limit: 100)
    #expect(
        later.requests.first?.query.contains { $0.name == "start_time" && $0.value == "2026-11-23T09:03:00.749Z" }
            == true)
    let unknown = FakeHTTP(try .file("phoenix/error-project-unknown.txt", 404, type: "text/plain"))
    let fault = await #expect(throws: ConnectorFault.self) {
        try await PhoenixConnector(connection("phoenix", options: options), http: unknown)
            .readInteractions(after: nil, limit: 1)
    }
    #expect(fault?.code == "rejected")
}
