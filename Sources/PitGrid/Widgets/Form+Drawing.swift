extension Form {
    /// Lines it takes: one for each field, and one for what is wrong.
    public var lines: Int { fields.isEmpty ? 0 : fields.count + 1 }

    /// Draws the fields on a ground, scrolled so that the one that has the focus is seen.
    public func draw(_ state: FormState, in area: Rect, ground: Ground = .overlay, on frame: inout Frame) {
        guard !area.isEmpty, !fields.isEmpty else { return }
        let (list, note) = area.splitBottom(area.height > 1 ? 1 : 0)
        let focus = min(max(0, state.focus ?? 0), fields.count - 1)
        let first = max(0, min(focus, fields.count - list.height, focus - list.height / 2))
        let labels = min(fields.map(\.label.columns).max() ?? 0, area.width / 2)
        for (line, index) in (first..<min(fields.count, first + list.height)).enumerated() {
            let row = list.row(line)
            let isFocused = state.focus == index
            let (left, right) = row.splitLeft(labels)
            frame.text(
                fields[index].label, in: left, ink: Ink(isFocused ? .focus : .dim, on: ground, strong: isFocused))
            let room = Rect(right.x + 2, right.y, right.width - 2, 1)
            drawValue(fields[index], state, isFocused, room, ground, &frame)
            frame.listen(row, "\(prefix).field", row: index)
        }
        guard state.focus != nil, !note.isEmpty else { return }
        let hint = fields[focus].hint
        if let problem = problem(fields[focus], state) {
            frame.write([Segment(problem, .warn)], in: note, ground: ground)
        } else if !hint.isEmpty {
            frame.write([Segment(hint, .dim)], in: note, ground: ground)
        }
    }

    private func drawValue(
        _ field: FormField, _ state: FormState, _ isFocused: Bool, _ room: Rect, _ ground: Ground, _ frame: inout Frame
    ) {
        guard !room.isEmpty else { return }
        let ink = Ink(.text, on: isFocused ? .selection : ground)
        switch field.kind {
        case .choice(let options):
            let chosen = options.indices.contains(state.choice(field.id)) ? options[state.choice(field.id)] : "--"
            let (before, after) = (frame.pick("◂", "<"), frame.pick("▸", ">"))
            frame.write("\(before) \(chosen) \(after)", ink, in: room)
            if isFocused { frame.cursor = Point(room.x, room.y) }
        case .toggle:
            frame.write("[\(state.isOn(field.id) ? frame.pick("✓", "x") : " ")]", ink, in: room)
            if isFocused { frame.cursor = Point(room.x, room.y) }
        case .text(let placeholder):
            drawText(field, state, placeholder, isFocused, room, ground, &frame)
        case .duration:
            drawText(field, state, "30m, 2h, 1h30m", isFocused, room, ground, &frame)
        case .typed(let wanted):
            drawText(field, state, SafeText(wanted), isFocused, room, ground, &frame)
        }
    }

    private func drawText(
        _ field: FormField, _ state: FormState, _ placeholder: SafeText, _ isFocused: Bool, _ room: Rect,
        _ ground: Ground, _ frame: inout Frame
    ) {
        let text = state.texts[field.id] ?? TextFieldState()
        frame.fill(room, ink: Ink(.text, on: isFocused ? .panel : ground))
        TextField(placeholder: placeholder, isFocused: isFocused, ink: Ink(.text, on: isFocused ? .panel : ground))
            .draw(text, in: room, on: &frame)
    }
}
