/// What a source's series were at one moment.
struct Moment {
    /// Milliseconds since the epoch.
    let time: Int64
    var values: [(SeriesID, Double)]

    /// Further from now than any clock that means it: such a moment is refused, and sums with it cannot overflow.
    private static let farthest: Int64 = 1 << 52

    /// Nil when there is nothing to keep.
    init?(_ time: Int64, _ values: [(SeriesID, Double)]) {
        guard abs(time.clamped) < Self.farthest, !values.isEmpty else { return nil }
        (self.time, self.values) = (time, values)
    }
}

extension Int64 {
    /// The same, but for the one number that has no opposite.
    fileprivate var clamped: Int64 { Swift.max(self, -.max) }
}
