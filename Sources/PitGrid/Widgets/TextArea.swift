/// A text of several lines to type in, folded at blanks, the cursor always in view.
public struct TextArea: Equatable, Sendable {
    public var isFocused: Bool
    public var ink: Ink

    public init(isFocused: Bool = true, ink: Ink = Ink()) { (self.isFocused, self.ink) = (isFocused, ink) }

    /// Draws it, and rests the frame's cursor in it when it has the focus.
    public func draw(_ state: TextAreaState, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        let rows = state.rows(width: area.width - 1)
        let cursor = state.cursorRow(rows)
        let top = max(0, min(cursor - area.height / 2, rows.count - area.height))
        for (y, row) in rows.dropFirst(top).prefix(area.height).enumerated() {
            let words = state.lines[row.line][row.range].map { SafeText(String($0)).description }.joined()
            frame.text(SafeText(words), at: Point(area.x, area.y + y), ink: ink, clip: area)
        }
        if top > 0 { mark("↑", "^", area.row(0), &frame) }
        if rows.count - top > area.height { mark("↓", "v", area.row(area.height - 1), &frame) }
        guard isFocused else { return }
        let row = rows[cursor]
        let before = state.lines[row.line][row.range.lowerBound..<state.column]
        let x = area.x + min(before.reduce(0) { $0 + TextAreaState.columns($1) }, area.width - 1)
        frame.cursor = Point(x, area.y + cursor - top)
        frame.shade(Rect(x, area.y + cursor - top, 1, 1), .selection)
    }

    /// Where more is than is shown.
    private func mark(_ unicode: Character, _ ascii: Character, _ row: Rect, _ frame: inout Frame) {
        frame.set(frame.pick(unicode, ascii), at: Point(row.maxX - 1, row.y), ink: Ink(.dim, on: ink.ground))
    }
}
