import PitGrid

/// Markdown as it is meant: headings, lists, quotations, rules, code, tables, and calls of tools as JSON. Line by line,
/// so that no more is read than is shown; a line end stays one, as people who chat mean it.
struct MarkdownReader: LineReading {
    let bytes: [UInt8]
    let ink: Ink
    let width: Int
    private var lines: SourceLines
    private var fence: (mark: UInt8, count: Int)?
    /// Lines that were made and not taken: of a table, of a call.
    private var made: ArraySlice<TextLine> = []

    /// Blanks before a line that are kept.
    private static let deepest = 40

    init(_ bytes: [UInt8], _ ink: Ink, width: Int) {
        (self.bytes, self.ink, self.width, lines) = (bytes, ink, max(1, width), SourceLines(bytes))
    }

    mutating func next() -> TextLine? {
        while true {
            if let line = made.popFirst() { return line }
            guard let line = lines.next() else { return nil }
            let (indent, body) = indented(line)
            if let open = fence {
                if closes(body, open) {
                    fence = nil
                    continue
                }
                return code(line)
            }
            if let opened = opens(body) {
                fence = opened
                let info = trimmed(body.dropFirst(opened.count))
                return TextLine(runs: [TextRun(drawn: "┌ ", Ink(.border)), TextRun(info, Ink(.dim))])
            }
            if let table = MarkdownTable(self, head: line, &lines) {
                made = table.lines(width: width)[...]
                continue
            }
            if let call = ToolCall.lines(bytes, body, ink: ink) {
                made = call[...]
                continue
            }
            return block(line, indent, body)
        }
    }

    /// A line that is no code and of no table.
    private func block(_ line: Range<Int>, _ indent: Int, _ body: Range<Int>) -> TextLine {
        let marks = bytes[body].prefix { $0 == UInt8(ascii: "#") }.count
        if (1...6).contains(marks), isBlank(body.lowerBound + marks, before: body.upperBound) {
            let title = trimmed(body.dropFirst(marks))
            return TextLine(runs: inline(title, Ink(.title, on: ink.ground, strong: true)))
        }
        if isRule(body) {
            return TextLine(runs: [TextRun(drawn: String(repeating: "─", count: min(width, 40)), Ink(.border))])
        }
        if bytes[body].first == UInt8(ascii: ">") { return quotation(body) }
        if let item = item(indent, body) { return item }
        return TextLine(runs: inline(line, ink))
    }

    private func code(_ line: Range<Int>) -> TextLine {
        let edge = [TextRun(drawn: "│ ", Ink(.border))]
        return TextLine(
            runs: [TextRun(line, Ink(.notice, on: ink.ground))], lead: edge, hanging: edge, isPreformatted: true)
    }

    private func quotation(_ body: Range<Int>) -> TextLine {
        var (at, depth) = (body.lowerBound, 0)
        while at < body.upperBound, depth < 8 {
            if bytes[at] == UInt8(ascii: ">") { depth += 1 } else if bytes[at] != UInt8(ascii: " ") { break }
            at += 1
        }
        let edge = [TextRun(drawn: String(repeating: "▌ ", count: depth), Ink(.border))]
        return TextLine(runs: inline(at..<body.upperBound, ink), lead: edge, hanging: edge)
    }

    /// A line of a list: its bullet or number hangs out.
    private func item(_ indent: Int, _ body: Range<Int>) -> TextLine? {
        let space = String(repeating: " ", count: min(indent, Self.deepest))
        let text = bytes[body]
        guard let first = text.first else { return nil }
        if "-*+".utf8.contains(first), isBlank(body.lowerBound + 1, before: body.upperBound) {
            return TextLine(
                runs: inline(trimmed(body.dropFirst(1)), ink), lead: [TextRun(drawn: space + "• ", Ink(.key))],
                hanging: [TextRun(drawn: space + "  ", ink)])
        }
        let digits = text.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
        guard (1...9).contains(digits), body.count > digits + 1 else { return nil }
        let mark = bytes[body.lowerBound + digits]
        guard mark == UInt8(ascii: ".") || mark == UInt8(ascii: ")"),
            isBlank(body.lowerBound + digits + 1, before: body.upperBound)
        else { return nil }
        let number = body.prefix(digits + 1)
        return TextLine(
            runs: inline(trimmed(body.dropFirst(digits + 1)), ink),
            lead: [TextRun(drawn: space, ink), TextRun(number, Ink(.key)), TextRun(drawn: " ", ink)],
            hanging: [TextRun(drawn: space + String(repeating: " ", count: digits + 2), ink)])
    }

    func inline(_ range: Range<Int>, _ ink: Ink) -> [TextRun] { MarkdownInline(bytes, range).runs(ink) }

    // MARK: bytes

    private func indented(_ line: Range<Int>) -> (Int, Range<Int>) {
        var (columns, at) = (0, line.lowerBound)
        while at < line.upperBound {
            if bytes[at] == UInt8(ascii: " ") {
                columns += 1
            } else if bytes[at] == UInt8(ascii: "\t") {
                columns += 4
            } else {
                break
            }
            at += 1
        }
        return (columns, at..<line.upperBound)
    }

    private func opens(_ body: Range<Int>) -> (mark: UInt8, count: Int)? {
        guard let mark = bytes[body].first, mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else { return nil }
        let count = bytes[body].prefix { $0 == mark }.count
        guard count >= 3, mark == UInt8(ascii: "~") || !bytes[body.dropFirst(count)].contains(mark) else { return nil }
        return (mark, count)
    }

    private func closes(_ body: Range<Int>, _ open: (mark: UInt8, count: Int)) -> Bool {
        let count = bytes[body].prefix { $0 == open.mark }.count
        return count >= open.count && trimmed(body.dropFirst(count)).isEmpty
    }

    private func isRule(_ body: Range<Int>) -> Bool {
        guard let mark = bytes[body].first, "-*_".utf8.contains(mark), body.count <= 200 else { return false }
        return bytes[body].allSatisfy { $0 == mark || $0 == UInt8(ascii: " ") }
            && bytes[body].count { $0 == mark } >= 3
    }

    private func isBlank(_ at: Int, before end: Int) -> Bool {
        at < end && (bytes[at] == UInt8(ascii: " ") || bytes[at] == UInt8(ascii: "\t"))
    }

    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }
}
