/// One bucket of a classic histogram: how many observations were at most `upper`. Counts may be rates.
public struct Bucket: Equatable, Sendable {
    public var upper: Double
    public var count: Double
    public init(upper: Double, count: Double) { (self.upper, self.count) = (upper, count) }
}
