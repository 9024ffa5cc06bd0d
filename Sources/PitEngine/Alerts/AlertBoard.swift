import PitModel

/// The alerts and silences as last read, joined with what people did; says what changed at each reading.
struct AlertBoard {
    private(set) var alerts: [ConnectionName: [String: Alert]] = [:] { didSet { queue = nil } }
    private(set) var silences: [ConnectionName: [Silence]] = [:]
    private var acts: [String: [Act]] = [:]
    /// Silences that pitwall itself holds, by id.
    private var held: [String: Silence] = [:]
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
        for (id, alert) in old where alert.isLoud && byID[id]?.isLoud != true { change.resolved.append(alert) }
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
        let sorted = all.sorted { $0.at < $1.at }
        acts = Dictionary(grouping: sorted.filter { !$0.isOfSilence }, by: \.subject)
        held = [:]
        for act in sorted { hold(act) }
        queue = nil
    }

    /// Silences that pitwall itself holds, as they are at a moment.
    mutating func settleSilences(_ now: Timestamp) {
        guard !held.isEmpty else { return }
        let all = held.values.filter { now.since($0.endsAt) < Self.silenceMemory }.map { silence in
            var silence = silence
            silence.state = now < silence.startsAt ? .pending : now < silence.endsAt ? .active : .expired
            return silence
        }
        silences[.pitwall] = all.sorted { $0.id < $1.id }
    }

    /// Seconds that an expired silence is shown, as Alertmanager does.
    private static let silenceMemory = 5.0 * 86400

    private mutating func hold(_ act: Act) {
        switch act.kind {
        case .silence:
            guard var silence = FactCodec.decode(Silence.self, Array(act.text.utf8)) else { return }
            silence.connection = .pitwall
            held[act.subject] = silence
        case .unsilence:
            guard let endsAt = held[act.subject]?.endsAt else { return }
            held[act.subject]?.endsAt = min(endsAt, act.at)
        default: break
        }
    }

    mutating func forget(_ connections: Set<ConnectionName>) {
        for name in connections {
            alerts[name] = nil
            silences[name] = nil
        }
    }

    /// What a person does changes those alerts' state alone: the order of the queue is none of it.
    mutating func add(_ new: [Act]) {
        for act in new {
            if act.isOfSilence { hold(act) } else { acts[act.subject, default: []].append(act) }
        }
        guard var queue else { return }
        self.queue = nil
        let subjects = Set(new.map(\.subject))
        for index in queue.indices where subjects.contains(queue[index].id) {
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
            alert: alert, connection: connection, model: models.model(of: alert, from: connection),
            timesFired: max(1, timesFired[alert.fingerprint] ?? 1))
        for act in acts[alert.fingerprint] ?? [] {
            switch act.kind {
            case .acknowledge: state.acknowledgement = act.at >= alert.startsAt ? act : nil
            case .unacknowledge: state.acknowledgement = nil
            case .claim: state.claim = act.at >= alert.startsAt ? act : nil
            case .unclaim: state.claim = nil
            case .note: state.notes.append(act)
            case .noise:
                state.timesNoise += 1
                state.noise = act.at >= alert.startsAt ? act : nil
            case .notNoise:
                state.timesNoise = max(0, state.timesNoise - 1)
                state.noise = nil
            case .silence, .unsilence: break
            }
        }
        return state
    }

    var allSilences: [Silence] {
        silences.values.flatMap { $0 }.sorted { ($0.endsAt, $0.id) < ($1.endsAt, $1.id) }
    }
}

extension Act {
    /// Whether it is about a silence and not about an alert.
    fileprivate var isOfSilence: Bool { kind == .silence || kind == .unsilence }
}

extension Alert {
    /// Whether it asks for attention: firing, also when suppressed for now.
    var isLoud: Bool { state == .firing || state == .suppressed || state == .unprocessed }
}
