import PitModel

/// How far a counter's series was counted.
struct CountedSeries {
    var watch: Int32
    /// The last point that was counted; nil: none yet.
    var last: DataPoint?

    /// What it has counted since it was last looked at. The first look counts nothing: nobody knows when that was counted.
    ///
    /// - Parameter points: room for its points, whatever is in it.
    mutating func growth(in past: WatchedPast, _ points: inout [DataPoint]) -> Double {
        guard let last else {
            last = past.last(watch)
            return 0
        }
        past.points(watch, from: last.at, into: &points)
        if let newest = points.last, newest.at > last.at { self.last = newest }
        return Self.increase(points, after: last)
    }

    /// A counter that fell began anew: all that it says then is new.
    static func increase(_ points: [DataPoint], after last: DataPoint) -> Double {
        var (sum, before) = (0.0, last.value)
        for point in points where point.at > last.at && point.value.isFinite && point.value >= 0 {
            sum += point.value < before ? point.value : point.value - before
            before = point.value
        }
        return sum
    }
}
