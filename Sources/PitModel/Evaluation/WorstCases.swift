/// The worst cases of a run of an evaluation, to be judged by people.
public struct WorstCases: Hashable, Sendable {
    public var run: String
    /// Nil: the suite's first.
    public var metric: String?
    public var system: String?
    public var count: Int
    public init(run: String, metric: String? = nil, system: String? = nil, count: Int = 50) {
        (self.run, self.metric, self.system, self.count) = (run, metric, system, count)
    }
}
