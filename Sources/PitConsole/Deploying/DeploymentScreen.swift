public import PitGrid
import PitModel

/// One deployment: its revisions and what differs between any two, the rollout while it runs, the proof, how soon an
/// older revision could serve.
public struct DeploymentScreen: ListScreen, DeploymentSubject {
    public static let about = ScreenInfo(
        id: "deployment", title: "Deployment", key: nil, summary: "one deployment's revisions, rollout and proof.")
    public static let sortColumns: [String] = []
    public static let commands: [Command<Self>] =
        navigation.filter { !["page-down", "page-up", "sort", "sort-direction"].contains($0.id) }
        + [compare, scrollDown, scrollUp] + deploymentVerbs + [model, alerts, review, operations, copy]

    /// `cluster:deployment/prod/support-chat`.
    public private(set) var name = ""
    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    /// Where the text beside or beneath the revisions is scrolled to.
    var scroll = TextViewState()
    private var size = Size(80, 21)
    @Cached private var shown: [Revision] = []

    public init() {}

    public var detail: String { name.split(separator: "/", maxSplits: 1).last.map(String.init) ?? name }
    public var rowCount: Int { shown.count }
    public func rowID(_ position: Int) -> String { shown[position].id.name }

    public mutating func focus(on subject: String) {
        if name != subject { self = DeploymentScreen() }
        name = subject
    }

    public mutating func fit(_ size: Size) {
        self.size = size
        table.viewport = max(
            1, DeploymentLayout(in: Rect(0, 0, size.width, size.height), revisions: shown.count).revisions.height)
    }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        let all = world.deployment(named: name)?.revisions ?? []
        shown =
            filter.isEmpty
            ? all
            : all.filter {
                filter.matches($0.label, $0.author ?? "", $0.cause, $0.artifacts.map(\.value).joined(separator: " "))
            }
        table.marked.formIntersection(all.map(\.id.name))
        settleSelection()
    }

    var selected: Revision? { shown.indices.contains(table.selected) ? shown[table.selected] : nil }
    var listed: [Revision] { shown }

    func deployments(_ world: World) -> [DeploymentState] { world.deployment(named: name).map { [$0] } ?? [] }
    func subject(_ world: World) -> String { detail }
    func complaint(_ world: World) -> String { world.complaint(of: world.deployment(named: name)?.deployment.model) }

    /// The revision that was chosen by hand, unless it is the one that runs.
    func target(_ world: World) -> RevisionID? {
        guard hasChosen, let selected, !selected.isCurrent else { return nil }
        return selected.id
    }

    /// The two revisions whose difference is shown, the older first: the two that are marked, the marked one and the
    /// selected one, or the selected one and the one before it.
    func compared() -> (from: Revision, to: Revision)? {
        var pair = shown.indices.filter { table.marked.contains(shown[$0].id.name) }
        if pair.count < 2, shown.indices.contains(table.selected), !pair.contains(table.selected) {
            pair.append(table.selected)
        }
        if pair.count == 1, shown.indices.contains(pair[0] + 1) { pair.append(pair[0] + 1) }
        guard pair.count == 2, let newer = pair.min(), let older = pair.max() else { return nil }
        return (shown[older], shown[newer])
    }

    public func inspects(_ world: World) -> [DeploymentQuery] {
        guard let state = world.deployment(named: name) else { return [] }
        var wanted: [DeploymentQuery] = [.revisions(state.id)]
        if let pair = compared() { wanted.append(.changes(state.id, from: pair.from.id, to: pair.to.id)) }
        return wanted
    }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        plan(question, values, world) ?? []
    }

    // MARK: commands

    private static let compare = Command<Self>(
        "compare", "space", title: "compare",
        help: "Choose the revision to be compared, two at most: what differs between them is shown.", hint: 5,
        availability: { screen, _ in
            screen.selected == nil ? .refused(because: "no revision is selected") : .available
        }
    ) { screen, _ in
        if screen.table.marked.count == 2, let selected = screen.selected,
            !screen.table.marked.contains(selected.id.name)
        {
            screen.table.marked = []
        }
        screen.table.toggleMark()
        return []
    }

    private static let scrollDown = Command<Self>(
        "scroll-down", "pgdn", "ctrl-d", "ctrl-f", title: "read on", help: "Scroll the text down.", hint: 3
    ) { screen, world in screen.scroll(1, world) }

    private static let scrollUp = Command<Self>(
        "scroll-up", "pgup", "ctrl-u", "ctrl-b", title: "read back", help: "Scroll the text up."
    ) { screen, world in screen.scroll(-1, world) }

    private mutating func scroll(_ pages: Int, _ world: World) -> [Effect] {
        guard let state = world.deployment(named: name) else { return [] }
        let room = DeploymentLayout(in: Rect(0, 0, size.width, size.height), revisions: shown.count)
        let text = TextView(lines(state, world, room))
        text.scroll(by: pages * max(1, room.text.height - 2), &scroll, size: room.text.size)
        return []
    }

    private static let model = Command<Self>(
        "model", "m", "enter", title: "model", help: "Open the model that it serves: its charts.", hint: 4,
        availability: { screen, world in
            world.deployment(named: screen.name)?.deployment.model == nil
                ? .refused(because: "the deployment names no model that is configured") : .available
        }
    ) { screen, world in
        world.deployment(named: screen.name)?.deployment.model.map {
            [.open(screen: ModelScreen.about.id, subject: $0.description)]
        } ?? []
    }

    private static let alerts = Command<Self>(
        "alerts", "a", title: "alerts", help: "Show the alerts of the model that it serves.",
        availability: { screen, world in
            world.deployment(named: screen.name)?.deployment.model == nil
                ? .refused(because: "the deployment names no model that is configured") : .available
        }
    ) { screen, world in
        world.deployment(named: screen.name)?.deployment.model.map {
            [.open(screen: AlertsScreen.about.id, subject: $0.description)]
        } ?? []
    }

    private func version(_ world: World) -> ModelVersionID? {
        world.deployment(named: name).flatMap { world.version(of: selected?.id ?? $0.deployment.current, in: $0.id) }
    }

    private static let review = Command<Self>(
        "review", "V", title: "review",
        help: "Open the review of the selected version: what is required before the alias moves, and who decided.",
        availability: { screen, world in
            screen.version(world) == nil ? .refused(because: "it is no alias of a registered model") : .available
        }
    ) { screen, world in
        screen.version(world).map { [.open(screen: VersionScreen.about.id, subject: $0.description)] } ?? []
    }

    private static let operations = Command<Self>(
        "operations", "J", title: "operations", help: "List what was asked of this deployment, open and past.", hint: 3
    ) { screen, _ in [.open(screen: OperationsScreen.about.id, subject: screen.detail)] }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the selected revision's name.",
        availability: { screen, _ in
            screen.selected == nil ? .refused(because: "no revision is selected") : .available
        }
    ) { screen, _ in screen.selected.map { [.copy("\(screen.detail) \($0.label) \($0.id.name)")] } ?? [] }
}

/// Where the parts of one deployment stand: text beside the revisions where there is room, else beneath them.
struct DeploymentLayout {
    let head: Rect
    let revisions: Rect
    let text: Rect
    /// What differs, where it has a place of its own.
    let changes: Rect?
    let rule: Rect

    init(in area: Rect, revisions count: Int) {
        let (head, rest) = area.splitTop(2)
        self.head = head
        let rows = max(2, min(count, rest.height >= 40 ? 14 : rest.height >= 24 ? 8 : 5))
        let (list, below) = rest.splitTop(rows + 1)
        rule = list.row(0)
        revisions = Rect(list.x, list.y + 1, list.width, list.height - 1)
        guard area.width >= 116 else {
            (text, changes) = (below, nil)
            return
        }
        let halves = below.columns(2, gap: 3)
        (text, changes) = (halves[0], halves[1])
    }
}
