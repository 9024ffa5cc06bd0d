import PitData
import PitModel
import PitStatistics
import Testing

@Test(
    "a sample holds chats and longer texts of evenly many rows, each with its line; names choose, and a wrong one is told"
)
func tokenSample() throws {
    let rows = try Rows([
        #"{"id": "a1", "prompt": "How do I reset my password?", "messages": [{"role": "user", "content": "hi"}]}"#,
        #"{"id": "a2", "prompt": "Why was I charged two times?", "n": 7}"#, "{",
        #"{"id": "a3", "prompt": "", "messages": []}"#,
    ])
    let sample = try TokenSample.read(rows.path, most: 100)
    #expect(sample.rows == 3 && sample.bad.count == 1)
    #expect(sample.members.map(\.name) == ["prompt", "messages"], "an id is no text to count")
    #expect(sample.members.first?.texts.map(\.line) == [1, 2])
    #expect(sample.members.last?.texts.first?.text == .chat([ChatMessage("user", "hi")]))
    #expect(try TokenSample.read(rows.path, members: ["id"], most: 100).members.first?.texts.count == 3)
    #expect(throws: DataFault.self) { _ = try TokenSample.read(rows.path, members: ["promt"], most: 100) }

    let many = try Rows((0..<5000).map { #"{"text": "a text of some length, number \#($0)"}"# })
    let some = try TokenSample.read(many.path, most: 200)
    let lines = try #require(some.members.first?.texts.map(\.line))
    #expect(lines.count == 200 && some.rows == 5000 && lines == lines.sorted() && Set(lines).count == 200)
    // A fifth of the file holds about a fifth of the sample: within four standard deviations.
    #expect(lines.count { $0 <= 1000 } > 17 && lines.count { $0 <= 1000 } < 63)
    #expect(try TokenSample.read(many.path, most: 200).members.first?.texts.map(\.line) == lines)
}

@Test("a tally tells where counts lie, the longest with its line, and those that are longer than the model takes")
func tokenTally() throws {
    #expect(TokenTally([]) == nil)
    let counts = [
        (line: 1, tokens: TokenCount(0, limit: 8)), (2, TokenCount(3, limit: 8)), (5, TokenCount(9, limit: 8)),
    ]
    let tally = try #require(TokenTally(counts))
    #expect(tally.texts == 3 && tally.total == 12 && tally.most == 9 && tally.longest == 5)
    #expect(tally.mean == 4 && tally.median == 3 && tally.limit == 8 && tally.over == 1)
    #expect(tally.buckets.map(\.upTo) == [1, 2, 4, 8, 16] && tally.buckets.map(\.count) == [1, 0, 1, 0, 1])
    #expect(TokenTally([(1, TokenCount(5))])?.over == nil)
}

private struct Counter: TokenCounting {
    static let about = ConnectorInfo(id: "counter", title: "Counter", summary: "")
    var fails: String?
    init(_ connection: Connection, http: any HTTP) {}
    init(fails: String? = nil) { self.fails = fails }
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "counter") }
    func countTokens(of text: TokenizedText, model: String?) async throws(ConnectorFault) -> TokenCount {
        guard case .text(let words) = text, model == "m" else { return TokenCount(7, limit: 6) }
        if words == fails { throw .timedOut(after: 1) }
        return TokenCount(words.utf8.count, limit: 30)
    }
}

@Test("a server counts a sample's members; a fault ends it with what came before, and so does a person")
func tokenCounter() async throws {
    let rows = try Rows(
        (0..<40).map { #"{"text": "a text that has a number: \#($0)", "chat": [{"role": "user", "content": "x"}]}"# })
    let sample = try TokenSample.read(rows.path, most: 20)
    let told = Told()
    let done = await TokenCounter(Counter(), model: "m").count(sample) { told.numbers.append($0) }
    #expect(done.fault == nil && done.counted.map(\.name) == ["text", "chat"] && told.numbers == Array(1...40))
    var census = TokenCensus(dataset: "d@1", target: PromptTrial.Target(ConnectionName("s"), model: "m"))
    census.take(done, of: sample)
    #expect(census.isSample && census.rows == 40 && census.members.map(\.texts) == [20, 20])
    #expect(census.members[1].total == 280 && census.members[1].over == 20 && census.members[0].over == 0)
    let broken = await TokenCounter(Counter(fails: "a text that has a number: 7"), model: "m").count(
        try TokenSample.read(rows.path, most: 100))
    #expect(broken.fault == .timedOut(after: 1) && broken.counted.map(\.name) == ["text"])
    #expect((broken.counted.first?.tally.texts).map { (1..<40).contains($0) } == true)
    let stopped = await Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return await TokenCounter(Counter(), model: "m").count(sample)
    }.value
    #expect(stopped.fault == .cancelled && stopped.counted.isEmpty)
}

private final class Told { var numbers: [Int] = [] }
