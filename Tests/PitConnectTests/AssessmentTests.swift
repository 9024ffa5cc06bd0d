import PitConnect
import PitModel
import PitParse
import Testing

private let trace = "tr-f764a00cb46facefff181d61e20fb18f"

private func change(
    _ value: JudgedValue?, on interaction: String = trace, question: String = "thumbs", comment: String = "",
    origin: JudgementOrigin = .person, isGood: Bool? = nil
) -> AssessmentChange {
    let moment = Timestamp(milliseconds: 1_795_600_000_000)
    return AssessmentChange(
        key: "key-1",
        judgement: Judgement(
            id: "j1", at: moment, author: "ana", origin: origin, queue: "refusals", item: "i1",
            rubric: Rubric.Reference("thumbs", version: 2), question: question, value: value, comment: comment),
        target: JudgedTarget(
            connection: ConnectionName("c"), interaction: interaction, model: nil, release: nil, at: moment,
            textHash: "ab12", messages: [], answers: ["Yes."]),
        isGood: isGood)
}

private func standing(_ assessments: String) -> Result<HTTPReply, ConnectorFault> {
    .text(#"{"trace":{"trace_info":{"trace_id":"\#(trace)","assessments":[\#(assessments)]}}}"#)
}

private func ours(_ id: String, _ content: String = #""feedback":{"value":"bad"}"#) -> String {
    #"{"assessment_id":"\#(id)","assessment_name":"thumbs",\#(content),"metadata":{"pitwall.key":"key-1"},"valid":true}"#
}

private func body(_ request: HTTPRequest?) -> JSONValue? { request.flatMap { JSONReader.value(of: $0.body) } }

private func mlflow(_ http: FakeHTTP) -> MLflowConnector { MLflowConnector(connection("mlflow"), http: http) }
private func phoenix(_ http: FakeHTTP) -> PhoenixConnector {
    PhoenixConnector(connection("phoenix", options: ["projects": .list(["my chat"])]), http: http)
}
private func langfuse(_ http: FakeHTTP) -> LangfuseConnector { LangfuseConnector(connection("langfuse"), http: http) }

@Test("a judgement is made at MLflow once: it is looked for by its key, and sent without being repeatable")
func mlflowKeepsNew() async throws {
    let stranger = #"{"assessment_id":"a-0","assessment_name":"thumbs","feedback":{"value":true},"valid":true}"#
    let http = FakeHTTP(standing(stranger), .text(#"{"assessment":{"assessment_id":"a-1"}}"#))
    #expect(try await mlflow(http).keep(change(.choice("bad"), comment: "rude", isGood: false)) == "a-1")
    #expect(http.requests.map(\.method) == [.get, .post])
    let (request, sent) = (http.requests.last, body(http.requests.last)?["assessment"])
    #expect(request?.path == "/api/3.0/mlflow/traces/\(trace)/assessments" && request?.isRepeatable == false)
    #expect(sent?["feedback"]?["value"] == .text("bad") && sent?["rationale"] == .text("rude"))
    #expect(sent?["source"]?["source_type"] == .text("HUMAN") && sent?["source"]?["source_id"] == .text("ana"))
    #expect(sent?["metadata"]?["pitwall.key"] == .text("key-1"))
    #expect(sent?["metadata"]?["pitwall.good"] == .text("false"))
    #expect(sent?["metadata"]?["pitwall.text_sha256"] == .text("ab12"))
    #expect(sent?["metadata"]?["pitwall.rubric"] == .text("thumbs v2"))
}

@Test("what bears our key at MLflow is changed, and a double that a lost reply left is taken away")
func mlflowKeepsAgain() async throws {
    let http = FakeHTTP(standing(ours("a-1") + "," + ours("a-2")), .text("{}"))
    #expect(try await mlflow(http).keep(change(.choice("good"))) == "a-1")
    #expect(http.requests.map(\.method) == [.get, .patch, .delete])
    #expect(http.requests.last?.path.hasSuffix("/assessments/a-2") == true)
    #expect(body(http.requests[1])?["update_mask"] == .text("feedback,rationale,metadata"))
}

@Test("a corrected answer is an expectation at MLflow, and feedback under the same key makes room for it")
func mlflowCorrection() async throws {
    let http = FakeHTTP(standing(ours("a-1")), .text(#"{"assessment":{"assessment_id":"a-9"}}"#), .text("{}"))
    #expect(try await mlflow(http).keep(change(.correction("No."))) == "a-9")
    #expect(http.requests.map(\.method) == [.get, .post, .delete])
    #expect(body(http.requests[1])?["assessment"]?["expectation"]?["value"] == .text("No."))
}

@Test("what was taken back is deleted at MLflow, also where it is gone already, and a lost trace is told")
func mlflowTakenBack() async throws {
    let http = FakeHTTP(standing(ours("a-1")), .text("{}", 404))
    #expect(try await mlflow(http).keep(change(nil)) == "a-1")
    #expect(http.requests.map(\.method) == [.get, .delete])
    let gone = Result<HTTPReply, ConnectorFault>.text(#"{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"no"}"#, 404)
    #expect(try await mlflow(FakeHTTP(gone)).keep(change(nil)) == "")
    await #expect(throws: ConnectorFault.rejected("trace \(trace) is no longer there")) {
        try await mlflow(FakeHTTP(gone)).keep(change(.choice("bad")))
    }
    let none = FakeHTTP(gone)
    await #expect(throws: ConnectorFault.self) { try await mlflow(none).keep(change(.choice("x"), on: "../a b")) }
    #expect(none.requests.isEmpty, "an id that is none never comes into a path")
}

@Test("users' thumbs, judges and our own judgements are read from MLflow, without those that were overridden")
func mlflowReads() async throws {
    let all = [
        """
        {"assessment_id":"a-1","assessment_name":"thumbs","source":{"source_type":"HUMAN","source_id":"ada"},
         "last_update_time":"2026-11-23T09:17:51.965Z","feedback":{"value":true},"rationale":"cites","valid":true}
        """,
        """
        {"assessment_id":"a-2","assessment_name":"correctness","source":{"source_type":"LLM_JUDGE","source_id":"judge/2"},
         "feedback":{"value":5.0},"valid":true}
        """,
        #"{"assessment_id":"a-3","assessment_name":"old","feedback":{"value":1},"valid":false}"#,
        """
        {"assessment_id":"a-4","assessment_name":"spans","metadata":{"pitwall.key":"k","pitwall.kind":"spans"},
         "feedback":{"value":[{"start":0,"end":3,"tag":"wrong","text":"Yes"},{"start":9,"end":3,"tag":"x"}]}}
        """,
        #"{"assessment_id":"a-5","assessment_name":"answer","expectation":{"value":"No."}}"#,
    ]
    let found = try await mlflow(FakeHTTP(standing(all.joined(separator: ",")))).assessments(of: [trace])
    #expect(found.map(\.remote) == ["a-1", "a-2", "a-4", "a-5"])
    #expect(
        found.map(\.value) == [
            .choice("true"), .number(5), .spans([JudgedSpan(0, 3, tag: "wrong", text: "Yes")]), .correction("No."),
        ])
    #expect(found.map(\.kind) == [.human, .judge, .human, .human])
    #expect(found.map(\.key) == [nil, nil, "k", nil])
    #expect(found[0].author == "ada" && found[0].comment == "cites" && found[1].author == "judge/2")
    #expect(found[0].at == Timestamp(rfc3339: "2026-11-23T09:17:51.965Z"))
}

@Test("Phoenix keeps a judgement under our key, synchronously, and says so where the span is not there")
func phoenixKeeps() async throws {
    // As exchanges are named that were read from spans.
    let span = "67f3a1b2c3d4e5f6"
    let interaction = "569c803601a5ba50ad38835eddd6ff55/" + span
    let http = FakeHTTP(.text(#"{"data":[{"id":"U3Bhbg=="}]}"#))
    let judged = change(.choice("bad"), on: interaction, comment: "rude", origin: .machine("judge"), isGood: false)
    #expect(try await phoenix(http).keep(judged) == "U3Bhbg==")
    let (request, sent) = (http.requests.first, body(http.requests.first)?["data"]?.list?.first)
    #expect(request?.path == "/v1/span_annotations" && request?.query.first?.value == "true")
    #expect(sent?["identifier"] == .text("key-1") && sent?["span_id"] == .text(span))
    #expect(sent?["annotator_kind"] == .text("LLM"))
    #expect(sent?["result"]?["label"] == .text("bad") && sent?["result"]?["score"] == .number(0))
    #expect(sent?["result"]?["explanation"] == .text("rude"))
    await #expect(throws: ConnectorFault.rejected("span \(span) is not there")) {
        try await phoenix(FakeHTTP(.text("Span not found", 404, type: "text/plain"))).keep(judged)
    }
    let back = FakeHTTP(.text("", 204))
    _ = try await phoenix(back).keep(change(nil, on: interaction))
    #expect(back.requests.first?.method == .delete)
    #expect(back.requests.first?.path == "/v1/projects/my%20chat/span_annotations")
    #expect(back.requests.first?.query.map(\.name) == ["identifier", "name", "delete_all"])
    #expect(back.requests.first?.query.first?.value == "key-1")
}

@Test("annotations of the spans that were asked for are read from Phoenix")
func phoenixReads() async throws {
    let (span, other) = ("67f3a1b2c3d4e5f6", "0000000000000001")
    let http = FakeHTTP(
        .text(
            """
            {"data":[{"id":"A1","span_id":"\(span)","name":"thumbs","annotator_kind":"HUMAN","user_id":"u1",
              "result":{"label":"up","score":1,"explanation":"ok"},"metadata":{},"updated_at":"2026-11-23T09:00:00Z"},
             {"id":"A2","span_id":"\(span)","name":"toxic","annotator_kind":"LLM","result":{"label":null,"score":0.25}},
             {"id":"A3","span_id":"\(other)","name":"toxic","annotator_kind":"LLM","result":{"score":1}}],
             "next_cursor":null}
            """))
    let found = try await phoenix(http).assessments(of: [span])
    #expect(found.map(\.remote) == ["A1", "A2"])
    #expect(found.map(\.value) == [.choice("up"), .number(0.25)])
    #expect(found.map(\.kind) == [.human, .judge] && found.first?.author == "u1")
}

@Test("Langfuse keeps a judgement as a score whose id is our key, of the type that its value has")
func langfuseKeeps() async throws {
    let cases: [(JudgedValue, String, JSONValue)] = [
        (.choice("bad"), "CATEGORICAL", .text("bad")), (.number(4), "NUMERIC", .number(4)),
        (.choice("true"), "BOOLEAN", .number(1)), (.correction("No."), "CORRECTION", .text("No.")),
        (.text(String(repeating: "x", count: 600)), "TEXT", .text(String(repeating: "x", count: 500))),
    ]
    for (value, type, told) in cases {
        let http = FakeHTTP(.text(#"{"id":"key-1"}"#))
        #expect(try await langfuse(http).keep(change(value)) == "key-1")
        let sent = body(http.requests.first)
        #expect(sent?["id"] == .text("key-1") && sent?["traceId"] == .text(trace))
        #expect(sent?["dataType"] == .text(type) && sent?["value"] == told)
    }
    let http = FakeHTTP(.text(#"{"id":"key-1"}"#))
    _ = try await langfuse(http).keep(change(.choice("bad"), on: "t1/s1"))
    let sent = body(http.requests.first)
    #expect(sent?["traceId"] == .text("t1") && sent?["observationId"] == .text("s1"))
    let gone = FakeHTTP(.text(#"{"message":"no such score"}"#, 404))
    #expect(try await langfuse(gone).keep(change(nil)) == "key-1")
    #expect(gone.requests.first?.method == .delete && gone.requests.first?.path == "/api/public/scores/key-1")
}

@Test("Langfuse's scores are read by the second version of the call, or by the third where that is gone")
func langfuseReads() async throws {
    let scores = """
        {"data":[{"id":"s1","name":"thumbs","source":"API","dataType":"BOOLEAN","value":1,"stringValue":"True"},
          {"id":"s2","name":"toxic","source":"EVAL","dataType":"NUMERIC","value":0.5,"comment":"mild"},
          {"id":"s3","name":"tone","source":"ANNOTATION","authorUserId":"u1","dataType":"CATEGORICAL","value":0,
           "stringValue":"polite"}],"meta":{"page":1,"totalPages":1}}
        """
    for http in [FakeHTTP(.text(scores)), FakeHTTP(.text("{}", 404), .text(scores))] {
        let found = try await langfuse(http).assessments(of: [trace])
        #expect(found.map(\.value) == [.choice("true"), .number(0.5), .choice("polite")])
        #expect(found.map(\.kind) == [.code, .judge, .human])
    }
    let health = FakeHTTP(.text(#"{"status":"OK","version":"3.1.0"}"#), .text(#"{"data":[{"name":"chat"}]}"#))
    let identity = try await langfuse(health).probe()
    #expect(identity.product == "Langfuse" && identity.version == "3.1.0" && identity.detail == "project chat")
    await #expect(throws: ConnectorFault.unauthorized) {
        try await langfuse(FakeHTTP(.text(#"{"version":"3.1.0"}"#), .text("{}", 401))).probe()
    }
}
