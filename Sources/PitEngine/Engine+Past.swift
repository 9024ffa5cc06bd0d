public import PitModel
public import PitStore

extension Engine {
    /// A model's signals over a span, with what changed in it.
    public func history(_ query: HistoryQuery) throws(StoreFault) -> History {
        try store.history(query, now: clock.now())
    }

    /// The world as it was at a moment.
    public func past(at: Timestamp) throws(StoreFault) -> Snapshot {
        var past = Snapshot(revision: revision, at: at, isLive: false)
        past.connections = try connectionsAt(at)
        var board = AlertBoard()
        board.models = AlertModels(settings.models)
        board.load(acts: try store.acts(until: at))
        for (connection, facts) in Dictionary(grouping: try store.facts(.alert, at: at), by: { Self.scope($0.key) }) {
            _ = board.replace(
                alerts: facts.compactMap { FactCodec.decode(Alert.self, $0.body) }, from: ConnectionName(connection))
        }
        for (connection, facts) in Dictionary(grouping: try store.facts(.silence, at: at), by: { Self.scope($0.key) }) {
            _ = board.replace(
                silences: facts.compactMap { FactCodec.decode(Silence.self, $0.body) }, from: ConnectionName(connection)
            )
        }
        board.settleSilences(at)
        if !settings.receivers.isEmpty {
            let told = Outbox(try store.deliveries().filter { $0.since <= at })
            board.deliveries = told.deliveries
            past.receivers = settings.receivers.map { told.state(of: $0) }
        }
        past.alerts = board.states()
        past.silences = board.allSilences
        past.models = try modelsAt(at, alerts: past.alerts)
        past.events = try store.events(from: at.advanced(by: -86400), to: at, limit: Self.eventLimit)
        past.operations = journal.filter { $0.operation.at <= at }
        past.log = ring.latest(500).filter { $0.at <= at }
        past.interactions = try store.interactionTallies(now: at)
        past.findings = try store.findingTallies(now: at)
        past.rules = rules.states(kept: past.alerts)
        past.deployments = try deploymentsAt(at).map { state in
            var state = decorate(state, at)
            if let proof = state.proof, proof.startedAt > at { state.proof = nil }
            return state
        }
        past.audit = desk.audit.filter { $0.at <= at }
        past.poller = pollerState
        return past
    }

    private static func scope(_ key: String) -> String { String(key.split(separator: "/", maxSplits: 1).first ?? "") }

    private func connectionsAt(_ at: Timestamp) throws(StoreFault) -> [ConnectionState] {
        try store.facts(.connection, at: at).compactMap { fact in
            guard let kept = FactCodec.decode(ConnectionFact.self, fact.body) else { return nil }
            return ConnectionState(
                name: ConnectionName(fact.key), kind: kept.kind, url: kept.url, capabilities: kept.capabilities,
                status: kept.status, identity: kept.identity, fault: kept.fault, lastAttempt: fact.since,
                lastSuccess: kept.status == .ok ? at : nil, interval: kept.interval)
        }.sorted { $0.name < $1.name }
    }

    private func modelsAt(_ at: Timestamp, alerts: [AlertState]) throws(StoreFault) -> [ModelState] {
        var states: [ModelState] = []
        var firing: [ModelName: Int] = [:]
        for alert in alerts where alert.alert.isLoud {
            if let model = alert.model { firing[model, default: 0] += 1 }
        }
        let configs = Dictionary(settings.models.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let steps = Dictionary(models.map { ($0.config.name, $0.trend.step) }, uniquingKeysWith: { first, _ in first })
        for fact in try store.facts(.model, at: at) {
            guard let kept = FactCodec.decode(ModelFact.self, fact.body) else { continue }
            let name = ModelName(fact.key)
            let config = configs[name]
            var state = ModelState(name: name)
            kept.apply(to: &state)
            state.slo = config?.slo ?? ServiceLevels()
            if let (seen, signals) = try store.signals(of: name, at: at, within: 120) {
                (state.seenAt, state.signals) = (seen, signals)
            }
            state.isStale = state.seenAt == nil
            let step = steps[name] ?? 15
            let query = HistoryQuery(
                model: name, signals: TrendRing.signals, span: step * Double(TrendRing.length), end: at,
                points: TrendRing.length)
            (state.trends, state.trendStep) = (try store.history(query, now: at).values, step)
            state.firingAlerts = firing[name] ?? 0
            if states.count < Self.driftInPast { state.drift = driftAt(name, at, texts: states.count < 5) }
            states.append(state)
        }
        return states.sorted { $0.name < $1.name }
    }

    /// Models whose drift is computed for a moment of the past: each costs some reading.
    static let driftInPast = 100

    /// What is known before the network has answered: all from the store.
    func restore() {
        restoreOutbox()
        keep {
            lastAct = try store.lastAct()
            board.load(acts: try store.acts())
            board.settleSilences(clock.now())
            journal = try store.journal()
            let now = clock.now()
            events = try store.events(from: now.advanced(by: -86400), to: now, limit: Self.eventLimit)
            let alerts = try store.facts(.alert, at: nil)
            for (connection, facts) in Dictionary(grouping: alerts, by: { Self.scope($0.key) })
            where serverIndex[ConnectionName(connection)] != nil || connection == ConnectionName.pitwall.description {
                let known = facts.compactMap { FactCodec.decode(Alert.self, $0.body) }
                if connection == ConnectionName.pitwall.description {
                    restoreRules(known)
                } else {
                    _ = board.replace(alerts: known, from: ConnectionName(connection))
                }
            }
            restoreDeployments()
            guard let latest = try store.latest("models").flatMap(LatestFact.init) else { return }
            for kept in latest.connections {
                guard let index = serverIndex[kept.name], servers[index].state.status == .never else { continue }
                (servers[index].state.identity, servers[index].state.fault) = (kept.identity, kept.fault)
            }
            let indices = Dictionary(
                models.indices.map { (models[$0].config.name, $0) }, uniquingKeysWith: { first, _ in first })
            for kept in latest.models { if let index = indices[kept.name] { take(kept, index, now, latest.at) } }
        }
    }

    private func take(_ kept: LatestFact.Model, _ index: Int, _ now: Timestamp, _ at: Timestamp) {
        kept.fact.apply(to: &models[index].state)
        models[index].state.release = models[index].config.references["release"]
        // The clock may have been put back since.
        let seenAt = kept.seenAt.map { min($0, now.advanced(by: -0.001)) }
        models[index].state.seenAt = seenAt
        models[index].state.isStale =
            seenAt.map { now.since($0) > max(30, models[index].trend.step * 3.5) } ?? true
        models[index].state.signals = kept.signals
        models[index].trend.restore(kept.trends, endingAt: seenAt ?? min(at, now))
        models[index].state.trends = kept.trends
    }

    func saveLatest() {
        guard !isFollowing else { return }
        let kept = models.map { model in
            LatestFact.Model(
                name: model.config.name, fact: ModelFact(model.state), signals: model.state.signals,
                trends: model.state.trends, seenAt: model.state.seenAt)
        }
        let known = servers.filter { $0.state.identity != nil || $0.state.fault != nil }.map { server in
            LatestFact.Connection(
                name: server.server.connection.name, identity: server.state.identity, fault: server.state.fault)
        }
        let latest = LatestFact(at: clock.now(), models: kept, connections: known)
        keep { try store.saveLatest("models", latest.bytes) }
    }

    /// Writes down what models and connections are now, where that changed.
    func recordModels(_ now: Timestamp) {
        var (newModels, newConnections): ([(String, [UInt8])], [(String, [UInt8])]) = ([], [])
        for index in models.indices {
            let fact = ModelFact(models[index].state)
            guard fact != models[index].recorded else { continue }
            models[index].recorded = fact
            newModels.append((models[index].config.name.description, FactCodec.encode(fact)))
        }
        for index in servers.indices where servers[index].state.status != .never {
            let fact = ConnectionFact(servers[index].state)
            guard fact != servers[index].recorded else { continue }
            servers[index].recorded = fact
            newConnections.append((servers[index].server.connection.name.description, FactCodec.encode(fact)))
        }
        keep {
            if recordsAll {
                // What the configuration no longer names ends here.
                let known = servers.filter { $0.recorded != nil }.map {
                    ($0.server.connection.name.description, FactCodec.encode($0.recorded))
                }
                let all = models.map { ($0.config.name.description, FactCodec.encode($0.recorded)) }
                try store.replace(.model, scope: "", with: all, at: now)
                try store.replace(.connection, scope: "", with: known, at: now)
                recordsAll = false
            } else {
                try store.note(.model, newModels, at: now)
                try store.note(.connection, newConnections, at: now)
            }
        }
    }

    /// While another process polls: what that one has kept, once a second.
    func follow(_ now: Timestamp) {
        guard now.since(lastEvaluation) >= 1 else { return }
        lastEvaluation = now
        keep {
            journal = try store.journal()
            var past = try past(at: now)
            past.isLive = true
            past.log = ring.latest(500)
            followDeployments(&past, now)
            countLabels(now)
            readGolden(now)
            (past.queues, past.labelQuality, past.labelWins) = (labels.queues, labels.quality, labels.wins)
            revision += 1
            past.revision = revision
            snapshot = past
            publish(past)
        }
    }
}

extension ModelFact {
    func apply(to state: inout ModelState) {
        (state.health, state.why) = (health, why)
        (state.replicasUp, state.replicasKnown, state.release) = (replicasUp, replicasKnown, release)
        state.replicas = replicas.map {
            ReplicaState(id: $0.id, connection: $0.connection, isUp: $0.isUp, fault: $0.fault)
        }
    }
}
