public import PitGrid
import PitModel

/// The alert queue, the worst and newest first.
public struct AlertsScreen: ListScreen {
    public static let about = ScreenInfo(
        id: "alerts", title: "Alerts", key: "3", summary: "the queue, worst and newest first.")
    public static let sortColumns = ["severity", "alert", "model", "since", "times", "owner", "acked", "state"]
    public static let commands: [Command<Self>] =
        navigation.map(scrolling) + [
            mark, group, unmark, nextOpen, previousOpen, acknowledge, acknowledgeWithNote, claim, handOver, silence,
            note, noise, open, rollback, model, runbook, exchanges, show, details, copy,
        ]

    /// Which alerts are shown.
    public enum Show: String, Codable, Sendable, CaseIterable {
        case open, all, unacknowledged, acknowledged, silenced

        func shows(_ state: AlertState) -> Bool {
            switch self {
            case .open: state.isOpen || state.alert.state == .pending
            case .all: true
            case .unacknowledged: state.isOpen && state.acknowledgement == nil
            case .acknowledged: state.isOpen && state.acknowledgement != nil
            case .silenced: state.alert.state == .suppressed
            }
        }
    }

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    var show = Show.open
    var showsDetail = true
    /// Whether the selected alert takes the whole screen, and from which line on.
    var isOpened = false
    var offset = 0
    /// The snapshot's, and which of them are shown, in which order.
    @Cached private(set) var alerts: [AlertState] = []
    @Cached private(set) var order: [Int] = []
    public init() {}

    public var rowCount: Int { order.count }
    public func rowID(_ position: Int) -> String { alerts[order[position]].id }
    static var columnIDs: [String] { alertTable().columns.map(\.id) }

    public mutating func focus(on subject: String) { filter = subject }
    public mutating func fit(_ size: Size) { table.viewport = max(1, size.height - (size.height >= 30 ? 14 : 2)) }

    public mutating func reorder(_ world: World) {
        // Among the very same alerts the selected one is known by its index: no hundred thousand names are compared.
        let isSame = alerts.sharesStorage(with: world.snapshot.alerts)
        let chosen = isSame && order.indices.contains(table.selected) ? order[table.selected] : nil
        alerts = world.snapshot.alerts
        if !isSame, !table.marked.isEmpty {
            let marked = table.marked
            table.marked = Set(alerts.lazy.map(\.id).filter { marked.contains($0) })
        }
        let bit: UInt8 = 1 << UInt8(Show.allCases.firstIndex(of: show) ?? 0)
        let shows = world.rows.shows
        order = world.rows.alerts.order(
            words: RowFilter(filter).bytes, by: table.sortColumn, descending: table.isDescending
        ) { shows[$0] & bit != 0 }
        settleSelection(at: chosen.flatMap { order.firstIndex(of: $0) })
    }

    /// What the verbs are for: the marked ones, or the selected one. Marks of alerts that are gone count for nothing.
    var targets: [AlertState] {
        let marked = table.marked
        let found = marked.isEmpty ? [] : alerts.filter { marked.contains($0.id) }
        return found.isEmpty ? selected.map { [$0] } ?? [] : found
    }

    var selected: AlertState? { order.indices.contains(table.selected) ? alerts[order[table.selected]] : nil }

    static func needsRow(_ screen: Self, _ world: World) -> Availability {
        screen.selected == nil ? .refused(because: "no alert is selected") : .available
    }

    private static let show = Command<Self>(
        "show", "v", title: "show", help: "Show open, all, unacknowledged, acknowledged or silenced alerts.",
        hint: 3
    ) { screen, world in
        let all = Show.allCases
        screen.show = all[((all.firstIndex(of: screen.show) ?? 0) + 1) % all.count]
        screen.reorder(world)
        return []
    }

    private static let details = Command<Self>(
        "details", "d", title: "details", help: "Show or hide the details of the selected alert."
    ) { screen, _ in
        screen.showsDetail.toggle()
        return []
    }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the alert's name and labels.", availability: needsRow
    ) { screen, _ in
        guard let alert = screen.selected?.alert else { return [] }
        let labels = alert.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
        return [.copy("\(alert.name){\(labels)}")]
    }

    /// Who holds silences of the alert: its own Alertmanager, the first there is, or pitwall itself.
    func silencer(of alert: AlertState, _ world: World) -> ConnectionName? {
        let all = world.snapshot.connections.filter { $0.capabilities.contains("silences") }
        let found = (all.first { $0.name == alert.connection } ?? all.first)?.name
        return found ?? (alert.connection == .pitwall ? .pitwall : nil)
    }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        let targets = targets
        guard let first = targets.first else { return [.toast(Notice(.warn, "the alert is gone"))] }
        let subjects = targets.map(\.id)
        switch question {
        case "note": return [.acts(.note, subjects: subjects, text: values["text"] ?? "")]
        case "acknowledge": return [.acts(.acknowledge, subjects: subjects, note: values["text"] ?? "")]
        case "hand-over":
            return [.acts(.claim, subjects: subjects, text: values["to"] ?? "", note: values["text"] ?? "")]
        default:
            guard let connection = silencer(of: first, world) else {
                return [.toast(Notice(.warn, "no Alertmanager is connected"))]
            }
            return SilenceQuestion.effects(values, on: connection, world)
        }
    }
}
