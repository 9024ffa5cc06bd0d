/// One time that a suite was run: what it was like then, how far it came, what was found.
public struct EvaluationRun: Equatable, Codable, Sendable {
    /// The suite's name and a number: `support-3`.
    public var id: String
    public var suite: EvaluationSuite
    public var at: Timestamp
    public var author: String
    public var state: State
    /// Cases of the suite; a run in a list is without the cases themselves.
    public var cases: Int
    /// Answers there are, of cases times systems.
    public var answered: Int
    /// Answers that could not be had.
    public var failed: Int
    public var figures: [EvaluationFigure]
    public var verdict: EvaluationVerdict?
    /// How far judges agree with people, by the metric's name.
    public var calibrations: [String: JudgeCalibration]?

    public enum State: Equatable, Codable, Sendable {
        case running
        case finished(Timestamp)
        /// Ended before everything was asked, and why. It can be resumed.
        case stopped(Timestamp, String)
    }

    public init(
        id: String, suite: EvaluationSuite, at: Timestamp, author: String, state: State = .running, answered: Int = 0,
        failed: Int = 0, figures: [EvaluationFigure] = [], verdict: EvaluationVerdict? = nil
    ) {
        (self.id, self.suite, self.at, self.author, self.state) = (id, suite, at, author, state)
        (self.answered, self.failed, self.figures, self.verdict) = (answered, failed, figures, verdict)
        cases = suite.cases.count
    }

    /// Answers that a whole run has.
    public var total: Int { cases * suite.systems.count }

    public func figure(_ metric: String, of system: String, slice: EvaluationSlice? = nil) -> EvaluationFigure? {
        figures.first { $0.metric == metric && $0.system == system && $0.slice == slice }
    }
}

/// What came of one case with one system.
public struct CaseResult: Equatable, Codable, Sendable {
    public var system: String
    /// The case's place in the suite, from 0.
    public var number: Int
    public var answer: ChatAnswer?
    /// Why there is no answer.
    public var fault: ConnectorFault?
    /// Of each metric by its name: the sums that its figure is made of. A metric that says nothing of this case, as one
    /// without a reference does, is left out.
    public var counts: [String: [Double]]
    /// Whether the answer was taken from an earlier run.
    public var isReused: Bool
    /// What others were asked about the answer, by the metric's name: a judge's words, a detector's findings.
    public var replies: [String: String]?
    public init(
        system: String, number: Int, answer: ChatAnswer? = nil, fault: ConnectorFault? = nil,
        counts: [String: [Double]] = [:], isReused: Bool = false
    ) {
        (self.system, self.number, self.answer, self.fault) = (system, number, answer, fault)
        (self.counts, self.isReused) = (counts, isReused)
    }
}

/// A metric of a system over many cases.
public struct EvaluationFigure: Equatable, Codable, Sendable {
    public var system: String
    public var metric: String
    public var slice: EvaluationSlice?
    /// Nil where no case had what the metric needs.
    public var value: Double?
    /// 95%, by the percentile bootstrap over cases; nil for fewer than `leastCases`.
    public var interval: ClosedRange<Double>?
    /// Cases that it is made of.
    public var cases: Int
    /// With what exactly it was computed, where others compute it too.
    public var signature: String?

    /// From fewer cases no interval is told: it would be too narrow.
    public static let leastCases = 5

    public init(
        system: String, metric: String, slice: EvaluationSlice? = nil, value: Double?,
        interval: ClosedRange<Double>? = nil, cases: Int, signature: String? = nil
    ) {
        (self.system, self.metric, self.slice, self.value) = (system, metric, slice, value)
        (self.interval, self.cases, self.signature) = (interval, cases, signature)
    }
}

/// What came of the thresholds.
public struct EvaluationVerdict: Equatable, Codable, Sendable {
    public enum Outcome: String, Codable, Sendable {
        case held, breached
        /// Worse than is allowed, but by no more than chance could do.
        case unclear
        /// There is no figure to hold it against.
        case unknown
        /// A judge's figure, who agrees too little with people to decide anything.
        case untrusted
    }
    public struct Line: Equatable, Codable, Sendable {
        public var threshold: EvaluationThreshold
        public var system: String
        public var outcome: Outcome
        /// The figures, in words.
        public var words: String
        public init(_ threshold: EvaluationThreshold, system: String, _ outcome: Outcome, _ words: String) {
            (self.threshold, self.system, self.outcome, self.words) = (threshold, system, outcome, words)
        }
    }
    public var lines: [Line]
    /// The run that it was compared with.
    public var baseline: String?
    public init(lines: [Line], baseline: String? = nil) { (self.lines, self.baseline) = (lines, baseline) }

    /// The worst of all; nil where the suite has no threshold. What is not to be trusted speaks neither for nor against,
    /// unless there is nothing else.
    public var outcome: Outcome? {
        let all = lines.map(\.outcome)
        return [Outcome.breached, .unknown, .unclear, .held, .untrusted].first { all.contains($0) }
    }
}
