public import PitGrid
public import PitModel

/// Runs of pipelines: builds of Jenkins, runs of Kubeflow.
public struct PipelinesScreen: RunListScreen {
    public static let about = ScreenInfo(
        id: "pipelines", title: "Pipelines", key: nil, summary: "runs of pipelines, and what they wait for.")
    public static let sortColumns = ["run", "state", "started", "took", "pipeline"]
    public static let commands: [Command<Self>] =
        navigation + [
            open("pipeline-run", help: "Show the run's steps, what it waits for, and what it wrote."),
            start, stop, retry, copy,
        ]

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    @Cached var rows: [PipelineRun] = []

    public init() {}

    public func wantsPipelines(_ world: World) -> PipelineQuery? { PipelineQuery() }

    private func page(_ world: World) -> PipelinePage? { world.pipelines[PipelineQuery()] }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        let chosen = (page(world)?.runs ?? []).filter { run in
            filter.isEmpty
                || filter.matches(
                    run.name, run.key.description, run.pipeline, run.state.rawValue, run.author, run.note,
                    run.parameterLine)
        }
        let order = table.sortColumn == nil ? Array(chosen.indices) : columns(world).order(chosen, table)
        rows = order.map { chosen[$0] }
        settleSelection()
    }

    // MARK: Commands

    private static let start = Command<Self>(
        "start", "n", title: "start", help: "Start a run of a pipeline, by a form.", hint: 8, isMutating: true,
        availability: { screen, world in
            screen.page(world)?.pipelines.contains { $0.refusal == nil } == true
                ? .available : .refused(because: "there is no pipeline that can be started")
        }
    ) { screen, world in
        PipelineQuestion.begin(screen.page(world)?.pipelines ?? [], screen.selected).map { [.ask($0)] } ?? []
    }

    private static let stop = Command<Self>(
        "stop", "x", title: "stop", help: "Stop the run, or take it from the queue.", hint: 7, isMutating: true,
        availability: { screen, _ in PipelineQuestion.canStop(screen.selected) }
    ) { screen, _ in screen.selected.map { [.ask(PipelineQuestion.stop($0))] } ?? [] }

    private static let retry = Command<Self>(
        "retry", "R", title: "run again", help: "Run again what failed or was stopped.", hint: 6, isMutating: true,
        availability: { screen, _ in PipelineQuestion.canRetry(screen.selected) }
    ) { screen, _ in screen.selected.map { [.ask(PipelineQuestion.retry($0))] } ?? [] }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        PipelineQuestion.answer(question, values, page(world)?.pipelines ?? [], selected)
    }

    // MARK: Drawing

    private func columns(_ world: World) -> Table<PipelineRun> {
        let names = Dictionary(
            (page(world)?.pipelines ?? []).map { ($0.key, $0.name) }, uniquingKeysWith: { first, _ in first })
        @Sendable func pipeline(_ run: PipelineRun) -> String {
            names[RunKey(run.key.connection, run.pipeline)] ?? run.pipeline
        }
        return Table(
            [
                TableColumn("run", "RUN", width: .range(14, 30), priority: 100, sortKey: { .text($0.name) }) {
                    TableCell(SafeText($0.name))
                },
                TableColumn(
                    "state", "STATE", width: .fixed(9), priority: 95, sortKey: { .text($0.state.rawValue) }
                ) { TableCell(SafeText($0.state.rawValue), $0.state.role) },
                TableColumn(
                    "started", "AGE", width: .fixed(5), align: .right, priority: 85,
                    sortKey: { run in .number((run.createdAt ?? run.startedAt).map { world.shown.since($0) }) }
                ) { TableCell(SafeText(Figures.age(world.age($0.createdAt ?? $0.startedAt))), .dim) },
                TableColumn(
                    "took", "TOOK", width: .fixed(7), align: .right, priority: 60,
                    sortKey: { .number($0.duration(at: world.shown)) }
                ) { TableCell(SafeText(Figures.duration($0.duration(at: world.shown))), .dim) },
                TableColumn("note", "WAITS FOR, FAILED BY", width: .flex(min: 30, weight: 4), priority: 90) { run in
                    TableCell(
                        SafeText(run.note.isEmpty ? "--" : run.note),
                        run.note.isEmpty ? .dim : run.state == .failed ? .fail : .warn)
                },
                TableColumn("parameters", "PARAMETERS", width: .flex(min: 16, weight: 2), priority: 35) {
                    TableCell(SafeText($0.parameterLine.isEmpty ? "--" : $0.parameterLine), .dim)
                },
                TableColumn(
                    "pipeline", "PIPELINE", width: .range(8, 24), priority: 40, sortKey: { .text(pipeline($0)) }
                ) { TableCell(SafeText($0.pipeline.isEmpty ? "--" : pipeline($0)), .dim) },
                TableColumn("from", "FROM", width: .range(4, 12), priority: 45) {
                    TableCell(SafeText($0.key.connection?.description ?? "--"), .dim)
                },
                TableColumn("author", "BY", width: .range(4, 10), priority: 30) {
                    TableCell(SafeText($0.author.isEmpty ? "--" : $0.author), .dim)
                },
            ], prefix: "pipelines", identity: { $0.key.description }, emptyText: emptyText(world))
    }

    private func emptyText(_ world: World) -> [SafeText] {
        guard let page = page(world) else { return ["Reading pipelines..."] }
        if !filter.isEmpty, !page.runs.isEmpty { return ["No run matches the filter.", "Esc takes it away."] }
        if !page.faults.isEmpty { return ["No run could be read.", "Press r to try again."] }
        if !page.hasSource {
            return [
                "No pipeline engine is connected.",
                "Name one in the configuration: connections: [{name: ci, kind: jenkins, url: http://...}]",
                "or of kind kubeflow.",
            ]
        }
        return page.pipelines.isEmpty
            ? ["The servers have no pipelines.", "They show here as soon as there are some."]
            : ["Nothing has run yet.", "Press n to start a run."]
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        let (rest, line) = area.splitBottom(1)
        columns(world).draw(rows, state: table, in: rest, on: &frame)
        guard let page = page(world), !drawFirst(page.faults, .fail, in: line, on: &frame),
            !drawFirst(page.notes, .warn, in: line, on: &frame)
        else { return }
        let waiting = page.runs.count { $0.state == .queued || $0.state == .waiting }
        let words = [
            page.runs.isEmpty ? nil : "\(rows.count)\(page.hasMore ? "+" : "") runs",
            page.pipelines.isEmpty ? nil : "of \(page.pipelines.count) pipelines",
            page.runs.contains { $0.state == .running } ? "\(page.runs.count { $0.state == .running }) running" : nil,
            waiting > 0 ? "\(waiting) waiting" : nil,
        ].compactMap { $0 }
        frame.text(SafeText(" " + words.joined(separator: "   ")), in: line, ink: Ink(.dim))
    }
}
