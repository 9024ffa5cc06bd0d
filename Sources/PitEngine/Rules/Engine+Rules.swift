import PitModel
import PitStatistics

extension Engine {
    /// Computes pitwall's own rules over what was last read, and puts their alerts into the queue.
    func evaluateRules(_ now: Timestamp) {
        guard !rules.isEmpty || !desk.quarantine.isEmpty || !desk.breaches.isEmpty else {
            if board.alerts[.pitwall]?.isEmpty == false { take([], from: .pitwall, now) }
            queueNotices([], now)
            return
        }
        lastRules = now
        board.settleSilences(now)
        ownSeries.update(rules) { put in putOwn(now, put) }
        // An acknowledgement that others see as a silence is none here: the alert is acknowledged.
        let silences = board.allSilences.filter { SharedAcknowledgement(of: $0) == nil }
        let alerts = (rules.evaluate(now, silences: silences) + quarantineAlerts(now) + aliasAlerts(now)).map {
            judged($0)
        }
        .sorted { $0.fingerprint < $1.fingerprint }
        take(alerts, from: .pitwall, now)
        queueNotices(alerts, now)
        needsPublishing = true
    }

    /// Goes on with the alerts that an earlier run, or the configuration before, had left.
    func restoreRules(_ alerts: [Alert]) {
        rules.restore(alerts, now: clock.now())
        restoreBreaches(alerts)
        let known = Set(rules.rules.map(\.rule.name) + [Self.quarantineAlert, Self.aliasAlert])
        _ = board.replace(alerts: alerts.filter { known.contains($0.name) }, from: .pitwall)
    }

    /// An alert about a detector says how right that is by people's word.
    private func judged(_ alert: Alert) -> Alert {
        guard let detector = alert.labels["detector"] else { return alert }
        let model = alert.labels["model"].flatMap { $0.isEmpty ? nil : ModelName($0) }
        let tally = findingTallies.first { $0.detector == detector && $0.model == model }
        guard let tally, let precision = tally.precisionWords else { return alert }
        var alert = alert
        alert.annotations["findings"] = tally.words
        alert.annotations["summary"] = alert.summary + ", \(precision)"
        return alert
    }

    private func putOwn(_ now: Timestamp, _ put: OwnSeries.Putting) {
        for server in servers where server.state.status != .never {
            let name = (label: "connection", value: server.server.connection.name.description)
            put("pitwall_connection_up", name, nil, server.state.status == .ok ? 1 : 0)
            if server.server.readsWholePages {
                put("pitwall_connection_bad_lines", name, nil, Double(server.state.badLineCount))
            }
        }
        let wantsHealth = rules.names("pitwall_model_health")
        let signals = Signal.allCases.map { ($0, "pitwall_model_\($0.info.jsonKey)") }.filter { rules.names($0.1) }
        for model in models {
            let state = model.state
            let name = (label: "model", value: state.name.description)
            if wantsHealth {
                for health in Health.allCases {
                    put(
                        "pitwall_model_health", name, ("pitwall_model_health", health.word),
                        health == state.health ? 1 : 0)
                }
            }
            if state.seenAt != nil { put("pitwall_model_stale", name, nil, state.isStale ? 1 : 0) }
            if state.replicasKnown > 0 {
                put("pitwall_model_replicas_up", name, nil, Double(state.replicasUp))
                put("pitwall_model_replicas_known", name, nil, Double(state.replicasKnown))
            }
            guard !state.isStale else { continue }
            for (signal, metric) in signals {
                if let measure = state.signals[signal] { put(metric, name, nil, measure.value) }
            }
            putDrift(state, name, put)
        }
        putQuality(put)
        putBurn(now, put)
        for tally in findingTallies {
            let name = (label: "model", value: tally.model?.description ?? "")
            let detector = (label: "detector", value: tally.detector)
            put("pitwall_findings_last_hour", name, detector, Double(tally.lastHour))
            put("pitwall_exchanges_with_findings_last_hour", name, detector, Double(tally.exchangesLastHour))
            put("pitwall_responses_with_findings_last_hour", name, detector, Double(tally.responsesLastHour))
        }
    }

    /// What people judged of what is served now.
    private func putQuality(_ put: OwnSeries.Putting) {
        for state in snapshot.models {
            let quality = snapshot.quality(of: state)
            let name = (label: "model", value: state.name.description)
            for (metric, value) in quality.metrics { put(metric, name, nil, value) }
        }
    }

    private func putDrift(_ state: ModelState, _ name: OwnSeries.Pair, _ put: OwnSeries.Putting) {
        guard rules.names("pitwall_drift_detected") || rules.names("pitwall_drift_score") else { return }
        for drift in state.drift?.features ?? [] where drift.verdict != .notEnoughData {
            let feature = (label: "feature", value: drift.feature.key)
            put("pitwall_drift_detected", name, feature, drift.verdict == .drifted ? 1 : 0)
            if let score = drift.score { put("pitwall_drift_score", name, feature, score) }
        }
    }

    /// Burn rates take some reading: they are computed when a rule asks for them, once a minute.
    private func putBurn(_ now: Timestamp, _ put: OwnSeries.Putting) {
        let wanted = ["", "_fast", "_slow", "_steady"].contains {
            rules.names("pitwall_model_error_budget\($0)_burn_rate")
        }
        guard wanted, models.contains(where: { $0.config.slo.availability != nil }) else { return }
        let age = now.since(burnedAt)
        if age < 0 || age >= 60 { (burn, burnedAt) = (burnRates(), now) }
        for (model, rates) in burn {
            let name = (label: "model", value: model.description)
            let byWindow = Dictionary(rates.map { ($0.window, $0.rate) }, uniquingKeysWith: { $1 })
            for (window, rate) in byWindow {
                put("pitwall_model_error_budget_burn_rate", name, ("window", "\(Int(window))s"), rate)
            }
            for (words, pair) in ErrorBudget.windowPairs {
                if let rate = ErrorBudget.lesser(byWindow[pair.long], byWindow[pair.short]) {
                    put("pitwall_model_error_budget_\(words)_burn_rate", name, nil, rate)
                }
            }
        }
    }
}
