public import PitModel

/// One way to measure answers. A newcomer is one file and one line in `metricCatalog`.
///
/// A figure is a function of sums over cases: for a mean the sum and the count, for a corpus metric its n-grams. That is
/// all that intervals, slices and tests need to know of it.
public protocol EvaluationMetric: Sendable {
    static var about: MetricInfo { get }
    init(_ options: [String: OptionValue]) throws(MetricFault)
    /// What one answer adds to the sums, always as many numbers; nil where the case lacks what the metric needs.
    func counts(_ answer: String, _ one: EvaluationCase) -> [Double]?
    /// The figure of sums; nil where they hold nothing to divide by.
    func value(_ sums: [Double]) -> Double?
    /// The figure of one answer alone, by which the worst are found.
    func caseValue(_ counts: [Double]) -> Double?
    /// With what exactly it was computed, where others compute it too.
    func signature(references: Int) -> String?
}

extension EvaluationMetric {
    public func value(_ sums: [Double]) -> Double? {
        sums.count == 2 && sums[1] > 0 ? sums[0] / sums[1] : nil
    }
    public func caseValue(_ counts: [Double]) -> Double? { value(counts) }
    public func signature(references: Int) -> String? { nil }
}

/// Why a metric cannot be made of its options.
public struct MetricFault: Error, Equatable, Sendable {
    public var words: String
    public init(_ words: String) { self.words = words }
}

/// The metrics that suites can ask for.
public let metricCatalog: [any EvaluationMetric.Type] = [
    BleuMetric.self,
    ChrFMetric.self,
    EditRateMetric.self,
    RougeMetric.self,
    ExactMatchMetric.self,
    TokenF1Metric.self,
    EditSimilarityMetric.self,
    PatternMetric.self,
    JSONMetric.self,
    RefusalMetric.self,
    LengthMetric.self,
    CitationMetric.self,
    GroundednessMetric.self,
    ContextRecallMetric.self,
    ContextPrecisionMetric.self,
    RecallMetric.self,
    ReciprocalRankMetric.self,
    GainMetric.self,
    JudgeMetric.self,
    DetectorMetric.self,
]

/// The metrics of a suite, made.
public struct SuiteMetrics: Sendable {
    public struct One: Sendable {
        public let spec: MetricSpec
        public let info: MetricInfo
        public let metric: any EvaluationMetric
    }
    public let all: [One]

    public init(_ suite: EvaluationSuite) throws(MetricFault) {
        var all: [One] = []
        for spec in suite.metrics {
            var one = try Self.make(spec)
            if let judge = one.metric as? JudgeMetric, let rubric = suite.judges?[spec.name]?.rubric {
                one = One(spec: spec, info: one.info, metric: try judge.under(rubric))
            }
            all.append(one)
        }
        self.all = all
    }

    public static func make(_ spec: MetricSpec) throws(MetricFault) -> One {
        guard let type = metricCatalog.first(where: { $0.about.id == spec.metric }) else {
            throw MetricFault("there is no metric `\(spec.metric)`")
        }
        return One(spec: spec, info: type.about, metric: try type.init(spec.options))
    }

    public subscript(_ name: String) -> One? { all.first { $0.spec.name == name } }

    /// What an answer adds to each metric's sums.
    ///
    /// - Parameter replies: what others said of it, by the metric's name.
    public func counts(
        _ answer: String, _ one: EvaluationCase, replies: [String: String] = [:]
    ) -> [String: [Double]] {
        var counts: [String: [Double]] = [:]
        for each in all {
            if let asking = each.metric as? any AskingMetric {
                counts[each.spec.name] = replies[each.spec.name].flatMap { asking.counts(reply: $0, one) }
            } else {
                counts[each.spec.name] = each.metric.counts(answer, one)
            }
        }
        return counts
    }

    /// Those that need somebody else's word.
    var asking: [(name: String, metric: any AskingMetric)] {
        all.compactMap { one in (one.metric as? any AskingMetric).map { (one.spec.name, $0) } }
    }
}
