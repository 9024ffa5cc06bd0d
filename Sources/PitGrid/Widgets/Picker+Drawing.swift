extension Picker {
    /// Draws it over the upper middle of an area, `height` lines high where there is room. What lies under it no longer
    /// answers to the mouse; its rows listen as `<prefix>.pick` with their position among the matches.
    public func draw(_ state: PickerState, in area: Rect, width: Int = 72, height: Int = 18, on frame: inout Frame) {
        guard area.width >= 6, area.height >= 3 else { return }
        frame.silence()
        let size = Size(min(area.width, width), min(area.height, height))
        let box = Rect(
            area.x + (area.width - size.width) / 2, area.y + (area.height - size.height) / 4, size.width, size.height)
        frame.fill(box, ink: Ink(on: .overlay))
        frame.box(box, title: title, ink: Ink(.border, on: .overlay), titleInk: Ink(.title, on: .overlay, strong: true))
        let matches = matches(state)
        let (head, list) = box.inset(x: 1, y: 1).splitTop(1)
        let count: SafeText = "\(matches.count)/\(items.count)"
        let (input, counter) = head.splitLeft(max(4, head.width - count.columns - 2))
        frame.text(count, in: counter, align: .right, ink: Ink(.dim, on: .overlay))
        TextField(prompt: " \(frame.glyphs.pointer) ", placeholder: placeholder, ink: Ink(.text, on: .overlay))
            .draw(state.query, in: input, on: &frame)
        guard !list.isEmpty else { return }
        if matches.isEmpty {
            frame.text("nothing matches", in: list.row(0).inset(x: 3, y: 0), ink: Ink(.dim, on: .overlay))
        }
        let selected = min(max(0, state.selected), max(0, matches.count - 1))
        let first = max(0, min(selected - list.height / 2, matches.count - list.height))
        for (line, match) in matches.dropFirst(first).prefix(list.height).enumerated() {
            drawRow(match, first + line == selected, list.row(line), &frame)
            frame.listen(list.row(line), "\(prefix).pick", row: first + line)
        }
    }

    private func drawRow(_ match: Match, _ isSelected: Bool, _ row: Rect, _ frame: inout Frame) {
        let item = items[match.index]
        let ground: Ground = isSelected ? .selection : .overlay
        let isRefused = item.refusal != nil
        frame.fill(row, ink: Ink(on: ground))
        if isSelected { frame.set(frame.glyphs.pointer, at: Point(row.x, row.y), ink: Ink(.focus, on: ground)) }
        let detail = item.refusal ?? item.detail
        let right = min(detail.columns, max(0, row.width / 2))
        let (left, end) = row.inset(x: 1, y: 0).splitLeft(max(0, row.width - 2 - right - (right > 0 ? 2 : 0)))
        let hits = Set(match.positions)
        let plain = Ink(isRefused ? .dim : .text, on: ground)
        let glyphs = item.title.description.enumerated().map { index, character in
            Wrapping.Glyph(
                character: character, ink: hits.contains(index) ? Ink(.key, on: ground, strong: true) : plain,
                columns: character.columns)
        }
        frame.write([Segment(" ", plain)] + Wrapping.runs(glyphs[...]), in: left)
        frame.text(detail, in: end, align: .right, ink: Ink(.dim, on: ground))
    }
}
