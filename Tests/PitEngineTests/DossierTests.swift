import PitEngine
import PitModel
import PitStore
import Testing

/// What is gathered of a version over the recorded registry and the state folder, and told.
@Suite struct DossierTests {
    private let model = ModelName("support")

    private func suite(_ systems: [String]) -> EvaluationSuite {
        var suite = EvaluationSuite(
            name: "support", systems: systems.map { EvaluatedSystem(name: $0, source: .answers("a.jsonl")) },
            metrics: [MetricSpec("rouge")], thresholds: [EvaluationThreshold("rouge", .atLeast(0.4))])
        suite.cases = [EvaluationCase(id: "c1", messages: [])]
        return suite
    }

    private func finish(_ systems: [String], _ bench: ReviewBench) throws -> EvaluationRun {
        var run = try bench.store.begin(suite(systems), author: "ana", at: bench.clock.now())
        run.state = .finished(bench.clock.now())
        run.figures = systems.map {
            EvaluationFigure(system: $0, metric: "rouge", value: 0.4567, interval: 0.41...0.5, cases: 40)
        }
        for (place, language) in ["de", "en", "fr"].enumerated() {
            run.figures.append(
                EvaluationFigure(
                    system: systems[0], metric: "rouge", slice: EvaluationSlice("language", language),
                    value: 0.3 + Double(place) * 0.15, cases: 13))
        }
        run.verdict = EvaluationVerdict(
            lines: systems.map { .init(run.suite.thresholds[0], system: $0, .held, "0.457, n 40") })
        try bench.store.update(run, at: bench.clock.now())
        return run
    }

    private func exchange(_ number: Int, _ bench: ReviewBench, finding: Bool) -> KeptInteraction {
        let whole = Interaction(
            id: "t\(number)", connection: ConnectionName("log"), model: model, at: bench.clock.now(),
            messages: [.init("user", "q")], response: "a")
        let found = Finding(detector: "pii", kind: "email", owasp: "LLM02", side: .response, evidence: "a*@b")
        return KeptInteraction(whole, findings: finding ? [KeptFinding(found)] : [])
    }

    @Test(
        "a run counts that names the version or that a person attached; findings count until somebody calls them false")
    func gathers() async throws {
        let bench = try await ReviewBench([])
        _ = try finish(["support-assistant/3", "support-assistant/2"], bench)
        let other = try finish(["chat", "base"], bench)
        #expect(try await bench.review().evidence.runs.map(\.run.id) == ["support-1"])
        #expect(try await bench.review().evidence.runs.first?.systems == ["support-assistant/3"])
        _ = try await bench.decide(.attach, by: "bo", on: "\(other.id):chat").get()
        let runs = try await bench.review().evidence.runs
        #expect(runs.map(\.run.id) == ["support-2", "support-1"] && runs.first?.systems == ["chat"])

        let kept = (0..<3).map { exchange($0, bench, finding: $0 > 0) }
        try bench.store.append(kept, from: ConnectionName("log"), cursor: "1")
        let label = FindingLabel(at: bench.clock.now(), author: "ana", isTrue: false)
        try bench.store.record(label, of: FindingKey(kept[1].findings[0].finding, in: kept[1].interaction))
        let evidence = try await bench.review().evidence
        #expect(evidence.findings == [.init(kind: "pii/email", open: 1, confirmed: 0, dismissed: 1)])
        #expect(evidence.exchanges == 3)
    }

    @Test("the dossier tells what is known, says what is not, and takes nothing for markup")
    func tells() async throws {
        let policy = ReviewPolicy(
            name: "prod", alias: "champion", requires: [RequirementSpec("description")], approvals: 1)
        let bench = try await ReviewBench([policy])
        _ = try finish(["support-assistant/3"], bench)
        let refused = try await bench.promote("eve")
        let before = await bench.engine.deploy(refused)
        #expect(before.stage == .refused)
        let card = try await bench.review().evidence.card
        _ = try await bench.engine.decide(.approve, on: card, reason: "<b>fine</b> # yes", by: "bo").get()
        #expect(await bench.engine.deploy(try await bench.promote()).stage == .acknowledged)
        let dossier = try await bench.engine.dossier(of: try await bench.review(), author: "ana")
        #expect(dossier.fulfilsPolicies == true && dossier.version == "support-assistant/3")
        let text = dossier.text.markdown
        for line in [
            "# support-assistant/3 in tracking", "- policy prod for alias champion: fulfilled",
            "- description: LoRA on llama-3.1-8b-instruct, judge score 0.908", "- tag quantization: fp8",
            "- tag owner of the model: llm-platform", "- code: train.py (tag mlflow.source.name)",
            "- revision of the code: 8b6633ccfb715febf363417baa3d9b35734aa3e6 (tag git\\_commit)",
            "- logged model: -- (not recorded)", "- data: -- (not recorded)", "- licence: -- (not recorded)",
            "- support-1: support-assistant/3 rouge 0.457 \\[0.41, 0.5\\], n 40",
            "- support-1: gate held: rouge at least 0.4: 0.457, n 40", "-- Nobody judged its answers.",
            "-- No exchange of the last 7 days was looked at.",
            "rouge by language: 0.3 (de, n 13) to 0.6 (fr, n 13), difference -0.3, ratio 0.5",
            "approved by bo: \\<b\\>fine\\</b\\> \\# yes", "promote support-assistant@champion v2 to v3 by ana",
            "by eve: refused, proof: --", "bo: review: approved tracking:support-assistant/3",
        ] { #expect(text.contains(line), "\(line)") }
        #expect(dossier.text.html.contains("&lt;b&gt;fine&lt;/b&gt; # yes") && !dossier.text.html.contains("<b>"))
        #expect(dossier.sections.map(\.title).contains("Bias") && dossier.decisions.count == 1)
    }
}
