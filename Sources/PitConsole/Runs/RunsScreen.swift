public import PitGrid
public import PitModel

/// Runs of training: those of tracking servers, and those that were started from here.
public struct RunsScreen: RunListScreen {
    public static let about = ScreenInfo(
        id: "runs", title: "Runs", key: "9", summary: "training runs, their parameters and metrics.")
    public static let sortColumns = ["run", "status", "started", "took", "metric", "experiment"]
    public static let commands: [Command<Self>] =
        navigation + [
            open("run", help: "Show the run's parameters and the course of its metrics."), start, stop,
            nextMetric, mark, markAll, compare, pin, group, pipelines, copy,
        ]

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    /// The metric of the column; nil: the first that most runs have.
    private var metric: String?
    private var pinned: Set<String> = []
    private var isGrouped = false
    @Cached var rows: [TrainingRun] = []
    @Cached private var metrics: [String] = []
    /// Parameters that differ between runs.
    @Cached private var telling: [String] = []

    public init() {}

    public func wantsRuns(_ world: World) -> RunQuery? { RunQuery() }

    private func page(_ world: World) -> RunPage? { world.runs[RunQuery()] }
    private var shownMetric: String? { metric.flatMap { metrics.contains($0) ? $0 : nil } ?? metrics.first }

    public mutating func reorder(_ world: World) {
        let all = page(world)?.runs ?? []
        var counts: [String: Int] = [:]
        for run in all { for name in run.metrics.keys { counts[name, default: 0] += 1 } }
        var known = TrainingRun(RunKey(nil, ""), name: "")
        for name in counts.keys { known.metrics[name] = MetricPoint(step: 0, value: 0) }
        let most = counts.values.max() ?? 0
        metrics =
            known.metricNames.filter { (counts[$0] ?? 0) * 2 >= most }
            + known.metricNames.filter { (counts[$0] ?? 0) * 2 < most }
        telling = Self.telling(all)
        let filter = RowFilter(filter)
        let chosen = all.filter { run in
            filter.isEmpty
                || filter.matches(
                    run.name, run.key.description, run.experiment, run.status.rawValue, run.author,
                    run.parameterLine(first: []))
        }
        var order = table.sortColumn == nil ? Array(chosen.indices) : columns(world).order(chosen, table)
        if isGrouped {
            let place = Dictionary(
                Set(chosen.map(\.experiment)).sorted().enumerated().map { ($0.element, $0.offset) },
                uniquingKeysWith: { first, _ in first })
            order = order.enumerated().sorted {
                (place[chosen[$0.element].experiment] ?? 0, $0.offset)
                    < (place[chosen[$1.element].experiment] ?? 0, $1.offset)
            }.map(\.element)
        }
        let kept = pinned
        let isPinned = { (index: Int) in kept.contains(chosen[index].key.description) }
        rows = (order.filter(isPinned) + order.filter { !isPinned($0) }).map { chosen[$0] }
        settleSelection()
    }

    /// Parameters that differ within an experiment, then those that differ between them.
    private static func telling(_ runs: [TrainingRun]) -> [String] {
        func differing(_ runs: [TrainingRun]) -> Set<String> {
            let first = runs.first?.parameters ?? [:]
            var result: Set<String> = []
            for run in runs.dropFirst() {
                for (name, value) in run.parameters where first[name] != value { result.insert(name) }
                for name in first.keys where run.parameters[name] == nil { result.insert(name) }
            }
            return result
        }
        let within = Dictionary(grouping: runs, by: \.experiment).values.reduce(into: Set<String>()) {
            $0.formUnion(differing($1))
        }
        return within.sorted() + differing(runs).subtracting(within).sorted()
    }

    // MARK: Commands

    private static let start = Command<Self>(
        "start", "n", title: "start", help: "Start a training from a template.", hint: 8, isMutating: true,
        availability: { screen, world in
            screen.page(world)?.templates.isEmpty == false
                ? .available
                : .refused(because: "there is no template: write one under `training` in the configuration")
        }
    ) { screen, world in TrainingQuestion.begin(screen.page(world)?.templates ?? []).map { [.ask($0)] } ?? [] }

    private static let stop = Command<Self>(
        "stop", "x", title: "stop", help: "Stop the training, if it was started from here.", hint: 2, isMutating: true,
        availability: { screen, _ in TrainingQuestion.canStop(screen.selected) }
    ) { screen, _ in screen.selected.map { [.ask(TrainingQuestion.stop($0))] } ?? [] }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        TrainingQuestion.answer(question, values, page(world)?.templates ?? [])
    }

    private static let pipelines = Command<Self>(
        "pipelines", "P", title: "pipelines", help: "Show runs of pipelines: builds of Jenkins, runs of Kubeflow.",
        hint: 3
    ) { _, _ in [.open(screen: PipelinesScreen.about.id)] }

    private static let nextMetric = Command<Self>(
        "metric", "m", title: "next metric", help: "Show another metric in the column.", hint: 7,
        availability: { screen, _ in
            screen.metrics.count > 1 ? .available : .refused(because: "the runs have no other metric")
        }
    ) { screen, world in
        let now = screen.shownMetric.flatMap { screen.metrics.firstIndex(of: $0) } ?? 0
        screen.metric = screen.metrics.isEmpty ? nil : screen.metrics[(now + 1) % screen.metrics.count]
        screen.reorder(world)
        return []
    }

    private static let mark = Command<Self>(
        "mark", "space", title: "mark", help: "Mark the run, or take the mark away: c compares all that are marked.",
        hint: 5, availability: needsRow
    ) { screen, _ in
        screen.table.toggleMark()
        return screen.move { $0.move(1, count: $1, id: $2) }
    }

    private static let markAll = Command<Self>(
        "mark-all", "*", title: "mark all", help: "Mark every run that the filter shows, or take all marks away.",
        availability: needsRow
    ) { screen, _ in
        let all = Set(screen.rows.map(\.key.description))
        screen.table.marked = screen.table.marked.isSuperset(of: all) ? [] : screen.table.marked.union(all)
        return []
    }

    private static let compare = Command<Self>(
        "compare", "c", title: "compare", help: "Put the marked runs side by side.", hint: 6,
        availability: { screen, _ in
            screen.marked.count > 1
                ? .available : .refused(because: "mark two runs or more with space, then press c")
        }
    ) { screen, _ in
        let subject = screen.marked.joined(separator: " ")
        return [.open(screen: "run-comparison", subject: subject)]
    }

    /// Those that are still there, as they stand.
    private var marked: [String] { rows.map(\.key.description).filter { table.marked.contains($0) } }

    private static let pin = Command<Self>(
        "pin", "p", title: "pin", help: "Keep the run at the top, or let it go.", hint: 4, availability: needsRow
    ) { screen, world in
        guard let id = screen.selected?.key.description else { return [] }
        if screen.pinned.remove(id) == nil { screen.pinned.insert(id) }
        screen.hasChosen = true
        screen.reorder(world)
        return []
    }

    private static let group = Command<Self>(
        "group", "v", title: "group", help: "Group by experiment, or not.", hint: 3
    ) { screen, world in
        screen.isGrouped.toggle()
        screen.reorder(world)
        return [.toast(Notice(.ok, screen.isGrouped ? "grouped by experiment" : "not grouped"))]
    }

    // MARK: Drawing

    private func columns(_ world: World) -> Table<TrainingRun> {
        let (metric, telling, pinned) = (shownMetric, telling, pinned)
        return Table(
            [
                TableColumn("run", "RUN", width: .range(14, 30), priority: 100, sortKey: { .text($0.name) }) { run in
                    TableCell(SafeText((pinned.contains(run.key.description) ? "^ " : "") + run.name))
                },
                TableColumn(
                    "status", "STATUS", width: .fixed(9), priority: 95, sortKey: { .text($0.status.rawValue) }
                ) { TableCell(SafeText($0.status.rawValue), $0.role) },
                TableColumn(
                    "started", "AGE", width: .fixed(5), align: .right, priority: 85,
                    sortKey: { run in .number(run.startedAt.map { world.shown.since($0) }) }
                ) { TableCell(SafeText(Figures.age(world.age($0.startedAt))), .dim) },
                TableColumn(
                    "took", "TOOK", width: .fixed(7), align: .right, priority: 50,
                    sortKey: { .number($0.duration(at: world.shown)) }
                ) { TableCell(SafeText(Figures.duration($0.duration(at: world.shown))), .dim) },
                TableColumn(
                    "metric", SafeText((metric ?? "metric").uppercased()).truncated(to: 18), width: .range(10, 18),
                    align: .right, priority: 92,
                    sortKey: { run in .number(metric.flatMap { run.metrics[$0]?.value }) }
                ) { run in
                    let value = metric.flatMap { run.metrics[$0]?.value }
                    return TableCell(
                        SafeText(RunFigures.value(value)),
                        value == nil ? .dim : value?.isFinite == false ? .fail : .text)
                },
                TableColumn("parameters", "PARAMETERS", width: .flex(min: 16, weight: 3), priority: 70) {
                    TableCell(SafeText($0.parameterLine(first: telling)))
                },
                TableColumn(
                    "experiment", "EXPERIMENT", width: .range(8, 20), priority: 60, sortKey: { .text($0.experiment) }
                ) { TableCell(SafeText($0.experiment), .dim) },
                TableColumn("from", "FROM", width: .range(5, 12), priority: 30) {
                    TableCell(SafeText($0.key.connection?.description ?? "here"), .dim)
                },
                TableColumn("author", "BY", width: .range(4, 10), priority: 20) {
                    TableCell(SafeText($0.author.isEmpty ? "--" : $0.author), .dim)
                },
            ], prefix: "runs", identity: { $0.key.description }, emptyText: emptyText(world),
            showsMarks: !table.marked.isEmpty)
    }

    private func emptyText(_ world: World) -> [SafeText] {
        guard let page = page(world) else { return ["Reading runs..."] }
        if !filter.isEmpty, !page.runs.isEmpty { return ["No run matches the filter.", "Esc takes it away."] }
        if !page.faults.isEmpty { return ["No run could be read.", "Press r to try again."] }
        if !page.templates.isEmpty { return ["Nothing was trained yet.", "Press n to start a training."] }
        if !page.hasSource {
            return [
                "No run is known: no tracking server is connected.",
                "Name one in the configuration: connections: [{name: tracking, kind: mlflow, url: http://...}]",
            ]
        }
        return ["The tracking servers hold no runs yet.", "They show here as soon as something logs to them."]
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        let (rest, line) = area.splitBottom(1)
        columns(world).draw(rows, state: table, in: rest, on: &frame)
        guard let page = page(world), !drawFirst(page.faults, .fail, in: line, on: &frame) else { return }
        let words = [
            page.runs.isEmpty ? nil : "\(rows.count)\(page.hasMore ? "+" : "") runs",
            marked.isEmpty ? nil : "\(marked.count) marked",
            page.runs.contains { $0.status.isOpen } ? "\(page.runs.count { $0.status.isOpen }) running" : nil,
        ].compactMap { $0 }
        frame.text(SafeText(" " + words.joined(separator: "   ")), in: line, ink: Ink(.dim))
    }
}
