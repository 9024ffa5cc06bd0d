/// What a series of a chart says at one time.
public struct ChartReading: Equatable, Sendable {
    public var name: SafeText
    public var role: Role
    /// Nil where the series has no point near that time.
    public var point: ChartPoint?
}
