import PitEngine
import PitModel
import PitStore
import Testing

private let now = Timestamp(seconds: 1_800_000_000)
private let id = ModelVersionID(ConnectionName("tracking"), "chat", "3")

private func evidence(_ change: (inout ReviewEvidence) -> Void = { _ in }) -> ReviewEvidence {
    var evidence = ReviewEvidence(
        card: ModelVersionCard(id), at: now, model: ModelName("chat"), releases: ["v3", "3"])
    (evidence.alerts, evidence.findings, evidence.exchanges) = ([], [], 100)
    change(&evidence)
    return evidence
}

private func check(
    _ requirement: String, _ options: [String: OptionValue] = [:], _ evidence: ReviewEvidence
) -> RequirementResult? {
    let policy = ReviewPolicy(name: "p", requires: [RequirementSpec(requirement, options: options)])
    return RequirementCheck.results(policy, evidence).results.first
}

private func run(
    _ number: Int, age: Double, _ outcome: EvaluationVerdict.Outcome?, system: String = "chat/3"
) -> EvaluationRun {
    let threshold = EvaluationThreshold("rouge", .atLeast(0.4))
    let suite = EvaluationSuite(
        name: "support", systems: [EvaluatedSystem(name: system, source: .answers("a.jsonl"))],
        metrics: [MetricSpec("rouge")], thresholds: [threshold])
    let at = now.advanced(by: -age)
    return EvaluationRun(
        id: "support-\(number)", suite: suite, at: at, author: "ana",
        state: outcome == nil ? .running : .finished(at),
        figures: [EvaluationFigure(system: system, metric: "rouge", value: 0.41, interval: 0.37...0.45, cases: 40)],
        verdict: outcome.map { EvaluationVerdict(lines: [.init(threshold, system: system, $0, "0.41")]) })
}

private func alert(_ severity: String) -> AlertState {
    AlertState(
        alert: Alert(
            fingerprint: severity, labels: ["alertname": "Slow", "severity": severity], state: .firing, startsAt: now),
        connection: ConnectionName("am"), model: ModelName("chat"))
}

@Suite struct RequirementTests {
    @Test("a version is named by its usual spellings, and not by the model's name or another version's")
    func versionNames() {
        for words in ["chat/3", "chat@3", "chat:v3", "chat-v3", "chat v3", "models:/chat/3"] {
            #expect(id.isNamed(by: words), "\(words)")
        }
        for words in ["chat", "chat/33", "chat-3", "chat/", "support-chat/3", "models:/chat@champion", ""] {
            #expect(!id.isNamed(by: words), "\(words)")
        }
        #expect(ModelVersionID(id.description) == id && ModelVersionID("a:b") == nil && ModelVersionID(":a/1") == nil)
    }

    @Test("the newest finished run decides, by the systems that are the version, and not when it is too old")
    func evaluations() {
        func outcome(_ runs: [EvaluationRun]) -> RequirementResult? {
            check(
                "evaluation", ["suite": .text("support"), "not_older_than": .number(7 * 86400)],
                evidence { $0.runs = runs.map { .init($0, systems: ["chat/3"]) } })
        }
        #expect(outcome([])?.outcome == .missing)
        #expect(outcome([run(1, age: 60, .held)])?.outcome == .met)
        #expect(outcome([run(2, age: 60, .breached), run(1, age: 600, .held)])?.outcome == .missing)
        #expect(outcome([run(2, age: 60, nil), run(1, age: 600, .held)])?.outcome == .met)
        #expect(outcome([run(1, age: 8 * 86400, .held)])?.words.contains("is older than 168 h") == true)
        #expect(outcome([run(1, age: 60, .unclear)])?.outcome == .missing)
        #expect(outcome([run(1, age: 60, .held, system: "chat/2")])?.outcome == .unknown, "no line is about this one")
    }

    @Test("labels count with the lower end of their interval, and only this version's")
    func labels() {
        func judged(_ release: String, _ good: Int, _ bad: Int, low: Double) -> LabelQuality {
            LabelQuality(
                model: ModelName("chat"), release: release, good: good, bad: bad,
                share: Double(good) / Double(good + bad), low: low, high: 1)
        }
        let options: [String: OptionValue] = ["count": .number(40), "good": .number(0.8)]
        let other = evidence { $0.quality = [judged("v2", 400, 0, low: 0.99)] }
        #expect(check("labels", options, other)?.words == "0 of 40 answers judged of v3, 3")
        let few = evidence { $0.quality = [judged("v3", 39, 0, low: 0.91)] }
        #expect(check("labels", options, few)?.outcome == .missing)
        let poor = evidence { $0.quality = [judged("v3", 36, 4, low: 0.77)] }
        #expect(check("labels", options, poor)?.words.hasSuffix("the lower end is below 80 %") == true)
        let good = evidence { $0.quality = [judged("v3", 39, 1, low: 0.87), judged("v2", 400, 0, low: 0.99)] }
        #expect(check("labels", options, good)?.outcome == .met)
    }

    @Test("alerts as bad as was said stand against it; what cannot be read is not the absence of alerts")
    func alerts() {
        #expect(check("no_alerts", [:], evidence { $0.alerts = [alert("warning")] })?.outcome == .met)
        #expect(check("no_alerts", [:], evidence { $0.alerts = [alert("page")] })?.outcome == .missing)
        let warned = evidence { $0.alerts = [alert("warning")] }
        #expect(check("no_alerts", ["severity": .text("warning")], warned)?.words == "1 fire: Slow (warning)")
        #expect(check("no_alerts", [:], evidence { $0.deaf = [ConnectionName("am")] })?.outcome == .unknown)
        #expect(check("no_alerts", [:], evidence { $0.isWatched = false })?.outcome == .unknown)
        #expect(check("no_alerts", [:], evidence { $0.alerts = nil })?.outcome == .unknown)
    }

    @Test("findings that nobody called false stand against it, also those called true; no exchange is no answer")
    func findings() {
        let options: [String: OptionValue] = ["kinds": .list(["pii", "secret/aws"])]
        func found(_ kind: String, open: Int, dismissed: Int = 0) -> ReviewEvidence {
            evidence { $0.findings = [.init(kind: kind, open: open, confirmed: 0, dismissed: dismissed)] }
        }
        #expect(check("no_findings", options, found("pii/email", open: 2))?.words.contains("pii/email 2") == true)
        #expect(check("no_findings", options, found("pii/email", open: 0, dismissed: 9))?.outcome == .met)
        #expect(check("no_findings", options, found("secret/github", open: 3))?.outcome == .met)
        #expect(check("no_findings", options, evidence { $0.exchanges = 0 })?.outcome == .unknown)
    }

    @Test("licence, image and description are read from tags of the version, its run, the model")
    func tags() {
        let tagged = evidence {
            $0.card.modelTags["license"] = "gpl-3.0"
            $0.card.run = VersionRun(id: "r", tags: ["license": "MIT"])
            $0.card.tags["image"] = "registry/vllm:0.11@sha256:" + String(repeating: "a", count: 64)
            $0.card.description = "  short"
        }
        #expect(check("licence", ["allowed": .list(["mit"])], tagged)?.words == "license is MIT")
        #expect(check("licence", ["allowed": .list(["apache-2.0"])], tagged)?.outcome == .missing)
        #expect(check("licence", ["tag": .text("spdx")], tagged)?.outcome == .missing)
        #expect(check("image_digest", [:], tagged)?.outcome == .met)
        #expect(
            check("image_digest", [:], evidence { $0.card.tags["image"] = "vllm:0.11@sha256:ab" })?.outcome == .missing)
        #expect(check("image_digest", [:], evidence())?.outcome == .missing)
        #expect(check("description", ["at_least": .number(6)], tagged)?.words == "5 characters, wanted 6")
        #expect(check("description", [:], tagged)?.outcome == .met)
    }

    @Test("every requirement of the catalog says what it is, and refuses options that mean nothing")
    func catalog() {
        let all = requirementCatalog.map { $0.about }
        #expect(Set(all.map(\.id)).count == all.count && all.allSatisfy { !$0.summary.isEmpty })
        for (name, options) in [
            ("labels", ["count": OptionValue.number(0.5)]), ("labels", ["good": .number(80)]),
            ("no_alerts", ["severity": .text("urgent")]), ("approvals", ["count": .number(0)]),
            ("description", ["at_least": .number(-1)]), ("no_findings", ["kinds": .list([])]),
        ] {
            #expect(RequirementCheck.complaint(of: RequirementSpec(name, options: options)) != nil, "\(name)")
        }
        #expect(RequirementCheck.complaint(of: RequirementSpec("nothing")) == "there is no requirement `nothing`")
        #expect(check("nothing", [:], evidence())?.outcome == .unknown, "what is not known never holds")
    }

    @Test("what tags say is read back as it was told; what is none of ours, or cut, says nothing")
    func tagText() throws {
        let fact = ReviewFact(
            at: now, author: "Ana Ünal=x", version: id, made: now.advanced(by: -9), kind: .waive, subject: "labels 2",
            reason: "reason=because at=never %20", until: now.advanced(by: 60))
        let read = try #require(ReviewFact(tag: fact.tag.key, fact.tag.value, of: id))
        var wanted = fact
        wanted.isRemote = true
        #expect(read == wanted && fact.tag.key == "pitwall.review.waive.labels-2.ana-nal-x")
        #expect(ReviewFact(tag: "other", fact.tag.value, of: id) == nil)
        for value in ["", "word=approve", "word=approve by=ana at=noon", "word=fly by=ana at=\(now.rfc3339)"] {
            #expect(ReviewFact(tag: "pitwall.review.vote.ana", value, of: id) == nil, "\(value)")
        }
        let endless = "word=waive by=ana at=\(now.rfc3339) on=labels reason="
        #expect(ReviewFact(tag: "pitwall.review.waive.labels.ana", endless, of: id) == nil, "a waiver has an end")
    }
}
