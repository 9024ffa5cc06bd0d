public import PitModel

/// Signs in a response that command a terminal, or turn the order of what is read around.
public struct TerminalDetector: Detector {
    public static let about = DetectorInfo(
        id: "terminal", owasp: "LLM05", summary: "escape sequences and reordering characters in responses")

    public init(_ settings: DetectorSettings) {}

    public func look(at exchange: ScannedExchange, _ phrases: PhraseFindings, into findings: inout [Finding]) {
        guard let text = exchange.response else { return }
        var behind = 0
        for mark in text.marks where Int(mark) >= behind && findings.count < 200 {
            let at = Int(mark)
            guard let (kind, end, score, words) = Self.sign(text, at) else { continue }
            findings.append(text.finding(Self.about, kind, at..<end, score: score, evidence: words))
            behind = end
        }
    }

    private static func sign(_ text: ScannedText, _ at: Int) -> (String, Int, Double, String)? {
        let second = text.byte(at + 1)
        switch text.byte(at) {
        case 0x1B: return escape(text, at, second)
        case 0xC2 where (0x80..<0xA0).contains(second):
            return ("c1", at + 2, 0.9, "a C1 control, U+00\(String(second, radix: 16, uppercase: true))")
        case 0xE2 where second == 0x80 && (0xAA...0xAE).contains(text.byte(at + 2)),
            0xE2 where second == 0x81 && (0xA6...0xA9).contains(text.byte(at + 2)):
            let point = second == 0x80 ? 0x202A + Int(text.byte(at + 2)) - 0xAA : 0x2066 + Int(text.byte(at + 2)) - 0xA6
            // Isolates are of use in Arabic and Hebrew; overrides nearly never.
            let score = point == 0x202D || point == 0x202E ? 0.8 : 0.3
            return ("bidi", at + 3, score, "U+\(String(point, radix: 16, uppercase: true)) turns the order of reading")
        case 0x0D where second != 0x0A && second != 0:
            return ("overwrite", at + 1, 0.6, "a carriage return within a line")
        case 0x08: return ("overwrite", at + 1, 0.6, "a backspace")
        case 0x07: return ("control", at + 1, 0.5, "a bell")
        case 0x00: return ("control", at + 1, 0.5, "a NUL")
        default: return nil
        }
    }

    /// ECMA-48: what follows ESC, in words.
    private static func escape(_ text: ScannedText, _ at: Int, _ second: UInt8) -> (String, Int, Double, String) {
        var end = at + 2
        switch second {
        case 0x5B:
            while end < text.bytes.count, end - at < 64, !(0x40...0x7E).contains(text.byte(end)) { end += 1 }
            let isColour = text.byte(end) == 0x6D
            let final = Character(UnicodeScalar(text.byte(end)))
            return (
                "escape", min(end + 1, text.bytes.count), isColour ? 0.6 : 0.9,
                "ESC [ … \(isColour ? "m, colours" : "\(final)")"
            )
        case 0x5D, 0x50, 0x5F, 0x5E:
            // To BEL or ESC backslash: a title, a link, the clipboard, and worse.
            while end < text.bytes.count, end - at < 4096, text.byte(end) != 0x07, text.byte(end) != 0x1B { end += 1 }
            let number = text.bytes[(at + 2)..<end].prefix { $0.isDigit }
            let words = second == 0x5D ? "OSC \(String(decoding: number, as: UTF8.self))" : "a device control string"
            let isClipboard = number.elementsEqual([0x35, 0x32])
            return (
                "escape", min(end + 1, text.bytes.count), 0.95, isClipboard ? "\(words), writes the clipboard" : words
            )
        default: return ("escape", min(end, text.bytes.count), 0.8, "ESC")
        }
    }
}
