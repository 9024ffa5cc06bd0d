public import PitGrid
public import PitModel

/// One run: what it was given, the course of its metrics, and the end of what it wrote.
public struct RunScreen: OneRunScreen, CurveScreen {
    public static let about = ScreenInfo(
        id: "run", title: "Run", key: nil, summary: "one training run's parameters, curves and output.")
    public static let commands: [Command<Self>] = [
        down, up, nextMetric, previousMetric, smooth, logScale, stop, register, copy,
    ]

    var key: RunKey?
    private var metric: String?
    var curves = MetricCurves()
    /// The first line shown of the parameters.
    private var offset = 0
    /// Its name, once it is known.
    @Cached var title: [String] = []
    @Cached private var names: [String] = []
    @Cached private var lines: [String] = []

    public init() {}

    private var query: RunQuery? { key.map { RunQuery([$0]) } }
    public func wantsRuns(_ world: World) -> RunQuery? { query }

    private func page(_ world: World) -> RunPage? { query.flatMap { world.runs[$0] } }
    /// As it was last read, or as the list has it.
    private func known(_ world: World) -> TrainingRun? {
        page(world)?.runs.first ?? world.runs[RunQuery()]?.runs.first { $0.key == key }
    }
    private var shown: String? { metric.flatMap { names.contains($0) ? $0 : nil } ?? names.first }

    func knownKey(_ world: World) -> RunKey? { key }

    public mutating func settle(on world: World) {
        guard let run = known(world) else {
            (title, names, lines) = ([], [], [])
            return
        }
        (title, names) = (run.name.isEmpty ? [] : [run.name], run.metricNames)
        let own = run.tags.filter { !$0.key.hasPrefix("mlflow.") }
        lines =
            run.parameters.sorted { $0.key < $1.key }.map { "\($0.key) = \(RunFigures.line($0.value))" }
            + own.sorted { $0.key < $1.key }.map { "tag \($0.key) = \(RunFigures.line($0.value))" }
        offset = max(0, min(offset, lines.count - 1))
    }

    // MARK: Commands

    private static let down = Command<Self>(
        "down", "j", "down", title: "down", help: "Show later parameters and tags."
    ) { screen, _ in
        screen.offset = max(0, min(screen.offset + 1, screen.lines.count - 1))
        return []
    }

    private static let up = Command<Self>(
        "up", "k", "up", title: "up", help: "Show earlier parameters and tags."
    ) { screen, _ in
        screen.offset = max(0, screen.offset - 1)
        return []
    }

    private static func several(_ screen: Self, _ world: World) -> Availability {
        screen.names.count > 1 ? .available : .refused(because: "the run has no other metric")
    }

    private mutating func step(_ by: Int) {
        guard !names.isEmpty else { return }
        let now = shown.flatMap { names.firstIndex(of: $0) } ?? 0
        metric = names[(now + by + names.count) % names.count]
    }

    private static let nextMetric = Command<Self>(
        "metric", "m", "tab", title: "next metric", help: "Show the course of the next metric.", hint: 9,
        availability: several
    ) { screen, _ in
        screen.step(1)
        return []
    }

    private static let previousMetric = Command<Self>(
        "metric-before", "M", title: "metric before", help: "Show the course of the metric before.",
        availability: several
    ) { screen, _ in
        screen.step(-1)
        return []
    }

    private static let stop = Command<Self>(
        "stop", "s", title: "stop", help: "Stop the training, if it was started from here.", hint: 8, isMutating: true,
        availability: { screen, world in TrainingQuestion.canStop(screen.known(world)) }
    ) { screen, world in screen.known(world).map { [.ask(TrainingQuestion.stop($0))] } ?? [] }

    private static let register = Command<Self>(
        "register", "w", title: "register", help: "Make a version of a registered model of what came of it.", hint: 5,
        isMutating: true,
        availability: { screen, world in
            guard let run = screen.known(world) else { return .refused(because: "no run is open") }
            if run.key.connection != nil { return .refused(because: "it was not started from here") }
            return run.status == .finished ? .available : .refused(because: "only what finished can be registered")
        }
    ) { screen, world in screen.known(world).map { [.ask(TrainingQuestion.register($0))] } ?? [] }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        TrainingQuestion.answer(question, values, [])
    }

    // MARK: Drawing

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        guard let run = known(world) else {
            let page = page(world)
            return drawAbsence(
                fault: page?.faults.first, isRead: page != nil, door: "Press 9 for the list of runs.", in: area,
                on: &frame)
        }
        // What it took is known of what was started from here alone.
        let isOwn = run.key.connection == nil
        let (head, body) = area.splitTop(isOwn ? 3 : 2)
        drawHead(run, world, in: head, on: &frame)
        if isOwn {
            frame.text(
                SafeText(" " + RunUsage.words(run.usage)), in: head.row(2), ink: Ink(run.usage == nil ? .dim : .text))
        }
        let log = page(world)?.log ?? []
        let (middle, tail) = body.splitBottom(log.isEmpty ? 0 : min(log.count + 1, max(4, body.height / 3)))
        let (left, right) = middle.splitLeft(min(46, max(28, middle.width * 2 / 5)))
        drawFigures(run, in: left, on: &frame)
        drawCurves(run, world, in: right, on: &frame)
        drawLog(log, in: tail, on: &frame)
    }

    private func drawHead(_ run: TrainingRun, _ world: World, in area: Rect, on frame: inout Frame) {
        let words = [
            run.name, run.experiment.isEmpty ? nil : "in \(run.experiment)",
            run.author.isEmpty ? nil : "by \(run.author)",
            run.startedAt == nil ? nil : "began \(Figures.age(world.age(run.startedAt))) ago",
            run.duration(at: world.shown).map { "took \(Figures.duration($0))" },
        ]
        drawTitle(run.status.rawValue, run.role, words, in: area.row(0), on: &frame)
        let fault = page(world)?.faults.first
        let second =
            fault ?? (run.note.isEmpty ? run.diverged ? "a loss is no number any more: it diverged" : "" : run.note)
        frame.text(
            SafeText(second.isEmpty ? "" : " " + second), in: area.row(1),
            ink: Ink(fault != nil || run.status == .failed ? .fail : .warn))
    }

    private func drawFigures(_ run: TrainingRun, in area: Rect, on frame: inout Frame) {
        let most = max(2, min(names.count, area.height / 2 - 1))
        let shownAt = shown.flatMap { names.firstIndex(of: $0) } ?? 0
        let first = max(0, min(shownAt - most + 1, names.count - most))
        frame.text(" METRICS", in: area.row(0), ink: Ink(.dim))
        for (line, name) in names.dropFirst(first).prefix(most).enumerated() {
            let row = area.row(1 + line)
            let isShown = name == shown
            let value = SafeText(RunFigures.value(run.metrics[name]?.value))
            frame.text(
                SafeText("\(isShown ? frame.glyphs.pointer.description : " ")\(name)"),
                in: Rect(row.x, row.y, max(0, row.width - value.columns - 2), 1), ink: Ink(isShown ? .title : .text))
            frame.text(
                value, in: Rect(row.x, row.y, max(0, row.width - 1), 1), align: .right,
                ink: Ink(run.metrics[name]?.value.isFinite == false ? .fail : .text))
        }
        if names.isEmpty { frame.text("  none yet", in: area.row(1), ink: Ink(.dim)) }
        let top = 1 + max(1, min(names.count, most))
        guard area.height > top + 1 else { return }
        let room = area.height - top - 1
        let isCut = lines.count > room
        frame.text(
            SafeText(" PARAMETERS" + (isCut ? " \(offset + 1)/\(lines.count)" : "")), in: area.row(top), ink: Ink(.dim))
        let start = isCut ? min(offset, lines.count - room) : 0
        for (line, text) in lines.dropFirst(max(0, start)).prefix(room).enumerated() {
            frame.text(
                SafeText(" " + text), in: Rect(area.x, area.y + top + 1 + line, max(0, area.width - 1), 1), ink: Ink())
        }
        if lines.isEmpty { frame.text("  none", in: area.row(top + 1), ink: Ink(.dim)) }
    }

    private func drawCurves(_ run: TrainingRun, _ world: World, in area: Rect, on frame: inout Frame) {
        guard let name = shown, let key else {
            return frame.text("no metric was logged", in: area.row(area.height / 3), align: .center, ink: Ink(.dim))
        }
        let found = page(world)?.curves[key]
        let at = names.firstIndex(of: name) ?? 0
        // Where there is room, what follows is shown beneath.
        let count = min(names.count, area.height >= 36 ? 3 : area.height >= 24 ? 2 : 1)
        for (place, rect) in area.rows(count).enumerated() {
            let each = names[(at + place) % names.count]
            let points = found?[each]
            let empty =
                found == nil ? "loading" : points == nil ? "its course was not read: too many metrics" : "no points"
            curves.draw(each, [(each, points ?? [])], empty: empty, in: rect, on: &frame)
        }
    }

    private func drawLog(_ log: [String], in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        frame.line(area.row(0))
        frame.text(" output ", in: Rect(area.x + 2, area.y, max(0, area.width - 4), 1), ink: Ink(.dim))
        for (line, text) in log.suffix(area.height - 1).enumerated() {
            frame.text(SafeText(" " + text), in: area.row(1 + line), ink: Ink())
        }
    }
}
