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
    public mutating func settle(on world: World) { reorder(world) }

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
    ///
    /// - Parameter position: where the selected row stands now, if that is known.
    mutating func settleSelection(at position: Int? = nil) {
        var state = table
        let copy = self
        if let position, rowCount > 0 { state.select(position, count: rowCount) { copy.rowID($0) } }
        state.settle(count: rowCount) { copy.rowID($0) }
        if !hasChosen { state.home(count: rowCount) { copy.rowID($0) } }
        table = state
    }
}

/// Whether a text has every word of a filter in it, whatever the case.
struct RowFilter {
    /// In lower case.
    private let words: [(text: String, bytes: [UInt8], isASCII: Bool)]

    init(_ filter: String) {
        words = filter.lowercased().split(separator: " ").map { word in
            (String(word), Array(word.utf8), word.utf8.allSatisfy { $0 < 0x80 })
        }
    }

    var isEmpty: Bool { words.isEmpty }
    /// UTF-8, in lower case.
    var bytes: [[UInt8]] { words.map(\.bytes) }

    func matches(_ texts: String...) -> Bool {
        words.allSatisfy { word in texts.contains { Self.contains($0, word) } }
    }

    /// A hundred thousand rows are looked through while a person types: no text is copied for it.
    private static func contains(_ text: String, _ word: (text: String, bytes: [UInt8], isASCII: Bool)) -> Bool {
        guard word.isASCII else { return text.lowercased().contains(word.text) }
        var text = text
        return text.withUTF8 { bytes in
            word.bytes.withUnsafeBufferPointer { search in
                guard bytes.count >= search.count else { return false }
                for start in 0...(bytes.count - search.count) where lower(bytes[start]) == search[0] {
                    var next = 1
                    while next < search.count, lower(bytes[start + next]) == search[next] { next += 1 }
                    if next == search.count { return true }
                }
                return false
            }
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
