/// A bar in a line for a share of a whole, warmer as it fills.
public struct Meter: Equatable, Sendable {
    /// 0...1; nil when it is not known.
    public var fraction: Double?
    /// Nil is heat by how full it is.
    public var role: Role?

    public init(_ fraction: Double?, role: Role? = nil) { (self.fraction, self.role) = (fraction, role) }

    func segments(columns: Int, isASCII: Bool) -> [Segment] {
        let columns = min(max(0, columns), 1000)
        guard columns > 0 else { return [] }
        guard let fraction, !fraction.isNaN else {
            return [Segment(SafeText(String(repeating: isASCII ? "." : "·", count: columns)), .dim)]
        }
        let share = min(1, max(0, fraction))
        let bar = Blocks.row(share * Double(columns), columns, isASCII: isASCII)
        let ink = role.map { Ink($0) } ?? Ink.heat(share * 100)
        let rest = String(repeating: isASCII ? "." : "·", count: columns - bar.count)
        return [Segment(SafeText(bar), ink), Segment(SafeText(rest), .dim)]
    }

    /// Draws it over the width of an area's first line.
    public func draw(in area: Rect, on frame: inout Frame) {
        frame.write(segments(columns: area.width, isASCII: frame.isASCII), in: area)
    }
}
