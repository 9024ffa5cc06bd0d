import PitModel

/// `Rubric.isGood` made ready for very many judgements: its words are looked up, not searched for.
struct RubricVerdicts: Sendable {
    private enum Rule {
        case words([String: Bool])
        case above(Double)
    }
    private var rules: [(question: String, rule: Rule)] = []
    /// The questions in the rubric's order.
    let questions: [RubricQuestion]

    init(_ rubric: Rubric) {
        questions = rubric.questions
        for question in rubric.questions {
            switch question.kind {
            case .choice(let choices):
                var words: [String: Bool] = [:]
                for choice in choices.flatMap(\.all) {
                    if let isGood = choice.isGood, words[choice.value] == nil { words[choice.value] = isGood }
                }
                rules.append((question.id, .words(words)))
            case .rating(let low, let high): rules.append((question.id, .above(Double(low + high) / 2)))
            default: continue
            }
        }
    }

    /// Whether one person's answers speak for the response; nil where they do not say.
    func isGood(_ answers: [Judgement]) -> Bool? {
        for (question, rule) in rules {
            guard let value = answers.first(where: { $0.question == question })?.value else { continue }
            switch (rule, value) {
            case (.words(let words), .choice(let word)):
                if let known = words[word] { return known }
            case (.above(let middle), .number(let number)):
                if number != middle { return number > middle }
            default: continue
            }
        }
        return nil
    }

    /// What words usually mean, for judgements whose rubric is not here: those that were imported.
    static func usual(_ answers: [Judgement]) -> Bool? {
        for answer in answers {
            guard case .choice(let word)? = answer.value else { continue }
            let plain = word.lowercased()
            if good.contains(plain) { return true }
            if bad.contains(plain) { return false }
        }
        return nil
    }

    private static let good: Set<String> = [
        "good", "up", "yes", "true", "correct", "accept", "accepted", "positive", "pass", "thumbs_up", "1",
    ]
    private static let bad: Set<String> = [
        "bad", "down", "no", "false", "incorrect", "reject", "rejected", "negative", "fail", "thumbs_down", "0",
    ]
}
