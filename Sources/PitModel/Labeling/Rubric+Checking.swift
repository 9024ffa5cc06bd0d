extension Rubric {
    /// Why a value is no answer to a question; nil when it is one.
    public func refusal(of value: JudgedValue, to id: String) -> String? {
        guard let question = questions.first(where: { $0.id == id }) else {
            return "\(reference) has no question `\(id)`"
        }
        let isFit: Bool
        switch (question.kind, value) {
        case (.choice, .choice(let word)): isFit = question.words.contains(word)
        case (.choices, .choices(let words)):
            let known = question.words
            isFit = words.allSatisfy(known.contains) && Set(words).count == words.count
        case (.rating(let low, let high), .number(let number)):
            isFit = number == number.rounded() && number >= Double(low) && number <= Double(high)
        case (.text, .text), (.correction, .correction), (.preference, .preference): isFit = true
        case (.spans, .spans(let spans)):
            let known = question.words
            isFit = spans.allSatisfy { $0.start >= 0 && $0.start < $0.end && known.contains($0.tag) }
        case (.ranking, .ranking(let places)): isFit = places.sorted() == Array(places.indices)
        default: isFit = false
        }
        return isFit ? nil : "`\(value.words)` is no answer to `\(id)` of \(reference)"
    }
}

extension RubricQuestion {
    /// Every word that can be chosen, the finer ones with those above them.
    public var words: Set<String> { Set(choices.flatMap(\.all).map(\.value)) }
}
