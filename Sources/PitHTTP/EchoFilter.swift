import Glibc
import PitModel

/// Takes secrets out of what a server sends back: one that repeats what it was sent, in an error's words or in a page of
/// its own, must not bring a secret into a log, a database or a frame.
struct EchoFilter {
    /// Bytes at a good reply's start that are looked through: only those are ever quoted.
    private static let quoted = 4096
    /// The same of a reply that is an error.
    private static let most = 1 << 20
    /// What is shorter would be found by accident.
    private static let shortest = 4

    private let texts: [[UInt8]]

    init(_ texts: [String]) { self.texts = texts.map { Array($0.utf8) }.filter { $0.count >= Self.shortest } }

    func clean(_ reply: inout HTTPReply) {
        guard !texts.isEmpty else { return }
        let isGood = (200..<300).contains(reply.status)
        let length = min(reply.body.count, isGood ? Self.quoted : Self.most)
        for text in texts {
            reply.body.withUnsafeMutableBytes {
                Self.clean(UnsafeMutableRawBufferPointer(rebasing: $0[..<length]), text)
            }
            let word = String(decoding: text, as: UTF8.self)
            for index in reply.headers.indices where reply.headers[index].value.contains(word) {
                reply.headers[index].value = reply.headers[index].value.replacing(word, with: "***")
            }
        }
    }

    /// Stars of the same length, so that nothing moves.
    private static func clean(_ bytes: UnsafeMutableRawBufferPointer, _ text: [UInt8]) {
        guard var place = bytes.baseAddress else { return }
        let end = place + bytes.count
        while end - place >= text.count, let found = memchr(place, Int32(text[0]), end - place - text.count + 1) {
            if memcmp(found, text, text.count) == 0 {
                memset(found, 0x2A, text.count)
                place = found + text.count
            } else {
                place = found + 1
            }
        }
    }
}
