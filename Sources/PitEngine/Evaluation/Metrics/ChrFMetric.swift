public import PitModel
import PitStatistics

/// chrF (Popović 2015) and, with words, chrF++, as sacreBLEU computes them, in percent.
public struct ChrFMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "chrf", title: "chrF", summary: "character n-grams shared with the references; 0...100",
        options: [
            OptionInfo("word_order", .number, help: "orders of words beside characters; 2 is chrF++", example: "2")
        ],
        needsReference: true)

    private let chrf: ChrF

    public init(_ options: [String: OptionValue]) throws(MetricFault) {
        let order = options["word_order"]?.number ?? 0
        guard let whole = Int(exactly: order), (0...4).contains(whole) else {
            throw MetricFault("word_order takes 0 to 4")
        }
        chrf = ChrF(wordOrder: whole)
    }

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        guard let counts = try? chrf.segments(TextLines([answer]), one.references.map { TextLines([$0]) }).first
        else { return nil }
        return (counts.hypothesis + counts.reference + counts.matches).map(Double.init)
    }

    public func value(_ sums: [Double]) -> Double? {
        guard let counts = ChrF.Counts(flat: sums.map { Int($0) }) else { return nil }
        return chrf.score(counts)
    }

    public func signature(references: Int) -> String? { chrf.signature(references: references) }
}
