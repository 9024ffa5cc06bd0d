/// What a screen wants to know of runs: none: the list; one: that, with its course; several: them side by side.
public struct RunQuery: Hashable, Sendable {
    public var runs: [RunKey]
    /// Whose course is wanted, of several runs.
    public var metric: String?
    public init(_ runs: [RunKey] = [], metric: String? = nil) { (self.runs, self.metric) = (runs, metric) }
}

/// How one parameter goes with a metric over several runs.
public struct ParameterInfluence: Equatable, Sendable {
    public var parameter: String
    /// Spearman's rank correlation, -1 to 1; nil where it cannot be told.
    public var correlation: Double?
    /// The chance of one as large where there is none.
    public var pValue: Double?
    /// Runs that have both.
    public var runs: Int
    public init(_ parameter: String, correlation: Double?, pValue: Double?, runs: Int) {
        (self.parameter, self.correlation, self.pValue, self.runs) = (parameter, correlation, pValue, runs)
    }
}

/// What was found of it.
public struct RunPage: Equatable, Sendable {
    public var runs: [TrainingRun]
    /// By run, then by metric.
    public var curves: [RunKey: [String: [MetricPoint]]]
    /// The end of what a training started from here has written.
    public var log: [String]
    public var influences: [ParameterInfluence]
    /// What can be started.
    public var templates: [TrainingTemplate]
    /// What could not be read, in words.
    public var faults: [String]
    public var hasMore: Bool
    /// Whether a tracking server is connected at all.
    public var hasSource: Bool
    public init(
        runs: [TrainingRun] = [], curves: [RunKey: [String: [MetricPoint]]] = [:], log: [String] = [],
        influences: [ParameterInfluence] = [], templates: [TrainingTemplate] = [], faults: [String] = [],
        hasMore: Bool = false, hasSource: Bool = true
    ) {
        (self.runs, self.curves, self.log, self.influences) = (runs, curves, log, influences)
        (self.templates, self.faults, self.hasMore, self.hasSource) = (templates, faults, hasMore, hasSource)
    }
}
