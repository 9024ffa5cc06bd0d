/// The horizontal axis of a chart over time: a line of labels, and above it a line with ticks where there is room.
struct TimeAxis {
    var span: TimeSpan
    var utcOffset: Int

    /// Draws the labels in the last row of `area`, and where it has two, the ticks in the first.
    func draw(in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        let hasLine = area.height > 1
        if hasLine { frame.line(area.row(0), ink: Ink(.border)) }
        let ticks = Axis.timeTicks(from: span.from, to: span.to, count: max(1, area.width / 12), utcOffset: utcOffset)
        let row = area.row(area.height - 1)
        var free = area.x
        for tick in ticks {
            guard let column = span.column(of: tick.at, columns: area.width) else { continue }
            if hasLine { frame.set(frame.pick("┬", "+"), at: Point(area.x + column, area.y), ink: Ink(.border)) }
            let label = SafeText(tick.label)
            let centered = area.x + column - label.columns / 2
            let x = min(max(area.x, centered), area.maxX - label.columns)
            guard x >= free, x >= area.x else { continue }
            frame.write(label, Ink(.dim), in: Rect(x, row.y, label.columns, 1))
            free = x + label.columns + 2
        }
    }
}
