extension Dialog {
    /// Draws it in the middle of an area. What lies under it no longer answers to the mouse. Its fields listen as
    /// `<prefix>.field`, its buttons as `<prefix>.button`, with their index.
    public func draw(_ state: DialogState, in area: Rect, on frame: inout Frame) {
        guard area.width >= 4, area.height >= 3 else { return }
        frame.silence()
        let width = min(area.width, max(44, min(boxWidth, 100)))
        let inner = width - 4
        let lines = body.flatMap { Wrapping.lines($0, width: inner) }
        let fixed = 2 + (form.lines > 0 ? form.lines + 1 : 0) + (buttons.isEmpty ? 0 : 2)
        let box = area.centered(Size(width, min(area.height, lines.count + fixed)))
        frame.fill(box, ink: Ink(on: .overlay))
        frame.box(box, title: title, ink: Ink(.border, on: .overlay), titleInk: Ink(.title, on: .overlay, strong: true))
        var rest = box.inset(x: 2, y: 1)
        if !buttons.isEmpty {
            let (above, row) = rest.splitBottom(1)
            drawButtons(state, row, &frame)
            rest = above.splitBottom(above.height > form.lines + 1 ? 1 : 0).rest
        }
        if form.lines > 0 {
            let (above, fields) = rest.splitBottom(min(form.lines, max(1, rest.height - 1)))
            form.draw(state.form, in: fields, on: &frame)
            rest = above.splitBottom(above.height > 1 ? 1 : 0).rest
        }
        drawBody(lines, state, rest, &frame)
    }

    private var boxWidth: Int {
        let lines = body.map(\.columns).max() ?? 0
        let row = buttons.reduce(0) { $0 + $1.title.columns + 6 }
        return max(lines, row, title.columns + 4) + 4
    }

    private func drawBody(_ lines: [[Segment]], _ state: DialogState, _ room: Rect, _ frame: inout Frame) {
        guard !room.isEmpty else { return }
        let first = max(0, min(state.bodyOffset, lines.count - room.height))
        for (index, line) in lines.dropFirst(first).prefix(room.height).enumerated() {
            frame.write(line, in: room.row(index), ground: .overlay)
        }
        let hidden = lines.count - first - room.height
        guard hidden > 0 else { return }
        let last = room.row(room.height - 1)
        frame.fill(last, ink: Ink(on: .overlay))
        frame.write("\(frame.glyphs.ellipsis) \(hidden + 1) more lines, pgdn", Ink(.dim, on: .overlay), in: last)
    }

    private func drawButtons(_ state: DialogState, _ row: Rect, _ frame: inout Frame) {
        let total = buttons.reduce(0) { $0 + $1.title.columns + 4 } + 2 * (buttons.count - 1)
        var x = max(row.x, row.maxX - total)
        for (index, button) in buttons.enumerated() {
            let isFocused = state.focus == form.fields.count + index
            let role: Role =
                !isEnabled(button, state) ? .dim : button.purpose == .danger ? .fail : isFocused ? .focus : .text
            let ink = Ink(role, on: isFocused ? .selection : .overlay, strong: isFocused)
            let place = Rect(x, row.y, button.title.columns + 4, 1).intersection(row)
            frame.write("[ \(button.title) ]", ink, in: place)
            frame.listen(place, "\(prefix).button", row: index)
            if isFocused { frame.cursor = Point(min(place.x + 2, row.maxX - 1), place.y) }
            x += button.title.columns + 6
        }
    }
}
