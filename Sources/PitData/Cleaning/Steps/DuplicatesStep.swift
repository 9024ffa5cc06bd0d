import PitModel

/// Keeps of rows that say the same the first, as `data dedup` does.
struct DuplicatesStep: CleaningStep {
    static let about = CleaningStepInfo(
        id: "duplicates", summary: "Keeps of rows whose texts are the same, or nearly the same, the first.",
        options: [
            OptionInfo(
                "near", .number,
                help: "how alike texts are (Jaccard of pairs of words) from which on they are the same",
                example: "80%"),
            OptionInfo(
                "permutations", .number, help: "values of a signature: more are slower and more exact", example: "128"),
            OptionInfo(
                "window", .number, help: "rows kept whose signatures are remembered: half a kilobyte of memory each",
                example: "50000"),
        ])

    private var duplicates: RowDuplicates

    init(_ spec: CleaningStepSpec) throws(CleaningFault) {
        let near = try spec.number("near", 0.1...1)
        let permutations = try spec.whole("permutations", 16...1024) ?? 128
        let window = try spec.whole("window", 100...100_000_000) ?? 50_000
        duplicates = RowDuplicates(
            .init(by: [], near: near, permutations: permutations), window: window, countsClusters: false)
    }

    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict {
        switch duplicates.kind(of: row.texts.map(\.text), line: row.line) {
        case .first: .keep
        case .same: .remove("the same as one before")
        case .near: .remove("nearly the same as one before")
        }
    }
}
