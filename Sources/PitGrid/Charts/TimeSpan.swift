/// A span of time over a number of columns. Times are in seconds since the epoch.
struct TimeSpan: Equatable {
    var from: Double
    var to: Double

    /// The column, of `columns`, that a time falls in; nil outside of the span.
    func column(of at: Double, columns: Int) -> Int? {
        guard columns > 0, at.isFinite, from < to, at >= from, at <= to else { return nil }
        let share = (at / 2 - from / 2) / (to / 2 - from / 2)
        guard share.isFinite else { return nil }
        return min(columns - 1, max(0, Int(share * Double(columns))))
    }

    /// The time that the middle of a column stands for.
    func time(of column: Int, columns: Int) -> Double? {
        guard columns > 0, column >= 0, column < columns, from < to else { return nil }
        return from + (to - from) * (Double(column) + 0.5) / Double(columns)
    }
}
