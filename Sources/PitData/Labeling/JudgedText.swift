import Crypto
public import PitModel

/// Hashes of what was judged.
public enum JudgedText {
    /// SHA-256 in hex of the messages' roles and texts, then of each answer: every piece preceded by its length in bytes
    /// as a decimal and a colon. `JudgedTarget.textHash` is this.
    public static func hash(messages: some Sequence<Interaction.Message>, answers: [String]) -> String {
        hex(digest(messages, answers).finalize())
    }

    static func digest(_ messages: some Sequence<Interaction.Message>, _ answers: [String]) -> SHA256 {
        // In one piece: each update of a hash costs about as much as a hundred bytes of it.
        var pieces = JSONBytes(capacity: 1024)
        for message in messages {
            add(message.role, to: &pieces)
            add(message.text, to: &pieces)
        }
        for answer in answers { add(answer, to: &pieces) }
        var hash = SHA256()
        pieces.withBytes { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        return hash
    }

    private static func add(_ text: String, to pieces: inout JSONBytes) {
        pieces.integer(text.utf8.count)
        pieces.byte(0x3A)
        pieces.copy(text)
    }

    static func hash(_ texts: [String]) -> SHA256 { digest([], texts) }

    static func hex(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The first eight bytes of a hash as a number.
    static func number(_ digest: SHA256.Digest) -> UInt64 {
        digest.withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
    }
}
