import PitEngine
import PitModel
import PitStore
import Testing

/// Judges: the words of a model, held to people's.
@Suite struct EvaluationJudgeTests {
    private let rubric = LabelingSettings().rubric("thumbs") ?? rubricCatalog[0]

    private func bench(_ cases: Int = 20, floor: Double = 0.4, atLeast: Double = 0.5) throws -> EvaluationBench {
        var bench = try EvaluationBench(cases)
        bench.suite.metrics = [MetricSpec("judge", options: ["judge": .text("critic")]), MetricSpec("exact_match")]
        bench.suite.judges = [
            "judge": SuiteJudge(
                name: "critic", connection: ConnectionName("j"), model: "j", rubric: rubric, floor: floor)
        ]
        bench.suite.thresholds = [EvaluationThreshold("judge", .atLeast(atLeast))]
        return bench
    }

    private func runner(_ bench: EvaluationBench, _ chat: FakeChat, _ judge: FakeChat) -> EvaluationRunner {
        var patience = EvaluationRunner.Patience()
        (patience.first, patience.longest) = (0.001, 1)
        return EvaluationRunner(
            store: bench.store, clock: bench.clock, sources: ["a": .server(chat, address: "http://x")],
            asked: ["judge": .judge(judge, address: "http://j", model: "j")], patience: patience)
    }

    /// Forty answers that two people judged: good but for every fourth.
    private func people(_ bench: EvaluationBench) throws {
        let items = (0..<40).map { number -> JudgedItem in
            let target = JudgedTarget(
                connection: ConnectionName("log"), interaction: "i\(number)", model: nil, release: nil,
                at: bench.clock.now(), textHash: "", messages: [.init("user", "asked \(number)")],
                answers: ["judged \(number % 4 == 0 ? "bad" : "good") \(number)"])
            return JudgedItem(
                id: "log/i\(number)", queue: "q", target: target,
                judgements: ["ana", "bo"].map { author in
                    Judgement(
                        id: "\(author)\(number)", at: bench.clock.now(), author: author, queue: "q",
                        item: "log/i\(number)", rubric: rubric.reference, question: "good",
                        value: .choice(number % 4 == 0 ? "bad" : "good"))
                })
        }
        try bench.store.importJudged(items)
    }

    /// Says what stands in the answer, else good; of the cases 7 and 17 are bad.
    private static func word(_ text: String) -> String {
        text.contains("judged bad") || text.hasSuffix("question 7\n") || text.hasSuffix("question 17\n")
            ? "Bad." : "good"
    }

    @Test("a judge that agrees with people gates; its kappa, base rate and count stand beside its figure")
    func trusted() async throws {
        let bench = try bench()
        try people(bench)
        // Once in a while it says more than the word.
        let judge = FakeChat { text, _ in text.hasSuffix("question 3\n") ? "I would say it is good" : Self.word(text) }
        let run = try await runner(bench, FakeChat { text, _ in text }, judge).run(bench.begin())
        let figure = try #require(run.figure("judge", of: "a"))
        #expect(figure.cases == 19 && figure.value == 17.0 / 19)
        let calibration = try #require(run.calibrations?["judge"])
        #expect(calibration.kappa == 1 && calibration.items == 40 && calibration.baseRate == 0.75)
        #expect(calibration.isTrusted)
        #expect(run.verdict?.lines.map(\.outcome) == [.unknown], "one in twenty has no word: too many")
        let words = try bench.store.evaluationResults(run.id).compactMap { $0.replies?["judge"] }
        #expect(words.count == 20 && words.contains("I would say it is good"))
        // The same answers are not asked about twice: only the cases of the second run.
        let asked = judge.asked.count
        var again = bench
        again.suite.mostMissing = 0.1
        let second = try await runner(again, FakeChat { text, _ in text }, judge).run(again.begin())
        #expect(second.verdict?.outcome == .held && judge.asked.count == asked + 20)
        let kept = try #require(try bench.store.evaluationRun(second.id))
        #expect(kept.calibrations == second.calibrations)
    }

    @Test("a judge that agrees with people by chance, or that nobody was held to, gates nothing")
    func untrusted() async throws {
        let bench = try bench(atLeast: 0.99)
        let good = FakeChat { text, _ in "good" }
        let alone = try await runner(bench, FakeChat { text, _ in text }, good).run(bench.begin())
        #expect(alone.calibrations?["judge"]?.items == 0 && alone.verdict?.outcome == .untrusted)
        try people(bench)
        let run = try await runner(bench, FakeChat { text, _ in text }, good).run(bench.begin())
        let calibration = try #require(run.calibrations?["judge"])
        #expect(calibration.kappa == 0 && calibration.items == 40 && !calibration.isTrusted)
        let line = try #require(run.verdict?.lines.first)
        #expect(line.outcome == .untrusted && line.words.contains("kappa 0.000"))
        #expect(line.words.hasSuffix("n 40, base rate 0.750: under 0.400, gates nothing"), "\(line.words)")
        // Another threshold decides.
        var both = bench
        both.suite.thresholds.append(EvaluationThreshold("exact_match", .atLeast(0.5)))
        let other = try await runner(both, FakeChat { text, _ in text }, good).run(both.begin())
        #expect(other.verdict?.outcome == .held)
    }

    @Test("a judge that dies leaves answers without a word; the next run of the same asks only for those")
    func resumesWords() async throws {
        let bench = try bench()
        let dying = FakeChat { text, number throws(ConnectorFault) in
            if number > 5 { throw .rejected("gone") }
            return "good"
        }
        let run = try await runner(bench, FakeChat { text, _ in text }, dying).run(bench.begin())
        #expect(run.answered == 20 && run.figure("judge", of: "a")?.cases == 5)
        let well = FakeChat { _, _ in "bad" }
        let again = try await runner(bench, FakeChat { _, _ in "" }, well).run(
            try #require(try bench.store.evaluationRun(run.id)))
        #expect(again.figure("judge", of: "a")?.cases == 20 && again.figure("judge", of: "a")?.value == 0.25)
        #expect(well.asked.count == 15 && again.figure("exact_match", of: "a")?.value == 1)
    }

    @Test("a detector's findings are a metric; only the kinds that are asked for count")
    func toxicity() throws {
        let one = EvaluationCase(id: "c", messages: [])
        let all = try DetectorMetric(["detector": .text("g")])
        let own = try DetectorMetric(["detector": .text("g"), "kinds": .list(["toxicity"])])
        #expect(all.counts(reply: "pii\ntoxicity", one) == [1, 1] && own.counts(reply: "pii", one) == [0, 1])
        #expect(all.counts(reply: "", one) == [0, 1] && all.counts("an answer", one) == nil)
    }

    @Test("context precision: helpful passages first are worth more")
    func contextPrecision() throws {
        let metric = try ContextPrecisionMetric([:])
        func value(_ contexts: [String]) -> Double? {
            let one = EvaluationCase(
                id: "c", messages: [], references: ["Returns take fourteen days. Shipping costs nothing."],
                contexts: contexts)
            return metric.counts("", one)?.first
        }
        let (a, b, no) = ("returns take fourteen days here", "shipping always costs nothing", "kettles boil water")
        #expect(value([a, b, no]) == 1 && value([no, a, b]) == (1.0 / 2 + 2.0 / 3) / 2 && value([no, no]) == 0)
        #expect(value([]) == nil)
    }

    @Test("the worst cases become a queue; what people say of them counts for no release")
    func worstCases() async throws {
        let bench = try bench(6)
        let run = try await runner(bench, FakeChat { text, n in n == 2 ? "wrong" : text }, FakeChat { _, _ in "good" })
            .run(bench.begin())
        let desk = LabelDesk(store: bench.store, settings: LabelingSettings(), author: "ana", clock: bench.clock)
        let page = try await desk.create(
            "worst", rubric: "thumbs", of: WorstCases(run: run.id, metric: "exact_match", count: 3))
        #expect(page.total == 3 && page.items.first?.target.answers == ["wrong"])
        let item = try #require(page.items.first)
        _ = try await desk.perform(
            LabelAct(.judge(["good": .choice("bad")], comment: ""), queue: "worst", item: item.id, seconds: 1))
        #expect(try bench.store.labelTallies().allSatisfy { $0.model.isEmpty })
        for wrong in [WorstCases(run: "no-1"), WorstCases(run: run.id, metric: "bleu")] {
            await #expect(throws: StoreFault.self) { try await desk.create("w", rubric: "thumbs", of: wrong) }
        }
        await #expect(throws: StoreFault.self) {
            try await desk.create("w", rubric: "pairwise", of: WorstCases(run: run.id))
        }
    }
}
