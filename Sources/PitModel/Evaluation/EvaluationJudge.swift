/// A model that measures answers under a rubric, as a suite's metric names it: written into the run, so that the run tells
/// by whom it was judged.
public struct SuiteJudge: Equatable, Codable, Sendable {
    /// As the configuration calls it.
    public var name: String
    public var connection: ConnectionName
    public var model: String
    public var rubric: Rubric
    /// Below this kappa, or with fewer calibrated items than `leastItems`, its figures gate nothing.
    public var floor: Double
    public var leastItems: Int
    public init(
        name: String, connection: ConnectionName, model: String, rubric: Rubric, floor: Double = 0.4,
        leastItems: Int = 30
    ) {
        (self.name, self.connection, self.model, self.rubric) = (name, connection, model, rubric)
        (self.floor, self.leastItems) = (floor, leastItems)
    }
}

/// How far a judge agrees with what most people say of the same answers, under the same rubric.
public struct JudgeCalibration: Equatable, Codable, Sendable {
    public var judge: String
    /// Cohen's kappa with its 95 % interval; nil where it is not defined: too few items, or all are alike.
    public var kappa: Double?
    public var low: Double?
    public var high: Double?
    /// Items that both people and the judge have judged.
    public var items: Int
    /// The share of those that most people call good: at 0.95 a judge that always says good is right 19 times in 20.
    public var baseRate: Double?
    public var floor: Double
    public var leastItems: Int

    public init(
        judge: String, kappa: Double?, low: Double? = nil, high: Double? = nil, items: Int, baseRate: Double?,
        floor: Double, leastItems: Int
    ) {
        (self.judge, self.kappa, self.low, self.high) = (judge, kappa, low, high)
        (self.items, self.baseRate, self.floor, self.leastItems) = (items, baseRate, floor, leastItems)
    }

    /// Whether its figures may decide anything.
    public var isTrusted: Bool { items >= leastItems && kappa.map { $0 >= floor } ?? false }
}
