import PitModel

/// The alerts and silences as last read, joined with what people did; says what changed at each reading.
struct AlertBoard {
    private(set) var alerts: [ConnectionName: [String: Alert]] = [:] { didSet { queue = nil } }
    private(set) var silences: [ConnectionName: [Silence]] = [:]
    private var acts: [String: [Act]] = [:]
    var timesFired: [String: Int] = [:] { didSet { queue = nil } }
    /// Whose alerts they are.
    var models = AlertModels() { didSet { queue = nil } }
    /// What `states` gave, until something changes.
    private var queue: [AlertState]?

    /// What changed between two readings of one connection.
    struct Change {
        var fired: [Alert] = []
        var resolved: [Alert] = []
    }

    mutating func replace(alerts new: [Alert], from connection: ConnectionName) -> Change {
        let old = alerts[connection]
        var byID: [String: Alert] = [:]
        for alert in new { byID[alert.fingerprint] = alert }
        alerts[connection] = byID
        guard let old else { return Change(fired: new.filter { $0.isLoud }, resolved: []) }
        var change = Change()
        for (id, alert) in byID where alert.isLoud && old[id]?.isLoud != true { change.fired.append(alert) }
        for (id, alert) in old where alert.isLoud && byID[id] == nil { change.resolved.append(alert) }
        return change
    }

    /// Silences that are new and active, and those that were active and are not.
    mutating func replace(silences new: [Silence], from connection: ConnectionName) -> (
        begun: [Silence], ended: [Silence]
    ) {
        let old = silences[connection]
        let tagged = new.map { silence in
            var silence = silence
            silence.connection = connection
            return silence
        }
        silences[connection] = tagged
        guard let old else { return ([], []) }
        let wasActive = Set(old.filter { $0.state == .active }.map(\.id))
        let isActive = Set(tagged.filter { $0.state == .active }.map(\.id))
        return (
            tagged.filter { $0.state == .active && !wasActive.contains($0.id) },
            old.filter { $0.state == .active && !isActive.contains($0.id) }
        )
    }

    mutating func load(acts all: [Act]) {
        acts = Dictionary(grouping: all.sorted { $0.at < $1.at }, by: \.subject)
        queue = nil
    }

    mutating func forget(_ connections: Set<ConnectionName>) {
        for name in connections {
            alerts[name] = nil
            silences[name] = nil
        }
    }

    /// What a person does changes that alert's state alone: the order of the queue is none of it.
    mutating func add(_ act: Act) {
        acts[act.subject, default: []].append(act)
        guard var queue else { return }
        self.queue = nil
        for index in queue.indices where queue[index].id == act.subject {
            queue[index] = state(of: queue[index].alert, from: queue[index].connection)
        }
        self.queue = queue
    }

    /// The queue: worst first, then newest. An acknowledgement counts only for the firing it was made in.
    mutating func states() -> [AlertState] {
        if let queue { return queue }
        var result: [AlertState] = []
        for (connection, byID) in alerts {
            for alert in byID.values { result.append(state(of: alert, from: connection)) }
        }
        let keys = result.map { (severity: $0.alert.severity, at: $0.alert.startsAt, id: $0.alert.fingerprint) }
        let order = result.indices.sorted {
            let (a, b) = (keys[$0], keys[$1])
            return a.severity != b.severity ? a.severity < b.severity : a.at != b.at ? a.at > b.at : a.id < b.id
        }
        let sorted = order.map { result[$0] }
        queue = sorted
        return sorted
    }

    private func state(of alert: Alert, from connection: ConnectionName) -> AlertState {
        var state = AlertState(
            alert: alert, connection: connection, model: models.model(of: alert),
            timesFired: max(1, timesFired[alert.fingerprint] ?? 1))
        for act in acts[alert.fingerprint] ?? [] {
            switch act.kind {
            case .acknowledge: state.acknowledgement = act.at >= alert.startsAt ? act : nil
            case .unacknowledge: state.acknowledgement = nil
            case .claim: state.claim = act.at >= alert.startsAt ? act : nil
            case .unclaim: state.claim = nil
            case .note: state.notes.append(act)
            }
        }
        return state
    }

    var allSilences: [Silence] {
        silences.values.flatMap { $0 }.sorted { ($0.endsAt, $0.id) < ($1.endsAt, $1.id) }
    }
}

extension Alert {
    /// Whether it asks for attention: firing, also when suppressed for now.
    var isLoud: Bool { state == .firing || state == .suppressed || state == .unprocessed }
}
