public import PitGrid
public import PitModel

/// Two datasets, column by column: which ones differ.
public struct DatasetComparisonScreen: ListScreen {
    public static let about = ScreenInfo(
        id: "dataset-comparison", title: "Comparison", key: nil, summary: "two datasets, column by column.")
    public static let sortColumns = ["column", "statistic", "p"]
    public static let commands: [Command<Self>] = navigation + [copy]

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    private var pair: [String] = []
    @Cached private var rows: [DatasetDifference.Column] = []

    public init() {}

    public var detail: String { pair.joined(separator: " and ") }
    public mutating func focus(on subject: String) {
        self = Self()
        pair = subject.split(separator: " ").map(String.init)
    }

    public var rowCount: Int { rows.count }
    public func rowID(_ position: Int) -> String { rows[position].id }
    public mutating func fit(_ size: Size) { table.viewport = max(1, size.height - 3) }

    private var query: DatasetQuery? { pair.count == 2 ? DatasetQuery(dataset: pair[0], other: pair[1]) : nil }
    public func surveys(_ world: World) -> DatasetQuery? { query }
    private func page(_ world: World) -> DatasetPage? { query.flatMap { world.datasets[$0] } }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        let chosen = (page(world)?.comparison?.columns ?? []).filter {
            filter.isEmpty || filter.matches($0.name, $0.method, Self.verdict($0).0)
        }
        rows = table.sortColumn == nil ? chosen : Self.columns.order(chosen, table).map { chosen[$0] }
        settleSelection()
    }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the names of the two.",
        availability: { screen, _ in
            screen.pair.count == 2 ? .available : .refused(because: "no two datasets are compared")
        }
    ) { screen, _ in [.copy(screen.pair.joined(separator: " "))] }

    private static func verdict(_ column: DatasetDifference.Column) -> (String, Role) {
        switch column.drifted {
        case true?: ("differs", .fail)
        case false?: ("alike", .ok)
        case nil: ("not known", .dim)
        }
    }

    private static let columns = Table<DatasetDifference.Column>(
        [
            TableColumn("column", "COLUMN", width: .range(10, 28), priority: 100, sortKey: { .text($0.name) }) {
                TableCell(SafeText($0.name))
            },
            TableColumn("verdict", "VERDICT", width: .fixed(10), priority: 95) { each in
                TableCell(SafeText(verdict(each).0), verdict(each).1)
            },
            TableColumn(
                "statistic", "STATISTIC", width: .fixed(10), align: .right, priority: 90, sortsDescendingFirst: true,
                sortKey: { .number($0.statistic) }
            ) { TableCell(SafeText(EvaluationFigures.short($0.statistic))) },
            TableColumn(
                "p", "P", width: .fixed(8), align: .right, priority: 80,
                sortKey: { .number($0.pValue) }
            ) { TableCell(SafeText(EvaluationFigures.short($0.pValue)), .dim) },
            TableColumn("method", "BY", width: .range(8, 24), priority: 70) { TableCell(SafeText($0.method), .dim) },
            TableColumn("first", "VALUES", width: .fixed(9), align: .right, priority: 50) {
                TableCell(SafeText(Figures.short(Double($0.counts.0))), .dim)
            },
            TableColumn("second", "AGAINST", width: .fixed(9), align: .right, priority: 50) {
                TableCell(SafeText(Figures.short(Double($0.counts.1))), .dim)
            },
        ], prefix: "comparison", identity: { $0.id },
        emptyText: ["The two have no column in common that can be compared."])

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        guard let comparison = page(world)?.comparison else {
            let words =
                pair.count != 2
                ? "No two datasets were chosen. Press 8, mark two with space, then c."
                : page(world) == nil
                    ? "Reading \(detail)..."
                    : page(world)?.fault ?? "One of \(detail) is no more. Press 8 for the list."
            frame.text(SafeText(words), in: area.row(area.height / 3), align: .center, ink: Ink(.dim))
            return
        }
        let (top, rest) = area.splitTop(2)
        let differing = comparison.columns.count { $0.drifted == true }
        frame.text(
            SafeText(" \(differing) of \(comparison.columns.count) columns differ"), in: top.row(0),
            ink: Ink(differing > 0 ? .fail : .ok))
        let lone = [(pair[0], comparison.onlyInFirst), (pair[1], comparison.onlyInSecond)].filter { !$0.1.isEmpty }
        let words = lone.map { " only in \($0.0): \($0.1.joined(separator: ", "))" }.joined(separator: ";")
        frame.text(SafeText(words.isEmpty ? " both have the same columns" : words), in: top.row(1), ink: Ink(.dim))
        Self.columns.draw(rows, state: table, in: rest, on: &frame)
    }
}
