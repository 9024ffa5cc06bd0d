public import PitModel

/// The script that most letters of a text are of.
public enum PromptScript: ResponseDescriptor {
    public static let (key, title) = ("prompt_script", "prompt script")
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.exchange.messages.isEmpty ? nil : Script.main(of: text.prompt.bytes).map { .text($0.rawValue) }
    }
}

public enum ResponseScript: ResponseDescriptor {
    public static let (key, title) = ("response_script", "response script")
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.response.flatMap { Script.main(of: $0.bytes) }.map { .text($0.rawValue) }
    }
}

/// Scripts told apart by their blocks of Unicode.
public enum Script: String, CaseIterable, Sendable {
    case latin, cyrillic, greek, arabic, hebrew, devanagari, bengali, thai, han, kana, hangul, other

    init?(_ scalar: UInt32) {
        switch scalar {
        case 0x41...0x5A, 0x61...0x7A, 0xAA, 0xBA, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F, 0x1E00...0x1EFF:
            self = .latin
        case 0x370...0x3FF, 0x1F00...0x1FFF: self = .greek
        case 0x400...0x52F: self = .cyrillic
        case 0x590...0x5FF: self = .hebrew
        case 0x600...0x6FF, 0x750...0x77F, 0xFB50...0xFDFF, 0xFE70...0xFEFC: self = .arabic
        case 0x900...0x97F: self = .devanagari
        case 0x980...0x9FF: self = .bengali
        case 0xE00...0xE7F: self = .thai
        case 0x1100...0x11FF, 0xAC00...0xD7A3: self = .hangul
        case 0x3040...0x30FF, 0x31F0...0x31FF: self = .kana
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0x20000...0x2FA1F: self = .han
        case 0x530...0x58F, 0x840...0x8FF, 0xA00...0xDFF, 0xE80...0x10FF, 0x1200...0x1DBF: self = .other
        default: return nil
        }
    }

    /// How many letters are of each.
    static func counts(of bytes: [UInt8]) -> [Script: Int] {
        var (latin, others) = (0, [Script: Int]())
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            if byte < 0x80 {
                latin += (byte | 0x20) &- 0x61 < 26 ? 1 : 0
                at += 1
                continue
            }
            let width = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
            guard at + width <= bytes.count else { break }
            var scalar = UInt32(byte) & (0x7F >> UInt32(width))
            for place in (at + 1)..<(at + width) { scalar = scalar << 6 | UInt32(bytes[place] & 0x3F) }
            if let script = Script(scalar) { others[script, default: 0] += 1 }
            at += width
        }
        if latin > 0 { others[.latin, default: 0] += latin }
        return others
    }

    /// Nil without any letter.
    public static func main(of bytes: [UInt8]) -> Script? {
        counts(of: bytes).max { $0.value != $1.value ? $0.value < $1.value : $0.key.rawValue > $1.key.rawValue }?.key
    }
}
