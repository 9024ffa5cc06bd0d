public import PitModel
import PitStore

extension Engine {
    /// The world now.
    public func current() -> Snapshot { makeSnapshot() }

    /// Hands a snapshot out when something changed: as often as asked for, and less when they are large, so that a
    /// fiftieth of the time at most goes into them.
    func publishDue() {
        guard needsPublishing, !isFollowing else { return }
        let now = ContinuousClock().now
        if let last = lastPublished, now - last < .seconds(max(settings.publishing, publishingTime * 50)) { return }
        needsPublishing = false
        publish(makeSnapshot())
        let after = ContinuousClock().now
        (lastPublished, publishingTime) = (after, (after - now) / .seconds(1))
    }

    var pollerState: PollerState {
        guard isFollowing else { return .this }
        guard let holder = lock?.otherHolder else { return .nobody }
        return .other(pid: holder.pid, host: holder.host)
    }

    func makeSnapshot() -> Snapshot {
        revision += 1
        let alerts = board.states(models: settings.models)
        var firing: [ModelName: Int] = [:]
        for alert in alerts where alert.alert.isLoud && alert.alert.state != .suppressed {
            if let model = alert.model { firing[model, default: 0] += 1 }
        }
        var last: [ModelName: Event] = [:]
        for event in events { if let model = event.model { last[model] = event } }
        snapshot = Snapshot(
            revision: revision, at: clock.now(),
            models: models.map { model in
                var state = model.state
                state.firingAlerts = firing[state.name] ?? 0
                state.lastChange = last[state.name]
                return state
            },
            connections: servers.indices.map { servers[$0].state }, alerts: alerts, silences: board.allSilences,
            events: Array(events.suffix(Self.eventLimit)), operations: journal, log: ring.latest(500),
            poller: pollerState)
        return snapshot
    }
}
