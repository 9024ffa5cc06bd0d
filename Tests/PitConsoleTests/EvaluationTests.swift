import PitConsole
import PitGrid
import PitModel
import Testing

/// Runs as a store would give them.
enum EvaluationWorlds {
    static let runs: [EvaluationRun] = [
        run(3, .finished(noon.advanced(by: -500)), 0.412, -0.061, .breached),
        run(2, .stopped(noon.advanced(by: -4000), "chat: connection refused by http://gate:8000"), 0.481, 0, .unknown),
        run(1, .finished(noon.advanced(by: -90_000)), 0.473, 0, .held),
    ]

    private static func run(
        _ number: Int, _ state: EvaluationRun.State, _ value: Double, _ drop: Double,
        _ outcome: EvaluationVerdict.Outcome
    ) -> EvaluationRun {
        var suite = EvaluationSuite(
            name: "support",
            systems: [
                EvaluatedSystem(
                    name: "chat", source: .server(ConnectionName("gate"), model: "m", GenerationSettings()))
            ],
            metrics: [MetricSpec("rouge"), MetricSpec("exact_match")],
            thresholds: [EvaluationThreshold("rouge", .worseBy(0.02))])
        suite.cases = (0..<40).map { EvaluationCase(id: "c\($0)", messages: []) }
        var run = EvaluationRun(
            id: "support-\(number)", suite: suite, at: noon.advanced(by: -600 - Double(3 - number) * 40_000),
            author: "ana", state: state, answered: number == 2 ? 17 : 39, failed: number == 2 ? 0 : 1)
        run.suite.cases = []
        let slices: [EvaluationSlice?] = [nil, .init("language", "de"), .init("language", "en")]
        for (place, metric) in ["rouge", "exact_match"].enumerated() {
            for (index, slice) in slices.enumerated() {
                let own: Double = value - Double(place) * 0.2 + Double(index) * 0.013
                let interval: ClosedRange<Double> = (own - 0.04)...(own + 0.05)
                run.figures.append(
                    EvaluationFigure(
                        system: "chat", metric: metric, slice: slice, value: own, interval: interval,
                        cases: index == 0 ? run.answered : 13))
            }
        }
        run.verdict = EvaluationVerdict(
            lines: [
                .init(
                    suite.thresholds[0], system: "chat", outcome,
                    "\(value) [0.370, 0.450], n 39; \(drop) against support-1, p 0.002, n 39")
            ], baseline: number == 1 ? nil : "support-1")
        return run
    }

    static func page(_ query: EvaluationQuery) -> EvaluationPage {
        guard let id = query.run else { return EvaluationPage(runs: runs) }
        let question = "Is the \(query.metric ?? "blue") kettle safe for a gas stove, number"
        let worst: [EvaluationPage.Worst] = (0..<12).map { (number: Int) -> EvaluationPage.Worst in
            let isFault = number == 0
            return EvaluationPage.Worst(
                id: "c\(number)", system: "chat", value: isFault ? nil : Double(number) / 20,
                question: "\(question) \(number)?",
                answer: isFault ? nil : "It is safe for gas,\ninduction and open fire, as all of them are.",
                reference: "No: the blue one has an electric base. For gas take the steel kettle, K-220.",
                fault: isFault ? "no answer within 30 s" : nil)
        }
        return EvaluationPage(runs: runs.filter { $0.id == id }, worst: worst)
    }
}

@Test("runs are listed with their verdicts, and enter opens one with its figures and worst cases")
func opensEvaluation() {
    var harness = Harness(Worlds.healthy, screen: "evaluation")
    #expect(harness.text.contains("support-3") && harness.text.contains("breached"))
    #expect(harness.text.contains("rouge 0.412  exact_matc"))
    harness.press("j enter")
    #expect(harness.text.contains("Run support-2") && harness.text.contains("connection refused by"))
    harness.press("esc k enter")
    #expect(harness.text.contains("breached: chat: rouge at most 0.02 worse than the baseline"))
    #expect(harness.text.contains("[0.372, 0.462]"))
    #expect(harness.text.contains("no answer within 30 s"))
    harness.press("j")
    #expect(harness.text.contains("It is safe for gas, induction and open fire"))
    harness.press("v")
    #expect(harness.text.contains("language=de") && !harness.text.contains("at most 0.02"))
    harness.press("m")
    #expect(harness.text.contains("Is the exact_match kettle"), "the worst by the next metric are asked for")
}

@Test("what is not there is said: no run yet, one that is gone, keys without effect")
func emptyEvaluation() {
    var harness = Harness(Snapshot(), screen: "evaluation")
    #expect(harness.text.contains("Run a suite: pitwall eval run SUITE.yaml"))
    harness.press("enter")
    #expect(harness.text.contains("no run is selected"))
    #expect(Harness(Snapshot(), screen: "evaluation-run").text.contains("No run was opened"))
    #expect(Harness(Snapshot(), screen: "evaluation-run", subject: "x-1").text.contains("There is no run x-1"))
}
