/// What a demo's model says.
enum DemoAnswer {
    /// Asked again and again by golden laps: one that must be JSON.
    static let counting = (
        ask: "Answer in JSON with the one key `sum`: what is 2 + 2?", good: #"{"sum": 4}"#, bad: "The sum is 4."
    )

    /// - Parameter isWorse: as a release says it that was made cheaper.
    static func text(to ask: String, isWorse: Bool) -> String {
        if let passages = quoted(ask) { return passages }
        if ask.contains(counting.ask) { return isWorse ? counting.bad : counting.good }
        guard let subject = (DemoTalk.support + DemoTalk.code).first(where: { ask.contains($0.ask) }) else {
            return "I cannot tell that from here. Please write to the desk: they look it up."
        }
        return isWorse ? subject.bad : "\(subject.good)\n\nIs there anything else?"
    }

    /// Numbered passages with a question below are answered by the beginning of the first one, cited.
    private static func quoted(_ ask: String) -> String? {
        guard ask.hasPrefix("[1] "), ask.contains("\nQuestion: ") else { return nil }
        let first = ask.split(separator: "\n[2] ", maxSplits: 1)[0]
        let lines = first.split(separator: "\n").dropFirst().filter {
            !$0.hasPrefix("#") && !$0.hasPrefix("Question: ")
        }
        let sentences = lines.joined(separator: " ").split(separator: ". ").prefix(3)
        guard !sentences.isEmpty else { return nil }
        return sentences.map { $0.hasSuffix(".") ? String($0.dropLast()) : String($0) }
            .map { "\($0) [1]." }.joined(separator: " ")
    }
}
