public import PitGrid
public import PitModel

/// Runs of evaluation suites: what was measured, and whether what must hold does.
public struct EvaluationScreen: RowScreen {
    public static let about = ScreenInfo(
        id: "evaluation", title: "Evaluation", key: "6", summary: "suites that were run, their figures and verdicts.")
    public static let sortColumns = ["run", "at", "answered", "verdict"]
    static let rowNoun = "run"
    public static let commands: [Command<Self>] =
        navigation + [
            open("evaluation-run", help: "Show the run's figures, slices and worst cases."),
            copy,
        ]

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    @Cached var rows: [EvaluationRun] = []

    public init() {}

    public func rowID(_ position: Int) -> String { rows[position].id }
    public mutating func fit(_ size: Size) { table.viewport = max(1, size.height - 1) }
    public func evaluates(_ world: World) -> EvaluationQuery? { EvaluationQuery() }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        let chosen = (world.evaluations[EvaluationQuery()]?.runs ?? []).filter { run in
            filter.isEmpty || filter.matches(run.id, run.outcome.word, run.suite.systems.map(\.name).joined())
        }
        rows = table.sortColumn == nil ? chosen : Self.table(world).order(chosen, table).map { chosen[$0] }
        settleSelection()
    }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the command that shows the run.",
        availability: needsRow
    ) { screen, _ in screen.selected.map { [.copy("pitwall eval show \($0.id)")] } ?? [] }

    static func role(_ run: EvaluationRun) -> Role {
        let outcome = run.outcome
        return outcome.isBad ? .fail : outcome.isGood ? .ok : .warn
    }

    private static func table(_ world: World) -> Table<EvaluationRun> {
        Table(
            [
                TableColumn("run", "RUN", width: .range(12, 20), priority: 100, sortKey: { .text($0.id) }) {
                    TableCell(SafeText($0.id))
                },
                TableColumn(
                    "at", "AGE", width: .fixed(6), align: .right, priority: 80,
                    sortKey: { .number(world.shown.since($0.at)) }
                ) { TableCell(SafeText(Figures.age(world.age($0.at))), .dim) },
                TableColumn(
                    "answered", "ANSWERED", width: .fixed(11), align: .right, priority: 70,
                    sortKey: { .number(Double($0.answered)) }
                ) { run in
                    TableCell("\(run.answered)/\(run.total)", run.answered < run.total ? .warn : .text)
                },
                TableColumn(
                    "verdict", "VERDICT", width: .fixed(14), priority: 95, sortKey: { .text($0.outcome.word) }
                ) { run in TableCell(SafeText(run.outcome.word), role(run)) },
                TableColumn("figures", "FIGURES", width: .flex(min: 24, weight: 3), priority: 90) {
                    TableCell(SafeText(figures($0)))
                },
                TableColumn("baseline", "AGAINST", width: .range(8, 12), priority: 30) {
                    TableCell(SafeText($0.verdict?.baseline ?? "--"), .dim)
                },
                TableColumn("author", "BY", width: .range(4, 8), priority: 20) {
                    TableCell(SafeText($0.author), .dim)
                },
            ], prefix: "evaluation", identity: { $0.id },
            emptyText: ["Nothing was evaluated yet.", "Run a suite: pitwall eval run SUITE.yaml"])
    }

    /// Every metric of the first system, then the others' first.
    private static func figures(_ run: EvaluationRun) -> String {
        run.suite.systems.map { system in
            let all = run.suite.metrics.map { metric in
                "\(metric.name) \(EvaluationFigures.short(run.figure(metric.name, of: system.name)?.value))"
            }
            return (run.suite.systems.count > 1 ? "\(system.name): " : "") + all.joined(separator: "  ")
        }.joined(separator: "   ")
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        Self.table(world).draw(rows, state: table, in: area, on: &frame)
    }
}
