/// One kind of server pitwall can talk to. What it can be asked is said by the capability protocols it adopts:
/// a product that cannot be acted on has no way to be asked to act.
public protocol Connector: Sendable {
    static var about: ConnectorInfo { get }
    init(_ connection: Connection, http: any HTTP)
    /// Says what is at the other end, cheaply.
    func probe() async throws(ConnectorFault) -> Identity
}

/// What one reading of metrics gave: a page of ours, or series that another server had collected.
public enum MetricsBatch: Sendable {
    case page(MetricsPage)
    case samples([Sample], warnings: [String])
}

/// Reads the present value of many series.
public protocol MetricsReading: Connector {
    /// `selectors` are PromQL series selectors (`vllm:num_requests_running{model_name="x"}`); a server that
    /// gives a whole page ignores them.
    func readMetrics(_ selectors: [String]) async throws(ConnectorFault) -> MetricsBatch
}

/// Knows its server by the page that it reads: then asking who it is costs no request of its own.
public protocol PageIdentifying: MetricsReading {
    func identity(of page: MetricsPage) -> Identity
}

/// Reads the past of series, by PromQL.
public protocol HistoryReading: Connector {
    func range(
        _ query: String, from: Timestamp, to: Timestamp, step: Double
    ) async throws(ConnectorFault) -> [SeriesPoints]
    func instant(_ query: String, at: Timestamp?) async throws(ConnectorFault) -> [Sample]
}

/// Lists what a server serves.
public protocol ModelListing: Connector {
    func listModels() async throws(ConnectorFault) -> [ServedModel]
}

/// Says whether a server calls itself healthy.
public protocol HealthReading: Connector {
    func readHealth() async throws(ConnectorFault) -> ServerHealth
}

/// Sends one tiny request and measures the time to its first token from here. Off unless configured.
public protocol LatencyProbing: Connector {
    var isProbing: Bool { get }
    func probeLatency() async throws(ConnectorFault) -> LatencyProbe
}

/// Turns texts into vectors, one each, in their order and all of one length.
public protocol Embedding: Connector {
    func embed(_ texts: [String], model: String) async throws(ConnectorFault) -> [[Double]]
}

public protocol AlertReading: Connector {
    func readAlerts() async throws(ConnectorFault) -> [Alert]
}

public protocol SilenceReading: Connector {
    func readSilences() async throws(ConnectorFault) -> [Silence]
}

/// Carries operations out. A connector that does not adopt this is read-only by construction.
public protocol Operating: Connector {
    static var verbs: Set<OperationVerb> { get }
    /// Sends the request. What it returns is the server's word (an id), not proof of an effect.
    func perform(_ request: OperationRequest) async throws(ConnectorFault) -> String
}

public struct ServedModel: Equatable, Codable, Sendable {
    public var id: String
    /// The longest context in tokens, when the server says.
    public var contextLength: Int?
    public var parent: String?
    public init(id: String, contextLength: Int? = nil, parent: String? = nil) {
        (self.id, self.contextLength, self.parent) = (id, contextLength, parent)
    }
}

public enum ServerHealth: Equatable, Codable, Sendable {
    case ok
    case loading(String)
    case unwell(String)
}

/// Times seen from here, in seconds.
public struct LatencyProbe: Equatable, Codable, Sendable {
    public var timeToFirstToken: Double
    public var total: Double
    public var model: String
    public init(timeToFirstToken: Double, total: Double, model: String) {
        (self.timeToFirstToken, self.total, self.model) = (timeToFirstToken, total, model)
    }
}
