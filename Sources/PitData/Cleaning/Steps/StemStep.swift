import PitModel
import PitStatistics

/// Makes stems of English words, by Porter's rules as ROUGE has them.
struct StemStep: CleaningStep {
    static let about = CleaningStepInfo(
        id: "stem",
        summary: "Makes stems of English words (Porter, 1980), in lower case: for counting, not for training.",
        options: [OptionInfo("language", .text, help: "en; there are no rules for others", example: "en")])

    init(_ spec: CleaningStepSpec) throws(CleaningFault) { _ = try spec.choice("language", ["en"]) }

    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict {
        row.change { text in
            var (result, word, isOther) = ([UInt8](), [UInt8](), false)
            func end() {
                // A word with letters beyond ASCII is none that the rules know.
                result +=
                    isOther
                    ? word : Array(PorterStemmer.stem(String(decoding: word.map(Self.lower), as: UTF8.self)).utf8)
                word.removeAll(keepingCapacity: true)
                isOther = false
            }
            for byte in text.utf8 {
                if byte | 0x20 &- 0x61 < 26 || byte >= 0x80 {
                    word.append(byte)
                    isOther = isOther || byte >= 0x80
                } else {
                    if !word.isEmpty { end() }
                    result.append(byte)
                }
            }
            if !word.isEmpty { end() }
            return String(decoding: result, as: UTF8.self)
        }
        return .keep
    }

    private static func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
