/// One line to type in. What does not fit scrolls, the cursor always in view.
public struct TextField: Equatable, Sendable {
    /// Stands before the text.
    public var prompt: SafeText
    /// Stands in an empty field.
    public var placeholder: SafeText
    public var isFocused: Bool
    public var ink: Ink

    public init(prompt: SafeText = "", placeholder: SafeText = "", isFocused: Bool = true, ink: Ink = Ink()) {
        (self.prompt, self.placeholder, self.isFocused, self.ink) = (prompt, placeholder, isFocused, ink)
    }

    /// Draws it in the first row of an area, and rests the frame's cursor in it when it has the focus.
    public func draw(_ state: TextFieldState, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        let promptColumns = min(prompt.columns, area.width - 1)
        if promptColumns > 0 {
            frame.text(
                prompt, in: Rect(area.x, area.y, promptColumns, 1),
                ink: Ink(isFocused ? .focus : .dim, on: ink.ground, strong: isFocused))
        }
        let room = Rect(area.x + promptColumns, area.y, area.width - promptColumns, 1)
        let glyphs = state.text.map { SafeText(String($0)) }
        let widths = glyphs.map(\.columns)
        let cursor = min(state.cursor, glyphs.count)
        // The cursor stands on a column of its own behind the text.
        var start = 0
        var before = widths[..<cursor].reduce(0, +)
        while before > room.width - 1, start < cursor {
            before -= widths[start]
            start += 1
        }
        if glyphs.isEmpty, !placeholder.isEmpty {
            frame.text(placeholder, in: room, ink: Ink(.dim, on: ink.ground))
        } else {
            let shown = glyphs[start...].reduce(into: "") { $0 += $1.description }
            frame.text(SafeText(shown), at: Point(room.x, room.y), ink: ink, clip: room)
            if start > 0 { frame.set(frame.pick("‹", "<"), at: Point(room.x, room.y), ink: Ink(.dim, on: ink.ground)) }
        }
        guard isFocused else { return }
        let at = Point(room.x + min(before, room.width - 1), room.y)
        frame.cursor = at
        frame.shade(Rect(at.x, at.y, 1, 1), .selection)
    }
}
