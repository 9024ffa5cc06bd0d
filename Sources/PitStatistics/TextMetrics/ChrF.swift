/// chrF and chrF++ (Popović 2015, 2017) as sacreBLEU 2.6 computes them: F-scores of character n-grams up to six, and
/// for chrF++ of words and pairs of words.
public struct ChrF: Sendable {
    /// 0 for chrF, 2 for chrF++.
    public var wordOrder: Int
    public var beta: Double
    public var isLowercased: Bool
    public var keepsSpace: Bool
    /// Averages F over all orders with an epsilon where there is nothing, as chrF++.py does.
    public var usesEpsilon: Bool

    public init(
        wordOrder: Int = 0, beta: Double = 2, isLowercased: Bool = false, keepsSpace: Bool = false,
        usesEpsilon: Bool = false
    ) {
        (self.wordOrder, self.beta, self.isLowercased) = (wordOrder, beta, isLowercased)
        (self.keepsSpace, self.usesEpsilon) = (keepsSpace, usesEpsilon)
    }

    /// For every order: n-grams of the hypothesis, of the reference, and of both.
    public struct Counts: Equatable, Sendable {
        public var hypothesis: [Int]
        public var reference: [Int]
        public var matches: [Int]

        /// From the three in one, as they stand above; nil where they are not of one length.
        public init?(flat: [Int]) {
            let orders = flat.count / 3
            guard orders > 0, flat.count == 3 * orders else { return nil }
            hypothesis = Array(flat[..<orders])
            reference = Array(flat[orders..<2 * orders])
            matches = Array(flat[(2 * orders)...])
        }
        public static func += (a: inout Self, b: Self) {
            for n in a.matches.indices {
                a.hypothesis[n] += b.hypothesis[n]
                a.reference[n] += b.reference[n]
                a.matches[n] += b.matches[n]
            }
        }
        init(_ orders: Int) {
            (hypothesis, reference) = ([Int](repeating: 0, count: orders), [Int](repeating: 0, count: orders))
            matches = hypothesis
        }
    }

    private var orders: Int { CharacterGrams.order + wordOrder }

    /// 0...100, of all segments together.
    public func corpus(_ hypotheses: TextLines, _ references: [TextLines]) throws(TextMetricFault) -> Double {
        var sum = Counts(orders)
        for counts in try segments(hypotheses, references) { sum += counts }
        return score(sum)
    }

    /// The counts of each segment, against the reference that gives it the highest score, the first of equal ones.
    public func segments(_ hypotheses: TextLines, _ references: [TextLines]) throws(TextMetricFault) -> [Counts] {
        try TextMetricFault.check(hypotheses, references)
        let lines = isLowercased ? hypotheses.lowercased() : hypotheses
        let others = isLowercased ? references.map { $0.lowercased() } : references
        var work = Work()
        var all: [Counts] = []
        all.reserveCapacity(lines.count)
        for index in 0..<lines.count {
            var best = Counts(orders)
            var bestScore = -1.0
            for other in others {
                let counts = lines.bytes.withUnsafeBufferPointer { own in
                    other.bytes.withUnsafeBufferPointer { theirs in
                        count(
                            UnsafeBufferPointer(rebasing: own[lines.spans[index]]),
                            UnsafeBufferPointer(rebasing: theirs[other.spans[index]]), &work)
                    }
                }
                guard others.count > 1 else {
                    best = counts
                    break
                }
                let score = score(counts)
                if score > bestScore { (best, bestScore) = (counts, score) }
            }
            all.append(best)
        }
        return all
    }

    private struct Work {
        var grams = CharacterGrams()
        var words = WordTable()
        var matcher = GramMatcher()
        var characters = [Int](repeating: 0, count: CharacterGrams.order)
        var pairs = [Int](repeating: 0, count: 4)
    }

    private func count(
        _ own: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>, _ work: inout Work
    ) -> Counts {
        var counts = Counts(orders)
        let lengths = work.grams.compare(own, other, keepsSpace: keepsSpace, into: &work.characters)
        for n in 0..<CharacterGrams.order {
            counts.reference[n] = max(0, lengths.other - n)
            // What the reference has nothing to be held against is not counted.
            counts.hypothesis[n] = counts.reference[n] > 0 ? max(0, lengths.own - n) : 0
            counts.matches[n] = work.characters[n]
        }
        guard wordOrder > 0 else { return counts }
        work.words.clear()
        var first: [Int32] = []
        var second: [Int32] = []
        Self.words(own) { first.append(work.words.intern($0)) }
        Self.words(other) { second.append(work.words.find($0)) }
        work.matcher.matches(
            first, [second], alphabet: work.words.count, orders: wordOrder, into: &work.pairs)
        for n in 0..<wordOrder {
            let place = CharacterGrams.order + n
            counts.reference[place] = max(0, second.count - n)
            counts.hypothesis[place] = counts.reference[place] > 0 ? max(0, first.count - n) : 0
            counts.matches[place] = work.pairs[n]
        }
        return counts
    }

    /// Words with a punctuation mark at their end, or else at their beginning, cut off: one mark, at one side.
    private static func words(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        PythonText.split(text) { span in
            // A word of one character stays whole, however many bytes that has.
            let isSingle = span.dropFirst().allSatisfy { text[$0] & 0xC0 == 0x80 }
            if isSingle {
                body(UnsafeBufferPointer(rebasing: text[span]))
            } else if isPunctuation(text[span.upperBound - 1]) {
                body(UnsafeBufferPointer(rebasing: text[span.lowerBound..<span.upperBound - 1]))
                body(UnsafeBufferPointer(rebasing: text[span.upperBound - 1..<span.upperBound]))
            } else if isPunctuation(text[span.lowerBound]) {
                body(UnsafeBufferPointer(rebasing: text[span.lowerBound..<span.lowerBound + 1]))
                body(UnsafeBufferPointer(rebasing: text[span.lowerBound + 1..<span.upperBound]))
            } else {
                body(UnsafeBufferPointer(rebasing: text[span]))
            }
        }
    }

    static func isPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    public func score(_ counts: Counts) -> Double {
        let (epsilon, factor) = (1e-16, beta * beta)
        var (sum, precisions, recalls, orders) = (0.0, 0.0, 0.0, 0)
        for n in counts.matches.indices {
            let (own, other) = (counts.hypothesis[n], counts.reference[n])
            let precision = own > 0 ? Double(counts.matches[n]) / Double(own) : epsilon
            let recall = other > 0 ? Double(counts.matches[n]) / Double(other) : epsilon
            let below = factor * precision + recall
            sum += below > 0 ? (1 + factor) * precision * recall / below : epsilon
            guard own > 0, other > 0 else { continue }
            precisions += precision
            recalls += recall
            orders += 1
        }
        if usesEpsilon { return 100 * sum / Double(counts.matches.count) }
        guard orders > 0 else { return 0 }
        let (precision, recall) = (precisions / Double(orders), recalls / Double(orders))
        guard precision + recall > 0 else { return 0 }
        return 100 * ((1 + factor) * precision * recall / (factor * precision + recall))
    }

    public func signature(references: Int) -> String {
        "nrefs:\(references)|case:\(isLowercased ? "lc" : "mixed")|eff:\(usesEpsilon ? "no" : "yes")"
            + "|nc:\(CharacterGrams.order)|nw:\(wordOrder)|space:\(keepsSpace ? "yes" : "no")|version:2.6.0"
    }
}
