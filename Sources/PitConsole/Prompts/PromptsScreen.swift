public import PitGrid
public import PitModel

/// Prompts of all sources.
public struct PromptsScreen: RowScreen {
    public static let about = ScreenInfo(
        id: "prompts", title: "Prompts", key: "7", summary: "prompts, their versions and where their aliases point.")
    public static let sortColumns = ["prompt", "source", "versions", "changed", "by"]
    static let rowNoun = "prompt"
    public static let commands: [Command<Self>] =
        navigation + [
            open("prompt", help: "Show what it says, its versions and where its aliases pointed."),
            copy,
        ]

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    @Cached var rows: [Prompt] = []

    public init() {}

    public func rowID(_ position: Int) -> String { rows[position].id }
    public mutating func fit(_ size: Size) { table.viewport = max(1, size.height - 2) }
    public func asksPrompts(_ world: World) -> PromptQuery? { PromptQuery() }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        let chosen = (world.prompts[PromptQuery()]?.prompts ?? []).filter { prompt in
            filter.isEmpty || filter.matches(prompt.name, prompt.source.description, PromptWords.aliases(prompt))
        }
        rows = table.sortColumn == nil ? chosen : Self.table(world).order(chosen, table).map { chosen[$0] }
        settleSelection()
    }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the command that shows the prompt.",
        availability: needsRow
    ) { screen, _ in screen.selected.map { [.copy("pitwall prompt show \($0.name)")] } ?? [] }

    private static func table(_ world: World) -> Table<Prompt> {
        let page = world.prompts[PromptQuery()]
        return Table(
            [
                TableColumn("prompt", "PROMPT", width: .range(14, 32), priority: 100, sortKey: { .text($0.name) }) {
                    TableCell(SafeText($0.name))
                },
                TableColumn(
                    "source", "FROM", width: .range(6, 14), priority: 40, sortKey: { .text($0.source.description) }
                ) { TableCell(SafeText($0.source.description), .dim) },
                TableColumn(
                    "versions", "VERSIONS", width: .fixed(8), align: .right, priority: 90,
                    sortKey: { .number($0.latest.map(Double.init)) }
                ) { TableCell(SafeText($0.latest.map { "\($0)" } ?? "--")) },
                TableColumn("aliases", "ALIASES", width: .flex(min: 24, weight: 2), priority: 95) { prompt in
                    let words = PromptWords.aliases(prompt)
                    return TableCell(SafeText(words.isEmpty ? "--" : words), words.isEmpty ? .dim : .text)
                },
                TableColumn(
                    "changed", "CHANGED", width: .fixed(7), align: .right, priority: 85,
                    sortKey: { .number($0.changedAt.map { world.shown.since($0) }) }
                ) { TableCell(SafeText(Figures.age(world.age($0.changedAt))), .dim) },
                TableColumn("by", "BY", width: .range(4, 12), priority: 60, sortKey: { .text($0.author ?? "") }) {
                    TableCell(SafeText($0.author ?? "--"), .dim)
                },
                TableColumn("message", "MESSAGE", width: .flex(min: 16, weight: 2), priority: 30) {
                    TableCell(SafeText($0.message), .dim)
                },
            ], prefix: "prompts", identity: { $0.id }, emptyText: emptyText(page))
    }

    private static func emptyText(_ page: PromptPage?) -> [SafeText] {
        guard let page else { return ["Reading the prompts..."] }
        guard page.sources > 0 else {
            return [
                "No connection keeps prompts.",
                "Add one of kind mlflow to the configuration,",
                "or a folder of files: prompts: {path: /srv/prompts}",
            ]
        }
        if !page.faults.isEmpty { return ["No prompt could be read."] }
        return ["There is no prompt yet.", "Make one: pitwall prompt new NAME --file F --message M"]
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        let faults = world.prompts[PromptQuery()]?.faults ?? []
        let (list, foot) = area.splitBottom(faults.isEmpty ? 0 : 1)
        Self.table(world).draw(rows, state: table, in: list, on: &frame)
        if let fault = faults.first {
            let more = faults.count > 1 ? ", and \(faults.count - 1) sources more" : ""
            frame.text(SafeText(" " + fault + more), in: foot, ink: Ink(.fail))
        }
    }
}
