extension Table {
    /// Lines the rows of a table take in an area of `height` lines: what a state's `viewport` is to be.
    public static func rowLines(in height: Int) -> Int { max(0, height - 1) }

    /// Draws the header and the rows of `order` (positions in `rows`) that the state's scroll shows.
    public func draw(
        _ rows: [Row], order: [Int]? = nil, state: TableState, in area: Rect, on frame: inout Frame
    ) {
        guard !area.isEmpty else { return }
        let count = order?.count ?? rows.count
        let top = showsHeader ? 1 : 0
        let height = area.height - top
        let hasScrollbar = count > height && height > 1 && area.width > 4
        let lead = 1 + (showsMarks ? 2 : 0)
        let room = area.width - lead - (hasScrollbar ? 2 : 0)
        let layout = ColumnLayout(
            columns.enumerated().filter { isWide || !$0.element.isWide }.map {
                ($0.offset, ColumnLayout.Rule(width: $0.element.width, priority: $0.element.priority))
            }, start: area.x + lead, room: max(0, room))
        if showsHeader { drawHeader(layout, state, area, &frame) }
        guard count > 0 else {
            for (line, text) in emptyText.prefix(max(0, height - top)).enumerated() {
                let row = Rect(area.x + 2, area.y + 2 * top + line, area.width - 2, 1)
                frame.write(text, Ink(line == 0 ? .text : .dim), in: row)
            }
            return
        }
        let first = state.firstRow(count: count, height: height)
        for line in 0..<min(height, count - first) {
            let position = first + line
            let index = order?[position] ?? position
            guard rows.indices.contains(index) else { continue }
            let row = Rect(area.x, area.y + top + line, area.width - (hasScrollbar ? 2 : 0), 1)
            drawRow(rows[index], position, layout, state, min(state.selected, count - 1), row, &frame)
        }
        if hasScrollbar {
            let bar = Rect(area.x + area.width - 1, area.y + top, 1, height)
            Scrollbar(first: first, shown: height, count: count).draw(in: bar, on: &frame)
        }
    }

    private func drawHeader(_ layout: ColumnLayout, _ state: TableState, _ area: Rect, _ frame: inout Frame) {
        for slot in layout.slots {
            let column = columns[slot.column]
            let isSorted = column.id == state.sortColumn && column.sortKey != nil
            let isUnderCursor = isFocused && slot.column == state.columnCursor && column.sortKey != nil
            var ink = Ink(isSorted ? .title : .dim, strong: isSorted)
            if isUnderCursor, !isSorted { ink = Ink(.text) }
            var segments = [Segment(column.title, ink)]
            if isSorted {
                let arrow = state.isDescending ? frame.glyphs.down : frame.glyphs.up
                segments = segments.fitted(to: slot.width - 1, ellipsis: frame.glyphs.ellipsis)
                segments.append(Segment(SafeText(String(arrow)), ink))
            }
            let cell = Rect(slot.x, area.y, slot.width, 1)
            frame.write(segments, in: cell, align: column.alignment)
            if column.sortKey != nil { frame.listen(cell, "\(prefix).sort", row: slot.column) }
        }
    }

    private func drawRow(
        _ row: Row, _ position: Int, _ layout: ColumnLayout, _ state: TableState, _ selected: Int, _ line: Rect,
        _ frame: inout Frame
    ) {
        let isSelected = position == selected
        let ground: Ground = isSelected ? (isFocused ? .selection : .panel) : .page
        if isSelected {
            frame.fill(line, ink: Ink(on: ground))
            let pointer = SafeText(String(frame.glyphs.pointer))
            frame.write(pointer, Ink(isFocused ? .focus : .dim, on: ground), in: Rect(line.x, line.y, 1, 1))
            if isFocused { frame.cursor = Point(line.x, line.y) }
        }
        if showsMarks, line.width > 1, state.marked.contains(identity(row)) {
            let mark = SafeText(String(frame.pick("✓", "*")))
            frame.write(mark, Ink(.key, on: ground, strong: true), in: Rect(line.x + 1, line.y, 1, 1))
        }
        let isDim = isDimmed?(row) ?? false
        for slot in layout.slots {
            let column = columns[slot.column]
            var segments = column.cell(row).segments(isASCII: frame.isASCII)
            if isDim { segments = segments.map { Segment($0.text, Ink(.dim)) } }
            let cell = Rect(slot.x, line.y, min(slot.width, line.x + line.width - slot.x), 1)
            frame.write(segments, in: cell, align: column.alignment, ground: ground)
        }
        frame.listen(line, "\(prefix).select", row: position)
    }
}
