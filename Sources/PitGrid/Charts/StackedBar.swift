/// Shares of a whole in one bar, with a legend beneath where there is room. Textures tell parts apart where colours
/// cannot.
public struct StackedBar: Sendable {
    public var parts: [Bar]
    public var format: @Sendable (Double) -> String

    public init(_ parts: [Bar], format: @escaping @Sendable (Double) -> String = { Figures.short($0) }) {
        (self.parts, self.format) = (parts, format)
    }

    private static let textures: [Character] = ["█", "▓", "▒", "░"]

    private func texture(_ index: Int, _ frame: Frame) -> Character {
        frame.isASCII
            ? DotRaster.letters[index % DotRaster.letters.count] : Self.textures[index % Self.textures.count]
    }

    public func draw(in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        let values = parts.map { part in part.value.flatMap { $0.isFinite && $0 > 0 ? $0 : nil } ?? 0 }
        // Shares of the largest, because a sum of huge values need not be finite.
        let largest = values.max() ?? 0
        let shares = values.map { largest > 0 ? $0 / largest : 0 }
        let total = shares.reduce(0, +)
        var sum = 0.0
        var x = area.x
        for (index, share) in shares.enumerated() where total > 0 {
            sum += share
            let end = area.x + Int((sum / total * Double(area.width)).rounded())
            for column in x..<max(x, min(end, area.maxX)) {
                frame.set(texture(index, frame), at: Point(column, area.y), ink: parts[index].ink)
            }
            x = max(x, end)
        }
        if total <= 0 {
            frame.text(SafeText(String(repeating: frame.pick("·", "."), count: area.width)), in: area, ink: Ink(.dim))
        }
        guard area.height >= 2 else { return }
        let legend = parts.enumerated().flatMap { index, part in
            [
                Segment("\(texture(index, frame)) ", part.ink), Segment("\(part.label) ", .dim),
                Segment("\(part.value.map { $0.isNaN ? Figures.missing : format($0) } ?? Figures.missing)  "),
            ]
        }
        frame.write(legend, in: area.row(1))
    }
}
