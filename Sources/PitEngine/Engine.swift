import Logging
public import PitModel
public import PitStore

/// Polls every connection, keeps what it saw, and makes snapshots of it; carries operations out and checks that they
/// came true. One actor; pages are fetched and parsed outside it, side by side.
public actor Engine {
    let store: Store
    let clock: any WallClock
    let log: Logger
    let ring: LogRing
    let lock: PollerLock?
    let publish: @Sendable (Snapshot) -> Void

    var settings: EngineSettings
    var servers: [ServerRuntime] = []
    var serverIndex: [ConnectionName: Int] = [:]
    var models: [ModelRuntime] = []
    var turns = TurnQueue()
    var board = AlertBoard()
    var journal: [JournalEntry] = []
    var events: [Event] = []
    var revision: UInt64 = 0
    var snapshot = Snapshot()
    var needsPublishing = true
    /// Whether something was read since the last evaluation: it is shown with that.
    var hasReadings = false
    var lastPublished: ContinuousClock.Instant?
    var lastEvaluation = Timestamp(milliseconds: 0)
    var lastFlush = Timestamp(milliseconds: 0)
    var lastPrune = Timestamp(milliseconds: 0)
    /// When the machine last woke, or its clock was put forward.
    var wokenAt = Timestamp(milliseconds: .min)
    /// When the clock was last looked at.
    var lastLook: Timestamp?
    /// What the store has of later times than this was written before the clock was put back.
    var pastBegins = Timestamp(milliseconds: .min)
    var isFollowing = false
    var storeFault: StoreFault?
    /// Whether facts of what the configuration no longer names may be open.
    var recordsAll = true
    /// Exchanges and findings as last counted, and whether some came since.
    var interactionTallies: [InteractionTally] = []
    var findingTallies: [FindingTally] = []
    var interactionsCounted = Timestamp(milliseconds: .min)
    var interactionsChanged = true
    /// Queues and what was judged, as last counted.
    var labels = LabelCounts()
    var golden = GoldenBook()
    var rules = RuleBook(RuleSettings())
    var ownSeries = OwnSeries()
    var outbox = Outbox()
    var sharing = SharingState()
    /// The act that was taken in last, of whatever process.
    var lastAct: Int64 = 0
    var lastRules = Timestamp(milliseconds: .min)
    /// How fast error budgets burn, and when that was computed.
    var burn: [ModelName: [(window: Double, rate: Double)]] = [:]
    var burnedAt = Timestamp(milliseconds: .min)
    /// Seconds that the last snapshot took to make and hand out.
    var publishingTime = 0.0
    /// Deployments, and what is under way on them.
    var desk = DeploymentDesk()

    /// Events kept in the snapshot.
    static let eventLimit = 300

    public init(
        settings: EngineSettings, store: Store, lock: PollerLock?, clock: any WallClock, ring: LogRing,
        publish: @escaping @Sendable (Snapshot) -> Void
    ) {
        (self.settings, self.store, self.lock, self.clock) = (settings, store, lock, clock)
        (self.ring, self.publish) = (ring, publish)
        log = ring.logger("engine")
    }

    /// Sets everything up and restores what the store remembers; gives the first snapshot, before any network.
    public func prepare() -> Snapshot {
        install(settings)
        restore()
        for note in store.notes { log.warning("\(note)") }
        return makeSnapshot()
    }

    /// What it works on now.
    public var settingsNow: EngineSettings { settings }

    /// Takes a new configuration: what it no longer names is forgotten, the rest goes on.
    public func replace(_ new: EngineSettings) {
        let gone = Set(settings.servers.map(\.connection.name)).subtracting(new.servers.map(\.connection.name))
        board.forget(gone)
        desk.forget(gone)
        auditConfiguration(settings, new)
        settings = new
        install(new)
        restoreOutbox()
        restoreRules(board.alerts[.pitwall].map { Array($0.values) } ?? [])
        note([Event(at: clock.now(), kind: .configuration, title: "configuration reloaded")])
        log.notice("configuration reloaded: \(new.servers.count) connections, \(new.models.count) models")
        needsPublishing = true
    }

    private func install(_ settings: EngineSettings) {
        board.models = AlertModels(settings.models)
        desk.bind(settings.models)
        let now = clock.now()
        let old = Dictionary(servers.map { ($0.server.connection.name, $0) }, uniquingKeysWith: { first, _ in first })
        servers = settings.servers.map { server in
            var runtime =
                old[server.connection.name].flatMap { $0.server.connection == server.connection ? $0 : nil }
                ?? ServerRuntime(server)
            runtime.server = server
            runtime.models = []
            return runtime
        }
        serverIndex = Dictionary(
            servers.enumerated().map { ($1.server.connection.name, $0) }, uniquingKeysWith: { first, _ in first })
        for server in servers {
            (server.server.connector as? any SpecRecording)?.record(on: StoredSpecs(store: store, log: log))
        }
        let oldModels = Dictionary(models.map { ($0.config.name, $0) }, uniquingKeysWith: { first, _ in first })
        models = settings.models.map { config in
            var model = ModelRuntime(config, step: step(of: config))
            if let before = oldModels[config.name] {
                (model.trend, model.state, model.responses) = (before.trend, before.state, before.responses)
            }
            model.state.slo = config.slo
            model.state.release = config.references["release"]
            return model
        }
        for (index, model) in models.enumerated() {
            for name in model.config.metrics.map(\.connection) + model.config.endpoints {
                if let server = serverIndex[name], !servers[server].models.contains(index) {
                    servers[server].models.append(index)
                }
            }
        }
        rules = RuleBook(settings.rules)
        ownSeries = OwnSeries()
        for index in servers.indices {
            servers[index].lookBack = rules.range
            servers[index].rebind()
        }
        recordsAll = true
        beginTurns(now)
    }

    private func step(of config: ModelConfig) -> Double {
        let intervals = config.metrics.compactMap { binding in
            serverIndex[binding.connection].map { servers[$0].server.connection.interval }
        }
        return intervals.min() ?? 15
    }

    /// Writes events down and keeps the recent ones for the snapshot.
    func note(_ new: [Event]) {
        guard !new.isEmpty else { return }
        events += new
        if events.count > Self.eventLimit + 100 { events.removeFirst(events.count - Self.eventLimit) }
        keep { try store.record(new) }
        needsPublishing = true
    }

    /// Runs something of the store. Polled data that cannot be kept is told once and not fatal.
    func keep(_ body: () throws -> Void) {
        do {
            try body()
            if storeFault != nil {
                storeFault = nil
                needsPublishing = true
                log.notice("the store can be written again")
            }
        } catch let fault as StoreFault {
            if storeFault != fault {
                needsPublishing = true
                log.error("\(fault.summary). \(fault.hint)")
            }
            storeFault = fault
        } catch {
            log.error("store: \(error)")
        }
    }
}
