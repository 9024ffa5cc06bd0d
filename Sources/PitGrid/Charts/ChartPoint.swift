/// A value at a time; nil breaks the line.
public struct ChartPoint: Equatable, Sendable {
    /// Seconds since the epoch.
    public var at: Double
    public var value: Double?
    public init(_ at: Double, _ value: Double?) { (self.at, self.value) = (at, value) }
}
