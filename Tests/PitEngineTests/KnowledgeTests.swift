import PitEngine
import PitModel
import PitStatistics
import PitStore
import Synchronization
import Testing

private let words = ["cache", "queue", "rollback"]

/// Makes vectors of how often words stand in a text, and answers what it was told to; or fails.
private final class Server: Answering, Embedding {
    static let about = ConnectorInfo(id: "fake", title: "Fake", summary: "fake")
    let asked = Mutex<[ChatQuestion]>([])
    private let embeds: Bool
    private let says: Result<String, ConnectorFault>

    init(_ connection: Connection, http: any HTTP) { (embeds, says) = (true, .success("")) }
    init(embeds: Bool = true, _ says: Result<String, ConnectorFault> = .success("Press R [1].")) {
        (self.embeds, self.says) = (embeds, says)
    }

    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "fake", version: nil, detail: "") }

    func embed(_ texts: [String], model: String) async throws(ConnectorFault) -> [[Double]] {
        guard embeds else { throw .refused("127.0.0.1:9") }
        return texts.map { text in
            let lower = text.lowercased().replacing("undo a release", with: "rollback")
            return words.map { lower.contains($0) ? 1 : 0 } + [0.01]
        }
    }

    func answer(_ question: ChatQuestion) async throws(ConnectorFault) -> ChatAnswer {
        asked.withLock { $0.append(question) }
        return ChatAnswer(text: try says.get(), finish: "stop", seconds: 0.1)
    }
}

private func index() throws -> KnowledgeIndex {
    let index = try KnowledgeIndex.inMemory()
    _ = try index.begin(folder: "/docs")
    for (name, text) in [
        ("cache.md", "The cache is full: scale."), ("queue.md", "A long queue: scale."),
        ("back.md", "Rollback: press R."),
    ] {
        try index.put(
            name, hash: name, bytes: 9, changed: nil,
            passages: [KnowledgePassage(document: name, headings: ["H"], text: text)])
    }
    try index.finish(at: Timestamp(seconds: 1), keeping: ["cache.md", "queue.md", "back.md"], skipped: [], count: 0)
    return index
}

private func desk(
    _ server: Server, meaning: Bool = true, answers: Bool = true, notes: [String] = []
) throws -> KnowledgeDesk {
    let name = ConnectionName("gate")
    let search = KnowledgeSearch(
        try index(), meaning: meaning ? .init(server, EmbeddingSource(name, model: "e")) : nil)
    return KnowledgeDesk(
        search, answerer: answers ? .init(server, AnsweringSource(name, model: "m")) : nil, refresh: { notes })
}

@Test("by words, by meaning, and by both: what only meaning finds is found, and each place is told")
func findsBothWays() async throws {
    let desk = try desk(Server())
    let page = try await desk.passages(for: "how to undo a release? the queue", limit: 5)
    #expect(page.hits.map(\.passage.document) == ["queue.md", "back.md"])
    #expect(page.hits[0].wordRank == 1 && page.hits[0].meaningRank == 1 && page.hits[1].wordRank == nil)
    #expect(page.hits[1].meaningRank == 2 && page.status.embedded == 3 && page.notes.isEmpty)
    #expect(page.outcome == .asking(model: "m"))
    let byWords = try await desk.search.find("undo a release", limit: 5, by: .words)
    #expect(byWords.hits.isEmpty)
    let byMeaning = try await desk.search.find("undo a release", limit: 5, by: .meaning)
    #expect(byMeaning.hits.map(\.passage.document) == ["back.md"])
}

@Test("the model is given numbered passages and the question, its citations are held against them")
func answersWithCitations() async throws {
    let server = Server(.success("<think>[3]</think>\nScale out [1, 2]. Pray [7]. Not [x] nor [2024-01]."))
    let desk = try desk(server)
    let page = try await desk.answer(desk.passages(for: "scale cache or queue", limit: 5))
    guard case .answered(let answer) = page.outcome else { throw ConnectorFault.cancelled }
    #expect(answer.cited == [1, 2] && answer.unknown == [7] && !answer.isBacked && !answer.isDeclined)
    #expect(answer.marked == "Scale out [1, 2]. Pray [7?]. Not [x] nor [2024-01].")
    let asked = try #require(server.asked.withLock { $0.first })
    let text = try #require(asked.messages.last?.content)
    #expect(text.contains("[1] \(page.hits[0].passage.place) (H)\n\(page.hits[0].passage.text)"))
    #expect(text.hasSuffix("Question: scale cache or queue") && asked.settings.temperature == 0 && asked.model == "m")
}

@Test(
    "citations are lists and spans of small numbers in brackets, and nothing else is one",
    arguments: [
        ("[1][2]", [1, 2], []), ("[1-3]", [1, 2, 3], []), ("[3–5]", [3], [4, 5]), ("[ 2 , 1 ]", [2, 1], []),
        ("[0]", [], [0]), ("[2-1] [1,] [] [-1] [1 [x] [1.5] [2026-03-02] [99999999999999999999]", [], []),
    ] as [(String, [Int], [Int])])
func readsCitations(text: String, cited: [Int], unknown: [Int]) {
    let answer = KnowledgeAnswer(ChatAnswer(text: text), model: "m", given: 3)
    #expect(answer.cited == cited && answer.unknown == unknown && answer.text == text)
}

@Test("an answer of megabytes is cut and said to be")
func boundsAnswers() {
    let answer = KnowledgeAnswer(ChatAnswer(text: String(repeating: "[1", count: 1 << 20)), model: "m", given: 3)
    #expect(answer.isCut && answer.text.utf8.count <= 64 << 10 && answer.cited.isEmpty)
}

@Test("nothing found: no model is asked; no model: passages only; a model that declines says so")
func saysWhatThereIsNot() async throws {
    let server = Server(.success("NOT IN THE PASSAGES."))
    let nothing = try desk(server)
    let page = try await nothing.answer(nothing.passages(for: "What is the capital of France?", limit: 5))
    #expect(page.outcome == .nothing && page.hits.isEmpty && server.asked.withLock { $0.isEmpty })
    #expect(try await desk(server, answers: false).passages(for: "queue", limit: 5).outcome == .noModel)
    #expect(try await desk(server).passages(for: "queue", limit: 5, asks: false).outcome == .noModel)
    let declined = try await nothing.answer(nothing.passages(for: "queue", limit: 5))
    guard case .answered(let answer) = declined.outcome else { throw ConnectorFault.cancelled }
    #expect(answer.isDeclined && !answer.isBacked)
}

@Test("a server that is down: passages stand, found by words alone, with what failed and what to do")
func survivesServers() async throws {
    let down = try desk(Server(embeds: false, .failure(.refused("127.0.0.1:9"))), notes: ["the index is as it was"])
    let page = try await down.answer(down.passages(for: "queue", limit: 5))
    #expect(page.hits.map(\.passage.document) == ["queue.md"])
    #expect(page.notes.count == 2 && page.notes[1].hasPrefix("found by words alone, because gate makes no vectors"))
    guard case .failed(let why, let hint) = page.outcome else { throw ConnectorFault.cancelled }
    #expect(why == "gate: connection refused by 127.0.0.1:9" && !hint.isEmpty)
    let silent = try desk(Server(.success(" \n")))
    guard case .failed = try await silent.answer(silent.passages(for: "queue", limit: 5)).outcome else {
        throw ConnectorFault.cancelled
    }
}

@Test(
    "how well passages are found is measured by a suite: a search answers, recall, MRR and nDCG are gated and compared")
func retrievalSuite() async throws {
    let store = try Store.inMemory()
    let search = KnowledgeSearch(
        try index(), meaning: .init(Server(), EmbeddingSource(ConnectionName("gate"), model: "e")))
    _ = try await search.embed()
    var suite = EvaluationSuite(
        name: "docs",
        cases: [("cache", "cache.md#h"), ("undo a release", "back.md"), ("queue", "queue.md#Other")].enumerated().map {
            EvaluationCase(
                id: "\($0.offset)", messages: [ChatMessage("user", $0.element.0)], references: [$0.element.1])
        },
        systems: ["words", "both"].map { EvaluatedSystem(name: $0, source: .knowledge(by: $0, path: nil)) },
        metrics: [
            MetricSpec("recall", name: "recall_1", options: ["at": .number(1)]), MetricSpec("recall"),
            MetricSpec("mrr"), MetricSpec("ndcg"),
        ])
    suite.thresholds = [EvaluationThreshold("recall", .atLeast(0.6), system: "both")]
    let ways: [(String, KnowledgeSearch.Way)] = [("words", .words), ("both", .both)]
    let sources = ways.map { name, way in
        (
            name,
            AnswerSource.search { (question) async throws(ConnectorFault) in
                try await search.answer(question, by: way)
            }
        )
    }
    let begun = try store.begin(suite, author: "ana", at: Timestamp(seconds: 9))
    let runner = EvaluationRunner(
        store: store, clock: HandClock(), sources: Dictionary(uniqueKeysWithValues: sources))
    let run = try await runner.run(begun)
    #expect(run.answered == 6 && run.failed == 0 && run.verdict?.outcome == .held)
    func value(_ metric: String, _ system: String) -> Double? { run.figure(metric, of: system)?.value }
    #expect(value("recall", "words") == 1.0 / 3 && value("recall", "both") == 2.0 / 3)
    #expect(
        value("recall_1", "both") == 2.0 / 3 && value("mrr", "both") == 2.0 / 3 && value("ndcg", "words") == 1.0 / 3)
    let results = try store.evaluationResults(run.id)
    #expect(results.first { $0.system == "words" && $0.number == 0 }?.answer?.text == "cache.md\tH")
    let scoring = try EvaluationScoring(run, results)
    #expect(scoring.difference("recall", "words", with: scoring, "both")?.value == 1.0 / 3)
    #expect(throws: MetricFault.self) { try SuiteMetrics.make(MetricSpec("ndcg", options: ["at": .number(0)])) }
}
