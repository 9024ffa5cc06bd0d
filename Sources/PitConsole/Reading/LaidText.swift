import PitGrid

/// A glyph as it stands on the screen, and the byte of the text that it stands for.
struct LaidGlyph {
    var glyph: Character
    var ink: Ink
    var columns: Int
    /// A UTF-8 offset into the text; nil for what is only drawn, as a list's bullet.
    var offset: Int?
}

/// One line of a text that was laid out.
struct LaidLine {
    var glyphs: [LaidGlyph] = []

    /// The line as runs of one ink each.
    var segments: [Segment] {
        var segments: [Segment] = []
        var (text, ink) = ("", Ink())
        for glyph in glyphs {
            if glyph.ink != ink, !text.isEmpty {
                segments.append(Segment(SafeText(text), ink))
                text = ""
            }
            text.append(glyph.glyph)
            ink = glyph.ink
        }
        if !text.isEmpty { segments.append(Segment(SafeText(text), ink)) }
        return segments
    }

    var columns: Int { glyphs.reduce(0) { $0 + $1.columns } }

    /// The byte whose glyph stands at a column, or nearest before it; nil where nothing of the text stands.
    func offset(at column: Int) -> Int? {
        var (x, found) = (0, glyphs.lazy.compactMap(\.offset).first)
        for glyph in glyphs {
            if x > column { break }
            found = glyph.offset ?? found
            x += glyph.columns
        }
        return found
    }

    /// Where a byte's glyph stands; nil when it is on another line.
    func column(of offset: Int) -> Int? {
        guard let last = glyphs.lazy.reversed().compactMap(\.offset).first, last >= offset else { return nil }
        var x = 0
        for glyph in glyphs {
            if let at = glyph.offset, at >= offset { return x }
            x += glyph.columns
        }
        return nil
    }
}

/// A piece of a line before it is folded: bytes of the text, or what is only drawn.
struct TextRun {
    enum Content {
        case source(Range<Int>)
        /// Drawn for the bytes at an offset, where there are such: an escape that was undone.
        case drawn(String, at: Int?)
        /// What was laid out before.
        case laid([LaidGlyph])
    }
    var content: Content
    var ink: Ink
    init(_ range: Range<Int>, _ ink: Ink) { (content, self.ink) = (.source(range), ink) }
    init(laid glyphs: [LaidGlyph]) { (content, ink) = (.laid(glyphs), Ink()) }
    init(drawn: String, _ ink: Ink, at offset: Int? = nil) { (content, self.ink) = (.drawn(drawn, at: offset), ink) }
}

/// What a reader makes of a line of a text.
struct TextLine {
    var runs: [TextRun] = []
    /// Stands before the first line that comes of it, and before those that it is folded into.
    var lead: [TextRun] = []
    var hanging: [TextRun] = []
    /// Whether it is cut at the edge and not at a blank: code.
    var isPreformatted = false
}

/// Something that a text's bytes are drawn with.
struct TextMarks {
    struct Mark {
        /// UTF-8 offsets into the text.
        var range: Range<Int>
        var ink: Ink
        /// Stands behind its end.
        var label: String?
        init(_ range: Range<Int>, _ ink: Ink, label: String? = nil) {
            (self.range, self.ink, self.label) = (range, ink, label)
        }
    }

    /// Marks that are looked at.
    static let most = 512
    /// Where they begin and end; of marks over one another the first counts.
    private var pieces: [(range: Range<Int>, ink: Ink)] = []
    private(set) var labels: [(at: Int, text: String, ink: Ink)] = []

    init(_ marks: [Mark]) {
        let marks = marks.prefix(Self.most).filter { !$0.range.isEmpty }
        guard !marks.isEmpty else { return }
        let borders = Set(marks.flatMap { [$0.range.lowerBound, $0.range.upperBound] }).sorted()
        for (start, end) in zip(borders, borders.dropFirst()) {
            guard let mark = marks.first(where: { $0.range.contains(start) }) else { continue }
            pieces.append((start..<end, mark.ink))
        }
        labels = marks.compactMap { mark in mark.label.map { (mark.range.upperBound, $0, mark.ink) } }
            .sorted { $0.0 < $1.0 }
    }

    var isEmpty: Bool { pieces.isEmpty }

    func ink(at offset: Int) -> Ink? {
        var (low, high) = (0, pieces.count)
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].range.upperBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low < pieces.count && pieces[low].range.contains(offset) ? pieces[low].ink : nil
    }
}
