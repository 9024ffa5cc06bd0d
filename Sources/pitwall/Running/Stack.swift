import Foundation
import Logging
import PitConfig
import PitConnect
import PitEngine
import PitFleet
import PitHTTP
import PitModel
import PitSafety
import PitStatistics
import PitStore
import Synchronization

/// Everything put together: the transport, the connectors, the store, the engine.
struct Stack: Sendable {
    let http: CurlEngine
    let store: Store
    let lock: PollerLock?
    let ring: LogRing
    var settings: EngineSettings
    let places: Places
    /// The configuration's file, for processes of its own that go on alone.
    var configFile: String?

    static let clock = SystemClock()

    /// Where people judge, beside the engine.
    var labelDesk: LabelDesk {
        LabelDesk(store: store, settings: settings.labeling, author: settings.author, clock: Self.clock)
    }

    /// What reads runs of training, beside the engine.
    var runDesk: RunDesk { runDesk(settings) }
    /// What starts them and stays with them.
    var trainingDesk: TrainingDesk { trainingDesk(settings) }

    func runDesk(_ settings: EngineSettings) -> RunDesk {
        RunDesk(servers: settings.servers, trainings: trainingDesk(settings))
    }

    /// What reads pipelines and starts their runs, beside the engine.
    var pipelineDesk: PipelineDesk { pipelineDesk(settings) }
    func pipelineDesk(_ settings: EngineSettings) -> PipelineDesk {
        PipelineDesk(
            servers: settings.servers, store: store, clock: Self.clock, author: settings.author,
            isReadOnly: settings.isReadOnly)
    }

    private func trainingDesk(_ settings: EngineSettings) -> TrainingDesk {
        TrainingDesk(
            templates: settings.training, store: store, servers: settings.servers, state: places.state,
            author: settings.author, isReadOnly: settings.isReadOnly, clock: Self.clock
        ) { [configFile] folder throws(TrainingDesk.Fault) in
            try KeeperLaunch.launch(folder, config: configFile)
        }
    }

    /// What tells other systems of judgements, beside the engine.
    func courier(tell: @escaping @Sendable (String) -> Void = { _ in }) -> AssessmentCourier {
        AssessmentCourier(
            store: store, destinations: Self.destinations(settings),
            lock: lock.map { _ in PollerLock(folder: places.state, for: "sync") }, clock: Self.clock, tell: tell)
    }

    /// Models that judge before people do.
    func judgeRound(tell: @escaping @Sendable (String) -> Void = { _ in }) -> JudgeRound {
        JudgeRound(
            store: store, seats: Self.seats(settings),
            lock: lock.map { _ in PollerLock(folder: places.state, for: "judges") }, clock: Self.clock, tell: tell)
    }

    /// The same prompts, asked again and again.
    func goldenRound(tell: @escaping @Sendable (String) -> Void = { _ in }) -> GoldenRound {
        GoldenRound(
            store: store, settings: settings.golden, courses: GoldenRound.Course.all(settings),
            lock: lock.map { _ in PollerLock(folder: places.state, for: "golden") }, clock: Self.clock, tell: tell)
    }

    static func seats(_ settings: EngineSettings) -> [JudgeRound.Seat] {
        settings.labeling.judges.compactMap { judge in
            let server = settings.servers.first { $0.connection.name == judge.connection }
            return (server?.connector as? any Answering).map { .init(judge, $0) }
        }
    }

    static func destinations(_ settings: EngineSettings) -> [AssessmentCourier.Destination] {
        settings.labeling.routes.compactMap { route in
            let server = settings.servers.first { $0.connection.name == route.to }
            guard let keeper = server?.connector as? any AssessmentKeeping else { return nil }
            return .init(route, keeper)
        }
    }

    /// The state folder's files on their way to being open.
    typealias Opening = Blocking.Pending<Result<Store.Opened, StoreFault>>

    /// Begins to open the state folder beside what else a start does; nil where there is none yet, because a faulty
    /// configuration is to leave none behind.
    static func beginOpening(_ places: Places) throws -> Opening? {
        guard access(places.state + "/cache.db", F_OK) == 0 else { return nil }
        let state = places.state
        return try Blocking.start { open(state) }
    }

    private static func open(_ folder: String) -> Result<Store.Opened, StoreFault> {
        do throws(StoreFault) { return .success(try Store.Opened(folder: folder)) } catch { return .failure(error) }
    }

    /// Opens the state folder, or goes on without one and says so.
    static func openStore(
        _ config: StoreConfig, _ places: Places, ring: LogRing, opening: Opening?
    ) throws -> (Store, PollerLock?) {
        let limits = StoreLimits(maxBytes: config.maxBytes, maxAge: config.maxAge)
        let opened = try opening?.wait() ?? open(places.state)
        do throws(StoreFault) {
            return (try opened.get().store(limits: limits), PollerLock(folder: places.state))
        } catch {
            switch error {
            case .corruptState, .newer: throw Stop(error)
            default:
                ring.add(.error, "store", "\(error.summary). \(error.hint) Nothing is kept meanwhile.")
                Terminal.complain("\(error.summary); nothing is kept meanwhile.\n\(error.hint)")
                return (try memory(limits), nil)
            }
        }
    }

    static func memory(_ limits: StoreLimits = StoreLimits()) throws -> Store {
        do { return try Store.inMemory(limits: limits) } catch {
            throw Stop(error)
        }
    }

    static func make(
        _ config: Config, _ places: Places, opening: Opening? = nil,
        sink: @escaping @Sendable (LogLine) -> Void = { _ in }
    ) throws -> Stack {
        let ring = LogRing(clock: clock, sink: sink)
        let (store, lock) = try openStore(config.store, places, ring: ring, opening: opening)
        let http = makeHTTP()
        return Stack(
            http: http, store: store, lock: lock, ring: ring, settings: engineSettings(config, http, places),
            places: places)
    }

    /// The configuration has refused what is unknown; if it had not, nothing of a text would be kept.
    private static let redaction: @Sendable ([String]) -> InteractionIntake.Rewrite = { kinds in
        guard let redaction = Redaction(kinds) else { return { _ in "[redacted]" } }
        return { redaction.apply($0) }
    }

    static func engineSettings(_ config: Config, _ http: CurlEngine, _ places: Places) -> EngineSettings {
        let servers = config.connections.compactMap { server($0, http, places) }
        var settings = EngineSettings(
            servers: servers, models: config.models, profiles: config.profiles + profileCatalog,
            author: config.console.author ?? places.author, isReadOnly: config.console.isReadOnly,
            drift: config.drift)
        settings.rules = config.rules
        let scanner = LateScanner(config.detectors)
        settings.alerts = config.alerts
        settings.labeling = config.labeling
        settings.golden = config.golden
        settings.governance = config.governance
        settings.training = config.training
        settings.receivers = config.receivers.compactMap { receiver($0, servers, http, places) }
        settings.deployments = config.deployments
        settings.interactions = InteractionIntake(
            settings: config.interactions,
            redaction: Self.redaction, scan: { scanner.findings(in: $0) },
            describe: { ResponseDescriptors.describe($0) })
        settings.interactions.guards = GuardRound(
            guards: servers.compactMap { server in
                (server.connector as? any TextGuarding).map { (server.connection.name, $0) }
            }, sample: config.detectors.guardSample, budget: config.detectors.guardBudget)
        return settings
    }

    /// A connection with its wire and its connector.
    static func server(_ config: ConnectionConfig, _ http: CurlEngine, _ places: Places) -> ConnectedServer? {
        guard let type = connectorCatalog.first(where: { $0.about.id == config.connection.kind }) else { return nil }
        if let cluster = config.cluster {
            let wire = ClusterEndpoint.wire(cluster, config, http, places)
            return ConnectedServer(config.connection, type.init(config.connection, http: wire))
        }
        let wire = CurlHTTP(engine: http, endpoint: endpoint(config, places), version: Version.current)
        return ConnectedServer(config.connection, type.init(config.connection, http: wire))
    }

    private static func receiver(
        _ config: ReceiverConfig, _ servers: [ConnectedServer], _ http: CurlEngine, _ places: Places
    ) -> AlertReceiver? {
        let receiving: any AlertReceiving
        switch config.kind {
        case .alertmanager(let name):
            let server = servers.first { $0.connection.name == name }
            guard let connector = server?.connector as? AlertmanagerConnector else { return nil }
            receiving = AlertmanagerReceiver(connector, name: name)
        case .webhook(let wire):
            receiving = WebhookReceiver(
                http: CurlHTTP(engine: http, endpoint: endpoint(wire, places), version: Version.current))
        case .command(let words, let timeout):
            receiving = CommandReceiver(
                words, timeout: timeout, environment: places.environment, body: WebhookBody.bytes)
        }
        return AlertReceiver(
            config.name, receiving, filter: config.filter, tellsResolved: config.tellsResolved)
    }

    private static func endpoint(_ config: ConnectionConfig, _ places: Places) -> Endpoint {
        var endpoint = Endpoint(url: config.url, timeout: config.connection.timeout, maxBytes: config.maxBytes)
        let reader = SecretReader(environment: places.environment)
        func source(_ place: SecretPlace) -> SecretSource {
            SecretSource { () async throws(ConnectorFault) -> Secret in Secret(try await reader.read(place)) }
        }
        switch config.auth {
        case .none: break
        case .bearer(let place): endpoint.credential = .bearer(source(place))
        case .basic(let user, let place): endpoint.credential = .basic(user: user, password: source(place))
        case .header(let name, let place): endpoint.credential = .header(name: name, value: source(place))
        }
        for (name, value) in config.headers.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .plain(let text): endpoint.headers.append((name, text))
            case .secret(let place): endpoint.secretHeaders.append((name, source(place)))
            }
        }
        (endpoint.ca, endpoint.certificate, endpoint.key) = (config.tls.ca, config.tls.certificate, config.tls.key)
        (endpoint.serverName, endpoint.isInsecure) = (config.tls.serverName, config.tls.isInsecure)
        endpoint.proxy = config.proxy == "none" ? .none : config.proxy == "env" ? .environment : .url(config.proxy)
        endpoint.unixSocket = config.unixSocket
        return endpoint
    }

    /// The process' one transport.
    static func makeHTTP() -> CurlEngine { CurlEngine() }

    /// An engine that is asked something with other settings.
    func engine(_ settings: EngineSettings) -> Engine {
        Engine(settings: settings, store: store, lock: lock, clock: Self.clock, ring: ring, publish: { _ in })
    }

    func engine(_ publish: @escaping @Sendable (Snapshot) -> Void = { _ in }) -> Engine {
        Engine(settings: settings, store: store, lock: lock, clock: Self.clock, ring: ring, publish: publish)
    }
}

extension Config {
    /// What watches the demo's fleet.
    init(_ fleet: Fleet) {
        self.init(
            connections: fleet.connections.map { ConnectionConfig(connection: $0, url: $0.url, proxy: "none") },
            models: fleet.models,
            drift: DriftSettings(window: 180, reference: .before(900), interval: 10))
        rules = RuleSettings(interval: 5, rules: ruleCatalog)
        interactions.models = fleet.models.map { .init(model: $0.name) }
        (golden, training) = (DemoSettings.golden, [DemoSettings.training])
        governance.policies = [DemoSettings.policy]
    }
}

/// Detectors, made when there is something to look at: a start need not wait for their tables.
private final class LateScanner: Sendable {
    private let settings: DetectorSettings
    private let made = Mutex<ExchangeScanner?>(nil)

    init(_ settings: DetectorSettings) { self.settings = settings }

    func findings(in exchange: Interaction) -> [Finding] {
        let scanner = made.withLock { made in
            let scanner = made ?? ExchangeScanner(settings)
            made = scanner
            return scanner
        }
        return scanner.findings(in: exchange)
    }
}
