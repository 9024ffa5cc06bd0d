public import PitModel

/// An item as it is exported: what people said of it, come to one.
public struct SettledItem: Sendable {
    /// Redacted where that is wanted, with those judgements alone that count, of each person the latest to a question.
    public let item: JudgedItem
    /// What its conversation begins with, as a number: `DatasetSplit.number(of:)`.
    var conversation: UInt64 { DatasetSplit.number(of: target.messages) }
    /// Whether the only answer is good.
    let verdict: Decision<Bool>
    let preference: Decision<JudgedValue.Preference>
    /// The first is better than the second, says the majority of those who ranked.
    let ranked: [(better: Int, worse: Int)]
    let wasRanked: Bool
    /// The answer as it should have been: every different text, the earliest first.
    let corrections: [String]

    var target: JudgedTarget { item.target }

    /// What a model was given, under the roles that trainers know.
    var prompt: [Interaction.Message] {
        target.messages.map { Interaction.Message(Self.role($0.role), $0.text) }
    }

    private static func role(_ role: String) -> String {
        switch role {
        case "system", "user", "assistant", "tool", "developer": role
        case "human", "prompter": "user"
        case "ai", "bot", "gpt", "model", "chatbot": "assistant"
        case "function", "observation": "tool"
        default: "user"
        }
    }

    /// A better and a worse answer to the prompt.
    struct Pair: Equatable {
        var chosen: String
        var rejected: String
    }

    /// Every pair that follows from what people said: preferences, rankings, corrections over what they correct.
    func pairs(_ leave: (LeftOut.Reason) -> Void) -> [Pair] {
        let answers = target.answers
        var (pairs, isExplained): ([Pair], Bool) = ([], false)
        func explain(_ reason: LeftOut.Reason) {
            leave(reason)
            isExplained = true
        }
        switch preference {
        case .agreed(.first) where answers.count == 2: pairs.append(Pair(chosen: answers[0], rejected: answers[1]))
        case .agreed(.second) where answers.count == 2: pairs.append(Pair(chosen: answers[1], rejected: answers[0]))
        case .agreed(.tie), .agreed(.neither): explain(.undecided)
        default: preference.reason.map(explain)
        }
        if wasRanked, ranked.isEmpty { explain(.tie) }
        pairs += ranked.map { Pair(chosen: answers[$0.better], rejected: answers[$0.worse]) }
        if answers.count == 1 { pairs += corrections.map { Pair(chosen: $0, rejected: answers[0]) } }
        if pairs.isEmpty, !isExplained { leave(.unjudged) }
        return pairs.filter { pair in
            if pair.chosen.isEmpty || pair.rejected.isEmpty {
                leave(.noAnswer)
            } else if pair.chosen == pair.rejected {
                leave(.sameAnswers)
            } else {
                return true
            }
            return false
        }
    }

    /// Answers that a model may learn from: corrected ones, or else the one that was judged good.
    func goodAnswers(_ leave: (LeftOut.Reason) -> Void) -> [String] {
        var answers = corrections
        if answers.isEmpty {
            switch verdict {
            case .agreed(true): answers = Array(target.answers.prefix(1))
            case .agreed(false): leave(.notGood)
            default: leave(verdict.reason ?? .unjudged)
            }
        }
        return answers.filter { answer in
            if answer.isEmpty { leave(.noAnswer) }
            return !answer.isEmpty
        }
    }
}
