import Glibc

/// BLEU (Papineni et al. 2002) as sacreBLEU 2.6 computes it (Post 2018).
public struct Bleu: Sendable {
    public enum Smoothing: Equatable, Sendable {
        case exponential
        case floor(Double)
        case addK(Double)
        case none
    }

    public static let order = 4
    public var tokenizer: BleuTokenizer
    public var smoothing: Smoothing
    /// Stops at the longest n-gram that the hypothesis has room for: for single segments.
    public var usesEffectiveOrder: Bool
    public var isLowercased: Bool

    public init(
        tokenizer: BleuTokenizer = .mteval13a, smoothing: Smoothing = .exponential, usesEffectiveOrder: Bool = false,
        isLowercased: Bool = false
    ) {
        (self.tokenizer, self.smoothing) = (tokenizer, smoothing)
        (self.usesEffectiveOrder, self.isLowercased) = (usesEffectiveOrder, isLowercased)
    }

    /// Sums over segments that a score is made of; those of several are added.
    public struct Counts: Equatable, Sendable {
        public var correct = [Int](repeating: 0, count: Bleu.order)
        public var total = [Int](repeating: 0, count: Bleu.order)
        public var hypothesisLength = 0
        public var referenceLength = 0
        public init() {}

        public static func += (a: inout Self, b: Self) {
            for n in 0..<Bleu.order {
                a.correct[n] += b.correct[n]
                a.total[n] += b.total[n]
            }
            a.hypothesisLength += b.hypothesisLength
            a.referenceLength += b.referenceLength
        }
    }

    public struct Score: Equatable, Sendable {
        /// 0...100.
        public var score: Double
        /// In percent, of orders 1...4.
        public var precisions: [Double]
        public var brevityPenalty: Double
        public var counts: Counts
    }

    /// Of all segments together: their counts are added, which is not the mean of their scores.
    public func corpus(_ hypotheses: TextLines, _ references: [TextLines]) throws(TextMetricFault) -> Score {
        var sum = Counts()
        try each(hypotheses, references) { sum += $0 }
        return score(sum)
    }

    /// The counts of each segment.
    public func segments(_ hypotheses: TextLines, _ references: [TextLines]) throws(TextMetricFault) -> [Counts] {
        var all: [Counts] = []
        all.reserveCapacity(hypotheses.count)
        try each(hypotheses, references) { all.append($0) }
        return all
    }

    /// Hands on the counts of each segment.
    private func each(
        _ hypotheses: TextLines, _ references: [TextLines], _ body: (Counts) -> Void
    ) throws(TextMetricFault) {
        try TextMetricFault.check(hypotheses, references)
        let lines = isLowercased ? hypotheses.lowercased() : hypotheses
        let others = isLowercased ? references.map { $0.lowercased() } : references
        var (room, words, matcher) = (TokenRoom(), WordTable(), GramMatcher())
        var own: [Int32] = []
        var theirs = [[Int32]](repeating: [], count: references.count)
        var counts = Counts()
        for index in 0..<lines.count {
            words.clear()
            own.removeAll(keepingCapacity: true)
            lines.bytes.withUnsafeBufferPointer { bytes in
                tokenizer.words(UnsafeBufferPointer(rebasing: bytes[lines.spans[index]]), &room) {
                    own.append(words.intern($0))
                }
            }
            counts.hypothesisLength = own.count
            for (place, other) in others.enumerated() {
                theirs[place].removeAll(keepingCapacity: true)
                other.bytes.withUnsafeBufferPointer { bytes in
                    tokenizer.words(UnsafeBufferPointer(rebasing: bytes[other.spans[index]]), &room) {
                        theirs[place].append(words.find($0))
                    }
                }
            }
            counts.referenceLength = Self.closest(theirs, own.count)
            for n in 0..<Self.order { counts.total[n] = max(0, own.count - n) }
            matcher.matches(own, theirs, alphabet: words.count, orders: Self.order, into: &counts.correct)
            body(counts)
        }
    }

    /// The length nearest to the hypothesis', the shorter of two that are as near.
    private static func closest(_ references: [[Int32]], _ length: Int) -> Int {
        var best = -1
        for count in references.lazy.map(\.count) {
            let (distance, bestDistance) = (abs(count - length), abs(best - length))
            if best < 0 || distance < bestDistance || (distance == bestDistance && count < best) { best = count }
        }
        return best
    }

    public func score(_ counts: Counts) -> Score {
        let (hypothesis, reference) = (Double(counts.hypothesisLength), Double(counts.referenceLength))
        let penalty = hypothesis >= reference ? 1 : hypothesis > 0 ? exp(1 - reference / hypothesis) : 0
        var precisions = [Double](repeating: 0, count: Self.order)
        guard counts.correct.contains(where: { $0 > 0 }) else {
            return Score(score: 0, precisions: precisions, brevityPenalty: penalty, counts: counts)
        }
        var halving = 1.0
        var effective = Self.order
        for n in 0..<Self.order {
            var (correct, total) = (Double(counts.correct[n]), Double(counts.total[n]))
            if case .addK(let k) = smoothing, n > 0 {
                correct += k
                total += k
            }
            if total == 0 { break }
            if usesEffectiveOrder { effective = n + 1 }
            if correct == 0 {
                switch smoothing {
                case .exponential:
                    halving *= 2
                    precisions[n] = 100 / (halving * total)
                case .floor(let value): precisions[n] = 100 * value / total
                case .addK, .none: break
                }
            } else {
                precisions[n] = 100 * correct / total
            }
        }
        let mean = precisions.prefix(effective).reduce(0.0) { $0 + ($1 == 0 ? -9_999_999_999 : log($1)) }
        return Score(
            score: penalty * exp(mean / Double(effective)), precisions: precisions, brevityPenalty: penalty,
            counts: counts)
    }

    /// What one must know to compare the score with another: sacreBLEU's own words.
    public func signature(references: Int) -> String {
        let smooth =
            switch smoothing {
            case .exponential: "exp"
            case .floor(let value): "floor[\(Self.cents(value))]"
            case .addK(let value): "add-k[\(Self.cents(value))]"
            case .none: "none"
            }
        return "nrefs:\(references)|case:\(isLowercased ? "lc" : "mixed")|eff:\(usesEffectiveOrder ? "yes" : "no")"
            + "|tok:\(tokenizer.rawValue)|smooth:\(smooth)|version:2.6.0"
    }

    private static func cents(_ value: Double) -> String {
        let cents = Int((value * 100).rounded())
        return "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    }
}
