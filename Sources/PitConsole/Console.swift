public import PitGrid
public import PitModel

/// The whole console: pure state, one way in (`handle`), one way out (`draw`).
public struct Console: Sendable {
    public enum Event: Sendable {
        /// And when it came, in seconds of a clock that never goes back: what a hand types is told from what a machine
        /// sends by it.
        case input(Input, at: Double = 0)
        /// Its rows may have been made before, so that the UI thread need not.
        case world(Snapshot, rows: WorldRows? = nil)
        case past(Snapshot)
        case history(HistoryQuery, History)
        case exchanges(InteractionQuery, [KeptInteraction])
        /// What was read of exchanges is no longer all that is known of them: somebody labelled one.
        case exchangesChanged
        /// A queue as it is now for this person; after an act: with the act in it, and on the disk.
        case labelPage(LabelPage)
        /// The act under way on a queue is not on the disk, and why.
        case labelRefused(queue: String, why: Notice)
        case secondAnswer(SecondAnswer)
        case alertPast(AlertQuery, AlertPast)
        case evaluation(EvaluationQuery, EvaluationPage)
        case reviewed(ModelVersionID, ReviewPage)
        /// What was found for a question, then again with its answer.
        case knowledge(KnowledgePage)
        case runs(RunQuery, RunPage)
        case pipelines(PipelineQuery, PipelinePage)
        /// Something was asked of a pipeline engine.
        case pipelinesChanged
        case prompts(PromptQuery, PromptPage)
        /// A version was made: what was read of prompts is no longer all there is.
        case promptsChanged
        case promptTrial(PromptTrial)
        /// One was started, stopped or registered.
        case runsChanged
        case surveyed(DatasetQuery, DatasetPage)
        case tokens(TokenCensus)
        case planned(DeploymentRequest, PlanAnswer)
        case inspected(DeploymentQuery, DeploymentAnswer)
        /// What was written in the person's own editor.
        case edited(String, question: String)
        case notice(Notice)
        case tick(Timestamp)
        case themes([String])
        case problems([String])
        /// The configuration was read again: who is called for which alerts, and which are forgotten ones.
        case alertSettings(Attention?, AlertSettings)
    }

    /// What lies over the screen.
    enum Overlay: Equatable, Sendable {
        case help(TextFieldState, offset: Int)
        case palette(PaletteState)
        case themes(PaletteState, before: String)
        case filter(TextFieldState)
        case question(QuestionState)
        case plan(PlanState)
    }

    public internal(set) var world: World
    public internal(set) var stack: [any Screen]
    public let registry: Registry
    var overlay: Overlay?
    var toasts: [(notice: Notice, until: Timestamp?)] = []
    var pending: [String] = []
    var pendingSince: Timestamp?
    /// The newest live snapshot, while the past or a held display is shown.
    var latest: Snapshot?
    var frozenAt: Timestamp?
    var size = Size(80, 24)
    var asked: [HistoryQuery: Timestamp] = [:]
    var read: [InteractionQuery: Timestamp] = [:]
    var askedAlerts: [AlertQuery: Timestamp] = [:]
    var openedQueues: [String: Timestamp] = [:]
    var evaluated: [EvaluationQuery: Timestamp] = [:]
    var reviewed: [ModelVersionID: Timestamp] = [:]
    /// Questions that were sent since the start.
    var lookedUp: Set<String> = []
    var runsAsked: [RunQuery: Timestamp] = [:]
    var pipelinesAsked: [PipelineQuery: Timestamp] = [:]
    var askedPrompts: [PromptQuery: Timestamp] = [:]
    var surveyed: [DatasetQuery: Timestamp] = [:]
    var lastJudged: String?
    /// What was shown before a pit stop.
    var beforePitStop: [any Screen] = []
    var caller = Caller()
    /// What was asked of deployments, when, and of which state of them.
    var inspected: [DeploymentQuery: (at: Timestamp, mark: String?)] = [:]
    /// The key that ran the newest command which changes something.
    var startedBy: Key?

    public static let smallest = Size(80, 24)

    public init(
        settings: ConsoleSettings = ConsoleSettings(), start: String = "fleet",
        screens: [any Screen.Type] = screenCatalog
    ) {
        registry = Registry(screens, keys: settings.keys)
        world = World(settings: settings)
        stack = [registry.screen(start).map { $0.init() } ?? FleetScreen()]
    }

    var top: any Screen { stack[stack.count - 1] }

    /// Takes one event; returns what must now be done outside.
    public mutating func handle(_ event: Event) -> [Effect] {
        var effects: [Effect] = []
        switch event {
        case .world(let next, let rows):
            latest = next
            if world.isLive, frozenAt == nil {
                let firing = world.counts.firing - world.counts.acknowledged
                show(next, rows: rows)
                tellOfAlerts(before: firing)
            }
            effects += caller.take(rows ?? world.rows, world.settings.attention)
        case .past(let past): show(past)
        case .history(let query, let history):
            world.histories[query] = history
            if world.histories.count > 64 { world.histories = world.histories.filter { asked[$0.key] != nil } }
        case .exchanges(let query, let exchanges): take(query, exchanges)
        case .exchangesChanged: read = [:]
        case .labelPage(let page): effects += take(page)
        case .labelRefused(let queue, let why): refuse(queue, why)
        case .secondAnswer(let answer): world.secondAnswer = answer
        case .alertPast(let query, let past):
            world.alertPasts[query] = past
            if world.alertPasts.count > 64 {
                world.alertPasts = world.alertPasts.filter { askedAlerts[$0.key] != nil }
            }
        case .evaluation(let query, let page): take(query, page)
        case .reviewed(let version, let page): take(version, page)
        case .knowledge(let page): take(page)
        case .runs(let query, let page): take(query, page)
        case .prompts(let query, let page): take(query, page)
        case .promptsChanged: askedPrompts = [:]
        case .promptTrial(let trial): world.promptTrial = trial
        case .runsChanged: runsAsked = [:]
        case .pipelines(let query, let page): take(query, page)
        case .pipelinesChanged: pipelinesAsked = [:]
        case .surveyed(let query, let page): take(query, page)
        case .tokens(let census): take(census)
        case .planned(let request, let answer): take(answer, to: request)
        case .inspected(let query, let answer):
            world.inspections[query] = answer
            if world.inspections.count > 64 {
                world.inspections = world.inspections.filter { inspected[$0.key] != nil }
            }
        case .edited(let text, let question): takeEdited(text, question)
        case .notice(let notice): toast(notice)
        case .tick(let now): tick(now)
        case .themes(let names): world.settings.themes = names
        case .problems(let problems): world.problems = problems
        case .alertSettings(let attention, let alerts):
            (world.settings.attention, world.settings.forgottenAfter) = (attention, alerts.forgottenAfter)
        case .input(let input, let time): effects = take(input, at: time)
        }
        countPitStop()
        return effects + loads()
    }

    /// Tells the size of the terminal, which decides what screens can show.
    public mutating func resize(_ size: Size) -> [Effect] {
        self.size = size
        for index in stack.indices { stack[index].fit(body.size) }
        if case .question(var state) = overlay {
            state.fit(body.size)
            overlay = .question(state)
        }
        return loads()
    }

    mutating func show(_ snapshot: Snapshot, rows: WorldRows? = nil) {
        let known = (world.snapshot.interactions, world.snapshot.findings)
        if known != (snapshot.interactions, snapshot.findings) { read = [:] }
        world.show(snapshot, rows: rows)
        if snapshot.isLive, snapshot.at > world.now { world.now = snapshot.at }
        settle()
        if case .plan(var state) = overlay {
            state.settle(on: world)
            overlay = .plan(state)
        }
    }

    /// Settles every screen on the world, which was told something new.
    mutating func settle() { for index in stack.indices { stack[index].settle(on: world) } }

    private mutating func tick(_ now: Timestamp) {
        world.now = now
        toasts.removeAll { $0.until.map { $0 <= now } ?? false }
        asked = asked.filter { now.since($0.value) < 600 }
        askedAlerts = askedAlerts.filter { now.since($0.value) < 600 }
        inspected = inspected.filter { now.since($0.value.at) < 600 }
    }

    mutating func toast(_ notice: Notice) {
        // What went well may pass; what did not stays until a key.
        let passes = notice.kind == .ok || notice.kind == .notice
        toasts.append((notice, passes ? world.now.advanced(by: 3) : nil))
        if toasts.count > 5 { toasts.removeFirst() }
    }

    /// Keeps the effects that are the console's own business; passes the rest out.
    mutating func apply(_ effects: [Effect]) -> [Effect] {
        var outside: [Effect] = []
        for effect in effects {
            switch effect {
            case .open(let id, let subject): open(id, subject)
            case .look(let id): look(id)
            case .pitStop: beginPitStop()
            case .back: outside += back()
            case .ask(let question): overlay = .question(QuestionState(question, room: body.size))
            case .propose(let proposal): outside += propose(proposal)
            case .toast(let notice): toast(notice)
            case .lookUp(let question):
                lookedUp.insert(question)
                world.knowledge[question] = nil
                outside.append(effect)
            case .rewind(to: nil):
                if let latest { show(latest) }
                outside.append(effect)
            case .theme(let name):
                world.settings.theme = name
                outside.append(effect)
            case .copy(let text):
                toast(Notice(.ok, "copied: \(text.prefix(60))"))
                outside.append(effect)
            default: outside.append(effect)
            }
        }
        return outside
    }

    /// Opens a screen from outside: what `snapshot` renders. Gives what it wants loaded.
    public mutating func open(_ id: String, subject: String?) -> [Effect] {
        open(id, subject)
        return loads()
    }

    private mutating func open(_ id: String, _ subject: String?) {
        guard let type = registry.screen(id) else { return }
        // What is looked at from a desk leaves that as it is.
        if id == AlertsScreen.about.id, (top as? any JudgingScreen)?.opened != nil { return look(id) }
        var screen = type.init()
        if let index = stack.firstIndex(where: { Swift.type(of: $0).about.id == id }) {
            screen = stack[index]
            stack.removeSubrange(index...)
        }
        // A tab stands by itself; what is opened from a screen stands on it.
        if type.about.key != nil { stack = [] }
        if let subject { screen.focus(on: subject) }
        screen.fit(body.size)
        screen.settle(on: world)
        stack.append(screen)
    }

    /// Puts a screen over the present one: esc comes back to it.
    private mutating func look(_ id: String) {
        guard var screen = registry.screen(id)?.init() else { return }
        screen.fit(body.size)
        screen.settle(on: world)
        stack.append(screen)
    }

    /// Esc: what is open in the screen and the filter first, then the past, then the screen. It never quits.
    private mutating func back() -> [Effect] {
        if leavesPitStop {
            endPitStop()
            return []
        }
        if stack[stack.count - 1].close() { return [] }
        if var filtered = top as? any FilteredScreen, !filtered.filter.isEmpty {
            filtered.filter = ""
            filtered.settle(on: world)
            stack[stack.count - 1] = filtered
            return []
        }
        if stack.count > 1 {
            stack.removeLast()
            return []
        }
        if frozenAt != nil {
            unfreeze()
            return []
        }
        if !world.isLive { return apply([.rewind(to: nil)]) }
        if type(of: top).about.id != FleetScreen.about.id { open(FleetScreen.about.id, nil) }
        return []
    }

    mutating func unfreeze() {
        frozenAt = nil
        if let latest { show(latest) }
    }

    /// The part of the frame that belongs to the screen.
    var body: Rect { Rect(0, 2, size.width, max(0, size.height - 3)) }
}
