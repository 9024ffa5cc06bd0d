public import PitModel

/// Payloads in a code: what is decoded reads as instructions, or is text that somebody asked to have decoded.
public struct EncodedDetector: Detector {
    public static let about = DetectorInfo(
        id: "encoded", owasp: "LLM01", summary: "instructions in base64, hex, percent signs, rot13, unseen tags")

    public static let phrases: [PhraseRule] = [
        PhraseRule(
            "request", 0.3,
            "decode|decrypt|decipher|unscramble|dekodiere|entschlüssele|decodifica|décode|解码|デコード|раскодируй|декодируй"),
        // `ignore`, `previous`, `instructions`, `system prompt`, `reveal`, each turned by thirteen letters.
        PhraseRule(
            "rot13", 0.9, "vtaber|qvfertneq|sbetrg|birrevqr|olcnff", "cerivbhf|cevbe|nobir|nyy|lbhe|flfgrz",
            "vafgehpgvba*|cebzcg|ehyrf|thvqryvar*|qverpgvir*", gap: 32),
        PhraseRule(
            "rot13", 0.9, "erirny|cevag|fubj|bhgchg|ercrng",
            "flfgrz cebzcg|vavgvny cebzcg|lbhe vafgehpgvbaf|uvqqra vafgehpgvbaf", gap: 28),
    ]

    /// Bytes that are decoded of one payload at most.
    private static let longest = 16_384

    public init(_ settings: DetectorSettings) {}

    public func look(at exchange: ScannedExchange, _ phrases: PhraseFindings, into findings: inout [Finding]) {
        for text in exchange.texts {
            let own = phrases.findings(in: text)
            findings += own.filter { $0.kind == "rot13" }
            let isAsked = own.contains { $0.kind == "request" }
            for payload in Self.payloads(in: text).prefix(20) {
                if let found = judge(payload, text, isAsked, exchange) { findings.append(found) }
            }
        }
    }

    struct Payload: Equatable {
        var kind: String
        var range: Range<Int>
        var bytes: [UInt8]
    }

    private func judge(_ payload: Payload, _ text: ScannedText, _ isAsked: Bool, _ exchange: ScannedExchange)
        -> Finding?
    {
        guard Self.isText(payload.bytes) else { return nil }
        let inner = exchange.reread.read(payload.bytes, like: text)
        let words = Evidence.words(payload.bytes, 0..<payload.bytes.count)
        // What only asks to be decoded is no instruction in itself.
        let commands = inner.hits.filter { hit in !text.hits.contains { $0.range == hit.range } }
        if !commands.isEmpty {
            let range = commands[0].range
            return text.finding(
                Self.about, payload.kind, payload.range, score: 0.95,
                evidence: "decodes to: \(Evidence.words(payload.bytes, range, around: 20))")
        }
        // Tags are never seen, and have no other use.
        let score = payload.kind == "tags" ? 0.8 : isAsked && text.side == .prompt ? 0.5 : 0
        guard score > 0, payload.bytes.count >= 12 else { return nil }
        return text.finding(Self.about, payload.kind, payload.range, score: score, evidence: "decodes to: \(words)")
    }

    /// What may be text in a code, decoded.
    static func payloads(in text: ScannedText) -> [Payload] {
        var found: [Payload] = []
        var end = 0
        for run in text.runs where run.lowerBound >= end {
            guard found.count < 20 else { break }
            let (payload, upTo) = inRun(text, run)
            if let payload { found.append(payload) }
            end = upTo
        }
        if let tags = tags(in: text) { found.append(tags) }
        found += percents(in: text) + spacedHex(in: text)
        return found
    }

    /// What stands about a long row of letters and digits.
    private static func inRun(_ text: ScannedText, _ run: Range<Int>) -> (Payload?, Int) {
        func isCode(_ byte: UInt8) -> Bool {
            byte.isAlphanumeric || byte == 0x2B || byte == 0x2F || byte == 0x2D || byte == 0x5F
        }
        var (start, end) = (run.lowerBound, run.upperBound)
        while start > 0, run.lowerBound - start < 512, isCode(text.byte(start - 1)) { start -= 1 }
        while end < text.bytes.count, end - start < longest, isCode(text.byte(end)) { end += 1 }
        let row = text.bytes[start..<end]
        while end < text.bytes.count, text.byte(end) == 0x3D, end - start < longest + 3 { end += 1 }
        guard row.count >= 20 else { return (nil, end) }
        if row.allSatisfy({ hexValue($0) != nil }), row.count % 2 == 0 {
            return (Payload(kind: "hex", range: start..<end, bytes: hex(row)), end)
        }
        return (base64(row).map { Payload(kind: "base64", range: start..<end, bytes: $0) }, end)
    }

    static func hexValue(_ byte: UInt8) -> UInt8? {
        if byte.isDigit { return byte - 0x30 }
        let small = byte | 0x20
        return (0x61...0x66).contains(small) ? small - 0x61 + 10 : nil
    }

    static func hex(_ row: ArraySlice<UInt8>) -> [UInt8] {
        var (result, high): ([UInt8], UInt8?) = ([], nil)
        for byte in row {
            guard let value = hexValue(byte) else { continue }
            if let first = high {
                result.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return result
    }

    /// RFC 4648, either alphabet, with or without padding.
    static func base64(_ row: ArraySlice<UInt8>) -> [UInt8]? {
        guard row.count % 4 != 1 else { return nil }
        var (result, buffer, bits): ([UInt8], UInt32, Int) = ([], 0, 0)
        result.reserveCapacity(row.count * 3 / 4)
        for byte in row {
            let value: UInt8
            switch byte {
            case 0x41...0x5A: value = byte - 0x41
            case 0x61...0x7A: value = byte - 0x61 + 26
            case 0x30...0x39: value = byte - 0x30 + 52
            case 0x2B, 0x2D: value = 62
            default: value = 63
            }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        return result
    }

    /// Whether bytes are text: no control characters, nearly all of it letters, digits, spaces and usual signs.
    static func isText(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 8 else { return false }
        var (letters, odd) = (0, 0)
        for byte in bytes {
            if byte.isLetter || byte == 0x20 { letters += 1 }
            if byte < 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09 || byte == 0x7F { return false }
            if byte >= 0x80 { odd += 1 }
        }
        // Beyond ASCII it is to be UTF-8.
        if odd > 0, String(decoding: bytes, as: UTF8.self).unicodeScalars.contains("\u{FFFD}") { return false }
        return letters + odd >= bytes.count * 7 / 10
    }

    /// The tag block (U+E0020 to U+E007E) mirrors ASCII, and is not seen. A flag of a region is a few of them.
    private static func tags(in text: ScannedText) -> Payload? {
        var (bytes, first, last): ([UInt8], Int?, Int) = ([], nil, 0)
        for mark in text.marks {
            let at = Int(mark)
            guard text.byte(at) == 0xF3, text.byte(at + 1) == 0xA0, bytes.count < longest else { continue }
            let value = (text.byte(at + 2) & 0x3F) << 6 | (text.byte(at + 3) & 0x3F)
            guard text.byte(at + 2) == 0x80 || text.byte(at + 2) == 0x81, (0x20..<0x7F).contains(value) else {
                continue
            }
            bytes.append(value)
            (first, last) = (first ?? at, at + 4)
        }
        guard let first, bytes.count >= 8 else { return nil }
        return Payload(kind: "tags", range: first..<last, bytes: bytes)
    }

    /// Bytes written as `%69%67`, or as `\x69\x67`.
    private static func percents(in text: ScannedText) -> [Payload] {
        rows(in: text, sign: 0x25, signLength: 1, kind: "percent")
    }

    private static func rows(in text: ScannedText, sign: UInt8, signLength: Int, kind: String) -> [Payload] {
        var (found, at): ([Payload], Int) = ([], 0)
        while found.count < 5, let start = text.first(sign, from: at) {
            var (end, bytes): (Int, [UInt8]) = (start, [])
            while text.byte(end) == sign, let high = hexValue(text.byte(end + 1)),
                let low = hexValue(text.byte(end + 2))
            {
                bytes.append(high << 4 | low)
                end += 3
            }
            if bytes.count >= 12 { found.append(Payload(kind: kind, range: start..<end, bytes: bytes)) }
            at = max(end, start + 1)
        }
        return found
    }

    /// `69 67 6e 6f`: pairs with single spaces between them, found where single words are short and many.
    private static func spacedHex(in text: ScannedText) -> [Payload] {
        guard text.pairs >= 12 else { return [] }
        var (found, at): ([Payload], Int) = ([], 0)
        let bytes = text.bytes
        while at + 35 < bytes.count, found.count < 5 {
            guard hexValue(bytes[at]) != nil, isPair(bytes, at) ?? false else {
                at += 1
                continue
            }
            var end = at
            while let isMore = isPair(bytes, end), isMore { end += 3 }
            if end - at >= 36 {
                found.append(
                    Payload(
                        kind: "hex", range: at..<min(end, bytes.count), bytes: hex(bytes[at..<min(end, bytes.count)])))
            }
            at = max(end, at + 1)
        }
        return found
    }

    private static func isPair(_ bytes: [UInt8], _ at: Int) -> Bool? {
        guard at + 1 < bytes.count else { return nil }
        let isEnd = at + 2 >= bytes.count || bytes[at + 2] == 0x20
        return hexValue(bytes[at]) != nil && hexValue(bytes[at + 1]) != nil && isEnd
            && (at == 0 || !bytes[at - 1].isAlphanumeric)
    }
}
