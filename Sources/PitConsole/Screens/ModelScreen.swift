public import PitGrid
public import PitModel

/// One model: its charts, its replicas, what changed, and what a slow start is consistent with.
public struct ModelScreen: Screen {
    public static let about = ScreenInfo(
        id: "model", title: "Model", key: nil, summary: "one model's charts and replicas.")
    public static let commands: [Command<Self>] = [
        next, previous, zoom, left, right, farLeft, farRight, changes, longer, shorter, log, nextModel, previousModel,
        alerts, drift, exchanges, rollback, deploy, review, comment, copy,
    ]

    /// Spans to choose from, in seconds.
    static let spans: [Double] = [300, 900, 3600, 21600, 86400, 604_800]
    /// Seconds before a step that are looked through for what changed.
    static let lookBack = 600.0

    public private(set) var model = ModelName("")
    var span = 900.0
    /// Index of the chart with the focus.
    var focused = 0
    var isZoomed = false
    var isLog = false
    /// The time that is read out.
    var cursor: Timestamp?
    var showsChanges = false
    private var size = Size(80, 21)

    public init() {}

    public var detail: String { model.description }

    public mutating func focus(on subject: String) {
        if model.description != subject { self = ModelScreen() }
        model = ModelName(subject)
    }

    public mutating func fit(_ size: Size) { self.size = size }

    public mutating func settle(on world: World) {
        focused = min(focused, max(0, charts(world).count - 1))
        if let at = cursor, at < world.shown.advanced(by: -span) { cursor = world.shown.advanced(by: -span) }
    }

    public func wants(_ world: World) -> [HistoryQuery] { [query(world)] }

    /// One query for all charts: they share their steps.
    func query(_ world: World) -> HistoryQuery {
        let signals = Array(Set(ChartKind.allCases.flatMap(\.signals))).sorted { $0.rawValue < $1.rawValue }
        return HistoryQuery(
            model: model, signals: signals, span: span, end: world.isLive ? nil : world.snapshot.at, points: 240)
    }

    /// The charts that have something to show; those every model has, before anything is known.
    func charts(_ world: World) -> [ChartKind] {
        let known = Set((world.model(model)?.signals ?? [:]).keys).union(
            (world.histories[query(world)]?.values ?? [:]).filter { $0.value.contains { $0 != nil } }.keys)
        let shown = ChartKind.allCases.filter { kind in kind.signals.contains(where: known.contains) }
        return shown.isEmpty ? [.requests, .ttft] : shown
    }

    // MARK: commands

    private static let next = Command<Self>(
        "next-chart", "tab", "j", "down", title: "next chart", help: "Go to the next chart.", hint: 4
    ) { screen, world in
        screen.focused = (screen.focused + 1) % max(1, screen.charts(world).count)
        return []
    }
    private static let previous = Command<Self>(
        "previous-chart", "shift-tab", "k", "up", title: "chart before", help: "Go to the chart before."
    ) { screen, world in
        let count = max(1, screen.charts(world).count)
        screen.focused = (screen.focused + count - 1) % count
        return []
    }
    private static let zoom = Command<Self>(
        "zoom", "enter", "z", title: "zoom", help: "Show only this chart, or all again.", hint: 7
    ) { screen, _ in
        screen.isZoomed.toggle()
        return []
    }
    private static let left = Command<Self>(
        "cursor-left", "left", "h", title: "cursor left", help: "Move the time cursor back and read values out.",
        hint: 5
    ) {
        $0.moveCursor(-1, $1)
    }
    private static let right = Command<Self>(
        "cursor-right", "right", "l", title: "cursor right", help: "Move the time cursor forward."
    ) { $0.moveCursor(1, $1) }
    private static let farLeft = Command<Self>(
        "cursor-far-left", "H", "ctrl-b", title: "cursor far left", help: "Move the time cursor back by ten columns."
    ) {
        $0.moveCursor(-10, $1)
    }
    private static let farRight = Command<Self>(
        "cursor-far-right", "M", "ctrl-f", title: "cursor far right",
        help: "Move the time cursor forward by ten columns."
    ) {
        $0.moveCursor(10, $1)
    }
    private static let changes = Command<Self>(
        "changes", "c", title: "what changed",
        help: "List what changed in the ten minutes before the cursor, or before the largest step of this chart.",
        hint: 8
    ) { screen, world in
        if screen.showsChanges {
            screen.showsChanges = false
            return []
        }
        if screen.cursor == nil { screen.cursor = screen.largestStep(world) }
        screen.showsChanges = true
        return screen.cursor == nil
            ? [.toast(Notice(.notice, "no clear step in this chart: the ten minutes before now"))] : []
    }
    private static let longer = Command<Self>("longer", "-", title: "longer span", help: "Show more time.", hint: 3) {
        screen, _ in screen.changeSpan(1)
    }
    private static let shorter = Command<Self>("shorter", "+", "=", title: "shorter span", help: "Show less time.") {
        screen, _ in screen.changeSpan(-1)
    }
    private static let log = Command<Self>(
        "log-scale", "o", title: "log scale",
        help: "Draw the focused chart on a logarithmic scale, or a linear one again."
    ) { screen, _ in
        screen.isLog.toggle()
        return []
    }
    private static let nextModel = Command<Self>(
        "next-model", "n", title: "next model", help: "Open the next model of the fleet."
    ) { $0.step(1, $1) }
    private static let previousModel = Command<Self>(
        "previous-model", "p", title: "model before", help: "Open the model before."
    ) { $0.step(-1, $1) }
    private static let comment = Command<Self>(
        "comment", "C", title: "comment", help: "Write a comment on this model: it stands on the change line.", hint: 2,
        isMutating: true
    ) { screen, _ in
        [.ask(CommentQuestion.ask("the model \(screen.model)"))]
    }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        question == CommentQuestion.id ? CommentQuestion.effects(values, on: .model(model)) : []
    }

    private static let alerts = Command<Self>(
        "alerts", "a", title: "alerts", help: "Show this model's alerts.", hint: 6
    ) { screen, _ in
        [.open(screen: "alerts", subject: screen.model.description)]
    }
    private static let drift = Command<Self>(
        "drift", "d", title: "drift", help: "Show what of this model's traffic has changed.", hint: 5
    ) { screen, _ in
        [.open(screen: "drift", subject: screen.model.description)]
    }
    private static let exchanges = Command<Self>(
        "exchanges", "e", title: "exchanges", help: "Read this model's recent exchanges.", hint: 4
    ) { screen, _ in
        [.open(screen: "exchanges", subject: InteractionQuery(model: screen.model).subject)]
    }
    private static let deploy = Command<Self>(
        "deploy", "D", title: "deployments", help: "Show the deployments that serve this model.", hint: 3
    ) { screen, world in openDeployments(of: screen.model, world) }
    private static let review = Command<Self>(
        "review", "V", title: "review", help: "Open the review of the model version that it is released from.",
        availability: { screen, world in
            world.version(of: screen.model) == nil
                ? .refused(because: "no alias of a registered model is known to release it") : .available
        }
    ) { screen, world in
        world.version(of: screen.model).map { [.open(screen: VersionScreen.about.id, subject: $0.description)] } ?? []
    }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the focused chart's present values."
    ) { screen, world in
        let charts = screen.charts(world)
        guard charts.indices.contains(screen.focused), let state = world.model(screen.model) else { return [] }
        let words = charts[screen.focused].signals.map { "\($0.info.short)=\($0.figure(state.signals[$0]))" }
        return [.copy("\(screen.model) \(words.joined(separator: " "))")]
    }

    private mutating func moveCursor(_ columns: Int, _ world: World) -> [Effect] {
        let step = span / 120
        let from = world.shown.advanced(by: -span)
        let moved = (cursor ?? world.shown).advanced(by: Double(columns) * step)
        cursor = moved >= world.shown ? nil : max(from, moved)
        return []
    }

    private mutating func changeSpan(_ by: Int) -> [Effect] {
        let now = Self.spans.firstIndex(of: span) ?? 1
        span = Self.spans[min(max(0, now + by), Self.spans.count - 1)]
        return [.toast(Notice(.ok, "the last \(Figures.duration(span))"))]
    }

    private func step(_ by: Int, _ world: World) -> [Effect] {
        let names = world.snapshot.models.map(\.name)
        guard let now = names.firstIndex(of: model), names.count > 1 else { return [] }
        return [.open(screen: "model", subject: names[(now + by + names.count) % names.count].description)]
    }

    /// Where the focused chart's first signal changed its level most: the split into two means with the least error.
    private func largestStep(_ world: World) -> Timestamp? {
        let charts = charts(world)
        guard charts.indices.contains(focused), let history = world.histories[query(world)],
            let values = charts[focused].signals.lazy.compactMap({ history.values[$0] }).first
        else { return nil }
        return LevelStep.largest(in: values).map { history.start.advanced(by: Double($0) * history.step) }
    }
}
