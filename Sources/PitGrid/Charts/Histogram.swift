/// Two distributions over the same buckets, one laid over the other: the current one as bars, the reference as lines.
public struct Histogram: Sendable {
    public struct Bucket: Equatable, Sendable {
        /// Its upper edge, or its name.
        public var label: SafeText
        /// Shares of the whole, 0...1.
        public var reference: Double?
        public var current: Double?
        public init(_ label: SafeText, reference: Double?, current: Double?) {
            (self.label, self.reference, self.current) = (label, reference, current)
        }
    }

    public var buckets: [Bucket]
    public var format: @Sendable (Double) -> String
    public var referenceName: SafeText
    public var currentName: SafeText

    public init(
        _ buckets: [Bucket], reference: SafeText = "reference", current: SafeText = "current",
        format: @escaping @Sendable (Double) -> String = { Figures.percent($0) }
    ) {
        (self.buckets, self.format) = (buckets, format)
        (self.referenceName, self.currentName) = (reference, current)
    }

    private static let currentInk = Ink(.series1)
    private static let referenceInk = Ink(.series2, strong: true)

    public func draw(in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        var rest = area
        var (legend, labels) = (Rect(area.x, area.y, 0, 0), Rect(area.x, area.y, 0, 0))
        if area.height >= 4 { (legend, rest) = rest.splitTop(1) }
        if area.height >= 3 { (rest, labels) = rest.splitBottom(1) }
        let shares = buckets.flatMap { [$0.reference, $0.current] }.compactMap { $0 }.filter { $0.isFinite && $0 > 0 }
        let scale = ValueScale(0, shares.max() ?? 1, isLog: false, tickCount: max(1, rest.height / 3))
        let axis = ValueAxis(scale: scale, format: format)
        let columns = area.width >= 16 && rest.height >= 2 ? axis.labelColumns(area.width / 3) : 0
        let (left, plot) = rest.splitLeft(columns > 0 ? columns + 1 : 0)
        axis.draw(labels: Rect(left.x, left.y, columns, left.height), on: &frame, finer: 1)
        drawLegend(legend, &frame)
        let bottom = Rect(plot.x, labels.y, plot.width, labels.height)
        guard !buckets.isEmpty else {
            frame.text("no data", in: plot.row(plot.height / 2), align: .center, ink: Ink(.dim))
            return
        }
        drawBuckets(plot, bottom, scale, &frame)
    }

    private func drawLegend(_ legend: Rect, _ frame: inout Frame) {
        guard !legend.isEmpty else { return }
        frame.write(
            [
                Segment("\(frame.glyphs.full) ", Self.currentInk), Segment("\(currentName)  ", .dim),
                Segment("\(frame.pick("━", "=")) ", Self.referenceInk), Segment(referenceName, .dim),
            ], in: legend)
    }

    private func drawBuckets(_ plot: Rect, _ bottom: Rect, _ scale: ValueScale, _ frame: inout Frame) {
        let slot = max(1, min(12, plot.width / buckets.count))
        let hasGap = slot >= 3
        var free = bottom.x
        for (index, bucket) in buckets.enumerated() {
            let start = plot.x + index * slot
            let bar = Rect(start, plot.y, slot - (hasGap ? 1 : 0), plot.height).intersection(plot)
            guard !bar.isEmpty else { return }
            if let share = bucket.current, let position = scale.position(share) {
                for level in 0..<plot.height {
                    let length = share > 0 ? max(0.125, position * Double(plot.height)) : 0
                    guard let glyph = Blocks.column(length, at: level, isASCII: frame.isASCII) else { break }
                    let run = SafeText(String(repeating: glyph, count: bar.width))
                    frame.text(run, in: bar.row(plot.height - 1 - level), ink: Self.currentInk)
                }
            }
            if let share = bucket.reference, let row = scale.row(of: share, rows: plot.height) {
                let line = String(repeating: frame.pick("━", "="), count: bar.width)
                frame.text(SafeText(line), in: bar.row(row), ink: Self.referenceInk)
            }
            let columns = bucket.label.columns
            guard !bottom.isEmpty, start >= free, start + columns <= bottom.maxX else { continue }
            frame.text(bucket.label, in: Rect(start, bottom.y, columns, 1), ink: Ink(.dim))
            free = start + columns + 1
        }
    }
}
