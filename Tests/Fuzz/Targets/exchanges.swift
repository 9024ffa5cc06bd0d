import PitModel
import PitParse

/// Whatever a log, a tracing server or a stream writes, exchanges are read of it or not, within what is promised of
/// them.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    switch input.choice(5) {
    case 0: readLine(input.bytes, FieldMap())
    case 1: readLine(input.bytes, FieldMap([.prompt: "a.b.0", .response: "c", .time: "t", .latency: "l"]))
    case 2: readRecords(input.bytes)
    case 3: readStream(input.bytes)
    default: _ = try? RuleParser.parse(input.text)
    }
    return 0
}

private let connection = ConnectionName("c")
private let now = Timestamp(seconds: 1_800_000_000)

private func readLine(_ bytes: [UInt8], _ map: FieldMap) {
    guard let value = JSONReader.value(of: bytes) else { return }
    for exchange in InteractionReader(connection, map: map).read(value, id: "i", at: now) ?? [] { check(exchange) }
    if let exchange = TraceReader(connection).read(value, spans: value["spans"]?.list) { check(exchange) }
    if let text = value.text { expect(JSONReader.value(of: JSONValue.quoted(text)) == value, "quoted, it is another") }
}

private func check(_ exchange: Interaction) {
    expect(!exchange.messages.isEmpty || exchange.response != nil || exchange.fault != nil, "an exchange of nothing")
    expect(exchange.id.utf8.count <= 420, "a long id")
    expect(exchange.attributes.count <= 48, "many attributes")
    for figure in [exchange.latency, exchange.timeToFirstToken] {
        expect(figure.map { $0 >= 0 } ?? true, "a time below 0")
    }
    for figure in [exchange.promptTokens, exchange.responseTokens] {
        expect(figure.map { $0 >= 0 } ?? true, "tokens below 0")
    }
}

private func readRecords(_ bytes: [UInt8]) {
    var at = 0
    while let end = CSVRecords.end(of: bytes, from: at) {
        expect(end > at && end <= bytes.count, "a record out of its place")
        let fields = CSVRecords.fields(of: bytes[at..<end])
        expect(!fields.isEmpty, "a record of no field")
        expect(CSVRecords.object(bytes[at..<end], header: fields) != nil, "as many fields as columns are an object")
        at = end
    }
}

/// Cut anywhere, a stream says the same.
private func readStream(_ bytes: [UInt8]) {
    var (whole, parts) = (ServerSentEvents(), ServerSentEvents())
    let messages = whole.take(bytes)
    expect(bytes.flatMap { parts.take([$0]) } == messages, "byte by byte it says something else")
}
