public import PitGrid
public import PitModel

/// Queues of exchanges to judge, and one of them opened: the exchange, what is asked of it, a key for each answer.
///
/// `focus(on:)` takes a queue's name.
public struct LabelScreen: RowScreen, JudgingScreen {
    public static let about = ScreenInfo(
        id: "label", title: "Label", key: "5", summary: "exchanges to judge, at one key each.")
    public static let sortColumns = ["name", "rubric", "left", "done", "flagged", "agreement"]
    static let rowNoun = "queue"
    static let listCommands: [Command<Self>] = navigation + [open, create, adjudicate]
    public static let commands: [Command<Self>] = listCommands + deskCommands + markCommands
    public static let modes: [[Command<Self>]] = [
        listCommands, deskCommands, markCommands + [scrollDown, scrollUp],
    ]

    /// Keys that are held while an act is on its way to the disk.
    static let mostHeld = 64

    /// What of one item is not kept yet, or is only looked at.
    struct Sight: Equatable, Sendable {
        var item: String
        var isRepeat: Bool
        /// Seconds that it was looked at, and when somebody last touched a key.
        var active = 0.0
        var touched: Timestamp
        /// The question that was turned to, and the words of it that are ticked.
        var question: String?
        var ticked: [String]?
        /// What goes with the next judgement.
        var comment = ""
        var isRevealed = false
    }

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    /// The queue that is opened.
    var queue: String?
    /// The queue that was asked for and is opened once it is there.
    var expected: String?
    /// Whether the item that was judged last is shown again.
    var isBack = false
    /// Whether all messages are shown, and whole; whether as they were written; and the guidelines instead of them.
    var isWhole = false
    var isRaw = false
    var showsGuidelines = false
    var scroll = 0
    private(set) var size = Size(80, 21)
    @Cached private(set) var rows: [LabelQueueState] = []
    // None or one.
    @Cached var sights: [Sight] = []
    @Cached var waiting: [LabelAct] = []
    @Cached var held: [Key] = []
    // What is chosen to be tagged: none or one.
    @Cached var choosing: [LabelChoosing] = []
    // The passage that is gone to: none or one.
    @Cached var cited: [LabelCitation] = []
    @Cached var drafts: [LabelDraft] = []

    public init() {}

    public func rowID(_ position: Int) -> String { rows[position].id }
    public var showsRows: Bool { queue == nil }
    public var detail: String { queue ?? "" }
    public mutating func focus(on subject: String) { enter(subject) }

    public mutating func fit(_ size: Size) {
        self.size = size
        table.viewport = max(1, size.height - 2)
    }

    public func present(_ world: World) -> [Command<Self>]? {
        guard queue != nil else { return Self.listCommands }
        return isMarking ? markingCommands(world) : answerCommands(world) + Self.deskCommands
    }

    public mutating func close() -> Bool {
        if showsGuidelines {
            (showsGuidelines, scroll) = (false, 0)
            return true
        }
        if let now = choosing.first {
            if now.anchor == nil { choosing = [] } else { choosing[0].anchor = nil }
            return true
        }
        guard queue != nil else { return false }
        enter(nil)
        return true
    }

    mutating func enter(_ name: String?) {
        expected = nil
        (queue, isBack, showsGuidelines, scroll) = (name, false, false, 0)
        (sights, waiting, held, choosing) = ([], [], [], [])
    }

    public mutating func settle(on world: World) {
        reorder(world)
        guard let item = item(world) else {
            (sights, choosing) = ([], [])
            return
        }
        guard sight?.item != item.id || sight?.isRepeat != item.isRepeat else { return }
        sights = [Sight(item: item.id, isRepeat: item.isRepeat, touched: world.now)]
        (scroll, choosing, cited) = (0, [], [])
    }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        let chosen = world.snapshot.queues.filter {
            filter.isEmpty || filter.matches($0.queue.name, $0.queue.title, $0.queue.rubric, $0.queue.author)
        }
        rows =
            table.sortColumn == nil
            ? chosen : Self.queueTable(world, "").order(chosen, table).map { chosen[$0] }
        settleSelection()
    }

    // MARK: what is shown

    func page(_ world: World) -> LabelPage? { queue.flatMap { world.labelPages[$0] } }

    /// The item on the desk: the one that is being read stays there, also when others come to be before it.
    func item(_ world: World) -> LabelItem? {
        guard let page = page(world) else { return nil }
        if isBack, let latest = page.latest { return latest }
        return page.items.first { $0.id == sight?.item && $0.isRepeat == sight?.isRepeat } ?? page.items.first
    }

    var sight: Sight? { sights.first }

    /// The question that keys answer now: the one turned to, else the first that must be answered and is not, else one
    /// that an answer brought with it, else the first.
    func question(_ world: World) -> RubricQuestion? {
        guard let page = page(world), let item = item(world) else { return nil }
        let asked = page.rubric.asked(given: item.values)
        if let turned = sight?.question, let question = asked.first(where: { $0.id == turned }) { return question }
        let open = asked.filter { item.values[$0.id] == nil }
        return open.first(where: \.isRequired) ?? open.first { $0.condition != nil } ?? asked.first
    }

    // MARK: acts

    public var opened: String? { queue }
    public var isWaiting: Bool { !waiting.isEmpty }
    var isBusy: Bool { isWaiting || isBack }
    var isPlain: Bool { queue != nil && !showsGuidelines && choosing.isEmpty }

    /// Longer than this between two keys, and nobody looks.
    static let idle = 60.0

    mutating func touch(_ world: World) {
        guard !sights.isEmpty else { return }
        sights[0].active += min(Self.idle, max(0, world.now.since(sights[0].touched)))
        sights[0].touched = world.now
    }

    /// Does something with the item; nothing else until a page tells that it is kept.
    mutating func act(_ kind: LabelAct.Kind, _ world: World) -> [Effect] {
        guard let queue else { return [] }
        guard waiting.isEmpty else { return [.toast(Notice(.warn, "what was done before is still being kept"))] }
        touch(world)
        let isOfItem = kind != .undo && kind != .redo
        let item = isOfItem ? item(world)?.id ?? "" : ""
        if isOfItem, item.isEmpty { return [] }
        let act = LabelAct(kind, queue: queue, item: item, seconds: isOfItem ? sight?.active ?? 0 : 0)
        waiting = [act]
        return [.judge(act)]
    }

    mutating func judge(_ values: [String: JudgedValue?], _ world: World) -> [Effect] {
        act(.judge(values.merging(unkept(world)) { given, _ in given }, comment: sight?.comment ?? ""), world)
    }

    public mutating func take(_ page: LabelPage, _ world: World) {
        if queue == nil, page.queue.name == expected {
            enter(page.queue.name)
            settle(on: world)
        }
        guard page.queue.name == queue, let act = waiting.first, !page.isBefore(act) else { return }
        waiting = []
        let judged = page.items.first { $0.id == act.item } ?? page.latest
        switch act.kind {
        case .mark(let mark) where mark.kind == .revealed:
            if sights.first?.item == act.item { sights[0].isRevealed = true }
            return
        case .judge(let values, _):
            drafts.removeAll { $0.item == act.item && values.keys.contains($0.question) }
            // An answer that brings further questions with it is followed by them, also where none must be answered.
            isBack =
                page.latest?.id == act.item && page.items.first?.id != act.item
                && page.asksMore(of: judged, after: values)
        case .mark(let mark) where mark.kind == .flagged || mark.kind == .cleared: break
        case .mark, .undo, .redo: (isBack, sights) = (false, [])
        }
        guard item(world)?.id == act.item, !sights.isEmpty else {
            (sights, scroll) = ([], 0)
            return
        }
        (sights[0].question, sights[0].ticked, sights[0].comment, sights[0].active) = (nil, nil, "", 0)
    }

    public mutating func hold(_ key: Key) -> Bool {
        guard queue != nil, isWaiting else { return false }
        if ["esc", "ctrl-c", "ctrl-z", "ctrl-l", "ctrl-s"].contains(key.description) { return false }
        if held.count < Self.mostHeld { held.append(key) }
        return true
    }

    public mutating func release() -> Key? { isWaiting || held.isEmpty ? nil : held.removeFirst() }

    public mutating func refuse(_ queue: String) -> Int {
        guard queue == self.queue, isWaiting else { return 0 }
        defer { (waiting, held) = ([], []) }
        return held.count
    }
}

extension LabelPage {
    /// Whether it was read before an act was kept: what the act answered has no answer in it yet.
    fileprivate func isBefore(_ act: LabelAct) -> Bool {
        guard case .judge(let values, _) = act.kind, let item = items.first(where: { $0.id == act.item }),
            !item.isRepeat
        else { return false }
        return values.contains { $0.value != nil && item.own[$0.key]?.value == nil }
    }

    /// Whether an answer made questions asked that have none yet.
    fileprivate func asksMore(of item: LabelItem?, after values: [String: JudgedValue?]) -> Bool {
        guard let item else { return false }
        return rubric.asked(given: item.values).contains { question in
            item.values[question.id] == nil
                && question.condition.map { values.keys.contains($0.question) } ?? false
        }
    }
}
