public import PitGrid
public import PitModel

/// Several runs side by side: a metric's courses, the parameters that differ, and how they go with the metric.
public struct RunComparisonScreen: Screen, CurveScreen {
    public static let about = ScreenInfo(
        id: "run-comparison", title: "Comparison", key: nil, summary: "several training runs side by side.")
    public static let commands: [Command<Self>] = [nextMetric, smooth, logScale, copy]

    private var keys: [RunKey] = []
    private var metric: String?
    var curves = MetricCurves()
    @Cached private var names: [String] = []

    public init() {}

    public var detail: String { keys.isEmpty ? "" : "\(keys.count) runs" }
    public mutating func focus(on subject: String) {
        let keys = subject.split(separator: " ").map { RunKey(String($0)) }
        guard keys != self.keys else { return }
        self = Self()
        self.keys = keys
    }

    private var query: RunQuery? { keys.count > 1 ? RunQuery(keys, metric: metric) : nil }
    public func wantsRuns(_ world: World) -> RunQuery? { query }
    private func page(_ world: World) -> RunPage? { query.flatMap { world.runs[$0] } }

    public mutating func settle(on world: World) {
        guard let page = page(world) else { return }
        var all = TrainingRun(RunKey(nil, ""), name: "")
        for run in page.runs { all.metrics.merge(run.metrics) { first, _ in first } }
        names = all.metricNames
        if metric == nil, let first = page.curves.values.first?.keys.first {
            // Asked for by name from now on.
            metric = first
        }
    }

    private static let nextMetric = Command<Self>(
        "metric", "m", "tab", title: "next metric", help: "Compare by the next metric.", hint: 9,
        availability: { screen, _ in
            screen.names.count > 1 ? .available : .refused(because: "the runs have no other metric")
        }
    ) { screen, _ in
        let now = screen.metric.flatMap { screen.names.firstIndex(of: $0) } ?? -1
        screen.metric = screen.names.isEmpty ? nil : screen.names[(now + 1) % screen.names.count]
        return []
    }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the command that compares the runs.",
        availability: { screen, _ in
            screen.query == nil ? .refused(because: "no runs are compared") : .available
        }
    ) { screen, _ in
        [.copy("pitwall runs compare " + screen.keys.map(\.description).joined(separator: " "))]
    }

    // MARK: Drawing

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        guard let page = page(world), !page.runs.isEmpty else {
            let fault = query.flatMap { world.runs[$0]?.faults.first }
            let words =
                keys.count < 2
                ? "No runs were chosen. Press 9, mark runs with space, then press c."
                : fault ?? "Reading \(keys.count) runs..."
            frame.text(SafeText(words), in: area.row(area.height / 3), align: .center, ink: Ink(.dim))
            return
        }
        let rows = Self.table(page, metric)
        let (top, bottom) = area.splitBottom(min(rows.count + 1, max(6, area.height / 2)))
        let shown = page.runs.compactMap { run -> (name: String, points: [MetricPoint])? in
            guard let metric, let points = page.curves[run.key]?[metric] else { return nil }
            return (run.name, points)
        }
        curves.draw(metric ?? "metric", shown, empty: "no run has this metric", in: top, on: &frame)
        frame.line(bottom.row(0))
        let fault = page.faults.first.map { " \($0) " } ?? " what differs; rho: how it goes with the metric, by ranks "
        frame.text(
            SafeText(fault), in: Rect(bottom.x + 2, bottom.y, max(0, bottom.width - 4), 1),
            ink: Ink(page.faults.isEmpty ? .dim : .fail))
        draw(rows, in: bottom.row(1, height: bottom.height - 1), on: &frame)
    }

    private struct Row {
        var title: String
        var cells: [String]
        var mark: String
        var role: Role
    }

    private static func table(_ page: RunPage, _ metric: String?) -> [Row] {
        var rows = [Row(title: "", cells: page.runs.map(\.name), mark: "rho", role: .title)]
        rows.append(Row(title: "status", cells: page.runs.map(\.status.rawValue), mark: "", role: .dim))
        if let metric {
            rows.append(
                Row(
                    title: metric, cells: page.runs.map { RunFigures.value($0.metrics[metric]?.value) }, mark: "",
                    role: .ok))
        }
        for influence in page.influences {
            let mark = influence.correlation.map { Figures.fixed($0, 2) } ?? "--"
            rows.append(
                Row(
                    title: influence.parameter,
                    cells: page.runs.map { run in run.parameters[influence.parameter].map(RunFigures.line) ?? "--" },
                    mark: mark, role: .text))
        }
        return rows
    }

    private func draw(_ rows: [Row], in area: Rect, on frame: inout Frame) {
        let (title, mark) = (min(24, max(10, rows.map(\.title.count).max() ?? 0)), 7)
        let count = max(1, rows.first?.cells.count ?? 1)
        let fitting = max(1, min(count, (area.width - title - mark - 2) / 12))
        let width = max(8, (area.width - title - mark - 2) / fitting)
        for (line, row) in rows.prefix(area.height).enumerated() {
            let y = area.y + line
            frame.text(SafeText(row.title), in: Rect(area.x + 1, y, title, 1), ink: Ink(.dim))
            frame.text(
                SafeText(row.mark), in: Rect(area.x + 1 + title, y, mark - 1, 1), align: .right, ink: Ink(.notice))
            for (index, cell) in row.cells.prefix(fitting).enumerated() {
                let role = line == 0 ? MetricCurves.roles[index % MetricCurves.roles.count] : row.role
                frame.text(
                    SafeText(cell), in: Rect(area.x + 2 + title + mark + index * width, y, width - 1, 1), ink: Ink(role)
                )
            }
        }
    }
}
