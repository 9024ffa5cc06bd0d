/// A series in one line, one column per value, the newest at the right end.
public struct Sparkline: Equatable, Sendable {
    /// Oldest first; nil leaves a gap.
    public var values: [Double?]
    /// What fills a cell; nil is the largest value shown.
    public var max: Double?
    public var ink: Ink

    public init(_ values: [Double?], max: Double? = nil, ink: Ink = Ink(.series1)) {
        (self.values, self.max, self.ink) = (values, max, ink)
    }

    /// More values than columns are merged by their largest, so that no spike vanishes. Values below 0 stand as 0.
    func segments(columns: Int, isASCII: Bool) -> [Segment] {
        let columns = Swift.min(Swift.max(0, columns), 1000)
        guard columns > 0 else { return [] }
        let merged = Downsampling.largest(values, columns)
        let finite = merged.compactMap { $0 }.filter(\.isFinite)
        let top = max.flatMap { $0.isFinite && $0 > 0 ? $0 : nil } ?? finite.max() ?? 0
        let glyphs = isASCII ? Blocks.levels : Blocks.columns
        var text = String(repeating: " ", count: columns - merged.count)
        for value in merged {
            guard let value, !value.isNaN else {
                text.append(" ")
                continue
            }
            let share = top > 0 ? Swift.min(1, Swift.max(0, value / top)) : value > 0 ? 1 : 0
            text.append(glyphs[Int((share * 7).rounded())])
        }
        return [Segment(SafeText(text), ink)]
    }

    /// Draws it over the width of an area's first line.
    public func draw(in area: Rect, on frame: inout Frame) {
        frame.write(segments(columns: area.width, isASCII: frame.isASCII), in: area)
    }
}
