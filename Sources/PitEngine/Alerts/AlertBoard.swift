import PitModel

/// The alerts and silences as last read, joined with what people did; says what changed at each reading.
struct AlertBoard {
    private(set) var alerts: [ConnectionName: [String: Alert]] = [:] { didSet { queue = nil } }
    private(set) var silences: [ConnectionName: [Silence]] = [:]
    private var acts: [String: [Act]] = [:]
    /// Acknowledgements that others see, and see made by others, by the id of the silence.
    private var shared: [String: SharedSilence] = [:]
    /// Silences that pitwall itself holds, by id.
    private var held: [String: Silence] = [:]
    var timesFired: [String: Int] = [:] { didSet { queue = nil } }
    /// How far the word of pitwall's own alerts got, by fingerprint.
    var deliveries: [String: [Delivery]] = [:] { didSet { if deliveries != oldValue { queue = nil } } }
    /// Whose alerts they are.
    var models = AlertModels() { didSet { queue = nil } }
    /// What `states` gave, until something changes.
    private var queue: [AlertState]?

    /// A silence that says that an alert is acknowledged.
    struct SharedSilence: Equatable {
        var acknowledgement: SharedAcknowledgement
        var connection: ConnectionName
        var author: String
        var startsAt: Timestamp
    }

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
        noteShared(tagged, of: connection)
        guard let old else { return ([], []) }
        let wasActive = Set(old.filter { $0.state == .active }.map(\.id))
        let isActive = Set(tagged.filter { $0.state == .active }.map(\.id))
        return (
            tagged.filter { $0.state == .active && !wasActive.contains($0.id) },
            old.filter { $0.state == .active && !isActive.contains($0.id) }
        )
    }

    private mutating func noteShared(_ all: [Silence], of connection: ConnectionName) {
        var new = shared.filter { $0.value.connection != connection }
        for silence in all where silence.state == .active {
            guard let acknowledgement = SharedAcknowledgement(of: silence) else { continue }
            new[silence.id] = SharedSilence(
                acknowledgement: acknowledgement, connection: connection, author: silence.createdBy,
                startsAt: silence.startsAt)
        }
        if new != shared { (shared, queue) = (new, nil) }
    }

    /// What was last said of whether an alert is acknowledged, by its fingerprint.
    func lastWord(of subject: String) -> Act? {
        acts[subject]?.last { $0.kind == .acknowledge || $0.kind == .unacknowledge }
    }

    /// Alerts of which anything was ever said.
    var subjects: Dictionary<String, [Act]>.Keys { acts.keys }
    func acts(of subject: String) -> [Act] { acts[subject] ?? [] }

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
            let subject = queue[index].id
            // From all sources again: what stands in the queue may have been put together.
            let found = alerts.filter { $0.value[subject] != nil }.sorted { $0.key.isBefore($1.key) }
            let states = found.compactMap { name, all in all[subject].map { state(of: $0, from: name) } }
            if let first = states.first { queue[index] = states.dropFirst().reduce(first, Self.joined) }
        }
        self.queue = queue
    }

    /// The queue: worst first, then newest. An acknowledgement counts only for the firing it was made in. What several
    /// sources have stands there once.
    mutating func states() -> [AlertState] {
        if let queue { return queue }
        var result: [AlertState] = []
        var places: [String: Int] = [:]
        let sources = alerts.filter { !$0.value.isEmpty }
        for (connection, byID) in sources.sorted(by: { $0.key.isBefore($1.key) }) {
            for alert in byID.values {
                guard sources.count > 1 else {
                    result.append(state(of: alert, from: connection))
                    continue
                }
                if let place = places[alert.fingerprint] {
                    result[place] = Self.joined(result[place], state(of: alert, from: connection))
                } else {
                    places[alert.fingerprint] = result.count
                    result.append(state(of: alert, from: connection))
                }
            }
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

    /// The same alert from two sources: pitwall's own, or the one that fires, and what the other knows beside.
    private static func joined(_ first: AlertState, _ second: AlertState) -> AlertState {
        guard second.alert.isLoud else { return first }
        let takesFirst = first.alert.isLoud || first.connection == .pitwall
        var (kept, other) = takesFirst ? (first, second) : (second, first)
        if kept.connection == .pitwall, !kept.alert.isLoud { return kept }
        func union(_ path: WritableKeyPath<Alert, [String]>) {
            let more = other.alert[keyPath: path].filter { !kept.alert[keyPath: path].contains($0) }
            kept.alert[keyPath: path] += more
        }
        if other.alert.state == .suppressed, kept.alert.state == .firing { kept.alert.state = .suppressed }
        for path in [\Alert.receivers, \Alert.silencedBy, \Alert.inhibitedBy, \Alert.mutedBy] { union(path) }
        kept.sharedIn = kept.sharedIn ?? other.sharedIn
        kept.acknowledgement = kept.acknowledgement ?? other.acknowledgement
        return kept
    }

    /// Whether a silence is on an alert that is more than an acknowledgement.
    func isSilenced(_ alert: Alert) -> Bool {
        alert.silencedBy.contains { shared[$0]?.acknowledgement.subject != alert.fingerprint }
    }

    func isAcknowledged(_ alert: Alert) -> Bool {
        lastWord(of: alert.fingerprint).map { $0.kind == .acknowledge && $0.at >= alert.startsAt } ?? false
    }

    /// Silences that only say that the alert is acknowledged are no silences.
    private func heedShared(_ state: inout AlertState) {
        let ids = state.alert.silencedBy.filter { shared[$0]?.acknowledgement.subject == state.id }
        guard !ids.isEmpty else { return }
        let all = ids.compactMap { shared[$0] }.sorted { $0.startsAt < $1.startsAt }
        state.alert.silencedBy.removeAll { ids.contains($0) }
        if state.alert.silencedBy.isEmpty, state.alert.inhibitedBy.isEmpty, state.alert.mutedBy.isEmpty,
            state.alert.state == .suppressed
        {
            state.alert.state = .firing
        }
        state.sharedIn = all.first?.connection
        guard state.acknowledgement == nil, let first = all.first else { return }
        // Taken back here, though the silence is still being ended.
        if let last = lastWord(of: state.id), last.kind == .unacknowledge, last.at >= first.startsAt { return }
        state.acknowledgement = Act(
            at: first.startsAt, author: first.author, kind: .acknowledge, subject: state.id)
    }

    private func state(of alert: Alert, from connection: ConnectionName) -> AlertState {
        var state = AlertState(
            alert: alert, connection: connection, model: models.model(of: alert, from: connection),
            timesFired: max(1, timesFired[alert.fingerprint] ?? 1))
        if connection == .pitwall { state.deliveries = deliveries[alert.fingerprint] ?? [] }
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
        if !shared.isEmpty, !alert.silencedBy.isEmpty { heedShared(&state) }
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

extension ConnectionName {
    /// Pitwall itself comes first.
    fileprivate func isBefore(_ other: Self) -> Bool {
        (self == .pitwall) != (other == .pitwall) ? self == .pitwall : self < other
    }
}
