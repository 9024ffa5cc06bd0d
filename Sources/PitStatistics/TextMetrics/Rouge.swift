/// ROUGE (Lin 2004) as google-research's `rouge_score` 0.1.2 computes it, which is not ROUGE-1.5.5.
public struct Rouge: Sendable {
    public enum Kind: String, Sendable, CaseIterable { case rouge1, rouge2, rougeL, rougeLsum }

    /// Shares, 0...1.
    public struct Score: Equatable, Sendable {
        public var precision: Double
        public var recall: Double
        public var fmeasure: Double

        init(_ hits: Int, of prediction: Int, and target: Int) {
            precision = Double(hits) / Double(max(prediction, 1))
            recall = Double(hits) / Double(max(target, 1))
            fmeasure = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
        }
        init(precision: Double, recall: Double, fmeasure: Double) {
            (self.precision, self.recall, self.fmeasure) = (precision, recall, fmeasure)
        }
        static let zero = Score(precision: 0, recall: 0, fmeasure: 0)
    }

    /// Words longer than three letters are cut to their stems.
    public var stems: Bool
    public var kinds: [Kind]
    public init(stems: Bool = false, kinds: [Kind] = Kind.allCases) { (self.stems, self.kinds) = (stems, kinds) }

    /// The mean over all segments of each kind's precision, recall and F; of several references that with the highest
    /// F counts, for each kind. The plain mean: `rouge_score`'s own aggregate is the median of random resamples.
    public func corpus(_ predictions: TextLines, _ references: [TextLines]) throws(TextMetricFault) -> [Kind: Score] {
        let all = try segments(predictions, references)
        let count = Double(predictions.count)
        return all.mapValues { scores in
            Score(
                precision: scores.reduce(0) { $0 + $1.precision } / count,
                recall: scores.reduce(0) { $0 + $1.recall } / count,
                fmeasure: scores.reduce(0) { $0 + $1.fmeasure } / count)
        }
    }

    public func segments(_ predictions: TextLines, _ references: [TextLines]) throws(TextMetricFault) -> [Kind: [Score]]
    {
        try TextMetricFault.check(predictions, references)
        var work = RougeWork(stems: stems)
        var result: [Kind: [Score]] = [:]
        for kind in kinds { result[kind] = [] }
        for index in 0..<predictions.count {
            let own = work.read(predictions, index)
            var best: [Kind: Score] = [:]
            for reference in references {
                let target = work.read(reference, index)
                for kind in kinds {
                    let score = work.score(kind, target, own)
                    if best[kind].map({ score.fmeasure > $0.fmeasure }) ?? true { best[kind] = score }
                }
            }
            for kind in kinds { result[kind]?.append(best[kind] ?? .zero) }
        }
        return result
    }
}

/// Words as numbers, line by line, with the room that the counting needs.
struct RougeWork {
    struct Text {
        var words: [Int32] = []
        /// Where each line that has a word begins and ends in `words`; lines are ended by LF.
        var lines: [Range<Int>] = []
    }

    private let stems: Bool
    private var vocabulary = WordTable()
    /// The number of each word's stem.
    private var stemOf: [Int32] = []
    private var stemTable = WordTable()
    private var token: [UInt8] = []
    private var counts: [Int32] = []
    private var masks: [UInt64] = []
    private var places: [Int32] = []
    private var row: [UInt64] = []

    init(stems: Bool) { self.stems = stems }

    /// Words are runs of a-z and 0-9 after lower-casing; everything else parts them.
    mutating func read(_ lines: TextLines, _ index: Int) -> Text {
        var text = Text()
        var start = 0
        for at in lines.spans[index] {
            let byte = lines.bytes[at]
            switch byte {
            case 0x61...0x7A, 0x30...0x39: token.append(byte)
            case 0x41...0x5A: token.append(byte | 0x20)
            // The Kelvin sign and the capital I with a dot have ASCII letters in their lower case.
            case 0xAA where at >= 2 && lines.bytes[at - 1] == 0x84 && lines.bytes[at - 2] == 0xE2: token.append(0x6B)
            case 0xE2
            where lines.spans[index].contains(at + 2) && lines.bytes[at + 1] == 0x84 && lines.bytes[at + 2] == 0xAA:
                continue
            case 0x84
            where at >= 1 && lines.bytes[at - 1] == 0xE2 && lines.spans[index].contains(at + 1)
                && lines.bytes[at + 1] == 0xAA:
                continue
            case 0xB0 where at >= 1 && lines.bytes[at - 1] == 0xC4:
                token.append(0x69)
                finish(&text)
            case 0xC4 where lines.spans[index].contains(at + 1) && lines.bytes[at + 1] == 0xB0: continue
            default:
                if !token.isEmpty { finish(&text) }
                if byte == 0x0A {
                    if text.words.count > start { text.lines.append(start..<text.words.count) }
                    start = text.words.count
                }
            }
        }
        if !token.isEmpty { finish(&text) }
        if text.words.count > start { text.lines.append(start..<text.words.count) }
        return text
    }

    private mutating func finish(_ text: inout Text) {
        let word = token.withUnsafeBufferPointer { vocabulary.intern($0) }
        if Int(word) == stemOf.count {
            if stems, token.count > 3 { PorterStemmer.stem(&token) }
            stemOf.append(token.withUnsafeBufferPointer { stemTable.intern($0) })
        }
        text.words.append(stemOf[Int(word)])
        token.removeAll(keepingCapacity: true)
    }

    mutating func score(_ kind: Rouge.Kind, _ target: Text, _ prediction: Text) -> Rouge.Score {
        switch kind {
        case .rouge1: return grams(1, target.words, prediction.words)
        case .rouge2: return grams(2, target.words, prediction.words)
        case .rougeL:
            guard !target.words.isEmpty, !prediction.words.isEmpty else { return .zero }
            let length = commonLength(target.words, prediction.words)
            return Rouge.Score(length, of: prediction.words.count, and: target.words.count)
        case .rougeLsum: return summary(target, prediction)
        }
    }

    private mutating func grams(_ n: Int, _ target: [Int32], _ prediction: [Int32]) -> Rouge.Score {
        let (own, other) = (max(0, prediction.count - n + 1), max(0, target.count - n + 1))
        guard own > 0, other > 0 else { return Rouge.Score(0, of: own, and: other) }
        var hits = 0
        if n == 1 {
            let kinds = stemTable.count
            if counts.count < kinds { counts += repeatElement(0, count: kinds - counts.count) }
            for word in target { counts[Int(word)] += 1 }
            for word in prediction where counts[Int(word)] > 0 {
                counts[Int(word)] -= 1
                hits += 1
            }
            for word in target { counts[Int(word)] = 0 }
        } else {
            pairs.removeAll(keepingCapacity: true)
            for i in 0..<other {
                pairs[UInt64(UInt32(target[i])) << 32 | UInt64(UInt32(target[i + 1])), default: 0] += 1
            }
            for i in 0..<own {
                let key = UInt64(UInt32(prediction[i])) << 32 | UInt64(UInt32(prediction[i + 1]))
                if let left = pairs[key], left > 0 {
                    pairs[key] = left - 1
                    hits += 1
                }
            }
        }
        return Rouge.Score(hits, of: own, and: other)
    }
    private var pairs: [UInt64: Int32] = [:]

    /// The length of the longest common subsequence, 64 cells at a time (Hyyrö 2004).
    private mutating func commonLength(_ a: [Int32], _ b: [Int32]) -> Int {
        let words = (a.count + 63) / 64
        let kinds = stemTable.count
        if places.count < kinds { places += repeatElement(-1, count: kinds - places.count) }
        masks.removeAll(keepingCapacity: true)
        for (i, word) in a.enumerated() {
            if places[Int(word)] < 0 {
                places[Int(word)] = Int32(masks.count)
                masks += repeatElement(0, count: words)
            }
            masks[Int(places[Int(word)]) + i / 64] |= 1 << UInt64(i % 64)
        }
        row.removeAll(keepingCapacity: true)
        row += repeatElement(.max, count: words)
        for word in b {
            let place = Int(places[Int(word)])
            if place < 0 { continue }
            var carry: UInt64 = 0
            for k in 0..<words {
                let v = row[k]
                let u = v & masks[place + k]
                let (first, overflow) = v.addingReportingOverflow(u)
                let (sum, again) = first.addingReportingOverflow(carry)
                carry = overflow || again ? 1 : 0
                row[k] = sum | (v & ~u)
            }
        }
        for word in a { places[Int(word)] = -1 }
        var length = 0
        for k in 0..<words {
            let used = k == words - 1 && a.count % 64 != 0 ? (UInt64(1) << UInt64(a.count % 64)) - 1 : UInt64.max
            length += (~row[k] & used).nonzeroBitCount
        }
        return length
    }

    /// For each line of the target the words that are in a common subsequence with any line of the prediction, each
    /// word as often as both texts have it.
    private mutating func summary(_ target: Text, _ prediction: Text) -> Rouge.Score {
        guard !target.words.isEmpty, !prediction.words.isEmpty else { return .zero }
        var left: (own: [Int32: Int], other: [Int32: Int]) = ([:], [:])
        for word in prediction.words { left.own[word, default: 0] += 1 }
        for word in target.words { left.other[word, default: 0] += 1 }
        var hits = 0
        for line in target.lines {
            let reference = Array(target.words[line])
            var isCommon = [Bool](repeating: false, count: reference.count)
            for candidate in prediction.lines {
                for place in Self.common(reference, Array(prediction.words[candidate])) { isCommon[place] = true }
            }
            for (place, word) in reference.enumerated() where isCommon[place] {
                guard let own = left.own[word], own > 0, let other = left.other[word], other > 0 else { continue }
                left.own[word] = own - 1
                left.other[word] = other - 1
                hits += 1
            }
        }
        return Rouge.Score(hits, of: prediction.words.count, and: target.words.count)
    }

    /// Places in `a` of one longest common subsequence: read from the end, moving in `b` only where that alone is
    /// longer.
    private static func common(_ a: [Int32], _ b: [Int32]) -> [Int] {
        let width = b.count + 1
        var table = [Int32](repeating: 0, count: (a.count + 1) * width)
        for i in 1...a.count {
            for j in 1...b.count {
                table[i * width + j] =
                    a[i - 1] == b[j - 1]
                    ? table[(i - 1) * width + j - 1] + 1
                    : max(table[(i - 1) * width + j], table[i * width + j - 1])
            }
        }
        var places: [Int] = []
        var (i, j) = (a.count, b.count)
        while i > 0, j > 0 {
            if a[i - 1] == b[j - 1] {
                places.append(i - 1)
                (i, j) = (i - 1, j - 1)
            } else if table[i * width + j - 1] > table[(i - 1) * width + j] {
                j -= 1
            } else {
                i -= 1
            }
        }
        return places
    }
}
