import PitConsole
import PitModel

/// A version's review as an engine would give it.
enum ReviewWorlds {
    static let id = ModelVersionID(ConnectionName("tracking"), "support-assistant", "3")
    static let lost = ReviewPage(
        fault: "tracking: connection refused by http://mlflow:5000", hint: "Is it up? See: pitwall check")

    static let page: ReviewPage = {
        var card = ModelVersionCard(
            id, description: "LoRA on llama-3.1-8b-instruct, judge score 0.908",
            tags: ["base_model": "llama-3.1-8b-instruct", "quantization": "fp8"], aliases: ["challenger"],
            status: "READY", createdAt: noon.advanced(by: -90_000), source: "mlflow-artifacts:/1/485f/artifacts/model",
            runID: "485fcc67")
        card.run = VersionRun(id: "485fcc67", name: "lora-33", author: "linus", status: "FINISHED")
        let facts = [
            fact(.approve, "bo", -7200, "judged 40 answers myself"),
            fact(.requestChanges, "cem", -3600, "the **licence** tag is\nmissing"),
            fact(.waive, "bo", -1800, "no traffic yet", on: "labels", until: 7 * 86400),
        ]
        let evidence = ReviewEvidence(card: card, at: noon, releases: ["v3"], facts: facts)
        let policy = ReviewPolicy(
            name: "production", alias: "champion", approvers: ["bo", "cem", "dora"], approvals: 2)
        let results: [RequirementResult] = [
            .init("description", .met, "48 characters"),
            .init("evaluation", .missing, "support-3 of 2026-11-20T08:00:00.000Z breached its thresholds"),
            .init("labels", .waived, "waived labels by bo until 2026-11-27: no traffic yet; without it: 0 of 100"),
            .init("no_alerts", .unknown, "alerts of am cannot be read now"),
            .init("licence", .missing, "no tag license on the version, its run or the model"),
            .init("approvals", .missing, "1 of 2: bo"),
            .init("decision", .missing, "changes requested by cem: the **licence** tag is missing"),
        ]
        let review = Review(evidence, policies: [PolicyResult(policy, results)])
        return ReviewPage(Dossier(review, author: "ana"), untold: 1)
    }()

    private static func fact(
        _ kind: ReviewFact.Kind, _ author: String, _ age: Double, _ reason: String, on subject: String = "",
        until: Double? = nil
    ) -> ReviewFact {
        ReviewFact(
            sequence: 1, at: noon.advanced(by: age), author: author, version: id, kind: kind, subject: subject,
            reason: reason, until: until.map { noon.advanced(by: $0) })
    }
}
