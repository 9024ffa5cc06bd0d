import PitModel

/// Takes out words that say little: for counting and comparing, not for training.
struct StopWordsStep: CleaningStep {
    static let about = CleaningStepInfo(
        id: "stopwords",
        summary: "Takes out the most frequent words of a language; see them with data clean --stopwords en.",
        options: [
            OptionInfo(
                "language", .text, help: "one of: \(StopWords.languages.joined(separator: ", "))", example: "en"),
            OptionInfo("words", .list, help: "these, too, or alone without a language", example: "[please, thanks]"),
            OptionInfo("except", .list, help: "but not these", example: "[not]"),
        ])

    private let words: Set<String>

    init(_ spec: CleaningStepSpec) throws(CleaningFault) {
        var words: Set<String> = Set((spec.list("words") ?? []).map { $0.lowercased() })
        if let language = try spec.choice("language", StopWords.languages) { words.formUnion(StopWords.of(language)) }
        words.subtract((spec.list("except") ?? []).map { $0.lowercased() })
        if words.isEmpty { throw CleaningFault("it wants a `language`, or `words`") }
        self.words = words
    }

    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict {
        row.change { text in
            var lines: [String] = []
            for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
                let parts = line.split(whereSeparator: \.isWhitespace)
                let kept = parts.filter { !words.contains(Self.bare($0)) }
                lines.append(kept.count == parts.count ? String(line) : kept.joined(separator: " "))
            }
            return lines.joined(separator: "\n")
        }
        return .keep
    }

    /// A word in lower case without the signs around it.
    private static func bare(_ word: Substring) -> String {
        var word = word
        while let first = word.first, first.isPunctuation { word.removeFirst() }
        while let last = word.last, last.isPunctuation { word.removeLast() }
        return word.lowercased().replacing("\u{2019}", with: "'")
    }
}
