/// What a metric of evaluations is, for the reader of suites, the tables and the documentation.
public struct MetricInfo: Equatable, Sendable {
    /// The `metric` in a suite.
    public var id: String
    public var title: String
    public var summary: String
    public var options: [OptionInfo]
    /// Nil where neither is better.
    public var isHigherBetter: Bool?
    /// Whether a case needs a reference for it.
    public var needsReference: Bool
    /// The options without which it cannot be computed.
    public var required: [String]
    public init(
        id: String, title: String, summary: String, options: [OptionInfo] = [], isHigherBetter: Bool? = true,
        needsReference: Bool = false, required: [String] = []
    ) {
        (self.id, self.title, self.summary, self.options) = (id, title, summary, options)
        (self.isHigherBetter, self.needsReference, self.required) = (isHigherBetter, needsReference, required)
    }
}
