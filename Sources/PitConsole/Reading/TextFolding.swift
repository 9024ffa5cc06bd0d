import PitGrid
import PitModel

/// Puts lines of a text into lines of a width, broken at blanks where there are some. Everything goes through the
/// sanitizer, character by character, so that each glyph is known to stand for its byte.
struct TextFolding {
    let bytes: [UInt8]
    let width: Int
    private let marks: TextMarks
    private(set) var lines: [LaidLine] = []
    private var line: [LaidGlyph] = []
    private var used = 0
    /// Glyphs of the present line that are only its lead: no place to break at.
    private var lead = 0
    private var nextLabel = 0

    init(_ bytes: [UInt8], width: Int, marks: TextMarks) {
        (self.bytes, self.width, self.marks) = (bytes, max(1, width), marks)
    }

    /// - Parameter limit: so many lines are enough.
    mutating func put(_ text: TextLine, limit: Int) {
        begin(text.lead)
        for run in text.runs {
            for glyph in glyphs(run) {
                if let at = glyph.offset { putLabels(upTo: at, text) }
                place(glyph, text)
                if lines.count >= limit { return }
            }
            if case .source(let range) = run.content { putLabels(upTo: range.upperBound, text) }
        }
        endLine()
    }

    /// The glyphs that a run shows.
    func glyphs(_ run: TextRun) -> [LaidGlyph] {
        var glyphs: [LaidGlyph] = []
        switch run.content {
        case .drawn(let text, let offset):
            for glyph in Sanitizer.visible(text) {
                glyphs.append(LaidGlyph(glyph: glyph, ink: run.ink, columns: glyph.columns, offset: offset))
            }
        case .laid(let laid):
            glyphs = laid
            guard !marks.isEmpty else { break }
            for index in glyphs.indices {
                if let at = glyphs[index].offset, let ink = marks.ink(at: at) { glyphs[index].ink = ink }
            }
        case .source(let range):
            guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return [] }
            glyphs.reserveCapacity(range.count)
            var at = range.lowerBound
            for character in String(decoding: bytes[range], as: UTF8.self) {
                let ink = marks.isEmpty ? run.ink : marks.ink(at: at) ?? run.ink
                if let ascii = character.asciiValue, (0x20..<0x7F).contains(ascii) {
                    glyphs.append(LaidGlyph(glyph: character, ink: ink, columns: 1, offset: at))
                } else {
                    let shown = character == "\t" ? "    " : Sanitizer.visible(String(character))
                    for glyph in shown {
                        glyphs.append(LaidGlyph(glyph: glyph, ink: ink, columns: glyph.columns, offset: at))
                    }
                }
                at += character.utf8.count
            }
        }
        return glyphs
    }

    private mutating func begin(_ runs: [TextRun]) {
        for glyph in runs.flatMap(glyphs) where used + glyph.columns < width {
            line.append(glyph)
            used += glyph.columns
        }
        lead = line.count
    }

    /// What stands behind marks that ended before a byte.
    private mutating func putLabels(upTo offset: Int, _ text: TextLine) {
        while nextLabel < marks.labels.count, marks.labels[nextLabel].at <= offset {
            let label = marks.labels[nextLabel]
            nextLabel += 1
            for glyph in glyphs(TextRun(drawn: "\u{2039}\(label.text)\u{203A}", label.ink)) { place(glyph, text) }
        }
    }

    private mutating func place(_ glyph: LaidGlyph, _ text: TextLine) {
        if used + glyph.columns > width {
            let space = text.isPreformatted ? nil : line[lead...].lastIndex { $0.glyph == " " }
            var rest: [LaidGlyph] = []
            if let space, space >= width / 3 {
                rest = Array(line[(space + 1)...])
                line.removeSubrange(space...)
            }
            endLine()
            begin(text.hanging)
            line += rest
            used += rest.reduce(0) { $0 + $1.columns }
            if rest.isEmpty, glyph.glyph == " ", !text.isPreformatted { return }
        }
        line.append(glyph)
        used += glyph.columns
    }

    private mutating func endLine() {
        lines.append(LaidLine(glyphs: line))
        (line, used, lead) = ([], 0, 0)
    }
}

/// How a text is read.
enum Reading: Equatable, Sendable {
    /// As it was written, character by character.
    case raw
    /// Markdown and calls of tools as they are meant.
    case rendered
}

extension TextFolding {
    /// The lines of a text, `limit` of them at most; no more of it is looked at than can be shown in them.
    static func lines(
        _ text: String, _ marks: [TextMarks.Mark], _ reading: Reading, ink: Ink, width: Int, limit: Int
    ) -> [LaidLine] {
        guard width > 0, limit > 0 else { return [] }
        // So many bytes fill what is shown even where each glyph takes four.
        let bytes = Array(text.prefix(bytes: width * limit * 4).utf8)
        var folding = TextFolding(bytes, width: width, marks: TextMarks(marks))
        var reader: any LineReading =
            reading == .raw ? RawReader(bytes, ink) : MarkdownReader(bytes, ink, width: width)
        while folding.lines.count < limit, let line = reader.next() { folding.put(line, limit: limit) }
        return Array(folding.lines.prefix(limit))
    }
}

/// Makes lines of a text, one after the other.
protocol LineReading {
    mutating func next() -> TextLine?
}

/// Every line as it was written.
struct RawReader: LineReading {
    private let ink: Ink
    private var lines: SourceLines

    init(_ bytes: [UInt8], _ ink: Ink) { (lines, self.ink) = (SourceLines(bytes), ink) }

    mutating func next() -> TextLine? { lines.next().map { TextLine(runs: [TextRun($0, ink)]) } }
}

/// The lines of a text as ranges of its bytes, without what ends them. An empty text has one, which is empty.
struct SourceLines {
    let bytes: [UInt8]
    private(set) var at: Int? = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Range<Int>? {
        guard let start = at else { return nil }
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
        at = end.map { $0 + 1 }
        var stop = end ?? bytes.count
        if end != nil, stop > start, bytes[stop - 1] == UInt8(ascii: "\r") { stop -= 1 }
        return start..<stop
    }

    /// The line after those that were taken, which stays to be taken.
    func following() -> Range<Int>? {
        var copy = self
        return copy.next()
    }
}
