import PitEngine
import PitModel
import PitParse
import PitStore
import Synchronization

/// A clock that stands still until it is told to go on.
final class HandClock: WallClock {
    private let time = Mutex(Timestamp(seconds: 1_800_000_000))
    func now() -> Timestamp { time.withLock { $0 } }
    func advance(_ seconds: Double) { time.withLock { $0 = $0.advanced(by: seconds) } }
}

/// A server whose page is written by the test.
final class FakePage: MetricsReading {
    static let about = ConnectorInfo(id: "fake", title: "Fake", summary: "a page")
    private let answer = Mutex<Result<String, ConnectorFault>>(.success(""))

    init() {}
    init(_ connection: Connection, http: any HTTP) {}
    private let asked = Mutex(0)
    var polls: Int { asked.withLock { $0 } }
    func say(_ page: String) { answer.withLock { $0 = .success(page) } }
    func fail(_ fault: ConnectorFault) { answer.withLock { $0 = .failure(fault) } }
    func probe() async throws(ConnectorFault) -> Identity {
        _ = try answer.withLock { $0 }.get()
        return Identity(product: "fake", version: "1")
    }
    func readMetrics(_ selectors: [String]) async throws(ConnectorFault) -> MetricsBatch {
        asked.withLock { $0 += 1 }
        return .page(ExpositionParser.parse(Array(try answer.withLock { $0 }.get().utf8)))
    }
}

/// An Alertmanager in memory. What is asked of it takes effect only when `obeys`.
final class FakeAlertmanager: AlertReading, SilenceReading, Operating {
    static let about = ConnectorInfo(id: "fake-am", title: "Fake", summary: "alerts")
    static let verbs: Set<OperationVerb> = [.createSilence, .extendSilence, .expireSilence]
    struct State {
        var alerts: [Alert] = []
        var silences: [Silence] = []
        var refusal: ConnectorFault?
        var obeys = true
    }
    let state = Mutex(State())

    init() {}
    init(_ connection: Connection, http: any HTTP) {}
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "fake") }
    func readAlerts() async throws(ConnectorFault) -> [Alert] { state.withLock { $0.alerts } }
    func readSilences() async throws(ConnectorFault) -> [Silence] { state.withLock { $0.silences } }
    func perform(_ request: OperationRequest) async throws(ConnectorFault) -> String {
        let refusal: ConnectorFault? = state.withLock { state in
            guard state.obeys else { return state.refusal }
            switch request {
            case .createSilence(let draft):
                state.silences.append(
                    Silence(
                        id: "s\(state.silences.count)", matchers: draft.matchers, startsAt: draft.startsAt,
                        endsAt: draft.endsAt,
                        createdBy: draft.createdBy, comment: draft.comment, state: .active))
            case .extendSilence(let silence, let until):
                for index in state.silences.indices where state.silences[index].id == silence.id {
                    state.silences[index].endsAt = until
                }
            case .expireSilence(let id):
                for index in state.silences.indices where state.silences[index].id == id {
                    state.silences[index].state = .expired
                }
            case .deploy: return .rejected("an Alertmanager deploys nothing")
            }
            return state.refusal
        }
        if let refusal { throw refusal }
        return "s0"
    }
}

/// An engine over fakes.
struct Bench {
    let clock = HandClock()
    let page = FakePage()
    let second = FakePage()
    let alertmanager = FakeAlertmanager()
    let store: Store
    let engine: Engine

    static let profile = MetricProfile(
        id: "test", title: "Test", detect: ["t_"], modelLabel: "model",
        sources: [
            QuantitySource(.waiting, .gauge, ["t_waiting"]), QuantitySource(.requests, .counter, ["t_requests_total"]),
            QuantitySource(.failures, .counter, ["t_requests_total"], matching: [Matcher("ok", "no")]),
            QuantitySource(.ttft, .histogram, ["t_ttft"]),
        ])

    init(
        store: Store? = nil, slo: ServiceLevels = ServiceLevels(ttftP95: 1, errorRatio: 0.1), lock: PollerLock? = nil,
        isReadOnly: Bool = false, rules: [Rule] = []
    ) throws {
        let clock = clock
        self.store = try store ?? Store.inMemory()
        func server(_ name: String, _ kind: String, _ connector: any Connector) -> ConnectedServer {
            ConnectedServer(
                Connection(name: ConnectionName(name), kind: kind, url: "http://\(name)", interval: 10), connector)
        }
        var settings = EngineSettings(
            servers: [
                server("a", "metrics", page), server("b", "metrics", second),
                server("am", "alertmanager", alertmanager),
            ],
            models: [
                ModelConfig(
                    name: ModelName("m"),
                    metrics: [MetricsBinding(ConnectionName("a")), MetricsBinding(ConnectionName("b"))], slo: slo)
            ],
            profiles: [Self.profile], author: "ana", isReadOnly: isReadOnly)
        settings.rules = RuleSettings(interval: 1, rules: rules)
        engine = Engine(
            settings: settings, store: self.store, lock: lock, clock: clock, ring: LogRing(clock: clock),
            publish: { _ in })
    }

    /// A page after `n` requests, of which so many were fast, failed; with so many waiting.
    static func text(_ n: Int, fast: Int? = nil, failed: Int = 0, waiting: Int = 0) -> String {
        """
        t_waiting{model="m"} \(waiting)
        t_requests_total{model="m",ok="yes"} \(n - failed)
        t_requests_total{model="m",ok="no"} \(failed)
        t_ttft_bucket{model="m",le="0.5"} \(fast ?? n)
        t_ttft_bucket{model="m",le="2"} \(fast ?? n)
        t_ttft_bucket{model="m",le="+Inf"} \(n)
        t_ttft_sum{model="m"} \(n)
        t_ttft_count{model="m"} \(n)

        """
    }

    /// Polls again and again, `seconds` apart, with what `pages` says of each turn.
    @discardableResult
    func turns(_ count: Int, seconds: Double = 10, _ pages: (Int) -> (String?, String?)) async -> Snapshot {
        var last = Snapshot()
        for turn in 0..<count {
            let (first, other) = pages(turn)
            if let first { page.say(first) } else { page.fail(.refused("a:1")) }
            if let other { second.say(other) } else { second.fail(.refused("b:1")) }
            clock.advance(seconds)
            last = await engine.pollOnce()
        }
        return last
    }
}

func alert(_ name: String, since: Timestamp, labels: [String: String] = ["model": "m"]) -> Alert {
    let all = labels.merging(["alertname": name, "severity": "critical"]) { $1 }
    return Alert(fingerprint: Alert.fingerprint(of: all), labels: all, state: .firing, startsAt: since)
}

/// An inference server that answers probes in a quarter of a second.
final class FakeEndpoint: HealthReading, ModelListing, LatencyProbing {
    static let about = ConnectorInfo(id: "fake-openai", title: "Fake", summary: "an endpoint")
    let health = Mutex<ServerHealth>(.ok)
    let isProbing = true

    init() {}
    init(_ connection: Connection, http: any HTTP) {}
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "fake") }
    func readHealth() async throws(ConnectorFault) -> ServerHealth { health.withLock { $0 } }
    func listModels() async throws(ConnectorFault) -> [ServedModel] { [ServedModel(id: "m")] }
    func probeLatency() async throws(ConnectorFault) -> LatencyProbe {
        LatencyProbe(timeToFirstToken: 0.25, total: 0.3, model: "m")
    }
}
