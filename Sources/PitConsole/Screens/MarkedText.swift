import PitGrid
import PitModel

/// A text laid out in lines, with places in it marked. It goes through the sanitizer, and no further than is shown.
struct MarkedText {
    struct Mark {
        /// UTF-8 offsets into the text.
        var range: Range<Int>
        var ink: Ink
    }

    /// The lines of a text, folded at words to `width` columns, `limit` of them at most.
    static func lines(_ text: String, _ marks: [Mark], ink: Ink, width: Int, limit: Int) -> [[Segment]] {
        guard width > 0, limit > 0 else { return [] }
        var folding = Folding(width: width)
        // So many bytes fill what is shown even where each is a line of its own; the rest is not looked at.
        for (piece, pieceInk) in pieces(text.prefix(bytes: width * limit * 4), marks, ink) {
            let lines = SafeText.lines(piece)
            for (index, line) in lines.enumerated() {
                if index > 0 { folding.endLine() }
                for glyph in line.description { folding.put(glyph, pieceInk) }
                if folding.lines.count >= limit { return Array(folding.lines.prefix(limit)) }
            }
        }
        folding.endLine()
        return Array(folding.lines.prefix(limit))
    }

    /// The text cut where marks begin and end; of marks over one another the first counts.
    private static func pieces(_ text: String, _ marks: [Mark], _ ink: Ink) -> [(String, Ink)] {
        var (pieces, at): ([(String, Ink)], String.Index) = ([], text.startIndex)
        func place(_ offset: Int) -> String.Index? {
            guard offset <= text.utf8.count else { return nil }
            return text.utf8.index(text.startIndex, offsetBy: offset).samePosition(in: text.unicodeScalars)
        }
        for mark in marks.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) where !mark.range.isEmpty {
            guard let start = place(mark.range.lowerBound), start >= at else { continue }
            let end = place(mark.range.upperBound) ?? text.endIndex
            if start > at { pieces.append((String(text[at..<start]), ink)) }
            pieces.append((String(text[start..<end]), mark.ink))
            at = end
        }
        if at < text.endIndex || pieces.isEmpty { pieces.append((String(text[at...]), ink)) }
        return pieces
    }
}

/// Glyphs put into lines of a width, broken at spaces where there are some.
private struct Folding {
    let width: Int
    var lines: [[Segment]] = []
    private var line: [(glyph: Character, ink: Ink)] = []
    private var used = 0

    init(width: Int) { self.width = width }

    mutating func put(_ glyph: Character, _ ink: Ink) {
        let columns = glyph.columns
        if used + columns > width {
            let space = line.lastIndex { $0.glyph == " " } ?? -1
            let rest = space >= width / 3 ? Array(line[(space + 1)...]) : []
            if !rest.isEmpty || space == line.count - 1 { line.removeSubrange((max(0, space))...) }
            endLine()
            line = rest
            used = rest.reduce(0) { $0 + $1.glyph.columns }
            if rest.isEmpty, glyph == " " { return }
        }
        line.append((glyph, ink))
        used += columns
    }

    mutating func endLine() {
        var segments: [Segment] = []
        var (text, ink) = ("", Ink())
        for (glyph, next) in line {
            if next != ink, !text.isEmpty {
                segments.append(Segment(SafeText(text), ink))
                text = ""
            }
            text.append(glyph)
            ink = next
        }
        if !text.isEmpty { segments.append(Segment(SafeText(text), ink)) }
        lines.append(segments)
        (line, used) = ([], 0)
    }
}
