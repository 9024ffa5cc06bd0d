/// Which runs are wanted.
public struct RunSearch: Equatable, Sendable {
    /// Ids or names; empty: all of the newest.
    public var experiments: [String]
    /// Whose last value decides the order; nil: the newest first.
    public var metric: String?
    public var isAscending: Bool
    public var limit: Int
    public init(experiments: [String] = [], metric: String? = nil, isAscending: Bool = false, limit: Int = 1000) {
        (self.experiments, self.metric, self.isAscending, self.limit) = (experiments, metric, isAscending, limit)
    }
}

/// Runs that were found, and whether there are more than were asked for.
public struct RunBatch: Equatable, Sendable {
    public var runs: [TrainingRun]
    public var hasMore: Bool
    public init(_ runs: [TrainingRun] = [], hasMore: Bool = false) { (self.runs, self.hasMore) = (runs, hasMore) }
}

/// Reads runs of training, and the course of their metrics.
public protocol RunReading: Connector {
    /// The newest first, a thousand at most.
    func experiments() async throws(ConnectorFault) -> [Experiment]
    func runs(_ search: RunSearch) async throws(ConnectorFault) -> RunBatch
    func run(_ id: String) async throws(ConnectorFault) -> TrainingRun
    /// The course of one metric by run id, by rising step, about `points` of each at most.
    func curves(
        of runs: [String], metric: String, points: Int
    ) async throws(ConnectorFault) -> [String: [MetricPoint]]
}

/// What is to become a version of a registered model.
public struct ModelRegistration: Equatable, Codable, Sendable {
    public var model: String
    /// Where the model's files are.
    public var source: String
    /// The tracking server's run, when there is one.
    public var run: String?
    public var words: String
    /// The lineage: data, code, prompt, template.
    public var tags: [String: String]
    public init(model: String, source: String, run: String? = nil, words: String = "", tags: [String: String] = [:]) {
        (self.model, self.source, self.run, self.words, self.tags) = (model, source, run, words, tags)
    }

    /// The tag that says which training a version came from: what was registered already is found by it.
    public static let trainingTag = "pitwall.training"
}

/// Makes versions of registered models, and runs that a program can log to.
public protocol RunRegistering: Connector {
    /// The new version's name; of one that came from the same training already, that.
    func register(_ registration: ModelRegistration) async throws(ConnectorFault) -> String
    /// Begins a run in an experiment, which is made when it is not there; its id.
    func begin(
        run name: String, experiment: String, parameters: [String: String], tags: [String: String], at: Timestamp
    ) async throws(ConnectorFault) -> String
    func end(run: String, _ status: TrainingRun.Status, at: Timestamp) async throws(ConnectorFault)
}
