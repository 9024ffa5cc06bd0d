public import PitModel
import PitStatistics

/// ROUGE's F as `rouge_score` computes it: the mean over cases.
public struct RougeMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "rouge", title: "ROUGE", summary: "words shared with the reference: F of ROUGE-1, -2, -L or -Lsum; 0...1",
        options: [
            OptionInfo("kind", .text, help: "rouge1, rouge2, rougeL (without it) or rougeLsum", example: "rougeL"),
            OptionInfo("stemmer", .flag, help: "words are cut to their stems", example: "true"),
        ], needsReference: true)

    private let rouge: Rouge
    private let kind: Rouge.Kind

    public init(_ options: [String: OptionValue]) throws(MetricFault) {
        let word = options["kind"]?.text ?? "rougeL"
        guard let kind = Rouge.Kind(rawValue: word) else {
            throw MetricFault("`\(word)` is no kind: rouge1, rouge2, rougeL or rougeLsum")
        }
        (self.kind, rouge) = (kind, Rouge(stems: options["stemmer"]?.flag ?? false, kinds: [kind]))
    }

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        let found = try? rouge.segments(TextLines([answer]), one.references.map { TextLines([$0]) })
        return found?[kind]?.first.map { [$0.fmeasure, 1] }
    }
}
