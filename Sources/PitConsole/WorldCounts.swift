import PitModel

/// What the top and the bottom line tell of a snapshot, counted once when it comes: a frame has no time to walk over a
/// hundred thousand alerts.
struct WorldCounts: Equatable, Sendable {
    private(set) var sick = 0
    private(set) var firing = 0
    private(set) var acknowledged = 0
    private(set) var suppressed = 0
    private(set) var pending = 0
    private(set) var failing = 0
    /// When anything was last seen.
    private(set) var freshest: Timestamp?

    init(_ snapshot: Snapshot) {
        for model in snapshot.models {
            if ![.ok, .unknown, .stale].contains(model.health) { sick += 1 }
            see(model.seenAt)
        }
        for alert in snapshot.alerts {
            if alert.alert.state == .suppressed { suppressed += 1 }
            if alert.alert.state == .pending { pending += 1 }
            guard alert.isOpen else { continue }
            firing += 1
            if alert.acknowledgement != nil { acknowledged += 1 }
        }
        for connection in snapshot.connections {
            if connection.status == .failing { failing += 1 }
            see(connection.lastSuccess)
        }
    }

    private mutating func see(_ at: Timestamp?) {
        guard let at else { return }
        freshest = max(at, freshest ?? at)
    }
}
