public import PitModel

/// Whether a response is JSON where JSON was asked for: `valid`, `fenced` (valid between Markdown's fences, which
/// programs choke on) or `invalid`. Nil where nobody asked.
public enum JSONValidity: ResponseDescriptor {
    public static let (key, title) = ("json_validity", "JSON validity")

    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        guard let response = text.response, isAsked(text.exchange) else { return nil }
        // Only the whole can be valid.
        guard response.length <= ReadText.limit, response.bytes.count < ReadText.limit else { return nil }
        return .text(verdict(response.bytes))
    }

    static func verdict(_ bytes: [UInt8]) -> String {
        if JSONChecker.isValid(bytes[...]) { return "valid" }
        return fenced(bytes).map(JSONChecker.isValid) ?? false ? "fenced" : "invalid"
    }

    private static func isAsked(_ exchange: Interaction) -> Bool {
        for name in ["response_format", "gen_ai.output.type", "gen_ai.openai.request.response_format"] {
            if case .text(let text)? = exchange.attributes[name] { return text.lowercased().contains("json") }
        }
        let texts = [exchange.system, exchange.prompt].compactMap { $0 }
        return texts.contains { says($0.utf8.prefix(ReadText.limit)) }
    }

    /// Whether the word stands in a text, in either case.
    private static func says(_ text: some Sequence<UInt8>) -> Bool {
        var (found, isInside) = (0, false)
        let word: [UInt8] = [0x6A, 0x73, 0x6F, 0x6E]
        for byte in text {
            let low = byte | 0x20
            let isLetter = low &- 0x61 < 26
            if found == 4, !isLetter { return true }
            found = isLetter && found < 4 && low == word[found] && (found > 0 || !isInside) ? found + 1 : 0
            isInside = isLetter
        }
        return found == 4
    }

    private static func fenced(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let mark: [UInt8] = [0x60, 0x60, 0x60]
        guard let begin = bytes.indices.first(where: { bytes[$0...].starts(with: mark) }),
            let line = bytes[begin...].firstIndex(of: 0x0A),
            let end = bytes.indices.last(where: { $0 > line && bytes[$0...].starts(with: mark) })
        else { return nil }
        return bytes[line..<end]
    }
}

/// Whether bytes are one JSON value (RFC 8259), nested 128 deep at most.
struct JSONChecker {
    private let bytes: ArraySlice<UInt8>
    private var at: Int

    static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
        var checker = JSONChecker(bytes: bytes, at: bytes.startIndex)
        guard checker.value(128) else { return false }
        checker.space()
        return checker.at == bytes.endIndex
    }

    private var here: UInt8? { at < bytes.endIndex ? bytes[at] : nil }

    private mutating func space() { while let byte = here, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { at += 1 } }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard here == byte else { return false }
        at += 1
        return true
    }

    private mutating func value(_ depth: Int) -> Bool {
        space()
        guard depth > 0, let byte = here else { return false }
        switch byte {
        case 0x7B: return members(depth, end: 0x7D, isObject: true)
        case 0x5B: return members(depth, end: 0x5D, isObject: false)
        case 0x22: return string()
        case 0x74: return word("true")
        case 0x66: return word("false")
        case 0x6E: return word("null")
        default: return number()
        }
    }

    private mutating func members(_ depth: Int, end: UInt8, isObject: Bool) -> Bool {
        at += 1
        space()
        if take(end) { return true }
        while true {
            space()
            if isObject {
                guard here == 0x22, string() else { return false }
                space()
                guard take(0x3A) else { return false }
            }
            guard value(depth - 1) else { return false }
            space()
            if take(0x2C) { continue }
            return take(end)
        }
    }

    private mutating func string() -> Bool {
        at += 1
        while let byte = here {
            at += 1
            if byte == 0x22 { return true }
            if byte < 0x20 { return false }
            guard byte == 0x5C else { continue }
            guard let escaped = here else { return false }
            at += 1
            if escaped == 0x75 {
                for _ in 0..<4 {
                    guard let digit = here, digit &- 0x30 < 10 || (digit | 0x20) &- 0x61 < 6 else { return false }
                    at += 1
                }
            } else if !"\"\\/bfnrt".utf8.contains(escaped) {
                return false
            }
        }
        return false
    }

    private mutating func word(_ word: String) -> Bool {
        guard bytes[at...].starts(with: word.utf8) else { return false }
        at += word.utf8.count
        return true
    }

    private mutating func number() -> Bool {
        _ = take(0x2D)
        guard let first = here, first &- 0x30 < 10 else { return false }
        if first == 0x30 { at += 1 } else { digits() }
        if take(0x2E) { guard digits() else { return false } }
        if let byte = here, byte | 0x20 == 0x65 {
            at += 1
            if here == 0x2B || here == 0x2D { at += 1 }
            guard digits() else { return false }
        }
        return true
    }

    @discardableResult
    private mutating func digits() -> Bool {
        let start = at
        while let byte = here, byte &- 0x30 < 10 { at += 1 }
        return at > start
    }
}
