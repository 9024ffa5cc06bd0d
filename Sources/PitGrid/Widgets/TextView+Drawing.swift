extension TextView {
    public func draw(_ state: TextViewState, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        guard !lines.isEmpty else {
            frame.write(emptyText, Ink(.dim), in: area)
            return
        }
        let hasBar = area.width > 4 && lines.count > area.height
        let text = Rect(area.x, area.y, area.width - (hasBar ? 2 : 0), area.height)
        var (line, row) = state.follows ? end(area.size) : top(state, area.size)
        let first = line
        var y = 0
        while y < text.height, line < lines.count {
            for runs in rows(line, text.width, state).dropFirst(row) where y < text.height {
                frame.write(runs, in: text.row(y))
                y += 1
            }
            (line, row) = (line + 1, 0)
        }
        if hasBar {
            Scrollbar(first: first, shown: max(1, line - first), count: lines.count)
                .draw(in: Rect(area.maxX - 1, area.y, 1, area.height), on: &frame)
        }
    }

    /// Columns of text when drawn in `size`: a scrollbar takes two.
    private func textWidth(_ size: Size) -> Int {
        max(1, size.width - (size.width > 4 && lines.count > size.height ? 2 : 0))
    }

    func rowCount(_ line: Int, _ size: Size) -> Int {
        guard wraps, lines.indices.contains(line) else { return 1 }
        let width = textWidth(size)
        return lines[line].columns <= width ? 1 : max(1, Wrapping.lines(lines[line], width: width).count)
    }

    /// The top of what is shown, no farther down than that the text fills the room.
    func top(_ state: TextViewState, _ size: Size) -> (line: Int, row: Int) {
        let last = end(size)
        let line = min(max(0, state.line), lines.count - 1)
        if line > last.line { return last }
        let row = min(max(0, state.row), rowCount(line, size) - 1)
        return line == last.line && row > last.row ? last : (line, row)
    }

    /// The top when the end is at the bottom.
    func end(_ size: Size) -> (line: Int, row: Int) {
        var left = max(1, size.height)
        var line = lines.count
        while line > 0 {
            line -= 1
            let count = rowCount(line, size)
            if count >= left { return (line, count - left) }
            left -= count
        }
        return (0, 0)
    }

    private func rows(_ line: Int, _ width: Int, _ state: TextViewState) -> [[Segment]] {
        var glyphs = Wrapping.glyphs(lines[line])
        if !state.query.isEmpty {
            let ink = Ink(.key, on: state.found == line ? .selection : .panel, strong: true)
            for hit in hits(state.query, lines[line]) {
                for index in hit where glyphs.indices.contains(index) { glyphs[index].ink = ink }
            }
        }
        return wraps ? Wrapping.lines(glyphs, width: max(1, width)) : [Wrapping.runs(glyphs[...])]
    }

    /// Where a line has what is searched, small and large letters alike, in characters.
    func hits(_ query: String, _ segments: [Segment]) -> [Range<Int>] {
        let wanted = Array(query.prefix(256).lowercased())
        let text = segments.flatMap { Array($0.text.description) }.prefix(Wrapping.limit)
            .map { $0.lowercased().first ?? $0 }
        guard !wanted.isEmpty, text.count >= wanted.count else { return [] }
        var hits: [Range<Int>] = []
        var at = 0
        while at + wanted.count <= text.count {
            if text[at..<at + wanted.count].elementsEqual(wanted) {
                hits.append(at..<at + wanted.count)
                at += wanted.count
            } else {
                at += 1
            }
        }
        return hits
    }
}
