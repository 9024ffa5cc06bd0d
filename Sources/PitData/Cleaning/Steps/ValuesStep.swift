import PitModel

/// Makes one word of several that mean the same: labels, names, countries.
struct ValuesStep: CleaningStep {
    static let about = CleaningStepInfo(
        id: "values", summary: "Makes one value of several that mean the same; whole texts are compared.",
        options: [
            OptionInfo("case", .text, help: "lower or upper, before the map is looked at", example: "lower"),
            OptionInfo(
                "unknown", .text, help: "a value that the map does not have: keep, or drop the row", example: "keep"),
        ],
        pairs: OptionInfo("map", .text, help: "a value and what it becomes", example: "{pos: positive, neg: negative}"))

    private let letters: String?
    private let map: [String: String]
    private let known: Set<String>
    private let dropsUnknown: Bool

    init(_ spec: CleaningStepSpec) throws(CleaningFault) {
        letters = try spec.choice("case", ["lower", "upper"])
        map = spec.pairs
        known = Set(spec.pairs.values)
        dropsUnknown = try spec.choice("unknown", ["keep", "drop"]) == "drop"
        if letters == nil, map.isEmpty { throw CleaningFault("it wants a `map`, or `case`") }
        if dropsUnknown, map.isEmpty { throw CleaningFault("`unknown: drop` without a `map` drops every row") }
        if spec.columns == nil { throw CleaningFault("it wants `columns`: every text of a row is too much") }
    }

    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict {
        row.change { text in
            var value = text.drop { $0.isWhitespace }
            while value.last?.isWhitespace == true { value.removeLast() }
            if map[String(value)] == nil {
                if letters == "lower" {
                    value = value.lowercased()[...]
                } else if letters == "upper" {
                    value = value.uppercased()[...]
                }
            }
            return map[String(value)] ?? String(value)
        }
        return row.verdict { dropsUnknown && !known.contains($0) ? "a value that the map does not have" : nil }
    }
}
