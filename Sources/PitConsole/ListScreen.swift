public import PitGrid

/// A screen with one table that the movement keys go to.
public protocol ListScreen: FilteredScreen {
    var table: TableState { get set }
    /// Whether a row was chosen by hand; until then the first row stays selected, whichever it is.
    var hasChosen: Bool { get set }
    /// Rows shown, after filter and sort.
    var rowCount: Int { get }
    func rowID(_ position: Int) -> String
    /// Sorts anew after the sort changed.
    mutating func reorder(_ world: World)
    /// The columns that can be sorted by, in order.
    static var sortColumns: [String] { get }
}

extension ListScreen {
    mutating func move(_ step: (inout TableState, Int, (Int) -> String) -> Void) -> [Effect] {
        var state = table
        let copy = self
        step(&state, rowCount) { copy.rowID($0) }
        table = state
        hasChosen = true
        return []
    }

    /// The commands of every list.
    static var navigation: [Command<Self>] {
        [
            Command("down", "j", "down", title: "down", help: "Select the next row.") { screen, _ in
                screen.move { $0.move(1, count: $1, id: $2) }
            },
            Command("up", "k", "up", title: "up", help: "Select the row before.") { screen, _ in
                screen.move { $0.move(-1, count: $1, id: $2) }
            },
            Command("page-down", "pgdn", "ctrl-d", title: "page down", help: "Move down by a page.") { screen, _ in
                screen.move { $0.page(1, count: $1, id: $2) }
            },
            Command("page-up", "pgup", "ctrl-u", title: "page up", help: "Move up by a page.") { screen, _ in
                screen.move { $0.page(-1, count: $1, id: $2) }
            },
            Command("top", "g g", "home", title: "top", help: "Select the first row.") { screen, _ in
                screen.move { $0.home(count: $1, id: $2) }
            },
            Command("bottom", "G", "end", title: "bottom", help: "Select the last row.") { screen, _ in
                screen.move { $0.end(count: $1, id: $2) }
            },
            Command("sort", "s", title: "sort", help: "Sort by the next column.", hint: 4) { screen, world in
                let all = Self.sortColumns
                let next = all.firstIndex(of: screen.table.sortColumn ?? "").map { ($0 + 1) % (all.count + 1) } ?? 0
                screen.table.sortColumn = next < all.count ? all[next] : nil
                screen.reorder(world)
                return [.toast(Notice(.ok, "sorted by \(screen.table.sortColumn ?? "importance")"))]
            },
            Command("sort-direction", "S", title: "reverse", help: "Sort the other way round.") { screen, world in
                screen.table.isDescending.toggle()
                screen.reorder(world)
                return []
            },
        ]
    }

    /// A click on a column's head.
    mutating func sort(byHeader index: Int, columns: [String], _ world: World) {
        guard columns.indices.contains(index), Self.sortColumns.contains(columns[index]) else { return }
        table.isDescending = table.sortColumn == columns[index] ? !table.isDescending : false
        table.sortColumn = columns[index]
        reorder(world)
    }
}

extension ListScreen {
    /// Finds the selection again after the rows changed.
    mutating func settleSelection() {
        var state = table
        let copy = self
        state.settle(count: rowCount) { copy.rowID($0) }
        if !hasChosen { state.home(count: rowCount) { copy.rowID($0) } }
        table = state
    }
}

/// Whether a text has every word of a filter in it, whatever the case.
struct RowFilter {
    private let words: [String]
    init(_ filter: String) { words = filter.lowercased().split(separator: " ").map(String.init) }
    var isEmpty: Bool { words.isEmpty }
    func matches(_ texts: String...) -> Bool {
        words.allSatisfy { word in texts.contains { $0.lowercased().contains(word) } }
    }
}
