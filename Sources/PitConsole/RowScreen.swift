import PitGrid
import PitModel

/// A list that keeps its rows as it shows them.
protocol RowScreen: ListScreen {
    associatedtype Row
    /// After filter and sort.
    var rows: [Row] { get }
    /// What a row is called: `operation`.
    static var rowNoun: String { get }
}

extension RowScreen {
    public var rowCount: Int { rows.count }

    var selected: Row? { rows.indices.contains(table.selected) ? rows[table.selected] : nil }

    static func needsRow(_ screen: Self, _ world: World) -> Availability {
        screen.selected == nil ? .refused(because: "no \(rowNoun) is selected") : .available
    }

    /// Opens the screen that is about the selected row.
    static func open(_ id: String, help: String) -> Command<Self> {
        Command("open", "enter", title: "open", help: help, hint: 9, availability: needsRow) { screen, _ in
            screen.selected == nil ? [] : [.open(screen: id, subject: screen.rowID(screen.table.selected))]
        }
    }
}
