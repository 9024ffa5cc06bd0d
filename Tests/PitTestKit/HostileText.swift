/// Bytes that a hostile server might send as a name: the same for the same seed.
public struct HostileText: Sendable {
    private var random: SplitMix

    public init(seed: UInt64) { random = SplitMix(state: seed) }

    /// What a terminal, a text engine or a decoder might stumble over.
    private static let parts: [[UInt8]] = texts.map { Array($0.utf8) } + noTexts

    private static let texts = [
        "\u{1B}", "\u{1B}[2J", "\u{1B}]0;t\u{07}", "\u{1B}]52;c;ZWNobw==\u{1B}\\", "\u{1B}P1$r\u{1B}\\", "\u{1B}c",
        "\u{9B}31m", "\u{9D}8;;http://x\u{9C}", "\u{90}q\u{9C}", "\u{85}", "\u{8D}", "\u{0E}", "\r", "\n", "\t",
        "\u{08}", "\u{7F}", "\u{00}", "\u{05}", "\u{202E}", "\u{202A}", "\u{2066}", "\u{2069}", "\u{200F}",
        "\u{061C}", "\u{2028}", "\u{2029}", "\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}", "\u{AD}",
        "\u{FE0F}", "\u{FE0E}", "\u{E0041}", "\u{E0101}", "\u{301}", "\u{20E3}", "\u{0489}", "\u{20DD}", "👩", "🏽",
        "👨\u{200D}👩\u{200D}👧", "🇫", "🇷", "❤", "監", "한", "\u{1100}", "\u{1161}", "\u{11A8}", "\u{3164}", "न",
        "\u{94D}", "ि", "ก", "ำ", "\u{0600}", "\u{06DD}", "\u{0D4E}", "ש", "ع", "ﷺ", "\u{FFFD}",
        "\u{E000}", "\u{378}", "\u{1FAE8}", "Å", "ß", "ﬃ", "１",
    ]

    /// No UTF-8: C1 controls as single bytes, halves, overlong forms, surrogates, beyond the last.
    private static let noTexts: [[UInt8]] = [
        [0x9B], [0x9D], [0x90], [0x80], [0xC0, 0x9B], [0xE0, 0x80, 0x9B], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0xC2], [0xE2, 0x80], [0xF0, 0x9F, 0x91], [0xFF], [0xFE],
        // U+FFFE, U+FDD0 and U+10FFFF, which are no characters.
        [0xEF, 0xBF, 0xBE], [0xEF, 0xB7, 0x90], [0xF4, 0x8F, 0xBF, 0xBF],
    ]

    /// From no byte to some hundred; one in a thousand is up to 64 kB long.
    public mutating func next() -> [UInt8] {
        let isLong = random.below(1000) == 0
        let target = isLong ? random.below(65_536) : random.below(random.below(8) == 0 ? 300 : 40)
        var bytes: [UInt8] = []
        while bytes.count < target {
            switch random.below(8) {
            case 0, 1: bytes.append(UInt8(truncatingIfNeeded: random.below(256)))
            case 2: bytes += "vllm-".utf8
            case 3:
                let part = Self.parts[random.below(Self.parts.count)]
                for _ in 0...random.below(20) { bytes += part }
            case 4:
                let scalar = Unicode.Scalar(UInt32(random.below(0x11_0000))) ?? "?"
                bytes += String(Character(scalar)).utf8
            default: bytes += Self.parts[random.below(Self.parts.count)]
            }
        }
        return bytes
    }
}

/// Random numbers that are the same in every run.
private struct SplitMix: Sendable {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(max(1, limit)))
    }
}
