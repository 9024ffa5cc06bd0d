import PitModel

/// All that one poll of one connection brought.
struct PollOutcome: Sendable {
    var identity: Identity?
    var metrics: MetricsBatch?
    var alerts: [Alert]?
    var silences: [Silence]?
    var models: [ServedModel]?
    var health: ServerHealth?
    var probe: LatencyProbe?
    var exchanges: InteractionsRead?
    var deployments: [Deployment]?
    var pipelineRuns: [PipelineRun]?
    /// The first thing that failed; what was read before it still counts.
    var fault: ConnectorFault?
    var began: Timestamp
    var ended: Timestamp

    /// Reads everything that the connector can read. Runs outside the engine, so that pages are parsed side by side.
    static func fetch(
        _ server: ConnectedServer, selectors: [String], identify: Bool, clock: any WallClock,
        reading: (cursor: String?, intake: InteractionIntake), pipelines: Bool = false
    ) async -> PollOutcome {
        let began = clock.now()
        var outcome = PollOutcome(began: began, ended: began)
        do throws(ConnectorFault) {
            try await outcome.read(server, selectors: selectors)
            if pipelines, let reader = server.connector as? any PipelineReading {
                // What a server tells beside its runs counts without them.
                do throws(ConnectorFault) {
                    outcome.pipelineRuns = try await reader.pipelineRuns(of: nil, limit: Engine.mostPipelineRuns).runs
                } catch { if !(server.connector is any Deploying) { throw error } }
            }
            if let reader = server.connector as? any InteractionReading {
                let page = try await reader.readInteractions(after: reading.cursor, limit: Engine.interactionPage)
                outcome.exchanges = await InteractionsRead(page, reading.intake)
            }
            if identify || outcome.isEmpty { outcome.identity = try await outcome.identify(server.connector) }
        } catch {
            outcome.fault = error
        }
        outcome.ended = clock.now()
        return outcome
    }

    private func identify(_ connector: any Connector) async throws(ConnectorFault) -> Identity {
        if let reader = connector as? any PageIdentifying, case .page(let page) = metrics {
            return reader.identity(of: page)
        }
        return try await connector.probe()
    }

    private var isEmpty: Bool {
        metrics == nil && alerts == nil && silences == nil && models == nil && health == nil && exchanges == nil
            && deployments == nil && pipelineRuns == nil
    }

    private mutating func read(_ server: ConnectedServer, selectors: [String]) async throws(ConnectorFault) {
        let connector = server.connector
        if let reader = connector as? any MetricsReading, server.readsWholePages || !selectors.isEmpty {
            metrics = try await reader.readMetrics(selectors)
        }
        if let reader = connector as? any HealthReading { health = try await reader.readHealth() }
        if let reader = connector as? any ModelListing { models = try await reader.listModels() }
        if let reader = connector as? any AlertReading { alerts = try await reader.readAlerts() }
        if let reader = connector as? any SilenceReading { silences = try await reader.readSilences() }
        if let holder = connector as? any Deploying { deployments = try await holder.deployments() }
        if let reader = connector as? any LatencyProbing, reader.isProbing { probe = try await reader.probeLatency() }
    }

    /// How many things the reply held.
    var items: Int? {
        switch metrics {
        case .page(let page): page.rows.count
        case .samples(let samples, _): samples.count
        case nil: alerts?.count ?? models?.count ?? exchanges?.count ?? deployments?.count ?? pipelineRuns?.count
        }
    }
}

extension ConnectedServer {
    /// A server that can be asked about the past is asked for chosen series; any other gives its page.
    var readsWholePages: Bool { !(connector is any HistoryReading) }
}
