import Crypto
public import PitModel

/// Which part of a dataset each conversation goes to: by the SHA-256 of how it begins, so that the same conversation is in
/// the same part whatever else is exported, whoever exports it, and however far it had come.
public struct DatasetSplit: Equatable, Sendable {
    public struct Part: Equatable, Sendable {
        public var name: String
        public var share: Double
    }
    public let parts: [Part]

    /// Everything in one part, `train`.
    public static let whole = DatasetSplit(parts: [Part(name: "train", share: 1)])

    private init(parts: [Part]) { self.parts = parts }

    /// Reads `train=0.9,test=0.1`; the shares make one.
    public init(_ text: String) throws(DataFault) {
        var parts: [Part] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = word.split(separator: "=", omittingEmptySubsequences: false)
            guard halves.count == 2, let share = Double(halves[1]), share > 0, share <= 1,
                Self.isName(halves[0]), !parts.contains(where: { $0.name == halves[0] })
            else { throw .refused("`\(word)` is no part of a split", hint: "Write it so: train=0.9,test=0.1") }
            parts.append(Part(name: String(halves[0]), share: share))
        }
        let sum = parts.reduce(0) { $0 + $1.share }
        guard abs(sum - 1) < 1e-6 else {
            throw .refused("the shares of `\(text)` make \(sum)", hint: "They are to make 1: train=0.9,test=0.1")
        }
        self.parts = parts
    }

    /// What may be a part of a file's name and of a dataset card.
    private static func isName(_ text: Substring) -> Bool {
        let isPlain = text.utf8.allSatisfy { $0 | 0x20 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x5F }
        return isPlain && (1...40).contains(text.utf8.count) && text.utf8.first.map { $0 &- 0x30 >= 10 } == true
    }

    /// The part that a number belongs to, spread evenly over all 64 bits.
    func place(of number: UInt64) -> Int {
        // 53 bits, as many as a double has exactly.
        let point = Double(number >> 11) / 0x1p53
        var sum = 0.0
        for (place, part) in parts.enumerated() {
            sum += part.share
            if point < sum { return place }
        }
        return parts.count - 1
    }

    /// How a conversation begins: all up to what the user says first. Every later turn of it begins alike.
    public static func number(of messages: [Interaction.Message]) -> UInt64 {
        let end = messages.firstIndex { $0.role == "user" || $0.role == "human" } ?? messages.count - 1
        return JudgedText.number(JudgedText.digest(messages.prefix(end + 1), []).finalize())
    }

    /// As it is read.
    public var words: String { parts.map { "\($0.name)=\($0.share)" }.joined(separator: ",") }
}
