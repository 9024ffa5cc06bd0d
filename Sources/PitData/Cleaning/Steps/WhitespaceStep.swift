import PitModel

/// Makes white space even.
struct WhitespaceStep: CleaningStep {
    static let about = CleaningStepInfo(
        id: "whitespace",
        summary: "Trims texts and the ends of lines, makes one space of several, one kind of line end.",
        options: [
            OptionInfo("indent", .text, help: "what stands before a line: keep it, or trim it", example: "keep"),
            OptionInfo("blank_lines", .number, help: "in a row at most", example: "1"),
            OptionInfo("empty", .text, help: "a text of nothing: keep, or drop the row", example: "keep"),
        ])

    private let keepsIndent: Bool
    private let blankLines: Int
    private let dropsEmpty: Bool

    init(_ spec: CleaningStepSpec) throws(CleaningFault) {
        keepsIndent = try spec.choice("indent", ["keep", "trim"]) != "trim"
        blankLines = try spec.whole("blank_lines", 0...1000) ?? 1
        dropsEmpty = try spec.choice("empty", ["keep", "drop"]) == "drop"
    }

    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict {
        row.change(even)
        return row.verdict { dropsEmpty && $0.isEmpty ? "empty" : nil }
    }

    private func even(_ text: String) -> String {
        var (lines, blank): ([String], Int) = ([], 0)
        let view = text.unicodeScalars
        for line in view.split(omittingEmptySubsequences: false, whereSeparator: Self.isBreak) {
            let line = even(line: line)
            blank = line.isEmpty ? blank + 1 : 0
            if blank <= blankLines { lines.append(line) }
        }
        while lines.first?.isEmpty == true { lines.removeFirst() }
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.count > 1 || !keepsIndent else {
            return lines.first.map { String($0.drop { $0 == " " || $0 == "\t" }) } ?? ""
        }
        return lines.joined(separator: "\n")
    }

    private func even(line: Substring.UnicodeScalarView) -> String {
        var (result, isSpace, isBegun) = (String.UnicodeScalarView(), false, false)
        for scalar in line {
            if Self.isSpace(scalar) {
                isSpace = true
                if !isBegun, keepsIndent { result.append(scalar == "\t" ? "\t" : " ") }
                continue
            }
            if isSpace, isBegun { result.append(" ") }
            (isSpace, isBegun) = (false, true)
            result.append(scalar)
        }
        return isBegun ? String(result) : ""
    }

    /// Line feeds; a carriage return before one is white space at the line's end.
    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == "\u{2028}" || scalar == "\u{2029}" || scalar == "\u{85}"
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }
}
