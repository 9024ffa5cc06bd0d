/// A text of several lines that is being edited. Moves and deletes whole graphemes; up and down go by what is one below
/// the other on the screen.
public struct TextAreaState: Equatable, Sendable {
    /// UTF-8 bytes that it holds at most.
    public static let limit = 65_536

    private(set) var lines: [[Character]]
    /// The line of the cursor, and the graphemes before it there.
    private(set) var line: Int
    private(set) var column: Int

    public init(_ text: String = "") {
        lines = Self.cleaned(text, room: Self.limit)
        line = lines.count - 1
        column = lines[line].count
    }

    public var text: String { lines.map { String($0) }.joined(separator: "\n") }
    public var isEmpty: Bool { lines.allSatisfy(\.isEmpty) }

    /// Types text at the cursor, or pastes it: control characters but line ends and tabs go, and so does what is too much.
    public mutating func insert(_ text: String) {
        let room = Self.limit - self.text.utf8.count
        guard room > 0, !text.isEmpty else { return }
        let added = Self.cleaned(text, room: room)
        let (before, after) = (lines[line][..<column], lines[line][column...])
        guard added.count > 1 else {
            // A mark that is typed joins the letter before it.
            let start = String(before) + String(added[0])
            lines[line] = Array(start + String(after))
            column = min(start.count, lines[line].count)
            return
        }
        let last = added[added.count - 1]
        lines.replaceSubrange(line...line, with: [before + added[0]] + added[1..<(added.count - 1)] + [last + after])
        line += added.count - 1
        column = last.count
    }

    /// Does what an editing key means, or types its character. Returns whether it meant anything here.
    ///
    /// - Parameter size: of the area it is drawn in.
    public mutating func handle(_ key: Key, size: Size) -> Bool {
        switch key.description {
        case "left", "ctrl-b": step(-1)
        case "right", "ctrl-f": step(1)
        case "up", "ctrl-p": rise(1, width: size.width)
        case "down", "ctrl-n": rise(-1, width: size.width)
        case "pgup": rise(max(1, size.height - 1), width: size.width)
        case "pgdn": rise(-max(1, size.height - 1), width: size.width)
        case "home", "ctrl-a": column = 0
        case "end", "ctrl-e": column = lines[line].count
        case "ctrl-home": (line, column) = (0, 0)
        case "ctrl-end": (line, column) = (lines.count - 1, lines[lines.count - 1].count)
        case "alt-b", "ctrl-left", "alt-left": stepWord(-1)
        case "alt-f", "ctrl-right", "alt-right": stepWord(1)
        case "enter": insert("\n")
        case "space": insert(" ")
        case "backspace", "ctrl-h": remove { $0.step(-1) }
        case "delete", "ctrl-d": remove { $0.step(1) }
        case "ctrl-w", "alt-backspace": remove { $0.stepWord(-1) }
        case "alt-d": remove { $0.stepWord(1) }
        case "ctrl-u": remove { $0.column = 0 }
        case "ctrl-k":
            let isAtEnd = column == lines[line].count
            remove { if isAtEnd { $0.step(1) } else { $0.column = $0.lines[$0.line].count } }
        default:
            guard key.description.count == 1 else { return false }
            insert(key.description)
        }
        return true
    }

    /// Where each row on the screen begins and ends: broken behind blanks where there are some.
    func rows(width: Int) -> [(line: Int, range: Range<Int>)] {
        var rows: [(line: Int, range: Range<Int>)] = []
        for (index, text) in lines.enumerated() {
            var start = 0
            repeat {
                let end = Self.rowEnd(text, start, max(1, width))
                rows.append((index, start..<end))
                start = end
            } while start < text.count
        }
        return rows
    }

    /// The row that the cursor stands on.
    func cursorRow(_ rows: [(line: Int, range: Range<Int>)]) -> Int {
        rows.lastIndex { $0.line == line && $0.range.lowerBound <= column } ?? 0
    }

    static func columns(_ glyph: Character) -> Int { SafeText(String(glyph)).columns }

    private static func rowEnd(_ text: [Character], _ start: Int, _ width: Int) -> Int {
        var (end, used, blank) = (start, 0, start)
        while end < text.count {
            used += columns(text[end])
            if used > width { return blank > start ? blank : max(end, start + 1) }
            end += 1
            if text[end - 1] == " " { blank = end }
        }
        return end
    }

    // MARK: moving

    private mutating func step(_ by: Int) {
        if by < 0, column == 0, line > 0 {
            (line, column) = (line - 1, lines[line - 1].count)
        } else if by > 0, column == lines[line].count, line < lines.count - 1 {
            (line, column) = (line + 1, 0)
        } else {
            column = min(max(0, column + by), lines[line].count)
        }
    }

    private mutating func stepWord(_ by: Int) {
        func isBlank() -> Bool {
            let at = by < 0 ? column - 1 : column
            return !lines[line].indices.contains(at) || lines[line][at].isWhitespace
        }
        func isAtBorder() -> Bool {
            by < 0 ? line == 0 && column == 0 : line == lines.count - 1 && column == lines[line].count
        }
        while !isAtBorder(), isBlank() { step(by) }
        while !isAtBorder(), !isBlank() { step(by) }
    }

    private mutating func rise(_ by: Int, width: Int) {
        let rows = rows(width: width)
        let now = cursorRow(rows)
        let wanted = lines[line][rows[now].range.lowerBound..<column].reduce(0) { $0 + Self.columns($1) }
        let target = rows[min(max(0, now - by), rows.count - 1)]
        line = target.line
        column = target.range.lowerBound
        var used = 0
        // The last place of a row that goes on is the first of the next.
        let last = target.range.upperBound - (target.range.upperBound < lines[line].count ? 1 : 0)
        while column < last, used + Self.columns(lines[line][column]) <= wanted {
            used += Self.columns(lines[line][column])
            column += 1
        }
    }

    /// Takes away what lies between the cursor and where a step leads.
    private mutating func remove(_ step: (inout Self) -> Void) {
        var other = self
        step(&other)
        let isBefore = (other.line, other.column) < (line, column)
        let (start, end) = isBefore ? (other, self) : (self, other)
        let joined = Array(lines[start.line][..<start.column]) + lines[end.line][end.column...]
        lines.replaceSubrange(start.line...end.line, with: [Array(String(joined))])
        (line, column) = (start.line, min(start.column, lines[start.line].count))
    }

    private static func cleaned(_ raw: String, room: Int) -> [[Character]] {
        var clean = String.UnicodeScalarView()
        var bytes = 0
        let unified = raw.replacing("\r\n", with: "\n")
        for scalar in unified.unicodeScalars {
            let isEnd = scalar == "\n" || scalar == "\r" || scalar == "\u{2028}" || scalar == "\u{2029}"
            guard isEnd || scalar == "\t" || scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) else {
                continue
            }
            let next: Unicode.Scalar = isEnd ? "\n" : scalar
            bytes += UTF8.width(next)
            guard bytes <= room else { break }
            clean.append(next)
        }
        return String(clean).split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
    }
}
