public import PitModel
import PitStatistics

/// BLEU (Papineni 2002) as sacreBLEU computes it, in percent.
public struct BleuMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "bleu", title: "BLEU", summary: "n-grams shared with the references, as sacreBLEU counts them; 0...100",
        options: [
            OptionInfo("tokenize", .text, help: "13a, none, char or intl", example: "13a"),
            OptionInfo("lowercase", .flag, help: "case does not matter", example: "true"),
        ], needsReference: true)

    private let corpus: Bleu
    private let single: Bleu

    public init(_ options: [String: OptionValue]) throws(MetricFault) {
        let word = options["tokenize"]?.text ?? BleuTokenizer.mteval13a.rawValue
        guard let tokenizer = BleuTokenizer(rawValue: word) else {
            throw MetricFault("`\(word)` is no tokenizer: 13a, none, char or intl")
        }
        let isLowercased = options["lowercase"]?.flag ?? false
        corpus = Bleu(tokenizer: tokenizer, isLowercased: isLowercased)
        single = Bleu(tokenizer: tokenizer, usesEffectiveOrder: true, isLowercased: isLowercased)
    }

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        guard let counts = try? corpus.segments(TextLines([answer]), one.references.map { TextLines([$0]) }).first
        else { return nil }
        return (counts.correct + counts.total + [counts.hypothesisLength, counts.referenceLength]).map(Double.init)
    }

    public func value(_ sums: [Double]) -> Double? { Self.counts(sums).map { corpus.score($0).score } }
    public func caseValue(_ counts: [Double]) -> Double? { Self.counts(counts).map { single.score($0).score } }
    public func signature(references: Int) -> String? { corpus.signature(references: references) }

    private static func counts(_ sums: [Double]) -> Bleu.Counts? {
        let n = Bleu.order
        guard sums.count == 2 * n + 2 else { return nil }
        let whole = sums.map { Int($0) }
        var counts = Bleu.Counts()
        (counts.correct, counts.total) = (Array(whole[..<n]), Array(whole[n..<2 * n]))
        (counts.hypothesisLength, counts.referenceLength) = (whole[2 * n], whole[2 * n + 1])
        return counts
    }
}
