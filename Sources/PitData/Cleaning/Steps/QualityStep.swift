import PitModel
import PitStatistics

/// Drops rows whose texts are hardly text. The measures and their usual bounds are those of Rae and others (Gopher, 2021,
/// appendix A1.1).
struct QualityStep: CleaningStep {
    static let about = CleaningStepInfo(
        id: "quality", summary: "Drops rows with a text that is mostly signs, repeats itself, or has odd words.",
        options: [
            OptionInfo(
                "max_symbols", .number, help: "share of characters that are neither letters, digits nor spaces",
                example: "30%"),
            OptionInfo("max_repeated_lines", .number, help: "share of lines that stood before", example: "30%"),
            OptionInfo(
                "max_repeated_words", .number, help: "share of runs of five words that stood before", example: "30%"),
            OptionInfo("min_mean_word", .number, help: "letters of a word on average at least", example: "3"),
            OptionInfo("max_mean_word", .number, help: "letters of a word on average at most", example: "12"),
            OptionInfo("min_words", .number, help: "texts with fewer words are not judged", example: "10"),
        ])

    private let symbols: Double
    private let lines: Double
    private let words: Double
    private let meanWord: ClosedRange<Double>
    private let leastWords: Int

    init(_ spec: CleaningStepSpec) throws(CleaningFault) {
        symbols = try spec.number("max_symbols", 0...1) ?? 0.3
        lines = try spec.number("max_repeated_lines", 0...1) ?? 0.3
        words = try spec.number("max_repeated_words", 0...1) ?? 0.3
        let (least, most) = (
            try spec.number("min_mean_word", 0...1000) ?? 3, try spec.number("max_mean_word", 0...1000) ?? 12
        )
        guard least <= most else { throw CleaningFault("`min_mean_word` is more than `max_mean_word`") }
        meanWord = least...most
        leastWords = try spec.whole("min_words", 1...1_000_000) ?? 10
    }

    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict { row.verdict(reason) }

    private func reason(_ text: String) -> String? {
        var hashes: [UInt64] = []
        TextDuplicates.words(of: text, &hashes)
        guard hashes.count >= leastWords else { return tooManySymbols(text) ? "mostly signs" : nil }
        if tooManySymbols(text) { return "mostly signs" }
        if repeatsLines(text) { return "repeats its lines" }
        if repeatsWords(hashes) { return "repeats its words" }
        // Scripts without spaces have no such words.
        guard text.utf8.allSatisfy({ $0 < 0xE0 }) else { return nil }
        let parts = WhiteSpace.words(of: text)
        let mean = Double(parts.scalars) / Double(max(1, parts.count))
        if mean < meanWord.lowerBound { return "short words" }
        return mean > meanWord.upperBound ? "long words" : nil
    }

    private func tooManySymbols(_ text: String) -> Bool {
        guard symbols < 1 else { return false }
        var (signs, all) = (0, 0)
        for scalar in text.unicodeScalars {
            all += 1
            let isPlain =
                scalar.isASCII
                ? scalar.value | 0x20 &- 0x61 < 26 || scalar.value &- 0x30 < 10 || scalar.value <= 0x20
                : scalar.properties.isAlphabetic || scalar.properties.isWhitespace
                    || scalar.properties.generalCategory == .nonspacingMark
            if !isPlain { signs += 1 }
        }
        return all >= 10 && Double(signs) > symbols * Double(all)
    }

    private func repeatsLines(_ text: String) -> Bool {
        guard text.utf8.contains(0x0A) else { return false }
        let parts = text.utf8.split(separator: 0x0A).map { line in
            line.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        }
        guard parts.count > 2 else { return false }
        return Double(parts.count - Set(parts).count) > lines * Double(parts.count)
    }

    private func repeatsWords(_ hashes: [UInt64]) -> Bool {
        let runs = Shingles.of(hashes, length: 5)
        guard runs.count >= 5 else { return false }
        return Double(runs.count - Set(runs).count) > words * Double(runs.count)
    }
}
