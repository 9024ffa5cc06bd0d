/// A line of text that is being edited. Moves and deletes whole graphemes.
public struct TextFieldState: Equatable, Codable, Sendable {
    public private(set) var text: String
    /// Graphemes before the cursor.
    public private(set) var cursor: Int
    /// Lines entered before, oldest first.
    public private(set) var history: [String]
    private var historyIndex: Int?
    /// What was typed before history was entered.
    private var draft = ""

    /// UTF-8 bytes that a field holds at most.
    public static let limit = 4096
    static let historyLimit = 200

    public init(_ text: String = "", history: [String] = []) {
        let text = Self.flattened(text, room: Self.limit)
        (self.text, cursor, self.history) = (text, text.count, Array(history.suffix(Self.historyLimit)))
    }

    /// Reads a field that was kept. What does not fit together is made to.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(String.self, forKey: .text),
            history: try container.decodeIfPresent([String].self, forKey: .history) ?? [])
        let kept = try container.decodeIfPresent(Int.self, forKey: .cursor) ?? text.count
        cursor = min(max(0, kept), text.count)
    }

    private enum CodingKeys: String, CodingKey { case text, cursor, history }

    /// Puts another text in, the cursor behind it.
    public mutating func set(_ text: String) {
        self.text = Self.flattened(text, room: Self.limit)
        cursor = self.text.count
    }

    /// Types text at the cursor, or pastes it: ends of lines and tabs become blanks, other control characters go.
    public mutating func insert(_ pasted: String) {
        let (before, after) = halves
        let added = Self.flattened(pasted, room: Self.limit - text.utf8.count)
        guard !added.isEmpty else { return }
        text = before + added + after
        cursor = min((before + added).count, text.count)
        historyIndex = nil
    }

    /// Ends the line: remembers it, unless it is empty or was the last, and empties the field.
    public mutating func commit() -> String {
        let line = text
        if !line.isEmpty, history.last != line { history = Array((history + [line]).suffix(Self.historyLimit)) }
        (text, cursor, historyIndex, draft) = ("", 0, nil, "")
        return line
    }

    /// Does what an editing key means, or types its character. Returns whether it meant anything here.
    public mutating func handle(_ key: Key) -> Bool {
        switch key.description {
        case "left", "ctrl-b": cursor = max(0, cursor - 1)
        case "right", "ctrl-f": cursor = min(text.count, cursor + 1)
        case "home", "ctrl-a": cursor = 0
        case "end", "ctrl-e": cursor = text.count
        case "alt-b", "ctrl-left", "alt-left": cursor = wordStart
        case "alt-f", "ctrl-right", "alt-right": cursor = wordEnd
        case "backspace", "ctrl-h": remove(cursor - 1, cursor)
        case "delete", "ctrl-d": remove(cursor, cursor + 1)
        case "ctrl-w", "alt-backspace": remove(wordStart, cursor)
        case "alt-d": remove(cursor, wordEnd)
        case "ctrl-u": remove(0, cursor)
        case "ctrl-k": remove(cursor, text.count)
        case "up", "ctrl-p": return recall(-1)
        case "down", "ctrl-n": return recall(1)
        case "space": insert(" ")
        default:
            guard key.description.count == 1 else { return false }
            insert(key.description)
        }
        return true
    }

    private var halves: (before: String, after: String) {
        let index = text.index(text.startIndex, offsetBy: cursor, limitedBy: text.endIndex) ?? text.endIndex
        return (String(text[..<index]), String(text[index...]))
    }

    private mutating func remove(_ start: Int, _ end: Int) {
        let graphemes = Array(text)
        let (low, high) = (max(0, start), min(graphemes.count, end))
        guard low < high else { return }
        text = String(graphemes[..<low]) + String(graphemes[high...])
        cursor = min(low, text.count)
        historyIndex = nil
    }

    private var wordStart: Int {
        let graphemes = Array(text)
        var at = min(cursor, graphemes.count)
        while at > 0, graphemes[at - 1].isWhitespace { at -= 1 }
        while at > 0, !graphemes[at - 1].isWhitespace { at -= 1 }
        return at
    }

    private var wordEnd: Int {
        let graphemes = Array(text)
        var at = min(cursor, graphemes.count)
        while at < graphemes.count, graphemes[at].isWhitespace { at += 1 }
        while at < graphemes.count, !graphemes[at].isWhitespace { at += 1 }
        return at
    }

    private mutating func recall(_ delta: Int) -> Bool {
        guard !history.isEmpty else { return false }
        switch (historyIndex, delta) {
        case (nil, ..<0):
            draft = text
            historyIndex = history.count - 1
        case (nil, _): return true
        case (let index?, _):
            let next = index + delta
            if next >= history.count {
                (historyIndex, text) = (nil, draft)
                cursor = text.count
                return true
            }
            historyIndex = max(0, next)
        }
        if let index = historyIndex, history.indices.contains(index) {
            text = history[index]
            cursor = text.count
        }
        return true
    }

    private static func flattened(_ raw: String, room: Int) -> String {
        var clean = String.UnicodeScalarView()
        var bytes = 0
        var lastWasReturn = false
        for scalar in raw.unicodeScalars {
            let isEnd = scalar == "\n" || scalar == "\r" || scalar == "\u{2028}" || scalar == "\u{2029}"
            if scalar == "\n", lastWasReturn {
                lastWasReturn = false
                continue
            }
            lastWasReturn = scalar == "\r"
            guard isEnd || scalar == "\t" || scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) else {
                continue
            }
            let next: Unicode.Scalar = isEnd || scalar == "\t" ? " " : scalar
            bytes += UTF8.width(next)
            guard bytes <= room else { break }
            clean.append(next)
        }
        return String(clean)
    }
}
