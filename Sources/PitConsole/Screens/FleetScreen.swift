public import PitGrid
import PitModel

/// Every model that is served, the unwell first.
public struct FleetScreen: ListScreen {
    public static let about = ScreenInfo(
        id: "fleet", title: "Fleet", key: "1", summary: "every model's health at a glance.")
    public static let sortColumns = ["model", "health", "requests", "ttft", "itl", "queue", "kv", "errors", "drift"]
    public static let commands: [Command<Self>] = navigation + [open, drift, rollback, deploy, handover, copy, copyRow]

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    @Cached private var models: [ModelState] = []
    /// Which of the models are shown, in which order.
    @Cached private var order: [Int] = []

    public init() {}

    public var rowCount: Int { order.count }
    public func rowID(_ position: Int) -> String { models[order[position]].name.description }
    static var columnIDs: [String] { fleetTable().columns.map(\.id) }

    public mutating func fit(_ size: Size) { table.viewport = max(1, size.height - (size.height >= 14 ? 5 : 1)) }

    public mutating func reorder(_ world: World) {
        let isSame = models.sharesStorage(with: world.snapshot.models)
        let chosen = isSame && order.indices.contains(table.selected) ? order[table.selected] : nil
        models = world.snapshot.models
        // The worst first, and of equals the one that was always there.
        let column = table.sortColumn ?? "health"
        order = world.rows.models.order(
            words: RowFilter(filter).bytes, by: column, descending: table.isDescending && table.sortColumn != nil
        ) { _ in true }
        if table.sortColumn == nil, table.isDescending { order.reverse() }
        settleSelection(at: chosen.flatMap { order.firstIndex(of: $0) })
    }

    var selected: ModelState? { order.indices.contains(table.selected) ? models[order[table.selected]] : nil }

    private static func needsRow(_ screen: Self, _ world: World) -> Availability {
        screen.selected == nil ? .refused(because: "no model is selected") : .available
    }

    private static let open = Command<Self>(
        "open", "enter", "right", title: "open",
        help: "Open the model: charts, replicas, what a slow start is consistent with.", hint: 8,
        availability: needsRow
    ) { screen, _ in screen.selected.map { [.open(screen: "model", subject: $0.name.description)] } ?? [] }

    private static let drift = Command<Self>(
        "drift", "d", title: "drift", help: "Show what of the model's traffic has changed.", hint: 5,
        availability: needsRow
    ) { screen, _ in screen.selected.map { [.open(screen: "drift", subject: $0.name.description)] } ?? [] }

    private static let handover = Command<Self>(
        "handover", "H", title: "hand over", help: "Show what the next shift must know.", hint: 2
    ) { _, _ in [.open(screen: HandoverScreen.about.id)] }

    private static let deploy = Command<Self>(
        "deploy", "D", title: "deployments", help: "Show the deployments that serve the model.", availability: needsRow
    ) { screen, world in openDeployments(of: screen.selected?.name, world) }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the model's name.", availability: needsRow
    ) { screen, _ in screen.selected.map { [.copy($0.name.description)] } ?? [] }

    private static let copyRow = Command<Self>(
        "copy-row", "Y", title: "copy row", help: "Copy the row as text.", availability: needsRow
    ) { screen, _ in
        guard let model = screen.selected else { return [] }
        let figures = [Signal.requestRate, .ttftP95, .itlP95, .waiting, .kvCacheUse, .errorRatio].map {
            "\($0.info.short)=\($0.figure(model.signals[$0]))"
        }
        return [.copy("\(model.name) \(model.health.word) \(figures.joined(separator: " "))")]
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        var table = Self.fleetTable(world)
        table.isWide = area.width >= 150
        if world.snapshot.models.isEmpty {
            table.emptyText = [
                "No models yet.", "Run `pitwall init` to find what answers on this machine,",
                "or write models into the configuration: `pitwall init --print` shows how.",
            ]
        } else if order.isEmpty {
            table.emptyText = ["No model matches `\(filter)`.", "Esc takes the filter away."]
        }
        var room = filter.isEmpty ? area : area.splitTop(1).rest
        if !filter.isEmpty {
            frame.text(
                " filter: \(filter)   \(order.count) of \(world.snapshot.models.count)", in: area.row(0),
                ink: Ink(.notice))
        }
        if let selected, room.height >= 14 {
            let (list, detail) = room.splitBottom(4)
            drawDetail(selected, world, in: detail, on: &frame)
            room = list
        }
        table.draw(models, order: order, state: self.table, in: room, on: &frame)
    }
}
