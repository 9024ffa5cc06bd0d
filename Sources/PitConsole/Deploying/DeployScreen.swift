public import PitGrid
import PitModel

/// What runs where: every deployment over all connections, what wants to be looked at first.
public struct DeployScreen: ListScreen, DeploymentSubject {
    public static let about = ScreenInfo(
        id: "deploy", title: "Deploy", key: "4", summary: "what runs where, since when and by whom.")
    public static let sortColumns = ["deployment", "release", "ready", "age", "status"]
    public static let commands: [Command<Self>] =
        navigation + [open] + deploymentVerbs + [model, review, operations, copy]

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    @Cached private var states: [DeploymentState] = []
    @Cached private var order: [Int] = []

    public init() {}

    public var rowCount: Int { order.count }
    public func rowID(_ position: Int) -> String { states[order[position]].id.description }
    static var columnIDs: [String] { deployTable().columns.map(\.id) }

    public mutating func focus(on subject: String) { filter = subject }

    public mutating func fit(_ size: Size) {
        table.viewport = max(1, size.height - Self.panelHeight(size.height) - 2)
    }

    public mutating func reorder(_ world: World) {
        let isSame = states.sharesStorage(with: world.snapshot.deployments)
        let chosen = isSame && order.indices.contains(table.selected) ? order[table.selected] : nil
        states = world.snapshot.deployments
        // What wants to be looked at first stands first, until another order is asked for.
        let column = table.sortColumn ?? "status"
        order = world.rows.deployments.order(
            words: RowFilter(filter).bytes, by: column,
            descending: table.sortColumn == nil || table.isDescending
        ) { _ in true }
        if table.sortColumn == nil, table.isDescending { order.reverse() }
        settleSelection(at: chosen.flatMap { order.firstIndex(of: $0) })
    }

    var selected: DeploymentState? { order.indices.contains(table.selected) ? states[order[table.selected]] : nil }

    func deployments(_ world: World) -> [DeploymentState] {
        selected.map { [world.deployment($0.id) ?? $0] } ?? []
    }
    func subject(_ world: World) -> String { selected?.id.path ?? "nothing" }
    func complaint(_ world: World) -> String { world.complaint(of: selected?.deployment.model) }

    public func inspects(_ world: World) -> [DeploymentQuery] { selected.map { [.revisions($0.id)] } ?? [] }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        plan(question, values, world) ?? []
    }

    // MARK: commands

    private static func needsRow(_ screen: Self, _ world: World) -> Availability {
        screen.selected == nil ? .refused(because: "no deployment is selected") : .available
    }

    private static let open = Command<Self>(
        "open", "enter", "right", title: "open",
        help: "Open the deployment: revisions, differences, rollout, proof, readiness.", hint: 8, availability: needsRow
    ) { screen, _ in
        screen.selected.map { [.open(screen: DeploymentScreen.about.id, subject: $0.id.description)] } ?? []
    }

    private static let model = Command<Self>(
        "model", "m", title: "model", help: "Open the model that it serves.", hint: 3,
        availability: { screen, _ in
            screen.selected?.deployment.model == nil
                ? .refused(because: "the deployment names no model that is configured") : .available
        }
    ) { screen, _ in
        screen.selected?.deployment.model.map { [.open(screen: ModelScreen.about.id, subject: $0.description)] } ?? []
    }

    static let review = Command<Self>(
        "review", "V", title: "review",
        help: "Open the review of the model version: what is required before an alias moves, and who decided.",
        availability: { screen, world in
            screen.selected.flatMap { world.version(of: $0.deployment.current, in: $0.id) } == nil
                ? .refused(because: "it is no alias of a registered model") : .available
        }
    ) { screen, world in
        screen.selected.flatMap { world.version(of: $0.deployment.current, in: $0.id) }.map {
            [.open(screen: VersionScreen.about.id, subject: $0.description)]
        } ?? []
    }

    private static let operations = Command<Self>(
        "operations", "J", title: "operations", help: "List what was asked for, open and past.", hint: 4
    ) { _, _ in [.open(screen: OperationsScreen.about.id)] }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the deployment's name, release and artifacts.", availability: needsRow
    ) { screen, _ in
        guard let deployment = screen.selected?.deployment else { return [] }
        return [
            .copy("\(deployment.id) \(deployment.release) \(deployment.artifacts.map(\.value).joined(separator: " "))")
        ]
    }

    // MARK: drawing

    /// Lines of the panel with the selected deployment's revisions.
    private static func panelHeight(_ height: Int) -> Int { height < 14 ? 0 : min(14, height * 2 / 5) }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        let (head, rest) = area.splitTop(1)
        frame.text(SafeText(" " + headline(world)), in: head, ink: Ink(filter.isEmpty ? .dim : .notice))
        var table = Self.deployTable(world)
        table.isWide = area.width >= 150
        if world.snapshot.deployments.isEmpty {
            table.emptyText = [
                "No deployments are known.",
                "Add a connection to what deploys: kind kubernetes with a kubeconfig,",
                "mlflow, jenkins, or command for anything else.",
                "`pitwall init --print` shows how.",
            ]
        } else if order.isEmpty {
            table.emptyText = ["No deployment matches `\(filter)`.", "Esc takes the filter away."]
        }
        let panel = Self.panelHeight(area.height)
        guard panel > 0, let selected else {
            table.draw(states, order: order, state: self.table, in: rest, on: &frame)
            return
        }
        let (list, below) = rest.splitBottom(panel)
        table.draw(states, order: order, state: self.table, in: list, on: &frame)
        drawRevisions(selected, world, in: below, on: &frame)
    }

    private func headline(_ world: World) -> String {
        let all = world.snapshot.deployments
        var counts: [String] = []
        for status in [RolloutStatus.failed, .degraded, .progressing, .canary, .paused] {
            let count = all.count { $0.deployment.status == status }
            if count > 0 { counts.append("\(count) \(status.word)") }
        }
        let words =
            ["\(order.count) of \(all.count) deployments"] + counts + (filter.isEmpty ? [] : ["filter: \(filter)"])
        return words.joined(separator: "   ")
    }

    private func drawRevisions(_ state: DeploymentState, _ world: World, in area: Rect, on frame: inout Frame) {
        frame.line(area.row(0))
        frame.text(
            SafeText(" revisions of \(state.id.path) "), in: Rect(area.x + 2, area.y, area.width - 4, 1),
            ink: Ink(.title, strong: true))
        let list = Rect(area.x, area.y + 1, area.width, area.height - 1)
        RevisionList(state, world).draw(selected: nil, marked: [], in: list, on: &frame)
    }

    /// - Parameter world: what the cells tell of; sorting needs none.
    static func deployTable(_ world: World? = nil) -> Table<DeploymentState> {
        let glyphs = world?.settings.glyphs ?? .unicode
        let shown = world?.shown ?? Timestamp(milliseconds: 0)
        return Table(
            [
                TableColumn(
                    "deployment", "DEPLOYMENT", width: .flex(min: 18, weight: 2), priority: 100,
                    sortKey: { .text($0.id.path) }
                ) { TableCell(SafeText($0.id.path), Ink(strong: $0.urgency >= 6)) },
                TableColumn(
                    "release", "RELEASE", width: .range(7, 12), priority: 90, sortKey: { .text($0.deployment.release) }
                ) {
                    TableCell(SafeText($0.deployment.release.isEmpty ? Figures.missing : $0.deployment.release))
                },
                TableColumn("artifacts", "IMAGE / MODEL", width: .flex(min: 14, weight: 2), priority: 70) {
                    TableCell(SafeText($0.deployment.artifactWords), .dim)
                },
                TableColumn(
                    "ready", "READY", width: .fixed(5), align: .right, priority: 85,
                    sortKey: { .number($0.deployment.replicas.ready.map(Double.init)) }
                ) { state in
                    let replicas = state.deployment.replicas
                    let isShort = (replicas.ready ?? 0) < (replicas.wanted ?? 0)
                    return TableCell(
                        SafeText(state.deployment.readyWords), isShort ? .warn : replicas.wanted == nil ? .dim : .text)
                },
                TableColumn("traffic", "TRAFFIC", width: .range(8, 22), priority: 50) { state in
                    let words = state.deployment.trafficWords
                    return TableCell(SafeText(words.isEmpty ? Figures.missing : words), words.isEmpty ? .dim : .text)
                },
                TableColumn(
                    "age", "AGE", width: .fixed(4), align: .right, priority: 80,
                    sortKey: { .number($0.deployment.since?.seconds) }
                ) { TableCell(SafeText(Figures.age($0.deployment.since.map { shown.since($0) }))) },
                TableColumn(
                    "status", "STATUS", width: .flex(min: 20, weight: 2), priority: 95, sortsDescendingFirst: true,
                    sortKey: { .number(Double($0.urgency)) }
                ) { state in
                    let old = state.staleWords(shown).map { [Segment(SafeText($0), .dim), Segment("  ")] } ?? []
                    return TableCell(old + state.statusSegments(glyphs, shown))
                },
                TableColumn("by", "BY", width: .range(8, 16), priority: 30, isWide: true) {
                    TableCell(SafeText($0.deployment.changedBy ?? Figures.missing), .dim)
                },
                TableColumn("managed", "MANAGED BY", width: .range(7, 12), priority: 20, isWide: true) {
                    TableCell(SafeText($0.deployment.managedBy ?? Figures.missing), .dim)
                },
                TableColumn("connection", "IN", width: .range(8, 16), priority: 25, isWide: true) {
                    TableCell(SafeText($0.id.connection.description), .dim)
                },
            ],
            prefix: "deploy", identity: { $0.id.description }, name: { $0.id.path }, isDimmed: { $0.isStale })
    }
}
