/// One row under a chart: what changed, and when, at the columns of the chart's times.
///
/// Each mark listens as `<prefix>.change` with the index of the first of the marks it stands for.
public struct ChangeLine: Equatable, Sendable {
    public var marks: [ChartMark]
    /// The span shown, in seconds since the epoch.
    public var from: Double
    public var to: Double
    public var prefix: String
    /// The time that is read out.
    public var cursor: Double?

    public init(_ marks: [ChartMark], from: Double, to: Double, prefix: String, cursor: Double? = nil) {
        (self.marks, self.from, self.to, self.prefix, self.cursor) = (marks, from, to, prefix, cursor)
    }

    /// Draws it in the first row of `area`, over the columns of `plot`, with a label to the left where there is room.
    public func draw(in area: Rect, under plot: Rect, label: SafeText = "changes", on frame: inout Frame) {
        let row = Rect(plot.x, area.y, plot.width, 1).intersection(area.row(0))
        guard !row.isEmpty else { return }
        let left = Rect(area.x, area.y, row.x - area.x - 1, 1)
        if left.width >= 2 { frame.write(label, Ink(.dim), in: left, align: .right) }
        frame.text(SafeText(String(repeating: frame.pick("·", "."), count: row.width)), in: row, ink: Ink(.border))
        let span = TimeSpan(from: from, to: to)
        var columns: [Int: [Int]] = [:]
        for (index, mark) in marks.enumerated() {
            guard let column = span.column(of: mark.at, columns: plot.width) else { continue }
            columns[column, default: []].append(index)
        }
        for (column, indices) in columns.sorted(by: { $0.key < $1.key }) {
            guard let first = indices.first else { continue }
            let heaviest = indices.reduce(first) { marks[$1].weight > marks[$0].weight ? $1 : $0 }
            let mark = marks[heaviest]
            let count = indices.count
            let glyph = count == 1 ? mark.shape.glyph(frame.glyphs) : count < 10 ? Character("\(count)") : "+"
            let point = Point(plot.x + column, row.y)
            guard row.contains(point) else { continue }
            frame.set(glyph, at: point, ink: Ink(mark.role, strong: count > 1))
            frame.listen(Rect(point.x, point.y, 1, 1), "\(prefix).change", row: first)
        }
        if let cursor, let column = span.column(of: cursor, columns: plot.width) {
            frame.shade(Rect(plot.x + column, row.y, 1, 1).intersection(row), .selection)
        }
    }
}
