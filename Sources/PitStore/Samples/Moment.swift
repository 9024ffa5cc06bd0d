/// What a source's series were at one moment.
struct Moment {
    /// Milliseconds since the epoch.
    let time: Int64
    /// In step. Readings of the same series in the same order share the ids' memory.
    private(set) var ids: [SeriesID]
    private(set) var values: [Double]

    var count: Int { ids.count }

    /// Further from now than any clock that means it: such a moment is refused, and sums with it cannot overflow.
    private static let farthest: Int64 = 1 << 52

    /// Nil when there is nothing to keep.
    init?(_ time: Int64, _ ids: [SeriesID], _ values: [Double]) {
        guard abs(time.clamped) < Self.farthest, !ids.isEmpty, ids.count == values.count else { return nil }
        (self.time, self.ids, self.values) = (time, ids, values)
    }

    mutating func add(_ other: Moment) {
        ids += other.ids
        values += other.values
    }
}

extension Int64 {
    /// The same, but for the one number that has no opposite.
    fileprivate var clamped: Int64 { Swift.max(self, -.max) }
}
