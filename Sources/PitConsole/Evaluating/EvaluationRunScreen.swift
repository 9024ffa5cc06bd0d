public import PitGrid
public import PitModel

/// One run: its figures with their intervals, by slice where wanted, and its worst cases with what was answered.
public struct EvaluationRunScreen: RowScreen {
    public static let about = ScreenInfo(
        id: "evaluation-run", title: "Run", key: nil, summary: "one run's figures, slices and worst cases.")
    public static let sortColumns = ["case", "value"]
    static let rowNoun = "case"
    public static let commands: [Command<Self>] = navigation + [nextMetric, slices, queue, comment, copy]

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    private var run: String?
    /// The metric by which cases are the worst; nil: the first.
    private var metric: String?
    private var showsSlices = false
    @Cached var rows: [EvaluationPage.Worst] = []

    public init() {}

    public var detail: String { run ?? "" }
    public mutating func focus(on subject: String) { self = Self(subject) }
    private init(_ run: String) { self.run = run }

    public func rowID(_ position: Int) -> String { "\(rows[position].system)/\(rows[position].id)" }
    public mutating func fit(_ size: Size) { table.viewport = max(1, size.height - 10) / 2 }

    private var query: EvaluationQuery? { run.map { EvaluationQuery(run: $0, metric: metric) } }
    public func evaluates(_ world: World) -> EvaluationQuery? { query }
    private func page(_ world: World) -> EvaluationPage? { query.flatMap { world.evaluations[$0] } }

    /// The run as it was last read, by whichever metric.
    private func known(_ world: World) -> EvaluationRun? {
        page(world)?.runs.first ?? world.evaluations[EvaluationQuery()]?.runs.first { $0.id == run }
    }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        let chosen = (page(world)?.worst ?? []).filter {
            filter.isEmpty || filter.matches($0.id, $0.question, $0.answer ?? "", $0.reference ?? "")
        }
        rows = table.sortColumn == nil ? chosen : cases(world).order(chosen, table).map { chosen[$0] }
        settleSelection()
    }

    private static let nextMetric = Command<Self>(
        "metric", "m", title: "next metric", help: "Show the worst cases by the next metric.", hint: 8,
        availability: { screen, world in
            (screen.known(world)?.suite.metrics.count ?? 0) > 1
                ? .available : .refused(because: "the suite has no other metric")
        }
    ) { screen, world in
        let all = screen.known(world)?.suite.metrics.map(\.name) ?? []
        let now = all.firstIndex(of: screen.metric ?? "") ?? 0
        screen.metric = all.isEmpty ? nil : all[(now + 1) % all.count]
        screen.hasChosen = false
        screen.reorder(world)
        return []
    }

    private static let slices = Command<Self>(
        "slices", "v", title: "slices", help: "Show the figures by slice, or over all cases.", hint: 7,
        availability: { screen, world in
            screen.known(world)?.figures.contains { $0.slice != nil } == true
                ? .available : .refused(because: "the suite has no slices")
        }
    ) { screen, _ in
        screen.showsSlices.toggle()
        return []
    }

    private static let queue = Command<Self>(
        "queue", "Q", title: "judge the worst", help: "Make a queue of the worst cases by this metric, to judge them.",
        hint: 6, isMutating: true,
        availability: { screen, _ in
            screen.rows.contains { $0.answer != nil } ? .available : .refused(because: "there is no answer to judge")
        }
    ) { screen, world in
        let metric = screen.metric ?? screen.known(world)?.suite.metrics.first?.name ?? ""
        return [
            .ask(
                Question(
                    "queue", title: "The worst to judge", body: ["The worst cases of \(screen.detail) by \(metric)."],
                    fields: [
                        .init("name", "name", value: "worst-of-\(screen.detail)", isRequired: true),
                        .init("rubric", "rubric", value: "thumbs", isRequired: true),
                        .init("count", "at most", value: "50", isRequired: true),
                    ], verb: "Create"))
        ]
    }

    private static let comment = Command<Self>(
        "comment", "C", title: "comment", help: "Write a comment on this run.", isMutating: true,
        availability: { screen, _ in screen.run == nil ? .refused(because: "no run is opened") : .available }
    ) { screen, _ in [.ask(CommentQuestion.ask("the run \(screen.detail)"))] }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        guard let run else { return [] }
        if question == CommentQuestion.id { return CommentQuestion.effects(values, on: .run(run)) }
        guard question == "queue" else { return [] }
        guard let name = QueueQuestion.value("name", values), let count = values["count"].flatMap({ Int($0) }),
            (1...10_000).contains(count)
        else { return [.toast(Notice(.warn, "`at most` is a number from 1 to 10000"))] }
        return [
            .queueWorst(
                WorstCases(run: run, metric: metric, count: count), name: name,
                rubric: QueueQuestion.value("rubric", values) ?? "thumbs")
        ]
    }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the answer of the selected case.",
        availability: { screen, _ in
            screen.selected?.answer == nil ? .refused(because: "no case with an answer is selected") : .available
        }
    ) { screen, _ in (screen.selected?.answer).map { [.copy($0)] } ?? [] }

    // MARK: Drawing

    private static func line(_ text: String) -> String { text.split { $0.isNewline }.joined(separator: " ") }

    private func cases(_ world: World) -> Table<EvaluationPage.Worst> {
        let name = metric ?? known(world)?.suite.metrics.first?.name ?? "value"
        let several = (known(world)?.suite.systems.count ?? 0) > 1
        return Table(
            [
                TableColumn("case", "WORST BY", width: .range(8, 16), priority: 100, sortKey: { .text($0.id) }) {
                    TableCell(SafeText($0.id))
                },
                TableColumn(
                    "value", SafeText(name.uppercased()).truncated(to: 12), width: .fixed(12), align: .right,
                    priority: 95, sortKey: { .number($0.value) }
                ) { TableCell(SafeText(EvaluationFigures.short($0.value)), $0.value == nil ? .fail : .text) },
                TableColumn("system", "SYSTEM", width: .range(6, 14), priority: several ? 90 : 10) {
                    TableCell(SafeText($0.system), .dim)
                },
                TableColumn("question", "QUESTION", width: .flex(min: 16, weight: 2), priority: 80) {
                    TableCell(SafeText(Self.line($0.question)))
                },
                TableColumn("answer", "ANSWER", width: .flex(min: 16, weight: 2), priority: 70) { each in
                    TableCell(
                        SafeText(Self.line(each.answer ?? each.fault ?? "--")), each.answer == nil ? .fail : .text)
                },
            ], prefix: "worst", identity: { "\($0.system)/\($0.id)" },
            emptyText: ["No case has what this metric needs.", "Press m for the next metric."])
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        guard let run = known(world) else {
            let words =
                self.run.map { page(world) == nil ? "Reading \($0)..." : "There is no run \($0) any more." }
                ?? "No run was opened. Press 6 for the list of runs."
            frame.text(SafeText(words), in: area.row(area.height / 3), align: .center, ink: Ink(.dim))
            return
        }
        let lines = figureLines(run, page(world)?.comments ?? [])
        let height = min(lines.count, max(3, area.height / 2 - 2))
        let (top, rest) = area.splitTop(height)
        for (index, line) in lines.prefix(height).enumerated() {
            let isCut = index == height - 1 && lines.count > height
            frame.text(
                SafeText(isCut ? " and \(lines.count - index) lines more: pitwall eval show \(run.id)" : line.0),
                in: top.row(index), ink: Ink(isCut ? .dim : line.1))
        }
        let (list, detail) = rest.splitBottom(min(12, max(6, rest.height / 2)))
        cases(world).draw(rows, state: table, in: list, on: &frame)
        if let selected { draw(selected, in: detail, on: &frame) }
    }

    private func figureLines(_ run: EvaluationRun, _ comments: [Act]) -> [(String, Role)] {
        var lines: [(String, Role)] = [
            (
                " \(run.outcome.word)   \(run.answered) of \(run.total) answered"
                    + (run.failed > 0 ? ", \(run.failed) failed" : "")
                    + (run.verdict?.baseline.map { "   against \($0)" } ?? ""), EvaluationScreen.role(run)
            )
        ]
        if case .stopped(_, let why) = run.state { lines.append((" \(why)", .fail)) }
        lines += comments.suffix(3).map { (" \($0.author): \(Self.line($0.text))", .notice) }
        let shown = run.figures.filter { ($0.slice != nil) == showsSlices }
        let width = (shown.map { "\($0.system) \($0.metric) \($0.slice?.description ?? "")".count }.max() ?? 0) + 2
        for figure in shown {
            let name = "\(figure.system) \(figure.metric) \(figure.slice?.description ?? "")"
            let padded = name + String(repeating: " ", count: max(1, width - name.count))
            lines.append(
                (
                    " \(padded)\(EvaluationFigures.short(figure.value))  \(EvaluationFigures.interval(figure.interval))"
                        + "  n \(figure.cases)" + Self.words(run.calibrations?[figure.metric]),
                    run.calibrations?[figure.metric]?.isTrusted == false ? .dim : .text
                ))
        }
        guard !showsSlices else { return lines }
        for line in run.verdict?.lines ?? [] {
            let role: Role = line.outcome == .breached ? .fail : line.outcome == .held ? .ok : .warn
            lines.append((" \(line.outcome.rawValue): \(line.system): \(line.threshold): \(line.words)", role))
        }
        return lines
    }

    /// How far a judge agrees with people, beside each of its figures.
    private static func words(_ one: JudgeCalibration?) -> String {
        guard let one else { return "" }
        return "   kappa \(EvaluationFigures.short(one.kappa)) with people, n \(one.items), base rate "
            + EvaluationFigures.short(one.baseRate) + (one.isTrusted ? "" : ", gates nothing")
    }

    private func draw(_ each: EvaluationPage.Worst, in area: Rect, on frame: inout Frame) {
        frame.line(area.row(0))
        frame.text(
            SafeText(" \(each.id) "), in: Rect(area.x + 2, area.y, area.width - 4, 1), ink: Ink(.title, strong: true))
        var parts: [(String, String?, Role)] = [("asked", each.question, .dim)]
        parts.append(("answer", each.answer ?? each.fault, each.answer == nil ? .fail : .text))
        parts.append(("wanted", each.reference, .ok))
        let room = max(1, (area.height - 1) / parts.count)
        for (index, part) in parts.enumerated() {
            let y = 1 + index * room
            guard y < area.height else { break }
            frame.text(SafeText(part.0), in: Rect(area.x + 1, area.y + y, 7, 1), ink: Ink(.dim))
            let box = Rect(area.x + 9, area.y + y, max(1, area.width - 10), min(room, area.height - y))
            let text = part.1.map(Self.line) ?? "--"
            for (row, line) in SafeText(text).wrapped(to: box.width).prefix(box.height).enumerated() {
                frame.text(line, in: box.row(row), ink: Ink(part.2))
            }
        }
    }
}
