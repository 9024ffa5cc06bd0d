import Glibc
public import PitModel

/// One text of an exchange, read once for all detectors.
public final class ScannedText {
    public let side: Finding.Side
    /// The message's place among those sent; nil for the response.
    public let message: Int?
    /// Who says it: `user`, `tool`, `assistant`.
    public let role: String
    /// UTF-8, but it may be anything.
    public let bytes: [UInt8]

    /// Rules whose parts were all found, in the order that they end in.
    var hits: [PhraseHit] = []
    /// Places of bytes that mean something to a terminal, a renderer or a reader of code: control characters, `<`,
    /// `[`, `{`, `$`, backticks, and the beginnings of characters that are not seen.
    var marks: [Int32] = []
    /// Hashes of its words, in lower case.
    public internal(set) var words: [UInt64] = []
    /// Where letters and digits stand in a row for long.
    var runs: [Range<Int>] = []
    /// Words with digits between letters, and the most words of one letter, and of two signs, in a row.
    var mixedWords = 0
    var singleLetters = 0
    var pairs = 0
    var privateSpans: [Redaction.Span] = []

    init(_ text: String, side: Finding.Side, message: Int? = nil, role: String) {
        (self.side, self.message, self.role) = (side, message, role)
        bytes = Array(text.utf8)
    }

    init(bytes: [UInt8], like text: ScannedText) {
        (side, message, role, self.bytes) = (text.side, text.message, text.role, bytes)
    }

    /// The byte there; 0 outside.
    func byte(_ at: Int) -> UInt8 { at >= 0 && at < bytes.count ? bytes[at] : 0 }

    /// Where a byte stands first from a place on.
    func first(_ byte: UInt8, from: Int) -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, from < bytes.count else { return nil }
            return memchr(base + from, Int32(byte), bytes.count - from).map { UnsafeRawPointer($0) - base }
        }
    }

    /// Whether these bytes stand there, letters in either case where `text` has them small.
    func has(_ text: StaticString, at: Int) -> Bool {
        guard at >= 0, at + text.utf8CodeUnitCount <= bytes.count else { return false }
        for place in 0..<text.utf8CodeUnitCount {
            let wanted = text.utf8Start[place]
            let found = bytes[at + place]
            if found != wanted, found.lowered != wanted { return false }
        }
        return true
    }

    /// A range that goes on to where its last word ends.
    func toWordEnd(_ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end - range.upperBound < 24, byte(end).isAlphanumeric, byte(end - 1).isAlphanumeric { end += 1 }
        return range.lowerBound..<end
    }

    /// What stands at a place and a little around it, on one line, with what is private starred out.
    func excerpt(_ range: Range<Int>, around: Int = 0) -> String {
        Evidence.words(bytes, range, around: around)
    }

    /// A finding at a place.
    func finding(
        _ about: DetectorInfo, _ kind: String, _ range: Range<Int>, score: Double, evidence: String? = nil
    ) -> Finding {
        Finding(
            detector: about.id, kind: kind, owasp: about.owasp, side: side, message: message, range: range,
            score: score, evidence: evidence ?? excerpt(range))
    }
}

/// What a finding shows for itself.
enum Evidence {
    static let longest = 120

    /// A piece of a text on one line, no longer than `longest` bytes, with what is private in it starred out.
    static func words(_ bytes: [UInt8], _ range: Range<Int>, around: Int = 0) -> String {
        var (start, end) = (max(0, range.lowerBound - around), min(bytes.count, range.upperBound + around))
        end = min(end, start + longest)
        while start < end, bytes[start] & 0xC0 == 0x80 { start += 1 }
        while end > start, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        // A little more is looked at, so that what is private is known although it begins before or ends behind.
        let (low, high) = (max(0, start - 64), min(bytes.count, end + 64))
        var piece = Array(bytes[low..<high])
        let spans = piece.withUnsafeBufferPointer { Redaction.everything.spans(in: $0) }
        for span in spans { star(&piece, span) }
        return line(piece[(start - low)..<(end - low)])
    }

    /// On one line, with single spaces.
    static func line(_ bytes: some Sequence<UInt8>) -> String {
        var result: [UInt8] = []
        for byte in bytes {
            let isSpace = byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
            if isSpace, result.isEmpty || result.last == 0x20 { continue }
            result.append(isSpace ? 0x20 : byte)
        }
        if result.last == 0x20 { result.removeLast() }
        return String(decoding: result, as: UTF8.self)
    }

    /// All but the first and the last sign become stars; of an address the domain stays.
    static func star(_ bytes: inout [UInt8], _ span: Redaction.Span) {
        let at = span.range.lowerBound
        var end = span.range.upperBound
        if span.kind == .email { end = bytes[span.range].firstIndex(of: 0x40) ?? end }
        let keptBehind = span.kind == .secret || span.kind == .email ? 0 : 2
        let keptBefore = span.kind == .secret ? min(4, (end - at) / 4) : 1
        for place in (at + keptBefore)..<max(at + keptBefore, end - keptBehind) where bytes[place] > 0x20 {
            bytes[place] = 0x2A
        }
    }
}

/// An exchange as detectors see it.
public struct ScannedExchange {
    public let interaction: Interaction
    /// What came in since the model last spoke, and the response.
    public let texts: [ScannedText]
    let reread: Rereading
    public var response: ScannedText? { texts.last { $0.side == .response } }
    /// What the user said last.
    public var prompt: ScannedText? { texts.last { $0.side == .prompt && $0.role == "user" } }
}
