import PitModel
import PitParse
import Testing

private let reader = InteractionReader(ConnectionName("log"))
private let noTime = Timestamp(milliseconds: 7)

private func read(_ json: String, map: FieldMap? = nil) -> [Interaction]? {
    guard let value = JSONReader.value(of: json) else { return nil }
    return (map.map { InteractionReader(ConnectionName("log"), map: $0) } ?? reader).read(value, id: "x", at: noTime)
}

private func one(_ json: String, map: FieldMap? = nil) throws -> Interaction {
    let found = try #require(read(json, map: map))
    return try #require(found.count == 1 ? found.first : nil, "\(found)")
}

@Test("a logged chat request and its reply are an exchange")
func chatLog() throws {
    let found = try one(
        """
        {"id":"r1","created":1795424509,"user":"ana","latency_ms":1250,"tier":"gold","retries":2,"api_key":"sk-1",
         "request":{"model":"m-asked","messages":[{"role":"system","content":"Be short."},
           {"role":"user","content":[{"type":"text","text":"Hi"},{"type":"text","text":"there"}]}]},
         "response":{"model":"m-1","choices":[{"message":{"role":"assistant","content":"Hello."},
           "finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":3}}}
        """)
    #expect(found.id == "r1")
    #expect(found.at == Timestamp(seconds: 1_795_424_509))
    #expect(found.messages == [.init("system", "Be short."), .init("user", "Hi\nthere")])
    #expect(found.response == "Hello.")
    #expect(found.servedModel == "m-1")
    #expect(found.promptTokens == 12 && found.responseTokens == 3)
    #expect(found.latency == 1.25)
    #expect(found.finishReason == "stop")
    #expect(found.client == "ana")
    #expect(found.attributes == ["tier": .text("gold"), "retries": .number(2)], "a credential is not taken along")
}

@Test(
    "the other ways to log a chat are read as well",
    arguments: [
        #"{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}"#,
        #"{"prompt":"Hi","response":"Hello."}"#,
        #"{"prompt":"Hi","completion":"Hello."}"#,
        #"{"question":"Hi","answer":"Hello."}"#,
        #"{"input":"Hi","output":"Hello."}"#,
        #"{"input":[{"role":"user","content":"Hi"}],"output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hello."}]}]}"#,
        #"{"custom_id":"a","body":{"messages":[{"role":"user","content":"Hi"}]},"response":{"status_code":200,"body":{"choices":[{"message":{"role":"assistant","content":"Hello."}}]}}}"#,
        #"{"request":"{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}","response":"{\"choices\":[{\"text\":\"Hello.\"}]}"}"#,
        #"{"conversations":[{"from":"human","value":"Hi"},{"from":"gpt","value":"Hello."}]}"#,
        #"{"messages":[{"role":"user","content":"Hi"}],"response":{"content":[{"type":"text","text":"Hello."}],"stop_reason":"end_turn"}}"#,
    ])
func otherChatLogs(_ line: String) throws {
    let found = try one(line)
    #expect(found.prompt == "Hi")
    #expect(found.response == "Hello.")
}

@Test("a chat that brought no response, or only an error, is an exchange without one")
func noResponse() throws {
    let silent = try one(#"{"request":{"messages":[{"role":"user","content":"Hi"}]},"response":null}"#)
    #expect(silent.response == nil)
    let failed = try one(
        #"{"request":{"messages":[{"role":"user","content":"Hi"}]},"error":{"message":"context too long"}}"#)
    #expect(failed.response == nil)
    #expect(failed.fault == "context too long")
    let called = try one(
        #"{"messages":[{"role":"user","content":"Hi"}],"response":{"choices":[{"message":{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]},"finish_reason":"tool_calls"}]}}"#
    )
    #expect(called.response == #"[{"id":"1"}]"#)
    #expect(called.finishReason == "tool_calls")
}

@Test("spans with OpenTelemetry's GenAI attributes are exchanges, in an export and alone")
func genAI() throws {
    let span = """
        {"traceId":"aa","spanId":"bb","name":"chat m","startTimeUnixNano":"1795424509398000000",
         "endTimeUnixNano":"1795424510898000000","status":{"code":2,"message":"broken"},"attributes":[
         {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},
         {"key":"gen_ai.request.model","value":{"stringValue":"m"}},
         {"key":"gen_ai.usage.input_tokens","value":{"intValue":"12"}},
         {"key":"gen_ai.usage.output_tokens","value":{"intValue":3}},
         {"key":"gen_ai.response.finish_reasons","value":{"arrayValue":{"values":[{"stringValue":"stop"}]}}},
         {"key":"gen_ai.system_instructions","value":{"stringValue":"[{\\"type\\":\\"text\\",\\"content\\":\\"Be short.\\"}]"}},
         {"key":"gen_ai.input.messages","value":{"stringValue":
           "[{\\"role\\":\\"user\\",\\"parts\\":[{\\"type\\":\\"text\\",\\"content\\":\\"Hi\\"}]}]"}},
         {"key":"gen_ai.output.messages","value":{"stringValue":
           "[{\\"role\\":\\"assistant\\",\\"parts\\":[{\\"type\\":\\"text\\",\\"content\\":\\"Hello.\\"}]}]"}}]}
        """
    for line in [span, "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[\(span),{\"name\":\"GET /\"}]}]}]}"] {
        let found = try one(line)
        #expect(found.id == "aa/bb")
        #expect(found.messages == [.init("system", "Be short."), .init("user", "Hi")])
        #expect(found.response == "Hello.")
        #expect(found.servedModel == "m")
        #expect(found.promptTokens == 12 && found.responseTokens == 3)
        #expect(found.finishReason == "stop")
        #expect(found.latency.map { abs($0 - 1.5) < 1e-6 } == true)
        #expect(found.at == Timestamp(milliseconds: 1_795_424_509_398))
        #expect(found.fault == "broken")
    }
}

@Test("numbered GenAI attributes and OpenInference's are read, and spans of other kinds are not exchanges")
func openInference() throws {
    let numbered = try one(
        """
        {"span_id":"1","trace_id":"2","attributes":{"gen_ai.prompt.0.role":"user","gen_ai.prompt.0.content":"Hi",
         "gen_ai.completion.0.content":"Hello.","gen_ai.usage.prompt_tokens":4}}
        """)
    #expect(numbered.prompt == "Hi" && numbered.response == "Hello." && numbered.promptTokens == 4)
    let inference = try one(
        """
        {"context":{"trace_id":"t","span_id":"s"},"start_time":"2026-11-23T09:04:00.749374+00:00",
         "end_time":"2026-11-23T09:04:01.749374+00:00","status_code":"OK","attributes":{
         "openinference.span.kind":"LLM","llm.model_name":"m","llm.input_messages.0.message.role":"user",
         "llm.input_messages.0.message.content":"Hi","llm.output_messages.0.message.role":"assistant",
         "llm.output_messages.0.message.content":"Hello.","llm.token_count.prompt":457,"user.id":"u"}}
        """)
    #expect(inference.id == "t/s" && inference.prompt == "Hi" && inference.response == "Hello.")
    #expect(inference.latency == 1 && inference.client == "u" && inference.promptTokens == 457)
    let other = read(
        #"{"span_id":"1","trace_id":"2","attributes":{"openinference.span.kind":"RETRIEVER","input.value":"Hi"}}"#)
    #expect(other?.isEmpty == true)
}

@Test("a field map says where things stand")
func fieldMap() throws {
    let (map, unknown) = FieldMap.read([
        "prompt=in.0.text", "response = out", "time=when", "model=meta.name", "latency=ms", "nonsense", "what=x",
    ])
    #expect(unknown == ["nonsense", "what=x"])
    let found = try one(
        #"{"in":[{"text":"Hi"}],"out":"Hello.","when":"2026-11-23 09:04:00","meta":{"name":"m"},"ms":2}"#, map: map)
    #expect(found.prompt == "Hi" && found.response == "Hello." && found.servedModel == "m" && found.latency == 2)
    #expect(found.at == Timestamp(rfc3339: "2026-11-23T09:04:00Z"))
}

@Test("moments are read in seconds, milliseconds, microseconds, nanoseconds, and as text")
func moments() throws {
    let wanted = Timestamp(milliseconds: 1_795_424_509_398)
    for written in [
        "1795424509.398", "1795424509398", "1795424509398000", "1795424509398000000", "\"2026-11-23T09:01:49.398Z\"",
        "\"2026-11-23 09:01:49.398\"", "\"2026-11-23T10:01:49.398+01:00\"", "\"1795424509398\"",
    ] {
        #expect(try one("{\"prompt\":\"a\",\"response\":\"b\",\"timestamp\":\(written)}").at == wanted, "\(written)")
    }
    #expect(try one(#"{"prompt":"a","response":"b","timestamp":"soon"}"#).at == noTime)
}

@Test("what tells of no exchange is none")
func noExchange() {
    #expect(read("{}") == nil)
    #expect(read("[1]") == nil)
    #expect(read(#"{"level":"info","msg":"started"}"#) == nil)
}

@Test("a text is cut at a whole character, and how long it was is said")
func cutTexts() throws {
    var exchange = try one(#"{"prompt":"a","response":"ééééé"}"#)
    exchange.cut(to: 5)
    #expect(exchange.response == "éé")
    #expect(exchange.cutFrom == 11)
    exchange.cut(to: 3)
    #expect(exchange.response == "é" && exchange.cutFrom == 11)
}

@Test("JSON is read as the standard has it, and nothing else is")
func json() {
    let value = JSONReader.value(of: #" {"a":[1,-2.5e3,true,null],"b":"x\n\u00e9\ud83d\ude00\ud800","a":"last"} "#)
    #expect(value?["b"]?.text == "x\né😀\u{FFFD}")
    #expect(value?["a"]?.text == "last")
    #expect(JSONReader.value(of: "[1,-2.5e3]") == .list([.number(1), .number(-2500)]))
    for broken in ["", "{", "[1,]", "{\"a\"}", "nul", "\"a", "\"\u{1}\"", "1 2", "NaN", "[\"\\x\"]", "{a:1}"] {
        #expect(JSONReader.value(of: broken) == nil, "\(broken)")
    }
    let deep = String(repeating: "[", count: 100_000)
    #expect(JSONReader.value(of: deep) == nil)
    #expect(value.flatMap { JSONReader.value(of: $0.json) } == value)
}

@Test("no bytes can harm the readers of entries")
func seededBytes() {
    let seeds = [
        #"{"request":{"messages":[{"role":"user","content":"Hi"}]},"response":{"choices":[{"message":{"content":"x"}}]}}"#,
        #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"gen_ai.prompt","value":{"stringValue":"a"}}]}]}]}]}"#,
        #"{"context":{"trace_id":"t","span_id":"s"},"attributes":{"llm.model_name":"m","input.value":"[]"},"start_time":1e17}"#,
    ].map { Array($0.utf8) }
    var random = Seeded(state: 11)
    var read = 0
    for turn in 0..<30_000 {
        var bytes = seeds[turn % seeds.count]
        for _ in 0..<Int(random.next() % 4) {
            let place = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 3 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.next() % 9)))
            default: bytes.insert(contentsOf: bytes.prefix(Int(random.next() % 9)), at: place)
            }
            if bytes.isEmpty { bytes = [0x7B] }
        }
        if let value = JSONReader.value(of: bytes) {
            read += reader.read(value, id: "x", at: noTime)?.count ?? 0
        }
        _ = CSVRecords.fields(of: bytes)
    }
    #expect(read > 1000)
}

@Test("quoted fields of CSV may hold commas, quotes and line ends")
func csv() {
    let bytes = Array("prompt,response\r\n\"a, \"\"b\"\"\nc\",d\n".utf8)
    let head = CSVRecords.end(of: bytes, from: 0) ?? 0
    #expect(CSVRecords.fields(of: bytes[..<head]) == ["prompt", "response"])
    #expect(CSVRecords.end(of: bytes, from: head) == bytes.count)
    #expect(CSVRecords.fields(of: bytes[head...]) == ["a, \"b\"\nc", "d"])
    #expect(CSVRecords.end(of: Array("\"a\nb".utf8), from: 0) == nil)
    #expect(CSVRecords.object(Array("1,2".utf8), header: ["a"]) == nil)
}
