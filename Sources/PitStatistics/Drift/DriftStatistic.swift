/// What a statistic of drift is called and how it is read.
public struct DriftStatisticInfo: Sendable {
    public enum Kind: Sendable {
        /// A probability: drift when it is below the limit.
        case test
        /// A size: drift when it is the limit or more.
        case distance
    }
    public enum Value: Sendable { case numbers, categories, texts }
    /// As `--method` takes it.
    public var id: String
    public var title: String
    public var kind: Kind
    /// The conventional limit, Evidently's where it has one.
    public var limit: Double
    public var takes: Set<Value>
}

/// The values of one feature on one side.
public enum FeatureValues: Sendable {
    case numbers(OrderedValues)
    /// How often each category occurs.
    case categories([String: Double])
    case texts([String])

    /// Observations.
    public var count: Int {
        switch self {
        case .numbers(let values): values.count
        case .categories(let counts): Int(min(counts.values.reduce(0, +), 1e15))
        case .texts(let texts): texts.count
        }
    }

    public var kind: DriftStatisticInfo.Value {
        switch self {
        case .numbers: .numbers
        case .categories: .categories
        case .texts: .texts
        }
    }
}

/// What a statistic says of two sides.
public enum DriftScore: Equatable, Sendable {
    case value(Double, pValue: Double?)
    /// A side has nothing to compare.
    case nothing
    /// The statistic is not for such values.
    case notApplicable
}

/// One way to tell two samples of a feature apart. Pure: the same values give the same score.
public protocol DriftStatistic: Sendable {
    static var about: DriftStatisticInfo { get }
    init()
    func score(reference: FeatureValues, current: FeatureValues) -> DriftScore
}
