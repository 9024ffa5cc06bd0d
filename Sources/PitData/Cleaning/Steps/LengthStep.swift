import PitModel

/// Drops rows whose texts are too short or too long.
struct LengthStep: CleaningStep {
    static let about = CleaningStepInfo(
        id: "length", summary: "Drops rows with a text that is too short or too long.",
        options: [
            OptionInfo("min_chars", .number, help: "characters (Unicode scalars) at least", example: "10"),
            OptionInfo("max_chars", .number, help: "characters at most", example: "20000"),
            OptionInfo("min_words", .number, help: "words, divided by white space, at least", example: "3"),
            OptionInfo("max_words", .number, help: "words at most", example: "4000"),
        ])

    private let characters: ClosedRange<Int>
    private let words: ClosedRange<Int>

    init(_ spec: CleaningStepSpec) throws(CleaningFault) {
        let all = 0...Int(Int32.max)
        let (least, most) = (try spec.whole("min_chars", all), try spec.whole("max_chars", all))
        let (leastWords, mostWords) = (try spec.whole("min_words", all), try spec.whole("max_words", all))
        if least == nil, most == nil, leastWords == nil, mostWords == nil { throw CleaningFault("it has no bound") }
        guard least ?? 0 <= most ?? .max, leastWords ?? 0 <= mostWords ?? .max else {
            throw CleaningFault("the least is more than the most")
        }
        characters = (least ?? 0)...(most ?? .max)
        words = (leastWords ?? 0)...(mostWords ?? .max)
    }

    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict {
        row.verdict { text in
            let count = text.unicodeScalars.count
            if count < characters.lowerBound { return "fewer characters than \(characters.lowerBound)" }
            if count > characters.upperBound { return "more characters than \(characters.upperBound)" }
            guard words != 0...Int.max else { return nil }
            let number = WhiteSpace.words(of: text).count
            if number < words.lowerBound { return "fewer words than \(words.lowerBound)" }
            return number > words.upperBound ? "more words than \(words.upperBound)" : nil
        }
    }
}
