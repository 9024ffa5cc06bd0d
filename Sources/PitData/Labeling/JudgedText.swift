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
        var hash = SHA256()
        for message in messages {
            add(message.role, to: &hash)
            add(message.text, to: &hash)
        }
        for answer in answers { add(answer, to: &hash) }
        return hash
    }

    static func add(_ text: String, to hash: inout SHA256) {
        var text = text
        text.withUTF8 { bytes in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 21) { prefix in
                var (left, at) = (bytes.count, 20)
                prefix[20] = 0x3A
                repeat {
                    at -= 1
                    prefix[at] = 0x30 + UInt8(left % 10)
                    left /= 10
                } while left > 0
                hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(prefix)[at...]))
            }
            hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
        }
    }

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
