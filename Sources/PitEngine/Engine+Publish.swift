public import PitModel
import PitStatistics
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

    /// How fast each model with a promised availability spends its error budget, over the windows that burn-rate alerts
    /// look at (Google's SRE Workbook, chapter 5). What was not watched for half a window is not told.
    public func burnRates() -> [ModelName: [(window: Double, rate: Double)]] {
        var result: [ModelName: [(window: Double, rate: Double)]] = [:]
        for model in models {
            guard let objective = model.config.slo.availability else { continue }
            for window in [300, 1800, 3600, 21600, 259200] as [Double] {
                let query = HistoryQuery(
                    model: model.config.name, signals: [.errorRatio, .requestRate], span: window, points: 60)
                guard let history = try? store.history(query, now: clock.now()) else { continue }
                let pairs = zip(history.values[.errorRatio] ?? [], history.values[.requestRate] ?? [])
                let known = pairs.compactMap { ratio, rate in ratio.flatMap { r in rate.map { (r, $0) } } }
                guard known.count >= 30 else { continue }
                let total = known.reduce(0) { $0 + $1.1 }
                let bad = known.reduce(0) { $0 + $1.0 * $1.1 }
                if let rate = ErrorBudget.burnRate(bad: bad, total: total, objective: objective) {
                    result[model.config.name, default: []].append((window, rate))
                }
            }
        }
        return result
    }

    var pollerState: PollerState {
        guard isFollowing else { return .this }
        guard let holder = lock?.otherHolder else { return .nobody }
        return .other(pid: holder.pid, host: holder.host)
    }

    func makeSnapshot() -> Snapshot {
        revision += 1
        let alerts = board.states()
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
        (snapshot.interactions, snapshot.findings) = (interactionTallies, findingTallies)
        (snapshot.queues, snapshot.labelQuality, snapshot.labelWins) = (labels.queues, labels.quality, labels.wins)
        snapshot.rules = rules.states(alerts)
        addDeployments(to: &snapshot)
        snapshot.receivers = settings.receivers.map { outbox.state(of: $0) }
        snapshot.notKept = storeFault?.summary
        return snapshot
    }
}
