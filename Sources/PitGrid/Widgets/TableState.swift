/// What a table remembers: the selection by identity, the scroll, the sort, the marks.
///
/// Wherever rows are needed, they are given as a count and a function from a position to an identity, so that no
/// list of identities has to be made.
public struct TableState: Equatable, Codable, Sendable {
    /// The selected row, by identity: it stays selected when rows move.
    public private(set) var selectedID: String?
    /// The position of the selected row when the state was last settled.
    public private(set) var selected = 0
    /// The position of the first row shown.
    public private(set) var offset = 0
    /// Rows that fit on the screen, as of the last time the screen said so.
    public var viewport = 20
    /// The column that rows are sorted by; nil is the order they come in.
    public var sortColumn: String?
    public var isDescending = false
    /// The column a sort key would take: an index into the table's columns.
    public var columnCursor = 0
    /// Rows marked for an act on several, by identity.
    public var marked: Set<String> = []

    public init(sortColumn: String? = nil, isDescending: Bool = false) {
        (self.sortColumn, self.isDescending) = (sortColumn, isDescending)
    }

    /// Finds the selected row again among rows that may have changed. When it is gone, the row that took its place
    /// is selected.
    public mutating func settle(count: Int, id: (Int) -> String) {
        guard count > 0 else {
            (selectedID, selected, offset) = (nil, 0, 0)
            return
        }
        if let wanted = selectedID {
            if !(0..<count).contains(selected) || id(selected) != wanted {
                let found = (0..<count).first { id($0) == wanted }
                select(found ?? min(selected, count - 1), count: count, id: id)
            } else {
                reveal(count)
            }
        } else {
            select(min(selected, count - 1), count: count, id: id)
        }
    }

    /// Selects a row by position, the nearest one there is.
    public mutating func select(_ position: Int, count: Int, id: (Int) -> String) {
        guard count > 0 else { return settle(count: 0, id: id) }
        selected = min(max(0, position), count - 1)
        selectedID = id(selected)
        reveal(count)
    }

    /// Selects a row by identity, when the state is next settled.
    public mutating func select(id: String) { selectedID = id }

    /// Moves the selection; j, k and the wheel.
    public mutating func move(_ delta: Int, count: Int, id: (Int) -> String) {
        let target = selected.addingReportingOverflow(delta)
        select(target.overflow ? (delta < 0 ? 0 : count - 1) : target.partialValue, count: count, id: id)
    }

    /// Moves the selection by pages: 1 is PgDn, -1 is PgUp, halves are ctrl-d and ctrl-u.
    public mutating func page(_ pages: Double, count: Int, id: (Int) -> String) {
        let rows = max(
            1, Int((Double(min(max(1, viewport), 100_000)) * abs(min(max(pages, -1e6), 1e6))).rounded(.down)))
        move(pages < 0 ? -rows : rows, count: count, id: id)
    }

    /// Selects the first row.
    public mutating func home(count: Int, id: (Int) -> String) { select(0, count: count, id: id) }

    /// Selects the last row.
    public mutating func end(count: Int, id: (Int) -> String) { select(count - 1, count: count, id: id) }

    /// Marks the selected row, or takes its mark away.
    public mutating func toggleMark() {
        guard let id = selectedID else { return }
        if marked.remove(id) == nil { marked.insert(id) }
    }

    /// `12/340`: where the selection is; `0/0` when there are no rows.
    public func position(of count: Int) -> SafeText {
        "\(count > 0 ? min(max(0, selected), count - 1) + 1 : 0)/\(count)"
    }

    /// The first row to draw in `height` lines, so that the selected one is among them.
    func firstRow(count: Int, height: Int) -> Int {
        // A state that was read from a file may hold any numbers.
        let height = min(max(1, height), 100_000)
        let selected = max(0, min(selected, count - 1))
        let first = min(max(min(offset, count), selected - height + 1), selected)
        return max(0, min(first, count - height))
    }

    private mutating func reveal(_ count: Int) { offset = firstRow(count: count, height: viewport) }
}

extension TableState {
    /// Does what a navigation key means: arrows, j k, g g, G, pages and half pages. Returns whether it meant any.
    public mutating func handle(_ key: Key, count: Int, id: (Int) -> String) -> Bool {
        switch key.description {
        case "j", "down": move(1, count: count, id: id)
        case "k", "up": move(-1, count: count, id: id)
        case "pgdn", "ctrl-f": page(1, count: count, id: id)
        case "pgup", "ctrl-b": page(-1, count: count, id: id)
        case "ctrl-d": page(0.5, count: count, id: id)
        case "ctrl-u": page(-0.5, count: count, id: id)
        case "home", "g g": home(count: count, id: id)
        case "end", "G": end(count: count, id: id)
        default: return false
        }
        return true
    }
}
