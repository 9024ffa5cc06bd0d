/// Text of many lines, wrapped, that can be scrolled and searched, and can follow its end.
public struct TextView: Equatable, Sendable {
    public var lines: [[Segment]]
    public var wraps: Bool
    public var emptyText: SafeText

    public init(_ lines: [[Segment]], wraps: Bool = true, emptyText: SafeText = "nothing here") {
        (self.lines, self.wraps, self.emptyText) = (lines, wraps, emptyText)
    }

    /// Scrolls by rows of the screen; `size` is what it is drawn in.
    public func scroll(by rows: Int, _ state: inout TextViewState, size: Size) {
        guard !lines.isEmpty else { return }
        let last = end(size)
        var (line, row) = state.follows ? last : top(state, size)
        var left = min(max(rows, -100_000), 100_000)
        while left < 0, line > 0 || row > 0 {
            if row == 0 {
                line -= 1
                row = rowCount(line, size)
            }
            let step = min(row, -left)
            row -= step
            left += step
        }
        while left > 0, line < lines.count {
            let step = min(rowCount(line, size) - row, left)
            row += step
            left -= step
            if row >= rowCount(line, size) { (line, row) = (line + 1, 0) }
        }
        if line > last.line || line == last.line && row >= last.row {
            (line, row) = last
        } else if rows < 0 {
            state.follows = false
        }
        (state.line, state.row) = (line, row)
    }

    /// Goes to the first line.
    public func home(_ state: inout TextViewState) {
        (state.line, state.row, state.follows) = (0, 0, false)
    }

    /// Goes to the end, and stays there as the text grows when `follows`.
    public func end(_ state: inout TextViewState, size: Size, follows: Bool = false) {
        (state.line, state.row) = end(size)
        state.follows = follows
    }

    /// Does what a navigation key means. Returns whether it meant any.
    public func handle(_ key: Key, _ state: inout TextViewState, size: Size) -> Bool {
        switch key.description {
        case "j", "down": scroll(by: 1, &state, size: size)
        case "k", "up": scroll(by: -1, &state, size: size)
        case "pgdn", "ctrl-f", "space": scroll(by: max(1, size.height - 1), &state, size: size)
        case "pgup", "ctrl-b": scroll(by: -max(1, size.height - 1), &state, size: size)
        case "ctrl-d": scroll(by: max(1, size.height / 2), &state, size: size)
        case "ctrl-u": scroll(by: -max(1, size.height / 2), &state, size: size)
        case "home", "g g": home(&state)
        case "end", "G": end(&state, size: size)
        case "n": return find(1, &state, size: size)
        case "N": return find(-1, &state, size: size)
        default: return false
        }
        return true
    }

    /// Goes to the next line (the one before, when negative) that has what is searched, around the ends. Returns
    /// whether there is one.
    public func find(_ direction: Int, _ state: inout TextViewState, size: Size) -> Bool {
        guard !lines.isEmpty, !state.query.isEmpty else { return false }
        let kept = state.found ?? (direction < 0 ? state.line : max(0, state.line) - 1)
        let start = min(max(-1, kept), lines.count)
        for step in 1...lines.count {
            let line = ((start + (direction < 0 ? -step : step)) % lines.count + lines.count) % lines.count
            guard !hits(state.query, lines[line]).isEmpty else { continue }
            state.found = line
            state.follows = false
            let last = end(size)
            (state.line, state.row) = line > last.line ? last : (line, 0)
            return true
        }
        return false
    }

    /// Lines that have what is searched.
    public func findCount(_ query: String) -> Int { query.isEmpty ? 0 : lines.count { !hits(query, $0).isEmpty } }
}
