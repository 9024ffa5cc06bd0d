import Crypto
import PitModel
import PitStatistics

/// Remembers the texts of items that were exported, to know others like them.
struct TextDuplicates {
    private let rule: LabelExportOptions.Deduplication
    private var exact: Set<Digest> = []
    private var signatures: [MinHash] = []
    private var index: [UInt64: Int32] = [:]
    /// Values of a signature that make a key, and keys: texts that are 0.9 alike share one in 9,998 cases of 10,000, those
    /// that are 0.7 alike in 9 of 10.
    private static let rows = 4
    private static let keys = 8

    /// Half of a SHA-256: two texts of the same are the same.
    struct Digest: Hashable, Sendable {
        let high: UInt64
        let low: UInt64

        init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

        init(_ whole: SHA256Digest) {
            (high, low) = whole.withUnsafeBytes {
                ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
        }
    }

    /// What is looked up and then remembered of an item.
    struct Trace {
        fileprivate var digest: Digest
        fileprivate var signature: MinHash?
        fileprivate var keys: [UInt64] = []
    }

    init(_ rule: LabelExportOptions.Deduplication) { self.rule = rule }

    func trace(_ target: JudgedTarget) -> Trace? {
        guard rule != .none else { return nil }
        let whole = Digest(JudgedText.digest(target.messages, target.answers).finalize())
        guard case .near = rule else { return Trace(digest: whole) }
        var words: [UInt64] = []
        for message in target.messages { Self.words(of: message.text, &words) }
        for answer in target.answers { Self.words(of: answer, &words) }
        // Texts without a word have nothing in common that could be compared.
        guard !words.isEmpty else { return Trace(digest: whole) }
        let signature = MinHash(Shingles.of(words))
        return Trace(
            digest: whole, signature: signature, keys: signature.keys(rows: Self.rows, limit: Self.keys))
    }

    func reason(_ trace: Trace) -> LeftOut.Reason? {
        if exact.contains(trace.digest) { return .duplicate }
        guard case .near(let share) = rule, let signature = trace.signature else { return nil }
        let isNear = trace.keys.contains { key in
            index[key].map { signatures[Int($0)].likeness(to: signature) >= share } ?? false
        }
        return isNear ? .nearDuplicate : nil
    }

    mutating func remember(_ trace: Trace) {
        exact.insert(trace.digest)
        guard let signature = trace.signature else { return }
        for key in trace.keys where index[key] == nil { index[key] = Int32(signatures.count) }
        signatures.append(signature)
    }

    /// Hashes of words, in lower case where they are ASCII; what is written without spaces has a word a character.
    static func words(of text: String, _ words: inout [UInt64]) {
        eachWord(of: text) { hash, _ in words.append(hash) }
    }

    /// - Parameter body: is given a word's hash, and its place in UTF-8 offsets.
    @inline(__always)
    static func eachWord(of text: String, _ body: (UInt64, Range<Int>) -> Void) {
        var text = text
        text.withUTF8 { WordWalk.each($0, body) }
    }
}
