public import PitModel

/// Citations, `[2]`, that point at a passage there is.
public struct CitationMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "citations", title: "valid citations",
        summary: "of the citations [n] in the answers, those of a passage there is, counted from 1; 0...1")

    public init(_ options: [String: OptionValue]) throws(MetricFault) {}

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        let cited = Self.cited(answer)
        guard !one.contexts.isEmpty, !cited.isEmpty else { return nil }
        return [Double(cited.filter { (1...one.contexts.count).contains($0) }.count), Double(cited.count)]
    }

    /// Numbers between brackets, `[1, 3]` included.
    static func cited(_ text: String) -> [Int] {
        var cited: [Int] = []
        for piece in text.split(separator: "[", omittingEmptySubsequences: false).dropFirst() {
            guard let end = piece.firstIndex(of: "]") else { continue }
            let parts = piece[..<end].split(separator: ",").map { Int($0.filter { $0 != " " }) }
            if !parts.isEmpty, parts.allSatisfy({ $0 != nil }) { cited += parts.compactMap { $0 } }
        }
        return cited
    }
}

/// Sentences of the answers most of whose words stand in one passage.
public struct GroundednessMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "groundedness", title: "groundedness",
        summary: "sentences of the answers that a passage covers by its words; 0...1", options: [SentenceOverlap.option]
    )

    private let share: Double

    public init(_ options: [String: OptionValue]) throws(MetricFault) { share = try SentenceOverlap.share(options) }

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        SentenceOverlap.counts(answer, one.contexts, share)
    }
}

/// Sentences of the references most of whose words stand in one passage: whether what was retrieved could have done.
public struct ContextRecallMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "context_recall", title: "context recall",
        summary: "sentences of the first reference that a passage covers by its words; 0...1",
        options: [SentenceOverlap.option], needsReference: true)

    private let share: Double

    public init(_ options: [String: OptionValue]) throws(MetricFault) { share = try SentenceOverlap.share(options) }

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        one.references.first.flatMap { SentenceOverlap.counts($0, one.contexts, share) }
    }
}

/// Whether the passages that help come first: the mean, over those that cover a sentence of the first reference, of the
/// share of such passages down to each one's place (average precision, as information retrieval has it).
public struct ContextPrecisionMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "context_precision", title: "context precision",
        summary: "average precision of the passages, helpful where one covers a sentence of the first reference; 0...1",
        options: [SentenceOverlap.option], needsReference: true)

    private let share: Double

    public init(_ options: [String: OptionValue]) throws(MetricFault) { share = try SentenceOverlap.share(options) }

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        guard let reference = one.references.first, !one.contexts.isEmpty else { return nil }
        var (helpful, sum) = (0.0, 0.0)
        for (place, passage) in one.contexts.enumerated() {
            guard let covered = SentenceOverlap.counts(reference, [passage], share) else { return nil }
            guard covered[0] > 0 else { continue }
            helpful += 1
            sum += helpful / Double(place + 1)
        }
        return [helpful > 0 ? sum / helpful : 0, 1]
    }
}

/// How much of a text other texts cover, sentence by sentence.
enum SentenceOverlap {
    static let option = OptionInfo(
        "overlap", .number, help: "the share of a sentence's words that covers it; 0.6 without it", example: "0.8")

    static func share(_ options: [String: OptionValue]) throws(MetricFault) -> Double {
        let share = options["overlap"]?.number ?? 0.6
        guard share > 0, share <= 1 else { throw MetricFault("overlap takes more than 0, and 1 at most") }
        return share
    }

    static func counts(_ text: String, _ passages: [String], _ share: Double) -> [Double]? {
        let known = passages.map { Set(words($0[...])) }
        let sentences = text.split { ".!?\n".contains($0) }.map { words($0) }.filter { !$0.isEmpty }
        guard !known.isEmpty, !sentences.isEmpty else { return nil }
        let covered = sentences.filter { sentence in
            known.contains { passage in
                Double(sentence.filter { passage.contains($0) }.count) >= share * Double(sentence.count)
            }
        }
        return [Double(covered.count), Double(sentences.count)]
    }

    /// Words of four letters and more, and numbers: the others stand in every text.
    private static func words(_ text: Substring) -> [String] {
        text.split { !$0.isLetter && !$0.isNumber }.filter { $0.count > 3 || $0.first?.isNumber == true }
            .map { $0.lowercased() }
    }
}
