import PitGrid

/// A table of Markdown, in columns that fit.
struct MarkdownTable {
    private let reader: MarkdownReader
    private var rows: [[Range<Int>]]
    private let alignments: [Alignment]

    private static let mostRows = 200
    private static let mostColumns = 32
    private static let narrowest = 5
    private static let bar = " │ "

    /// Takes the lines of a table; nil, and nothing is taken, when a line does not begin one.
    init?(_ reader: MarkdownReader, head: Range<Int>, _ lines: inout SourceLines) {
        guard reader.bytes[head].contains(UInt8(ascii: "|")), let below = lines.following(), below.count <= 2000 else {
            return nil
        }
        let heads = Self.cells(reader, head)
        let dashes = Self.cells(reader, below).map { Self.alignment(reader.bytes[$0]) }
        let known = dashes.compactMap { $0 }
        guard known.count == dashes.count, known.count == heads.count, heads.count <= Self.mostColumns,
            heads.count > 1 || reader.bytes[below].contains(UInt8(ascii: "|"))
        else { return nil }
        (self.reader, alignments, rows) = (reader, known, [heads])
        _ = lines.next()
        while rows.count < Self.mostRows, let line = lines.following(),
            reader.bytes[line].contains(UInt8(ascii: "|"))
        {
            rows.append(Self.cells(reader, line))
            _ = lines.next()
        }
    }

    /// The cells of a row; a bar behind a backslash parts none.
    private static func cells(_ reader: MarkdownReader, _ line: Range<Int>) -> [Range<Int>] {
        let row = reader.trimmed(line)
        var (cells, start) = ([Range<Int>](), row.lowerBound)
        for at in row where reader.bytes[at] == UInt8(ascii: "|") {
            if at > row.lowerBound, reader.bytes[at - 1] == UInt8(ascii: "\\") { continue }
            if at > row.lowerBound { cells.append(reader.trimmed(start..<at)) }
            start = at + 1
        }
        if start < row.upperBound { cells.append(reader.trimmed(start..<row.upperBound)) }
        return cells
    }

    private static func alignment(_ cell: ArraySlice<UInt8>) -> Alignment? {
        let colon = UInt8(ascii: ":")
        let dashes = cell.filter { $0 != colon }
        guard !dashes.isEmpty, dashes.allSatisfy({ $0 == UInt8(ascii: "-") }) else { return nil }
        guard cell.last == colon else { return .left }
        return cell.first == colon ? .center : .right
    }

    func lines(width: Int) -> [TextLine] {
        let inked = rows.enumerated().map { index, row in
            row.map {
                reader.inline($0, Ink(index == 0 ? .title : reader.ink.role, on: reader.ink.ground, strong: index == 0))
            }
        }
        let folding = TextFolding(reader.bytes, width: width, marks: TextMarks([]))
        let laid = inked.map { row in row.map { $0.flatMap(folding.glyphs) } }
        let columns = max(alignments.count, laid.map(\.count).max() ?? 0)
        let natural = (0..<columns).map { column in
            laid.map { $0.count > column ? $0[column].reduce(0) { $0 + $1.columns } : 0 }.max() ?? 0
        }
        guard let widths = Self.fitted(natural, width: width - Self.bar.columns * (columns - 1)) else {
            // Too many columns for the room: as it was written.
            return rows.map { row in
                TextLine(
                    runs: row.enumerated().flatMap { index, cell in
                        (index > 0 ? [TextRun(drawn: " | ", Ink(.border))] : []) + reader.inline(cell, reader.ink)
                    })
            }
        }
        var lines: [TextLine] = []
        for (index, row) in laid.enumerated() {
            lines += rowLines(row, widths)
            if index == 0 {
                let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "─┼─")
                lines.append(TextLine(runs: [TextRun(drawn: rule, Ink(.border))]))
            }
        }
        return lines
    }

    /// One row: as many lines as its longest cell is folded into.
    private func rowLines(_ row: [[LaidGlyph]], _ widths: [Int]) -> [TextLine] {
        let cells = widths.indices.map { column -> [LaidLine] in
            guard column < row.count else { return [] }
            var folding = TextFolding([], width: widths[column], marks: TextMarks([]))
            folding.put(TextLine(runs: [TextRun(laid: row[column])]), limit: 100)
            return folding.lines
        }
        return (0..<(cells.map(\.count).max() ?? 1)).map { index in
            var line = TextLine()
            for (column, cell) in cells.enumerated() {
                if column > 0 { line.runs.append(TextRun(drawn: Self.bar, Ink(.border))) }
                let glyphs = index < cell.count ? cell[index].glyphs : []
                let gap = max(0, widths[column] - glyphs.reduce(0) { $0 + $1.columns })
                let alignment = column < alignments.count ? alignments[column] : .left
                let left = alignment == .right ? gap : alignment == .center ? gap / 2 : 0
                if left > 0 { line.runs.append(TextRun(drawn: String(repeating: " ", count: left), reader.ink)) }
                line.runs.append(TextRun(laid: glyphs))
                if column < cells.count - 1, gap > left {
                    line.runs.append(TextRun(drawn: String(repeating: " ", count: gap - left), reader.ink))
                }
            }
            line.isPreformatted = true
            return line
        }
    }

    /// Widths that together fit: the widest give way first. Nil when none do.
    private static func fitted(_ natural: [Int], width: Int) -> [Int]? {
        let least = natural.map { min($0, narrowest) }
        guard least.reduce(0, +) <= width, !natural.isEmpty else { return nil }
        var (low, high) = (narrowest, max(narrowest, natural.max() ?? 0))
        while low < high {
            let middle = (low + high + 1) / 2
            if natural.reduce(0, { $0 + min($1, middle) }) <= width { low = middle } else { high = middle - 1 }
        }
        return natural.map { max(1, min($0, low)) }
    }
}
