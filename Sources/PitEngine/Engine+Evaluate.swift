import PitModel
import PitStatistics
import PitStore

extension Engine {
    /// Computes the models that have news, at most once a second.
    func evaluateDue(_ now: Timestamp) {
        guard now.since(lastEvaluation) >= evaluationGap || now < lastEvaluation else { return }
        lastEvaluation = now
        if hasReadings { (hasReadings, needsPublishing) = (false, true) }
        syncActs()
        evaluate(now, all: false)
        countInteractions(now)
        countLabels(now)
        readGolden(now)
        let age = now.since(lastRules)
        if age < 0 || age >= rules.settings.interval { evaluateRules(now) }
        evaluateDeployments(now)
    }

    /// A second; more where very many models have news all the time, so that one evaluation takes in several readings.
    private var evaluationGap: Double { min(5, max(1, Double(models.count) / 200)) }

    func evaluate(_ now: Timestamp, all: Bool) {
        var changed: [(Int, ModelState)] = []
        for index in models.indices where all || models[index].isDirty || isOverdue(models[index], now) {
            models[index].isDirty = false
            let before = models[index].state
            update(index, now)
            if models[index].state != before { changed.append((index, before)) }
        }
        guard !changed.isEmpty else { return }
        needsPublishing = true
        note(changed.compactMap { healthEvent(models[$0.0].state, was: $0.1, now) })
        recordModels(now)
    }

    /// Whether a model's values have become too old without anything new coming.
    private func isOverdue(_ model: ModelRuntime, _ now: Timestamp) -> Bool {
        !model.state.isStale && (model.state.seenAt.map { now.since($0) > staleAfter(model) } ?? false)
    }

    private func staleAfter(_ model: ModelRuntime) -> Double { max(30, model.trend.step * 3.5) }

    private func update(_ index: Int, _ now: Timestamp) {
        let config = models[index].config
        let sources = Set(config.metrics.map(\.connection) + config.endpoints).compactMap { serverIndex[$0] }
        let outcome = evaluate(feedsOf: index, now)
        var state = models[index].state
        // A model without metrics is known by what its endpoints answer.
        let feeders =
            config.metrics.isEmpty
            ? sources
            : sources.filter { index in
                config.metrics.contains { $0.connection == servers[index].server.connection.name }
            }
        let seen = feeders.compactMap { servers[$0].state.lastSuccess }.max()
        if let seen, seen > state.seenAt ?? Timestamp(milliseconds: 0) {
            state.seenAt = seen
            state.signals = SignalEvaluation.merge(outcome).signals
            addProbe(&state, sources)
            models[index].trend.note(state.signals, at: seen)
            state.trends = models[index].trend.trends
            keep { try store.record(state.signals, of: config.name, at: seen) }
            noteDrift(index, now)
            noteOutcomes(index)
            state.drift = models[index].state.drift
        }
        state.isStale = state.seenAt.map { now.since($0) > staleAfter(models[index]) } ?? false
        countReplicas(&state, index, sources, outcome, now)
        let faults = sources.compactMap { servers[$0].state.fault ?? unwell($0) }
        (state.health, state.why) = HealthRule.judge(state, isConfigured: !sources.isEmpty, faults: faults)
        state.blame = blame(state, index, now)
        models[index].state = state
        noteLook(index, now)
        if state.health == .ok { models[index].noteCalm() }
    }

    /// What the model's replicas do, those of each server as of its last reading. What was counted by a server that has
    /// not answered for as long as rates look back says nothing of now.
    private func evaluate(feedsOf index: Int, _ now: Timestamp) -> [SignalEvaluation.Replica] {
        var all: [SignalEvaluation.Replica] = []
        for (server, plan) in models[index].bound where server < servers.count {
            let target = servers[server].target
            let range = TargetSeries.range(servers[server].server.connection.interval)
            var feed = models[index].feeds.removeValue(forKey: server)
            let isUp = servers[server].isUp
            let isSame =
                feed.map {
                    $0.target == ObjectIdentifier(target) && $0.count == plan.count
                        && $0.generation == target.generation && $0.isUp == isUp
                } ?? false
            if !isSame {
                let replicas = SignalEvaluation(now: now, range: range).evaluate(plan, target, isUp: isUp)
                feed = FeedReading(
                    count: plan.count, target: ObjectIdentifier(target), generation: target.generation, isUp: isUp,
                    at: now, replicas: replicas)
            }
            models[index].feeds[server] = feed
            guard isUp || now.since(target.readAt ?? now) < range else { continue }
            all += feed?.replicas ?? []
        }
        return all
    }

    private func addProbe(_ state: inout ModelState, _ sources: [Int]) {
        if let worst = sources.compactMap({ servers[$0].probe?.timeToFirstToken }).max() {
            state.signals[.probeTTFT] = Measure(worst)
        }
    }

    /// A scraped connection is a replica, up while it answers; behind a Prometheus each target is one, up while it
    /// still has series.
    private func countReplicas(
        _ state: inout ModelState, _ index: Int, _ sources: [Int], _ outcome: [SignalEvaluation.Replica],
        _ now: Timestamp
    ) {
        var replicas: [ReplicaState] = []
        for server in sources where servers[server].state.status != .never && isServing(server) {
            let name = servers[server].server.connection.name
            let isBinding = models[index].config.metrics.contains { $0.connection == name }
            if servers[server].server.readsWholePages {
                guard isBinding || models[index].config.metrics.isEmpty else { continue }
                let own = models[index].feeds[server]?.replicas ?? []
                if own.count > 1, servers[server].isUp {
                    for one in own {
                        replicas.append(ReplicaState(id: one.id, connection: name, isUp: true, signals: one.signals))
                    }
                } else {
                    replicas.append(
                        ReplicaState(
                            id: name.description, connection: name, isUp: servers[server].isUp && !isUnwell(server),
                            signals: servers[server].isUp ? own.first?.signals ?? [:] : [:],
                            fault: servers[server].state.fault))
                }
            } else if servers[server].isUp {
                for one in models[index].feeds[server]?.replicas ?? [] {
                    models[index].replicasSeen[one.id] = now
                    replicas.append(ReplicaState(id: one.id, connection: name, isUp: true, signals: one.signals))
                }
                let present = Set(outcome.map(\.id))
                for (id, last) in models[index].replicasSeen where !present.contains(id) && now.since(last) < 900 {
                    replicas.append(ReplicaState(id: id, connection: name, isUp: false))
                }
            }
        }
        state.replicas = replicas.sorted { $0.id < $1.id }
        state.replicasKnown = replicas.count
        state.replicasUp = replicas.filter(\.isUp).count
    }

    private func isUnwell(_ server: Int) -> Bool { unwell(server) != nil }

    /// A server that answers and calls itself unwell, in the words of a fault.
    private func unwell(_ server: Int) -> ConnectorFault? {
        switch servers[server].health {
        case .unwell(let words), .loading(let words): .server(status: 503, excerpt: words)
        default: nil
        }
    }

    private static let besideQuantities: Set<Quantity> = [
        .gpuUse, .gpuMemoryUsed, .gpuMemoryFree, .gpuMemoryTotal, .gpuPower, .gpuTemperature, .serviceStatistic,
    ]

    /// An exporter of GPUs, or a service of statistics, serves nothing: it is no replica.
    private func isServing(_ server: Int) -> Bool {
        let name = servers[server].server.connection.options["profile"]?.text
        guard let profile = name.flatMap({ id in settings.profiles.first { $0.id == id } }) ?? servers[server].detected
        else { return true }
        return profile.sources.contains { !Self.besideQuantities.contains($0.quantity) }
    }

    /// Compares with what the model was like when it was well; for one that never was, with the quietest tenth of the
    /// last half hour, read once a minute.
    private func blame(_ state: ModelState, _ index: Int, _ now: Timestamp) -> [Blame] {
        guard !state.isStale, let ttft = state.signals[.ttftP95]?.value else { return [] }
        let usual = Quantiles.median((state.trends[.ttftP95] ?? []).compactMap { $0 }.filter { $0 < ttft }) ?? 0
        let isSlow = state.health == .slow || (usual > 0 && ttft > usual * BlameRanking.smallestRatio)
        guard isSlow else { return [] }
        let replicas = state.replicas.map { (id: $0.id, signals: $0.signals) }
        if models[index].calm[.ttftP95] != nil {
            return BlameRanking.rank(now: state.signals, before: models[index].calm, replicas: replicas)
        }
        if models[index].baseline.map({ now.since($0.at) > 60 }) ?? true {
            let signals: [Signal] = [
                .ttftP95, .waiting, .queueTimeP95, .promptLengthMean, .prefixHitRatio, .kvCacheUse, .preemptionRate,
                .prefillTimeP95,
            ]
            let query = HistoryQuery(model: state.name, signals: signals, span: 1800, end: now, points: 360)
            var before: [Signal: Measure] = [:]
            keep {
                let history = try store.history(query, now: now)
                // The quietest tenth of the half hour: what it was like before.
                for (signal, values) in history.values {
                    let known = values.compactMap { $0 }
                    if let quiet = Quantiles.quantile(signal == .prefixHitRatio ? 0.9 : 0.1, known), known.count >= 3 {
                        before[signal] = Measure(quiet)
                    }
                }
            }
            models[index].baseline = (now, before)
        }
        return BlameRanking.rank(now: state.signals, before: models[index].baseline?.signals ?? [:], replicas: replicas)
    }

    private func healthEvent(_ state: ModelState, was: ModelState, _ now: Timestamp) -> Event? {
        guard state.health != was.health, was.health != .unknown || state.health == .down else { return nil }
        let title = state.health == .ok ? "\(state.name) ok again" : "\(state.name) \(state.health.word): \(state.why)"
        return Event(at: now, kind: .healthChanged, model: state.name, title: title)
    }
}
