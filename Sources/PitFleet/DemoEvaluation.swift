public import PitModel

/// A suite that the demo's two releases were run through: the newer one refuses too often.
public enum DemoEvaluation {
    private static let greetings = ["", "Hello! ", "Quick question: ", "Please help: ", "Good morning. "]

    /// The suite as it was run for a release, and the release's answers by case.
    public static func run(of release: String) -> (suite: EvaluationSuite, answers: [String: String]) {
        var suite = EvaluationSuite(
            name: "support", title: "What customers ask",
            systems: [EvaluatedSystem(name: "support-chat", source: .answers("\(release).jsonl"))],
            metrics: [MetricSpec("rouge"), MetricSpec("refusal"), MetricSpec("length")],
            thresholds: [
                EvaluationThreshold("refusal", .atMost(0.15)), EvaluationThreshold("rouge", .worseBy(0.02)),
            ])
        var answers: [String: String] = [:]
        for (number, greeting) in greetings.enumerated() {
            for (place, subject) in DemoTalk.support.enumerated() {
                let id = "c\(suite.cases.count + 1)"
                suite.cases.append(
                    EvaluationCase(
                        id: id, messages: [ChatMessage("user", greeting + subject.ask)], references: [subject.good],
                        slices: ["channel": number % 2 == 0 ? "chat" : "mail"]))
                let isBad = release == "v14" ? (number + place) % 3 == 0 : (number + place) % 11 == 5
                // A served model does not say it word by word as the reference does.
                answers[id] = isBad ? subject.bad : "Thank you for asking. " + subject.good
            }
        }
        return (suite, answers)
    }
}
