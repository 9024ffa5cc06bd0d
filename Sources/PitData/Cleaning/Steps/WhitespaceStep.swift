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
        var text = text
        let evened = text.withUTF8 { bytes in even(bytes) }
        return String(decoding: evened, as: UTF8.self)
    }

    private func even(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var (result, indent, at): ([UInt8], [UInt8], Int) = ([], [], 0)
        result.reserveCapacity(bytes.count)
        // Line ends since the last line with something in it; whether this one has something, and a space is due.
        var (breaks, isBegun, isSpace, firstIndent, isOneLine) = (0, false, false, 0, true)
        while at < bytes.count {
            let width = WhiteSpace.width(bytes, at)
            if width > 0 {
                if WhiteSpace.isBreak(bytes, at, width) {
                    (breaks, isBegun, isSpace) = (breaks + 1, false, false)
                    indent.removeAll(keepingCapacity: true)
                } else if isBegun {
                    isSpace = true
                } else if keepsIndent {
                    indent.append(bytes[at] == 0x09 ? 0x09 : 0x20)
                }
                at += width
                continue
            }
            if !isBegun {
                if result.isEmpty {
                    firstIndent = indent.count
                } else {
                    for _ in 0..<min(breaks, blankLines + 1) { result.append(0x0A) }
                    isOneLine = false
                }
                result += indent
                (isBegun, breaks) = (true, 0)
            } else if isSpace {
                result.append(0x20)
            }
            isSpace = false
            result.append(bytes[at])
            at += 1
        }
        if isOneLine { result.removeFirst(firstIndent) }
        return result
    }
}
