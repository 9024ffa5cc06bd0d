public import PitGrid
import PitModel

/// Every server pitwall talks to: what it is, how it answers, and if not, why and what to do.
public struct ConnectionsScreen: RowScreen {
    public static let about = ScreenInfo(
        id: "connections", title: "Connections", key: "W", summary: "every server pitwall talks to, and how it answers."
    )
    public static let sortColumns = ["name", "kind", "status", "latency", "items", "age"]
    static let rowNoun = "connection"
    public static let commands: [Command<Self>] = navigation + [retry, copy]

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    @Cached var rows: [ConnectionState] = []

    public init() {}

    public func rowID(_ position: Int) -> String { rows[position].name.description }
    static var columnIDs: [String] { connectionTable(World()).columns.map(\.id) }
    public mutating func fit(_ size: Size) { table.viewport = max(1, size.height - 10) }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        let chosen = world.snapshot.connections.filter {
            filter.isEmpty || filter.matches($0.name.description, $0.kind, $0.url, $0.fault?.summary ?? "")
        }
        if table.sortColumn == nil {
            rows = chosen.enumerated().sorted {
                ($0.element.status == .failing ? 0 : 1, $0.offset) < ($1.element.status == .failing ? 0 : 1, $1.offset)
            }.map(\.element)
        } else {
            rows = Self.connectionTable(world).order(chosen, table).map { chosen[$0] }
        }
        settleSelection()
    }

    private static let retry = Command<Self>(
        "retry", "enter", "R", title: "poll now", help: "Poll the selected connection now.", hint: 8,
        availability: needsRow
    ) { screen, _ in screen.selected.map { [.poll($0.name), .toast(Notice(.ok, "polling \($0.name)"))] } ?? [] }

    private static let copy = Command<Self>("copy", "y", title: "copy", help: "Copy the connection's url.") {
        screen, _ in
        screen.selected.map { [.copy($0.url)] } ?? []
    }

    static func connectionTable(_ world: World) -> Table<ConnectionState> {
        let now = world.shown
        let glyphs = world.settings.glyphs
        return Table(
            [
                TableColumn(
                    "name", "NAME", width: .range(14, 28), priority: 100, sortKey: { .text($0.name.description) }
                ) { TableCell(SafeText($0.name.description)) },
                TableColumn("kind", "KIND", width: .range(8, 14), priority: 70, sortKey: { .text($0.kind) }) {
                    TableCell(SafeText($0.kind), .dim)
                },
                TableColumn("status", "STATUS", width: .fixed(10), priority: 95, sortKey: { .text($0.status.rawValue) })
                { state in
                    let role: Role = state.status == .ok ? .ok : state.status == .failing ? .fail : .unknown
                    let mark: SafeText =
                        state.status == .ok
                        ? (glyphs == .unicode ? "●" : "+")
                        : state.status == .failing ? (glyphs == .unicode ? "✗" : "X") : "?"
                    return TableCell([
                        Segment(mark, role, strong: true), Segment(" "), Segment(SafeText(state.status.rawValue), role),
                    ])
                },
                TableColumn("identity", "WHAT", width: .range(12, 24), priority: 60) { state in
                    let words = [state.identity?.product, state.identity?.version].compactMap { $0 }.joined(
                        separator: " ")
                    return TableCell(SafeText(words.isEmpty ? "--" : words), words.isEmpty ? .dim : .text)
                },
                TableColumn(
                    "latency", "TOOK", width: .fixed(7), align: .right, priority: 50, sortsDescendingFirst: true,
                    sortKey: { .number($0.latency) }
                ) {
                    TableCell(SafeText(Figures.duration($0.latency)))
                },
                TableColumn(
                    "items", "ITEMS", width: .fixed(6), align: .right, priority: 40, sortsDescendingFirst: true,
                    sortKey: { .number($0.items.map(Double.init)) }
                ) {
                    TableCell(SafeText(Figures.short($0.items.map(Double.init))))
                },
                TableColumn("bad", "BAD", width: .fixed(4), align: .right, priority: 30) { state in
                    TableCell("\(state.badLineCount)", state.badLineCount > 0 ? .warn : .dim)
                },
                TableColumn(
                    "age", "AGE", width: .fixed(5), align: .right, priority: 80,
                    sortKey: { .number($0.lastSuccess.map { now.since($0) }) }
                ) { state in
                    TableCell(
                        SafeText(Figures.age(state.lastSuccess.map { now.since($0) })),
                        (state.lastSuccess.map { now.since($0) } ?? 0) > state.interval * 3 ? .warn : .text)
                },
                TableColumn("fault", "URL / WHY NOT", width: .flex(min: 20, weight: 2), priority: 90) { state in
                    TableCell(SafeText(state.fault?.summary ?? state.url), state.fault == nil ? .dim : .fail)
                },
            ],
            prefix: "connections", identity: { $0.name.description },
            emptyText: ["No connections yet.", "Run `pitwall init`, or see `pitwall init --print`."])
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        guard let selected, area.height >= 16 else {
            Self.connectionTable(world).draw(rows, state: table, in: area, on: &frame)
            return
        }
        let (list, detail) = area.splitBottom(9)
        Self.connectionTable(world).draw(rows, state: table, in: list, on: &frame)
        drawDetail(selected, world, in: detail, on: &frame)
    }

    private func drawDetail(_ state: ConnectionState, _ world: World, in area: Rect, on frame: inout Frame) {
        frame.line(area.row(0))
        frame.text(
            SafeText(" \(state.name.description)  \(state.url) "), in: Rect(area.x + 2, area.y, area.width - 4, 1),
            ink: Ink(.title, strong: true))
        var lines: [(String, Role)] = []
        if let fault = state.fault {
            lines.append((fault.summary, .fail))
            lines.append((fault.hint, .text))
            let next =
                state.nextAttempt.map { "next attempt in \(Figures.duration(max(0, $0.since(world.now))))" } ?? ""
            lines.append(("\(state.failuresInRow) failures in a row   \(next)   R tries now", .dim))
        }
        if let detail = state.identity?.detail { lines.append((detail, .text)) }
        lines.append(
            ("every \(Figures.duration(state.interval))   can: \(state.capabilities.joined(separator: ", "))", .dim))
        if state.missedTurns > 0 {
            let late = state.lateBy >= 0.5 ? "; the last began \(Figures.duration(state.lateBy)) late" : ""
            lines.append(
                ("\(state.missedTurns) turns missed: it answers slowly, or this machine is busy\(late)", .warn))
        }
        for warning in state.warnings.prefix(3) { lines.append(("warning: \(warning)", .warn)) }
        for line in state.badLines.prefix(5) {
            lines.append(("line \(line.number): \(line.reason): \(line.excerpt)", .warn))
        }
        for (index, line) in lines.enumerated() where index + 1 < area.height {
            frame.text(SafeText(line.0), in: area.row(index + 1).inset(x: 1, y: 0), ink: Ink(line.1))
        }
    }
}
