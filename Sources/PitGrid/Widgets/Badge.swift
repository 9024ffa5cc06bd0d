/// A word or two on a ground of its own: a state that is to be seen.
public struct Badge: Equatable, Sendable {
    public var text: SafeText
    public var role: Role
    public init(_ text: SafeText, _ role: Role = .notice) { (self.text, self.role) = (text, role) }

    /// Columns it takes.
    public var columns: Int { text.columns + 2 }

    public var segment: Segment { Segment(" \(text) ", Ink(role, on: .panel, strong: true)) }

    /// Draws it at the left end of an area's first row, and returns the columns it took.
    @discardableResult
    public func draw(in area: Rect, align: Alignment = .left, on frame: inout Frame) -> Int {
        frame.write([segment], in: area, align: align)
    }
}
