public import PitGrid
public import PitModel

/// Datasets that were collected: what they are called, how much is in them, where it came from.
public struct DataScreen: RowScreen {
    public static let about = ScreenInfo(
        id: "data", title: "Data", key: "8", summary: "datasets that were collected, and what is in them.")
    public static let sortColumns = ["dataset", "rows", "size", "at", "author"]
    static let rowNoun = "dataset"
    public static let commands: [Command<Self>] =
        navigation + [
            open("dataset", help: "Show what is in the dataset: members, lengths, languages, rows."),
            mark, compare, copy,
        ]

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    @Cached var rows: [Dataset] = []

    public init() {}

    public func rowID(_ position: Int) -> String { rows[position].id }
    public mutating func fit(_ size: Size) { table.viewport = max(1, size.height - 1) }
    public func surveys(_ world: World) -> DatasetQuery? { DatasetQuery() }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        let chosen = (world.datasets[DatasetQuery()]?.datasets ?? []).filter { each in
            filter.isEmpty || filter.matches(each.id, each.author, each.sources.map(\.words).joined(separator: " "))
        }
        rows = table.sortColumn == nil ? chosen : Self.table(world).order(chosen, table).map { chosen[$0] }
        settleSelection()
    }

    private static let mark = Command<Self>(
        "mark", "space", title: "mark", help: "Mark the dataset, or take the mark away: two are compared.", hint: 7,
        availability: needsRow
    ) { screen, _ in
        guard let id = screen.selected?.id else { return [] }
        if screen.table.marked.remove(id) == nil { screen.table.marked.insert(id) }
        return []
    }

    /// The marked ones that still are, the older first.
    private func pair(_ world: World) -> [Dataset] {
        (world.datasets[DatasetQuery()]?.datasets ?? []).filter { table.marked.contains($0.id) }.reversed()
    }

    private static let compare = Command<Self>(
        "compare", "c", title: "compare", help: "Compare the two marked datasets, column by column.", hint: 6,
        availability: { screen, world in
            screen.pair(world).count == 2 ? .available : .refused(because: "mark two datasets with space first")
        }
    ) { screen, world in
        let pair = screen.pair(world)
        guard pair.count == 2 else { return [] }
        return [.open(screen: "dataset-comparison", subject: "\(pair[0].id) \(pair[1].id)")]
    }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the command that shows the dataset.",
        availability: needsRow
    ) { screen, _ in screen.selected.map { [.copy("pitwall data show \($0.id)")] } ?? [] }

    private static func table(_ world: World) -> Table<Dataset> {
        Table(
            [
                TableColumn("dataset", "DATASET", width: .range(12, 28), priority: 100, sortKey: { .text($0.id) }) {
                    TableCell(SafeText($0.id))
                },
                TableColumn(
                    "rows", "ROWS", width: .fixed(9), align: .right, priority: 90, sortsDescendingFirst: true,
                    sortKey: { .number(Double($0.rows)) }
                ) { TableCell(SafeText(Figures.short(Double($0.rows)))) },
                TableColumn(
                    "size", "SIZE", width: .fixed(9), align: .right, priority: 85, sortsDescendingFirst: true,
                    sortKey: { .number(Double($0.bytes)) }
                ) { TableCell(SafeText(Figures.bytes(Double($0.bytes)))) },
                TableColumn(
                    "skipped", "LEFT OUT", width: .fixed(8), align: .right, priority: 40,
                    sortKey: { .number(Double($0.sources.reduce(0) { $0 + $1.skipped })) }
                ) { each in
                    let skipped = each.sources.reduce(0) { $0 + $1.skipped }
                    return TableCell(SafeText(Figures.short(Double(skipped))), skipped > 0 ? .warn : .dim)
                },
                TableColumn("from", "FROM", width: .flex(min: 16, weight: 2), priority: 80) {
                    TableCell(SafeText($0.sources.map(\.words).joined(separator: ", ")), .dim)
                },
                TableColumn(
                    "at", "AGE", width: .fixed(6), align: .right, priority: 70,
                    sortKey: { .number(world.shown.since($0.at)) }
                ) { TableCell(SafeText(Figures.age(world.age($0.at))), .dim) },
                TableColumn(
                    "author", "BY", width: .range(4, 12), priority: 60, sortKey: { .text($0.author) }
                ) { TableCell(SafeText($0.author), .dim) },
                TableColumn("hash", "SHA-256", width: .fixed(12), priority: 20) {
                    TableCell(SafeText(String($0.hash.prefix(12))), .dim)
                },
            ], prefix: "data", identity: { $0.id },
            emptyText: [
                "No dataset was collected yet.", "From files: pitwall data collect NAME --from FILE_OR_FOLDER",
                "From what models were asked: pitwall data collect NAME --from interactions",
            ], showsMarks: true)
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        Self.table(world).draw(rows, state: table, in: area, on: &frame)
    }
}
