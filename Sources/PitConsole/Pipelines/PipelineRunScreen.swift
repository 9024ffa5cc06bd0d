public import PitGrid
public import PitModel

/// One run of a pipeline: its steps, what is stuck and why, and what it writes.
public struct PipelineRunScreen: OneRunScreen {
    public static let about = ScreenInfo(
        id: "pipeline-run", title: "Pipeline run", key: nil,
        summary: "one run's steps, what they wait for, and its log.")
    public static let commands: [Command<Self>] = [down, up, earlier, later, follow, stop, retry, start, copy]

    var key: RunKey?
    /// The step whose log is shown; nil: the one that tells most.
    private var step: String?
    /// Lines of the log below what is shown: 0 follows its end.
    private var offset = 0
    /// Its name, once it is known.
    @Cached var title: [String] = []
    @Cached private var lines: [String] = []
    @Cached private var outline: [PipelineRow] = []

    public init() {}

    private var query: PipelineQuery? { key.map { PipelineQuery($0, step: step) } }
    public func wantsPipelines(_ world: World) -> PipelineQuery? { query }

    private func page(_ world: World) -> PipelinePage? { query.flatMap { world.pipelines[$0] } }
    private var list: PipelineQuery { PipelineQuery() }
    /// As it was last read, for whichever step, or as the list has it.
    private func known(_ world: World) -> PipelineRun? {
        page(world)?.runs.first
            ?? world.pipelines.filter { $0.key.run == key && key != nil }.values.lazy.compactMap(\.runs.first).first
            ?? world.pipelines[list]?.runs.first { $0.key == key }
    }

    func knownKey(_ world: World) -> RunKey? { known(world)?.key }

    public mutating func settle(on world: World) {
        title = known(world).map { $0.name.isEmpty ? [] : [$0.name] } ?? []
        outline = known(world)?.outline.map { PipelineRow(step: $0.step, depth: $0.depth) } ?? []
        let before = lines.count
        if let page = page(world) { lines = page.log }
        // Whoever reads an earlier place stays there while more is written.
        if offset > 0, lines.count > before { offset += lines.count - before }
        offset = max(0, min(offset, lines.count - 1))
    }

    private func selected(_ run: PipelineRun?) -> Int? {
        let id = step ?? run?.telling?.id
        return outline.firstIndex { $0.step.id == id }
    }

    // MARK: Commands

    private mutating func move(_ by: Int, _ world: World) {
        guard !outline.isEmpty else { return }
        let now = selected(known(world)) ?? 0
        step = outline[max(0, min(now + by, outline.count - 1))].step.id
        (offset, lines) = (0, [])
        settle(on: world)
    }

    private static func needsSteps(_ screen: Self, _ world: World) -> Availability {
        screen.outline.isEmpty ? .refused(because: "it has no steps") : .available
    }

    private static let down = Command<Self>(
        "down", "j", "down", title: "next step", help: "Show the log of the next step.", hint: 9,
        availability: needsSteps
    ) { screen, world in
        screen.move(1, world)
        return []
    }

    private static let up = Command<Self>(
        "up", "k", "up", title: "step before", help: "Show the log of the step before.", availability: needsSteps
    ) { screen, world in
        screen.move(-1, world)
        return []
    }

    private static let earlier = Command<Self>(
        "log-earlier", "pgup", "ctrl-u", title: "log back", help: "Show what was written before."
    ) { screen, _ in
        screen.offset = max(0, min(screen.offset + 10, screen.lines.count - 1))
        return []
    }

    private static let later = Command<Self>(
        "log-later", "pgdn", "ctrl-d", title: "log on", help: "Show what was written after it."
    ) { screen, _ in
        screen.offset = max(0, screen.offset - 10)
        return []
    }

    private static let follow = Command<Self>(
        "follow", "G", "end", title: "follow", help: "Follow the end of the log as it is written.", hint: 5
    ) { screen, _ in
        screen.offset = 0
        return []
    }

    private static let stop = Command<Self>(
        "stop", "s", title: "stop", help: "Stop the run, or take it from the queue.", hint: 8, isMutating: true,
        availability: { screen, world in PipelineQuestion.canStop(screen.known(world)) }
    ) { screen, world in screen.known(world).map { [.ask(PipelineQuestion.stop($0))] } ?? [] }

    private static let retry = Command<Self>(
        "retry", "R", title: "run again", help: "Run again what failed or was stopped.", hint: 7, isMutating: true,
        availability: { screen, world in PipelineQuestion.canRetry(screen.known(world)) }
    ) { screen, world in screen.known(world).map { [.ask(PipelineQuestion.retry($0))] } ?? [] }

    private func pipeline(_ world: World) -> Pipeline? {
        guard let run = known(world), !run.pipeline.isEmpty else { return nil }
        return world.pipelines[list]?.pipelines.first { $0.key == RunKey(run.key.connection, run.pipeline) }
    }

    private static let start = Command<Self>(
        "start", "n", title: "start another", help: "Start a run of the same pipeline, with values of your own.",
        hint: 6, isMutating: true,
        availability: { screen, world in
            guard let pipeline = screen.pipeline(world) else {
                return .refused(because: "its pipeline was not read: start it from the list of runs")
            }
            return pipeline.refusal.map { .refused(because: $0) } ?? .available
        }
    ) { screen, world in
        screen.pipeline(world).map { [.ask(PipelineQuestion.form($0, screen.known(world)))] } ?? []
    }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        PipelineQuestion.answer(question, values, world.pipelines[list]?.pipelines ?? [], known(world))
    }

    // MARK: Drawing

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        guard let run = known(world) else {
            let page = page(world)
            return drawAbsence(
                fault: page?.faults.first, isRead: page != nil, door: "Press 9, then P, for the list of runs.",
                in: area, on: &frame)
        }
        let (head, body) = area.splitTop(3)
        drawHead(run, world, in: head, on: &frame)
        let room = outline.isEmpty ? 0 : min(outline.count + 1, max(4, body.height / 2))
        let (steps, log) = body.splitTop(room)
        drawSteps(run, world, in: steps, on: &frame)
        drawLog(run, world, in: log, on: &frame)
    }

    private func drawHead(_ run: PipelineRun, _ world: World, in area: Rect, on frame: inout Frame) {
        let words = [
            run.name, run.author.isEmpty ? nil : "by \(run.author)",
            run.createdAt == nil ? nil : "asked for \(Figures.age(world.age(run.createdAt))) ago",
            run.duration(at: world.shown).map { "took \(Figures.duration($0))" },
            run.cause.isEmpty ? nil : RunFigures.line(run.cause),
        ]
        drawTitle(run.state.rawValue, run.state.role, words, in: area.row(0), on: &frame)
        let fault = page(world)?.faults.first
        frame.text(
            SafeText(" " + RunFigures.line(fault ?? run.note)), in: area.row(1),
            ink: Ink(fault != nil || run.state == .failed ? .fail : .warn))
        let given = run.parameterLine
        frame.text(SafeText(" " + (given.isEmpty ? "no parameters" : given)), in: area.row(2), ink: Ink(.dim))
    }

    private func drawSteps(_ run: PipelineRun, _ world: World, in area: Rect, on frame: inout Frame) {
        guard area.height > 1 else { return }
        let (name, state, took) = (max(20, min(44, area.width * 2 / 5)), 10, 9)
        func row(_ y: Int, _ cells: [(SafeText, Ink)]) {
            var x = area.x + 1
            for (index, width) in [name, state, took, max(0, area.width - name - state - took - 2)].enumerated() {
                frame.text(
                    cells[index].0, in: Rect(x, y, max(0, width - 1), 1), align: index == 2 ? .right : .left,
                    ink: cells[index].1)
                x += width
            }
        }
        let dim = Ink(.dim)
        row(area.y, [("STEP", dim), ("STATE", dim), ("TOOK", dim), ("WAITS FOR, FAILED BY", dim)])
        let chosen = selected(run) ?? 0
        let room = area.height - 1
        let first = max(0, min(chosen - room / 2, outline.count - room))
        for (line, each) in outline.dropFirst(first).prefix(room).enumerated() {
            let isChosen = first + line == chosen
            let indent = String(repeating: "  ", count: min(each.depth, 8))
            let mark = isChosen ? frame.glyphs.pointer.description : " "
            row(
                area.y + 1 + line,
                [
                    (SafeText(mark + indent + each.step.name), Ink(isChosen ? .title : .text)),
                    (SafeText(each.step.state.rawValue), Ink(each.step.state.role)),
                    (SafeText(Figures.duration(each.step.duration(at: world.shown))), dim),
                    (
                        SafeText(RunFigures.line(each.step.note)),
                        Ink(each.step.state == .failed ? .fail : each.step.state.isOpen ? .warn : .dim)
                    ),
                ])
        }
    }

    private func drawLog(_ run: PipelineRun, _ world: World, in area: Rect, on frame: inout Frame) {
        guard area.height > 1 else { return }
        frame.line(area.row(0))
        let shown = outline.first { $0.step.id == step ?? run.telling?.id }?.step.name
        let words = [
            " log", step == nil ? nil : shown.map { "of \($0)" }, offset > 0 ? "\(offset) lines before its end" : nil,
        ].compactMap { $0 }.joined(separator: " ")
        frame.text(SafeText(words + " "), in: Rect(area.x + 2, area.y, max(0, area.width - 4), 1), ink: Ink(.dim))
        guard !lines.isEmpty else {
            let note = page(world).map { $0.logNote.isEmpty ? "nothing is written yet" : $0.logNote } ?? "loading"
            return frame.text(SafeText(" " + RunFigures.line(note)), in: area.row(1), ink: Ink(.dim))
        }
        for (line, text) in lines.dropLast(offset).suffix(area.height - 1).enumerated() {
            frame.text(SafeText(" " + text), in: area.row(1 + line), ink: Ink())
        }
    }
}

/// A step as its row shows it.
struct PipelineRow: Equatable, Sendable {
    var step: PipelineStep
    var depth: Int
}
