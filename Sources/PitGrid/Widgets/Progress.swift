/// How far something is.
public struct Progress: Equatable, Sendable {
    /// 0...1; nil where nobody knows how much there is.
    public var fraction: Double?
    public var label: SafeText
    /// Stands behind the percents: `12/40`, `about 2m left`.
    public var note: SafeText
    public var role: Role

    public init(_ fraction: Double?, label: SafeText = "", note: SafeText = "", role: Role = .ok) {
        (self.fraction, self.label, self.note, self.role) = (fraction, label, note, role)
    }

    /// Draws label, bar, percents and note over the width of an area's first row.
    public func draw(in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        let known = fraction.flatMap { $0.isNaN ? nil : min(1, max(0, $0)) }
        let percent = SafeText(Figures.percent(known))
        var tail: [Segment] = [Segment(" "), Segment(percent, Ink(strong: true))]
        if !note.isEmpty { tail += [Segment("  "), Segment(note, .dim)] }
        let head: [Segment] = label.isEmpty ? [] : [Segment(label), Segment(" ")]
        var columns = area.width - head.columns - tail.columns
        if columns < 8, tail.count > 2 {
            tail = Array(tail.prefix(2))
            columns = area.width - head.columns - tail.columns
        }
        let bar = Meter(known, role: role).segments(columns: max(0, columns), isASCII: frame.isASCII)
        frame.write(head + bar + tail, in: area)
    }
}
