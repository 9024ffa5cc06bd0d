import PitEngine
import PitModel
import PitStatistics
import PitStore
import Synchronization
import Testing

/// Answers what is asked, as the test has it.
final class FakeChat: Answering {
    static let about = ConnectorInfo(id: "fake-chat", title: "Fake", summary: "answers")
    struct State {
        var asked: [String] = []
        var open = 0
        var most = 0
    }
    let state = Mutex(State())
    private let reply: @Sendable (String, Int) throws(ConnectorFault) -> String

    init(_ reply: @escaping @Sendable (String, Int) throws(ConnectorFault) -> String) { self.reply = reply }
    init(_ connection: Connection, http: any HTTP) { reply = { text, _ in text } }

    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "fake", detail: "") }

    func answer(_ question: ChatQuestion) async throws(ConnectorFault) -> ChatAnswer {
        let text = question.messages.last?.content ?? ""
        let number = state.withLock { state in
            state.asked.append(text)
            state.open += 1
            state.most = max(state.most, state.open)
            return state.asked.count
        }
        defer { state.withLock { $0.open -= 1 } }
        // Others get their turn: what is open at once shows.
        for _ in 0..<20 { await Task.yield() }
        return ChatAnswer(text: try reply(text, number), tokens: 2)
    }

    var asked: [String] { state.withLock { $0.asked } }
}

struct EvaluationBench {
    let store: Store
    let clock = HandClock()
    var suite = EvaluationSuite(name: "s")

    init(_ cases: Int = 20) throws {
        store = try Store.inMemory()
        suite.cases = (0..<cases).map {
            EvaluationCase(
                id: "c\($0)", messages: [ChatMessage("user", "question \($0)")], references: ["question \($0)"],
                slices: ["half": $0 % 2 == 0 ? "even" : "odd"])
        }
        suite.systems = [
            EvaluatedSystem(name: "a", source: .server(ConnectionName("x"), model: "m", GenerationSettings()))
        ]
        suite.metrics = [MetricSpec("exact_match"), MetricSpec("length")]
        (suite.concurrency, suite.retries) = (3, 2)
    }

    func runner(_ chat: FakeChat) -> EvaluationRunner {
        var patience = EvaluationRunner.Patience()
        (patience.first, patience.longest) = (0.001, 1)
        return EvaluationRunner(
            store: store, clock: clock, sources: ["a": .server(chat, address: "http://x")], patience: patience)
    }

    func begin() throws -> EvaluationRun { try store.begin(suite, author: "ana", at: clock.now()) }
}

@Suite struct EvaluationTests {
    @Test("every case is asked once, no more at once than the suite says, and figures are told by slice")
    func wholeRun() async throws {
        let bench = try EvaluationBench()
        let chat = FakeChat { text, _ in text.hasSuffix("7") ? "wrong" : text }
        let run = try await bench.runner(chat).run(bench.begin())
        #expect(run.id == "s-1" && run.answered == 20 && run.failed == 0)
        #expect(Set(chat.asked).count == 20 && chat.asked.count == 20)
        #expect(chat.state.withLock { $0.most } <= 3)
        guard case .finished = run.state else { throw Failure("\(run.state)") }
        let all = try #require(run.figure("exact_match", of: "a"))
        #expect(all.value == 0.9 && all.cases == 20 && all.interval?.contains(0.9) == true)
        #expect(run.figure("exact_match", of: "a", slice: .init("half", "odd"))?.value == 0.8)
        #expect(run.figure("exact_match", of: "a", slice: .init("half", "even"))?.value == 1)
        #expect(run.verdict?.outcome == nil)
        let kept = try #require(try bench.store.evaluationRun("s-1"))
        #expect(kept == run && kept.suite.cases.count == 20)
        #expect(try bench.store.evaluationRuns().map(\.id) == ["s-1"])
        let scoring = try EvaluationScoring(kept, bench.store.evaluationResults("s-1"))
        let worst = scoring.worst(3, metric: "exact_match")
        #expect(worst.map(\.one.id) == ["c7", "c17", "c0"] && worst[0].result.answer?.text == "wrong")
        #expect(scoring.worst(5, metric: "exact_match", slice: .init("half", "even"))[0].value == 1)
    }

    @Test("a server that asks to wait is waited for, one that stumbles is asked again, and one case's fault is its own")
    func patience() async throws {
        let bench = try EvaluationBench()
        let chat = FakeChat { text, number throws(ConnectorFault) in
            if number % 4 == 0 { throw .rateLimited(retryAfter: 0.002) }
            if number % 7 == 0 { throw .server(status: 500, excerpt: "") }
            if text == "question 5" { throw .rejected("too long") }
            return text
        }
        let run = try await bench.runner(chat).run(bench.begin())
        #expect(run.answered == 19 && run.failed == 1)
        let results = try bench.store.evaluationResults(run.id)
        #expect(results.first { $0.answer == nil }?.fault == .rejected("too long"))
        #expect(run.figure("exact_match", of: "a")?.cases == 19)
    }

    @Test("a server that dies leaves what it answered, and the run goes on from there")
    func resume() async throws {
        let bench = try EvaluationBench()
        let dying = FakeChat { text, number throws(ConnectorFault) in
            if number > 8 { throw .refused("x") }
            return text
        }
        let stopped = try await bench.runner(dying).run(bench.begin())
        guard case .stopped(_, let why) = stopped.state else { throw Failure("\(stopped.state)") }
        #expect(stopped.answered == 8 && stopped.failed == 0 && why == "a: connection refused by x")
        #expect(dying.asked.count < 20, "nobody is asked on and on who is gone")
        let well = FakeChat { text, _ in text }
        let again = try #require(try bench.store.evaluationRun(stopped.id))
        let run = try await bench.runner(well).run(again)
        #expect(run.answered == 20 && well.asked.count == 12)
        guard case .finished = run.state else { throw Failure("\(run.state)") }
        #expect(
            try bench.store.auditTrail().map(\.what).suffix(3) == [
                "evaluation begun", "evaluation stopped", "evaluation finished",
            ])
    }

    @Test("an answer is taken again only where the suite says for how long, and only for the same question")
    func cache() async throws {
        var bench = try EvaluationBench(4)
        bench.suite.cache = 60
        let chat = FakeChat { text, _ in text }
        _ = try await bench.runner(chat).run(bench.begin())
        _ = try await bench.runner(chat).run(bench.begin())
        #expect(chat.asked.count == 4)
        #expect(try bench.store.evaluationResults("s-2").allSatisfy(\.isReused))
        bench.clock.advance(61)
        _ = try await bench.runner(chat).run(bench.begin())
        #expect(chat.asked.count == 8)
        bench.suite.systems[0].source = .server(ConnectionName("x"), model: "m", GenerationSettings(temperature: 1))
        _ = try await bench.runner(chat).run(bench.begin())
        #expect(chat.asked.count == 12)
        bench.suite.cache = 0
        _ = try await bench.runner(chat).run(bench.begin())
        #expect(chat.asked.count == 16)
    }

    @Test("a threshold is held, breached, unclear where chance could do it, or unknown where there is no figure")
    func verdicts() async throws {
        var bench = try EvaluationBench()
        bench.suite.thresholds = [
            EvaluationThreshold("exact_match", .atLeast(0.8)), EvaluationThreshold("length", .atMost(1)),
            EvaluationThreshold("exact_match", .worseBy(0.02)),
        ]
        let good = try await bench.runner(FakeChat { text, _ in text }).run(bench.begin())
        #expect(good.verdict?.lines.map(\.outcome) == [.held, .breached, .unclear])
        func outcome(_ wrong: Int) async throws -> EvaluationVerdict.Outcome? {
            let endings = Set((0..<wrong).map { "question \($0)" })
            let chat = FakeChat { text, _ in endings.contains(text) ? "no" : text }
            return try await bench.runner(chat).run(bench.begin(), baseline: good).verdict?.lines.last?.outcome
        }
        #expect(try await outcome(0) == .held)
        #expect(try await outcome(1) == .unclear)
        #expect(try await outcome(12) == .breached)
        let failing = FakeChat { text, _ throws(ConnectorFault) in
            if text == "question 3" { throw .rejected("no") }
            return text
        }
        #expect(
            try await bench.runner(failing).run(bench.begin(), baseline: good).verdict?.lines.map(\.outcome)
                == [.unknown, .unknown, .unknown], "one of 20 is more than may be missing")
    }

    @Test("metrics of the catalog have names of their own, and add up to what the whole corpus has")
    func metrics() throws {
        #expect(Set(metricCatalog.map { $0.about.id }).count == metricCatalog.count)
        let answers = ["the cat sat on the mat today", "a dog", "it is what it is and nothing else"]
        let references = [
            ["the cat sat on a mat today"], ["one dog barks"], ["it is what it is, and nothing more"],
        ]
        let lines = TextLines(answers)
        let others = [TextLines(references.map { $0[0] })]
        func total(_ id: String) throws -> Double? {
            let one = try SuiteMetrics.make(MetricSpec(id))
            let rows = zip(answers, references).compactMap {
                one.metric.counts($0, EvaluationCase(id: "", messages: [], references: $1))
            }
            return one.metric.value(Resampling.sums(rows, rows[0].count))
        }
        #expect(try total("bleu") == Bleu().corpus(lines, others).score)
        #expect(try total("chrf") == ChrF().corpus(lines, others))
        #expect(try total("ter") == TranslationEditRate().corpus(lines, others))
        let rouge = try Rouge(kinds: [.rougeL]).corpus(lines, others)[.rougeL]?.fmeasure
        #expect(abs(try #require(try total("rouge")) - (try #require(rouge))) < 1e-12)
        for type in metricCatalog where type.about.required.isEmpty {
            let metric = try type.init([:])
            let bare = EvaluationCase(id: "1", messages: [ChatMessage("user", "?")])
            let counts = metric.counts("", bare)
            #expect(!type.about.needsReference || counts == nil, "\(type.about.id)")
            if let counts { #expect(metric.counts("a b", bare).map(\.count) ?? counts.count == counts.count) }
        }
    }

    @Test(
        "what one answer is worth",
        arguments: [
            (
                "json",
                ["schema": .text(#"{"type":"object","required":["id"],"properties":{"id":{"type":"integer"}}}"#)],
                #"{"id": 3}"#, 1.0
            ), ("json", [:], "```json\n{}\n```", 0), ("json", ["fences": .flag(true)], "```json\n{}\n```", 1),
            (
                "json", ["schema": .text(#"{"properties":{"id":{"enum":["a"]}},"additionalProperties":false}"#)],
                #"{"id": "a", "x": 1}"#, 0
            ),
            ("regex", ["pattern": .text("[A-Z]+-[0-9]+")], "see\nTICKET-12 there", 1),
            ("regex", ["pattern": .text("[0-9]+"), "whole": .flag(true)], "12 ", 0),
            ("refusal", [:], "I cannot help with that.", 1), ("length", ["unit": .text("characters")], "grün", 4),
            ("edit_similarity", [:], "kitten", 1 - 3.0 / 7), ("exact_match", [:], "The Sitting!", 1),
            ("exact_match", ["strict": .flag(true)], "Sitting", 0),
            ("citations", [:], "So it is [1], [3].", 0.5),
            ("groundedness", [:], "Opening hours are nine. Pelicans dislike turpentine.", 0.5),
        ] as [(String, [String: OptionValue], String, Double)])
    func single(_ id: String, _ options: [String: OptionValue], _ answer: String, _ value: Double) throws {
        let one = try SuiteMetrics.make(MetricSpec(id, options: options))
        let asked = EvaluationCase(
            id: "1", messages: [], references: ["sitting"], contexts: ["The opening hours are from nine on.", "Other"])
        let counts = try #require(one.metric.counts(answer, asked))
        #expect(abs(try #require(one.metric.caseValue(counts)) - value) < 1e-12)
    }

    @Test("options that mean nothing are refused in words")
    func wrongOptions() {
        for (id, options) in [
            ("bleu", ["tokenize": OptionValue.text("x")]), ("rouge", ["kind": .text("rouge9")]),
            ("regex", ["pattern": .text("(")]), ("json", ["schema": .text("{")]),
            ("json", ["schema": .text(#"{"oneOf": []}"#)]), ("length", ["unit": .text("miles")]),
            ("chrf", ["word_order": .number(9)]), ("groundedness", ["overlap": .number(0)]),
        ] {
            #expect(throws: MetricFault.self) { try SuiteMetrics.make(MetricSpec(id, options: options)) }
        }
    }

    private struct Failure: Error {
        var words: String
        init(_ words: String) { self.words = words }
    }
}
