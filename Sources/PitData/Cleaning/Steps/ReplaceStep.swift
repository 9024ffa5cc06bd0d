import PitModel
import PitParse

/// Puts other words in the places that a regular expression matches.
struct ReplaceStep: CleaningStep {
    static let about = CleaningStepInfo(
        id: "replace",
        summary: "Replaces what a regular expression (RE2's syntax) matches: the longest match, leftmost first.",
        options: [
            OptionInfo("pattern", .text, help: "what is looked for", example: "'https?://\\S+'"),
            OptionInfo(
                "with", .text, help: "what comes in its place, as it stands; nothing without it", example: "'[link]'"),
        ], required: ["pattern"])

    private let pattern: PatternFinder
    private let replacement: String

    init(_ spec: CleaningStepSpec) throws(CleaningFault) {
        guard let pattern = try spec.pattern("pattern") else { throw CleaningFault("it wants a `pattern`") }
        self.pattern = pattern
        replacement = spec.text("with") ?? ""
    }

    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict {
        for place in row.texts.indices {
            guard let text = pattern.replacing(in: row.texts[place].text, with: replacement) else {
                return .failed("the pattern of `replace` takes too long on it")
            }
            row.texts[place].text = text
        }
        return .keep
    }
}
