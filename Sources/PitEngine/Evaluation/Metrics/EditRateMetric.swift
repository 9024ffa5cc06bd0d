public import PitModel
import PitStatistics

/// Translation edit rate (Snover 2006) as sacreBLEU computes it, in percent.
public struct EditRateMetric: EvaluationMetric {
    public static let about = MetricInfo(
        id: "ter", title: "TER",
        summary: "edits to the nearest reference, by its length; 0 is best, above 100 there is",
        options: [OptionInfo("case_sensitive", .flag, help: "case matters", example: "true")], isHigherBetter: false,
        needsReference: true)

    private let rate: TranslationEditRate

    public init(_ options: [String: OptionValue]) throws(MetricFault) {
        rate = TranslationEditRate(isCaseSensitive: options["case_sensitive"]?.flag ?? false)
    }

    public func counts(_ answer: String, _ one: EvaluationCase) -> [Double]? {
        let found = try? rate.segments(TextLines([answer]), one.references.map { TextLines([$0]) }).first
        return found.map { [$0.edits, $0.length] }
    }

    public func value(_ sums: [Double]) -> Double? {
        sums.count == 2 ? rate.score(.init(edits: sums[0], length: sums[1])) : nil
    }

    public func signature(references: Int) -> String? { rate.signature(references: references) }
}
