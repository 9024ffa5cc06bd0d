/// What a screen wants to know of evaluations.
public struct EvaluationQuery: Hashable, Sendable {
    /// Nil: the list of runs.
    public var run: String?
    /// The metric by which cases are the worst; nil: the suite's first.
    public var metric: String?
    public init(run: String? = nil, metric: String? = nil) { (self.run, self.metric) = (run, metric) }
}

/// Runs without their cases; of one that was asked for the worst of them.
public struct EvaluationPage: Equatable, Sendable {
    public struct Worst: Equatable, Sendable {
        public var id: String
        public var system: String
        public var value: Double?
        public var question: String
        public var answer: String?
        public var reference: String?
        public var fault: String?
        public init(
            id: String, system: String, value: Double?, question: String, answer: String?, reference: String?,
            fault: String?
        ) {
            (self.id, self.system, self.value, self.question) = (id, system, value, question)
            (self.answer, self.reference, self.fault) = (answer, reference, fault)
        }
    }
    public var runs: [EvaluationRun]
    public var worst: [Worst]
    /// What people wrote on the run, the oldest first.
    public var comments: [Act] = []
    public init(runs: [EvaluationRun], worst: [Worst] = []) { (self.runs, self.worst) = (runs, worst) }
}
