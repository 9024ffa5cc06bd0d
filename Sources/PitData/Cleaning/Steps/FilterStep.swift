import PitModel
import PitParse

/// Keeps or drops rows by a regular expression.
struct FilterStep: CleaningStep {
    static let about = CleaningStepInfo(
        id: "filter", summary: "Keeps or drops rows in which a regular expression (RE2's syntax) is found.",
        options: [
            OptionInfo("keep", .text, help: "rows in whose texts it is found nowhere go", example: "'[a-z]'"),
            OptionInfo("drop", .text, help: "rows in one of whose texts it is found go", example: "'(?i)lorem ipsum'"),
        ])

    private let keep: PatternFinder?
    private let drop: PatternFinder?

    init(_ spec: CleaningStepSpec) throws(CleaningFault) {
        keep = try spec.pattern("keep")
        drop = try spec.pattern("drop")
        if keep == nil, drop == nil { throw CleaningFault("it wants `keep` or `drop`") }
    }

    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict {
        if let drop, row.texts.contains(where: { drop.matches($0.text) }) { return .remove("matches `drop`") }
        guard let keep, !row.texts.isEmpty else { return .keep }
        return row.texts.contains { keep.matches($0.text) } ? .keep : .remove("does not match `keep`")
    }
}
