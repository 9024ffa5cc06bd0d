public import PitModel

/// One thing that an exchange is like: a number or a word. Pure: the same exchange gives the same.
public protocol ResponseDescriptor: Sendable {
    /// The name it is kept and asked for by: snake_case, a contract with scripts.
    static var key: String { get }
    /// What people call it.
    static var title: String { get }
    static var unit: SignalUnit { get }
    /// Nil where the exchange says nothing of it: that is no value, and never 0.
    static func value(of exchange: ExchangeText) -> Interaction.Attribute?
}

extension ResponseDescriptor {
    public static var unit: SignalUnit { .count }
}

/// An exchange with its texts taken apart once, for all descriptors.
public struct ExchangeText: Sendable {
    public let exchange: Interaction
    public let prompt: ReadText
    /// Nil when nothing came back.
    public let response: ReadText?

    public init(_ exchange: Interaction) {
        self.exchange = exchange
        prompt = ReadText(exchange.prompt)
        response = exchange.response.map(ReadText.init)
    }
}

/// The first bytes of a text and its words.
public struct ReadText: Sendable {
    /// Bytes that are looked into: of a longer text the beginning stands for the whole.
    public static let limit = 32 << 10

    /// UTF-8, `limit` at most, cut between characters.
    public let bytes: [UInt8]
    /// Hashes of its words in lower case, in their order.
    public let words: [UInt64]
    /// Unicode scalars of the whole text.
    public let length: Int

    public init(_ text: String) {
        var text = text
        (bytes, length) = text.withUTF8 { whole in
            var end = min(whole.count, Self.limit)
            while end > 0, end < whole.count, whole[end] & 0xC0 == 0x80 { end -= 1 }
            return (Array(whole[..<end]), whole.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) })
        }
        words = Self.words(of: bytes)
    }

    /// Runs of letters and digits; a character of a script that writes no spaces is a word of its own.
    private static func words(of bytes: [UInt8]) -> [UInt64] {
        var words: [UInt64] = []
        words.reserveCapacity(bytes.count / 5)
        var (hash, isInside) = (offset, false)
        func finish() {
            if isInside { words.append(hash) }
            (hash, isInside) = (offset, false)
        }
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            if byte < 0x80 {
                let letter = byte | 0x20
                if letter &- 0x61 < 26 || byte &- 0x30 < 10 {
                    (hash, isInside) = ((hash ^ UInt64(byte &- 0x41 < 26 ? letter : byte)) &* prime, true)
                } else {
                    finish()
                }
                at += 1
                continue
            }
            let width = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
            let end = min(bytes.count, at + width)
            // General punctuation, arrows and symbols, CJK punctuation.
            let isMark = byte == 0xE2 || byte == 0xE3 && end > at + 1 && bytes[at + 1] == 0x80
            let isAlone = byte >= 0xE3 && byte <= 0xE9
            if isMark || isAlone { finish() }
            if !isMark {
                for place in at..<end { hash = (hash ^ UInt64(bytes[place])) &* prime }
                isInside = true
                if isAlone { finish() }
            }
            at = end
        }
        finish()
        return words
    }

    private static let (offset, prime): (UInt64, UInt64) = (0xcbf2_9ce4_8422_2325, 0x100_0000_01b3)

    /// The hash of one word as `words` has it.
    public static func hash(_ word: String) -> UInt64 {
        word.lowercased().utf8.reduce(offset) { ($0 ^ UInt64($1)) &* prime }
    }
}
