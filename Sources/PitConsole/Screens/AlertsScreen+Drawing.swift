public import PitGrid
import PitModel

extension AlertsScreen {
    /// - Parameter world: what the cells tell of; sorting needs none.
    static func alertTable(_ world: World? = nil) -> Table<AlertState> {
        let shown = world?.shown ?? Timestamp(milliseconds: 0)
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
        let (head, rest) = area.splitTop(1)
        let counts = world.snapshot.alerts
        let words = [
            "showing \(show.rawValue)", filter.isEmpty ? nil : "filter: \(filter)", "\(rowCount) of \(counts.count)",
            "\(world.counts.suppressed) suppressed",
            "\(world.counts.pending) pending", table.marked.isEmpty ? nil : "\(table.marked.count) marked",
        ].compactMap { $0 }.joined(separator: "   ")
        frame.text(SafeText(" \(words)"), in: head, ink: Ink(filter.isEmpty ? .dim : .notice))
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

    private func drawDetail(_ state: AlertState, _ world: World, in area: Rect, on frame: inout Frame) {
        frame.line(area.row(0))
        frame.text(
            SafeText(" \(state.alert.name) "), in: Rect(area.x + 2, area.y, area.width - 4, 1),
            ink: Ink(.title, strong: true))
        var lines: [(String, Role)] = []
        lines.append((state.alert.summary, .text))
        if let more = state.alert.annotations["description"], more != state.alert.summary { lines.append((more, .dim)) }
        let labels = state.alert.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(
            separator: "  ")
        lines.append((labels, .dim))
        lines.append(
            (
                "since \(world.clock(state.alert.startsAt))   from "
                    + (state.connection == .pitwall ? "pitwall's own rules" : "\(state.connection)")
                    + (state.alert.receivers.isEmpty ? "" : "   to \(state.alert.receivers.joined(separator: ", "))"),
                .dim
            ))
        if let runbook = state.alert.runbook { lines.append(("runbook \(runbook)", .notice)) }
        for id in state.alert.silencedBy {
            let silence = world.snapshot.silences.first { $0.id == id }
            lines.append(
                (
                    "silenced by \(silence?.createdBy ?? "?") until \(silence.map { world.clock($0.endsAt) } ?? "?"): \(silence?.comment ?? id)",
                    .notice
                ))
        }
        if !state.alert.inhibitedBy.isEmpty {
            let names = state.alert.inhibitedBy.map { id in
                world.snapshot.alerts.first { $0.id == id }?.alert.name ?? id
            }
            lines.append(("inhibited while \(names.joined(separator: ", ")) fires", .notice))
        }
        if let act = state.acknowledgement {
            let age = Figures.age(world.shown.since(act.at))
            lines.append(("acknowledged by \(act.author) at \(world.clock(act.at)), \(age) ago", .warn))
        }
        if let act = state.claim {
            let by = act.text.isEmpty ? "" : ", handed over by \(act.author)"
            lines.append(("\(state.owner ?? "?") works on it since \(world.clock(act.at))\(by)", .notice))
        }
        let fired = "fired \(state.timesFired) time\(state.timesFired == 1 ? "" : "s") within 7 days"
        let noise =
            state.timesNoise == 0 ? "" : ", called noise \(state.timesNoise) time\(state.timesNoise == 1 ? "" : "s")"
        lines.append((fired + noise + (state.noise == nil ? "" : ": this one, too"), .dim))
        for note in state.notes.suffix(4) {
            lines.append(("\(world.clock(note.at)) \(note.author): \(note.text)", .text))
        }
        if let model = world.model(state.model), let trend = model.trends[.ttftP95] {
            let row = area.row(0)
            let place = Rect(row.maxX - 34, row.y, 32, 1)
            frame.text(
                SafeText(" TTFT p95 \(Signal.ttftP95.figure(model.signals[.ttftP95])) "),
                in: Rect(place.x - 18, row.y, 18, 1), align: .right, ink: Ink(.dim))
            Sparkline(trend, ink: Ink(.series1)).draw(in: place, on: &frame)
        }
        var y = 1
        for (text, role) in lines where !text.isEmpty {
            for line in SafeText(text).wrapped(to: area.width - 3).prefix(2) where y < area.height {
                frame.text(line, in: area.row(y).inset(x: 1, y: 0), ink: Ink(role))
                y += 1
            }
        }
    }
}
