/// The vertical axis of a chart: labels, ticks and a line.
struct ValueAxis {
    var scale: ValueScale
    var format: @Sendable (Double) -> String

    /// Columns of the widest label, at most `limit`.
    func labelColumns(_ limit: Int) -> Int {
        min(max(0, limit), scale.ticks.map { SafeText(format($0)).columns }.max() ?? 0)
    }

    /// Draws the labels right-aligned in `labels` and the line in the column behind it, over the rows of both.
    /// `finer` is how many steps of height a row has.
    func draw(labels: Rect, on frame: inout Frame, finer: Int) {
        guard !labels.isEmpty else { return }
        let line = labels.maxX
        for row in 0..<labels.height {
            frame.set(frame.glyphs.vertical, at: Point(line, labels.y + row), ink: Ink(.border))
        }
        var lastRow: Int?
        for tick in scale.ticks {
            guard let fine = scale.row(of: tick, rows: labels.height * finer) else { continue }
            let row = fine / finer
            if let last = lastRow, last - row < 1 { continue }
            lastRow = row
            frame.write(SafeText(format(tick)), Ink(.dim), in: labels.row(row), align: .right)
            frame.set(frame.pick("┤", "+"), at: Point(line, labels.y + row), ink: Ink(.border))
        }
    }
}
