/// Values side by side, as bars to the right or upwards, in eighths of a cell.
public struct BarChart: Sendable {
    public enum Direction: Sendable { case right, up }

    public var bars: [Bar]
    public var direction: Direction
    /// What a bar of full length stands for; nil is the largest value.
    public var max: Double?
    public var format: @Sendable (Double) -> String

    public init(
        _ bars: [Bar], direction: Direction = .right, max: Double? = nil,
        format: @escaping @Sendable (Double) -> String = { Figures.short($0) }
    ) {
        (self.bars, self.direction, self.max, self.format) = (bars, direction, max, format)
    }

    public func draw(in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty, !bars.isEmpty else { return }
        switch direction {
        case .right: drawRight(area, &frame)
        case .up: drawUp(area, &frame)
        }
    }

    private var top: Double {
        let largest = bars.compactMap(\.value).filter { $0.isFinite }.max() ?? 0
        return max.flatMap { $0.isFinite && $0 > 0 ? $0 : nil } ?? largest
    }

    /// The share of a full bar, 0...1.
    private func share(_ value: Double?) -> Double {
        guard let value, !value.isNaN, value > 0 else { return 0 }
        guard top > 0 else { return value.isFinite ? 0 : 1 }
        return min(1, value / top)
    }

    private func figure(_ value: Double?) -> SafeText {
        guard let value, !value.isNaN else { return SafeText(Figures.missing) }
        return SafeText(format(value))
    }

    private func drawRight(_ area: Rect, _ frame: inout Frame) {
        let shown = bars.prefix(area.height)
        let figures = shown.map { figure($0.value) }
        let figureColumns = min(figures.map(\.columns).max() ?? 0, area.width / 3)
        let labelColumns = min(shown.map(\.label.columns).max() ?? 0, area.width / 3)
        for (line, bar) in shown.enumerated() {
            let (label, rest) = area.row(line).splitLeft(labelColumns)
            frame.text(bar.label, in: label)
            let (room, number) = Rect(rest.x + 1, rest.y, rest.width - 1, 1).splitBar(figureColumns)
            let length = share(bar.value) * Double(room.width)
            frame.text(SafeText(Blocks.row(length, room.width, isASCII: frame.isASCII)), in: room, ink: bar.ink)
            frame.text(figures[line], in: number, align: .right, ink: bar.value == nil ? Ink(.dim) : Ink())
        }
    }

    private func drawUp(_ area: Rect, _ frame: inout Frame) {
        let wanted = Swift.max(1, bars.map { Swift.max($0.label.columns, figure($0.value).columns) }.max() ?? 1)
        let width = Swift.max(1, min(wanted, (area.width + 1) / bars.count - 1))
        let height = area.height - (area.height >= 3 ? 2 : area.height >= 2 ? 1 : 0)
        for (index, bar) in bars.enumerated() {
            let column = Rect(area.x + index * (width + 1), area.y, width, area.height).intersection(area)
            guard !column.isEmpty else { return }
            let length = share(bar.value) * Double(height)
            let top = area.height >= 3 ? 1 : 0
            var end = top + height
            for level in 0..<height {
                guard let glyph = Blocks.column(length, at: level, isASCII: frame.isASCII) else { break }
                end = top + height - 1 - level
                let run = SafeText(String(repeating: glyph, count: column.width))
                frame.text(run, in: column.row(end), ink: bar.ink)
            }
            if top > 0 { frame.text(figure(bar.value), in: column.row(end - 1), align: .center, ink: Ink(.dim)) }
            if area.height >= 2 { frame.text(bar.label, in: column.row(area.height - 1), align: .center) }
        }
    }
}

extension Rect {
    /// The room of a bar and, a column to the right, the room of its figure.
    fileprivate func splitBar(_ figureColumns: Int) -> (bar: Rect, figure: Rect) {
        let (bar, rest) = splitLeft(width - figureColumns - 1)
        return (bar, Rect(rest.x + 1, rest.y, rest.width - 1, rest.height))
    }
}
