public import PitGrid
import PitModel

extension AlertsScreen {
    /// - Parameter world: what the cells tell of; sorting needs none.
    static func alertTable(_ world: World? = nil) -> Table<AlertState> {
        let shown = world?.shown ?? Timestamp(milliseconds: 0)
        let forgotten = world?.settings.forgottenAfter ?? .infinity
        let asked =
            world?.snapshot.operations.filter { [.recorded, .sent, .acknowledged].contains($0.stage) } ?? []
        return Table(
            [
                TableColumn(
                    "severity", "SEVERITY", width: .fixed(9), priority: 90,
                    sortKey: { .number(Double($0.alert.severity.rawValue)) }
                ) { state in
                    let word = state.alert.labels["severity"] ?? "--"
                    return TableCell(
                        SafeText(word),
                        Ink(
                            state.isOpen ? state.alert.severity.role : .dim,
                            strong: state.isOpen && state.acknowledgement == nil))
                },
                TableColumn("source", "", width: .fixed(1), priority: 95) { state in
                    // Pitwall's own are told apart.
                    TableCell(state.connection == .pitwall ? "p" : "", .key)
                },
                TableColumn("alert", "ALERT", width: .flex(min: 16), priority: 100, sortKey: { .text($0.alert.name) }) {
                    state in
                    TableCell(SafeText(state.alert.name), Ink(strong: state.isOpen && state.acknowledgement == nil))
                },
                TableColumn(
                    "model", "MODEL", width: .range(12, 24), priority: 80, sortKey: { .text($0.model?.description) }
                ) { state in
                    TableCell(SafeText(state.model?.description ?? "--"), state.model == nil ? .dim : .text)
                },
                TableColumn(
                    "since", "SINCE", width: .fixed(6), align: .right, priority: 85,
                    sortKey: { .number($0.alert.startsAt.seconds) }
                ) { state in
                    TableCell(SafeText(Figures.age(shown.since(state.alert.startsAt))))
                },
                TableColumn(
                    "times", "TIMES", width: .fixed(5), align: .right, priority: 30, sortsDescendingFirst: true,
                    sortKey: { .number(Double($0.timesFired)) }
                ) { state in
                    TableCell("\(state.timesFired)", state.timesFired > 1 ? .warn : .dim)
                },
                TableColumn("owner", "OWNER", width: .range(6, 12), priority: 50, sortKey: { .text($0.owner) }) {
                    state in
                    TableCell(SafeText(state.owner ?? "--"), state.claim == nil ? .dim : .notice)
                },
                TableColumn(
                    "acked", "ACKED", width: .fixed(6), align: .right, priority: 45, sortKey: { .number(ackedAt($0)) }
                ) { state in
                    guard let act = state.acknowledgement, state.isOpen else { return TableCell("--", .dim) }
                    let age = shown.since(act.at)
                    return TableCell(SafeText(Figures.age(age)), age >= forgotten ? .fail : .dim)
                },
                TableColumn("state", "STATE", width: .fixed(11), priority: 75, sortKey: { .text(stateWord($0)) }) {
                    state in
                    let isAsked = asked.contains { isAbout($0, state) }
                    let word = isAsked ? "asked" : stateWord(state)
                    return TableCell(
                        SafeText(word + (state.notes.isEmpty ? "" : " +\(state.notes.count)")),
                        isAsked ? .notice : stateRole(state))
                },
                TableColumn("summary", "SUMMARY", width: .flex(min: 20, weight: 3), priority: 70) { state in
                    TableCell(SafeText(state.alert.summary), .dim)
                },
            ],
            prefix: "alerts", identity: { $0.id }, name: { $0.alert.name }, showsMarks: world != nil)
    }

    /// Those that are not acknowledged come last.
    private static func ackedAt(_ state: AlertState) -> Double {
        state.isOpen ? state.acknowledgement?.at.seconds ?? .infinity : .infinity
    }

    private static func isAbout(_ entry: JournalEntry, _ state: AlertState) -> Bool {
        guard case .createSilence(let draft) = entry.operation.request else { return false }
        return draft.matchers.allSatisfy { !$0.isRegex && $0.isEqual && state.alert.labels[$0.name] == $0.value }
    }

    static func stateWord(_ state: AlertState) -> String {
        switch state.alert.state {
        case .pending: "pending"
        case .suppressed: state.alert.silencedBy.isEmpty ? "inhibited" : "silenced"
        case .resolved: "resolved"
        case .firing, .unprocessed: state.acknowledgement == nil ? "firing" : "acked"
        }
    }

    private static func stateRole(_ state: AlertState) -> Role {
        switch state.alert.state {
        case .pending: .notice
        case .suppressed, .resolved: .dim
        case .firing, .unprocessed: state.acknowledgement == nil ? .fail : .warn
        }
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        if isOpened, let selected { return drawOpened(selected, world, in: area, on: &frame) }
        let (head, rest) = area.splitTop(1)
        let counts = world.snapshot.alerts
        let forgotten = world.counts.forgotten(after: world.settings.forgottenAfter, world.shown)
        let troubled = world.snapshot.receivers.filter { $0.fault != nil }
        let words = [
            "showing \(show.rawValue)", filter.isEmpty ? nil : "filter: \(filter)", "\(rowCount) of \(counts.count)",
            "\(world.counts.suppressed) suppressed",
            "\(world.counts.pending) pending",
            forgotten == 0
                ? nil : "\(forgotten) acked over \(Figures.duration(world.settings.forgottenAfter)) ago, still firing",
            troubled.isEmpty
                ? nil : "\(troubled.map(\.name).joined(separator: ", ")) cannot be told: \(troubled[0].fault ?? "")",
            table.marked.isEmpty ? nil : "\(table.marked.count) marked",
        ].compactMap { $0 }.joined(separator: "   ")
        let role: Role = forgotten > 0 || !troubled.isEmpty ? .warn : filter.isEmpty ? .dim : .notice
        frame.text(SafeText(" \(words)"), in: head, ink: Ink(role))
        var table = Self.alertTable(world)
        if counts.isEmpty {
            let hasSource = world.snapshot.connections.contains { $0.capabilities.contains("alerts") }
            table.emptyText =
                hasSource
                ? ["No alerts: all quiet.", "They come from Alertmanager and Prometheus as soon as one fires."]
                : [
                    "No source of alerts is connected.",
                    "Add a connection of kind alertmanager: `pitwall init --print` shows how.",
                ]
        } else if rowCount == 0 {
            table.emptyText = ["Nothing to show here.", "v shows other alerts, Esc takes the filter away."]
        }
        guard showsDetail, let selected, rest.height >= 20 else {
            table.draw(alerts, order: order, state: self.table, in: rest, on: &frame)
            return
        }
        let (list, detail) = rest.splitBottom(min(12, rest.height / 2))
        table.draw(alerts, order: order, state: self.table, in: list, on: &frame)
        drawDetail(selected, world, in: detail, on: &frame)
    }
}
