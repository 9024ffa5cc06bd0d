import PitGrid

/// A list that is narrowed by a few letters: of commands, of themes.
struct PaletteState: Equatable, Sendable {
    var field = TextFieldState()
    var selected: Int

    init(selecting selected: Int = 0) { self.selected = selected }

    struct Entry: Equatable, Sendable {
        var id: String
        var title: String
        var detail: String
        var keys: String
        /// Why it cannot be chosen now.
        var refusal: String?
    }

    struct Hit: Equatable, Sendable {
        var entry: Entry
        var positions: [Int]
    }

    /// The entries that match, best first.
    func hits(_ entries: [Entry]) -> [Hit] {
        if field.text.isEmpty { return entries.map { Hit(entry: $0, positions: []) } }
        var scored: [(score: Int, order: Int, hit: Hit)] = []
        for (index, entry) in entries.enumerated() {
            if let match = Fuzzy.match(field.text, in: entry.title) {
                scored.append((match.score, -index, Hit(entry: entry, positions: match.positions)))
            } else if let match = Fuzzy.match(field.text, in: entry.detail) {
                // A title that fits is meant rather than a description that does.
                scored.append((match.score - 60, -index, Hit(entry: entry, positions: [])))
            }
        }
        return scored.sorted { ($0.score, $0.order) > ($1.score, $1.order) }.map(\.hit)
    }

    /// Takes a key; true when it was for the list.
    mutating func handle(_ key: Key, count: Int) -> Bool {
        switch key.description {
        case "down", "ctrl-n", "tab": selected = count > 0 ? (selected + 1) % count : 0
        case "up", "ctrl-p", "shift-tab": selected = count > 0 ? (selected + count - 1) % count : 0
        case "pgdn": selected = max(0, min(count - 1, selected + 10))
        case "pgup": selected = max(0, selected - 10)
        default:
            guard field.handle(key) else { return false }
            selected = 0
        }
        return true
    }

    func draw(_ entries: [Entry], title: SafeText, in area: Rect, on frame: inout Frame) {
        let hits = hits(entries)
        let box = area.centered(Size(min(96, area.width - 4), min(hits.count + 4, max(6, area.height - 2))))
        frame.silence()
        frame.fill(box, ink: Ink(on: .overlay))
        frame.box(box, title: title, ink: Ink(.border, on: .overlay))
        let inside = box.inset(x: 2, y: 1)
        TextField(prompt: ": ", placeholder: "type a few letters", ink: Ink(on: .overlay)).draw(
            field, in: inside.row(0), on: &frame)
        let list = Rect(inside.x, inside.y + 1, inside.width, inside.height - 1)
        guard !hits.isEmpty else {
            frame.text("nothing matches; Esc leaves", in: list.row(0), ink: Ink(.dim, on: .overlay))
            return
        }
        let chosen = min(selected, hits.count - 1)
        let first = max(0, min(chosen - list.height / 2, hits.count - list.height))
        for (line, hit) in hits.dropFirst(first).prefix(list.height).enumerated() {
            let row = list.row(line)
            let isChosen = first + line == chosen
            draw(hit, in: row, ground: isChosen ? .selection : .overlay, on: &frame)
            frame.listen(row, "overlay.choose", row: first + line)
        }
    }

    private func draw(_ hit: Hit, in row: Rect, ground: Ground, on frame: inout Frame) {
        frame.fill(row, ink: Ink(on: ground))
        let isRefused = hit.entry.refusal != nil
        var x = row.x + 1
        for (index, glyph) in hit.entry.title.enumerated() where x < row.maxX {
            let isHit = hit.positions.contains(index)
            x = frame.text(
                SafeText(String(glyph)), at: Point(x, row.y),
                ink: Ink(isHit ? .focus : isRefused ? .dim : .text, on: ground, strong: isHit), clip: row)
        }
        let keys = SafeText(hit.entry.keys)
        let keyRoom = Rect(row.maxX - keys.columns - 1, row.y, keys.columns, 1)
        frame.text(keys, in: keyRoom, ink: Ink(.key, on: ground))
        let detail = SafeText(hit.entry.refusal.map { "(\($0))" } ?? hit.entry.detail)
        let start = max(x + 2, row.x + 26)
        frame.text(detail, in: Rect(start, row.y, keyRoom.x - start - 1, 1), ink: Ink(.dim, on: ground))
    }
}
