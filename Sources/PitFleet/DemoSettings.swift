public import PitModel

/// What the demo's configuration says beside its connections and models.
public enum DemoSettings {
    public static let tracking = ConnectionName(Fleet.tracking)
    private static let support = ModelName("support-chat")

    /// Laps that go on, and those of the hour before, from which the usual is known.
    public static let golden = GoldenSettings(
        prompts: [DemoTalk.support[1].ask, DemoTalk.code[0].ask, DemoTalk.code[2].ask, DemoAnswer.counting.ask],
        interval: 20, models: [support, ModelName("code-assist")])

    public static func laps(at now: Timestamp) -> [GoldenLap] {
        golden.models.flatMap { model in
            (1...6).reversed().map { number in
                GoldenLap(
                    model: model, connection: ConnectionName("\(model)-api"),
                    at: now.advanced(by: -Double(number) * 600),
                    release: model == support ? "r14" : "r3", prompts: golden.prompts,
                    answers: golden.prompts.map { DemoAnswer.text(to: $0, isWorse: false) }, seconds: 1.2)
            }
        }
    }

    /// What must hold before `production` of a model moves.
    public static let policy = ReviewPolicy(
        name: "production", models: ["support-*", "code-*"], alias: "production",
        requires: [
            RequirementSpec("description"),
            RequirementSpec("licence", options: ["allowed": .list(["apache-2.0", "mit"])]),
            RequirementSpec("evaluation", options: ["suite": .text("support")]),
            RequirementSpec("labels", options: ["count": .number(20), "good": .number(0.7)]),
            RequirementSpec("no_findings", options: ["kinds": .list(["secret", "pii"])]),
            RequirementSpec("no_alerts", options: ["severity": .text("critical")]),
        ], approvers: [], approvals: 1)

    /// What people said of the served version: who approved it, and which run is about it.
    public static func decisions(on run: String, at now: Timestamp) -> [ReviewFact] {
        func fact(_ version: String, _ author: String, _ kind: ReviewFact.Kind, _ subject: String, _ reason: String)
            -> ReviewFact
        {
            ReviewFact(
                at: now.advanced(by: -3600), author: author,
                version: ModelVersionID(tracking, "support-chat", version), kind: kind, subject: subject,
                reason: reason)
        }
        return [
            fact("14", "ana", .attach, run, "the nightly run"),
            fact("14", "bo", .approve, "", "read forty answers; the tone is right"),
            fact("15", "cem", .requestChanges, "", "say under which licence its data are"),
        ]
    }

    /// A training that every machine can run: a loss that falls, or does not, for half a minute.
    public static let training = TrainingTemplate(
        name: "toy",
        command: ["/bin/sh", "-c", script, "toy", "{rate}", "{steps}"],
        parameters: [
            .init("rate", .whole, standard: "200", choices: ["50", "200", "400", "1000"]),
            .init("steps", .whole, standard: "60", least: 5, most: 600),
        ], timeout: 600, connection: tracking, experiment: "support-lora", dataset: "demo-talk@2")

    /// In thousandths, because a shell knows whole numbers only.
    private static let script = """
        i=0
        echo "fine-tuning a toy at a rate of $1e-6 for $2 steps"
        while [ $i -lt $2 ]; do
            i=$((i + 1))
            if [ $1 -gt 800 ] && [ $i -gt $(($2 / 2)) ]; then
                echo "{'loss': nan, 'step': $i}"
                echo "the loss is no number any more: choose a lower rate" >&2
                exit 1
            fi
            loss=$((520 + 1900 * 100 / (100 + i * $1 / 10) + (i * 7919) % 41))
            printf "{'loss': %d.%03d, 'step': %d}\\n" $((loss / 1000)) $((loss % 1000)) $i
            sleep 0.5
        done
        """
}
