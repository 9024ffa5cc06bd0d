import PitModel
import PitStatistics

/// Keeps rows in some languages or scripts.
struct LanguageStep: CleaningStep {
    static let about = CleaningStepInfo(
        id: "language", summary: "Keeps rows whose texts are in some languages or scripts.",
        options: [
            OptionInfo("languages", .list, help: "ISO 639-1, and unknown", example: "[en, de]"),
            OptionInfo(
                "scripts", .list, help: "some of: \(Script.allCases.map(\.rawValue).joined(separator: ", "))",
                example: "[latin]"),
            OptionInfo("min_chars", .number, help: "texts that are shorter are not judged", example: "20"),
        ])

    private let languages: Set<String>?
    private let scripts: Set<String>?
    private let leastCharacters: Int

    init(_ spec: CleaningStepSpec) throws(CleaningFault) {
        languages = try spec.words("languages", among: Language.all + ["unknown"]).map { Set($0) }
        scripts = try spec.words("scripts", among: Script.allCases.map(\.rawValue)).map { Set($0) }
        leastCharacters = try spec.whole("min_chars", 0...1_000_000) ?? 20
        if languages == nil, scripts == nil { throw CleaningFault("it wants `languages` or `scripts`") }
    }

    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict {
        row.verdict { text in
            guard text.unicodeScalars.count >= leastCharacters else { return nil }
            let read = ReadText(text)
            if let scripts, let script = Script.main(of: read.bytes), !scripts.contains(script.rawValue) {
                return "script \(script.rawValue)"
            }
            if let languages, let language = Language.of(read), !languages.contains(language) {
                return "language \(language)"
            }
            return nil
        }
    }
}
