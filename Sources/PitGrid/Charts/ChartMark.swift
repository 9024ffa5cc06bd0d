/// Something that happened, on a time axis.
public struct ChartMark: Equatable, Sendable {
    /// Seconds since the epoch.
    public var at: Double
    public var shape: MarkShape
    public var role: Role
    /// Of marks that fall together, the one of the highest weight shows.
    public var weight: Int
    public init(at: Double, _ shape: MarkShape, role: Role = .notice, weight: Int = 0) {
        (self.at, self.shape, self.role, self.weight) = (at, shape, role, weight)
    }
}
