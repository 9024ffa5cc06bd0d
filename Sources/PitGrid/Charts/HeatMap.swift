/// Rows of values over time, warm where they are high. Shades say the same where there are no colours.
public struct HeatMap: Sendable {
    public struct Row: Equatable, Sendable {
        public var label: SafeText
        /// In equal steps over the span, oldest first; nil where nothing is known.
        public var values: [Double?]
        public init(_ label: SafeText, _ values: [Double?]) { (self.label, self.values) = (label, values) }
    }

    public var rows: [Row]
    /// The span shown, in seconds since the epoch.
    public var from: Double
    public var to: Double
    public var utcOffset: Int
    /// What is coldest and warmest; nil is the smallest and the largest value.
    public var low: Double?
    public var high: Double?
    public var format: @Sendable (Double) -> String
    /// The first row shown, when they do not all fit.
    public var offset = 0

    public init(
        _ rows: [Row], from: Double, to: Double, utcOffset: Int = 0, low: Double? = nil, high: Double? = nil,
        format: @escaping @Sendable (Double) -> String = { Figures.short($0) }
    ) {
        (self.rows, self.from, self.to, self.utcOffset) = (rows, from, to, utcOffset)
        (self.low, self.high, self.format) = (low, high, format)
    }

    private var range: (low: Double, high: Double) {
        var (smallest, largest) = (Double.infinity, -Double.infinity)
        for row in rows {
            for case let value? in row.values where value.isFinite {
                (smallest, largest) = (min(smallest, value), max(largest, value))
            }
        }
        let bottom = low ?? (smallest.isFinite ? smallest : 0)
        let top = high ?? (largest.isFinite ? largest : 1)
        return (bottom, max(bottom, top))
    }

    public func draw(in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        var rest = area
        var (legend, times) = (Rect(area.x, area.y, 0, 0), Rect(area.x, area.y, 0, 0))
        if area.height >= 4 { (legend, rest) = rest.splitTop(1) }
        if area.height >= 3 { (rest, times) = rest.splitBottom(1) }
        let columns = min(rows.map(\.label.columns).max() ?? 0, area.width / 3)
        let (left, right) = rest.splitLeft(columns > 0 ? columns + 1 : 0)
        let range = range
        drawLegend(legend, range, &frame)
        let span = TimeSpan(from: from, to: to)
        TimeAxis(span: span, utcOffset: utcOffset).draw(
            in: Rect(right.x, times.y, right.width, times.height), on: &frame)
        let first = min(max(0, offset), max(0, rows.count - rest.height))
        for (line, row) in rows.dropFirst(first).prefix(rest.height).enumerated() {
            frame.text(row.label, in: Rect(left.x, left.y + line, columns, 1))
            let merged = Downsampling.largest(row.values, right.width)
            guard !merged.isEmpty else { continue }
            for x in 0..<right.width {
                let (glyph, ink) = cell(merged[x * merged.count / right.width], range, frame)
                frame.set(glyph, at: Point(right.x + x, right.y + line), ink: ink)
            }
        }
    }

    private func cell(_ value: Double?, _ range: (low: Double, high: Double), _ frame: Frame) -> (Character, Ink) {
        guard let value, !value.isNaN else { return (frame.pick("·", " "), Ink(.border)) }
        let spread = range.high / 2 - range.low / 2
        let share = spread > 0 ? min(1, max(0, (value / 2 - range.low / 2) / spread)) : 0
        return (Self.shade(share.isNaN ? 0 : share, frame.isASCII), Ink.heat((share.isNaN ? 0 : share) * 100))
    }

    private static func shade(_ share: Double, _ isASCII: Bool) -> Character {
        if isASCII { return Blocks.levels[Int((share * 7).rounded())] }
        return share < 0.25 ? "░" : share < 0.5 ? "▒" : share < 0.75 ? "▓" : "█"
    }

    private func drawLegend(_ legend: Rect, _ range: (low: Double, high: Double), _ frame: inout Frame) {
        guard !legend.isEmpty else { return }
        var segments = [Segment("\(format(range.low)) ", .dim)]
        for step in 0..<8 {
            let share = Double(step) / 7
            segments.append(Segment(SafeText(String(Self.shade(share, frame.isASCII))), Ink.heat(share * 100)))
        }
        segments.append(Segment(" \(format(range.high))", .dim))
        frame.write(segments, in: legend)
    }
}
