/// A served model as configured: where its metrics, alerts and the rest are found.
public struct ModelConfig: Equatable, Sendable {
    public var name: ModelName
    /// Where its metrics come from: each scraped connection is a replica (or several, by the profile's labels).
    public var metrics: [MetricsBinding]
    /// Alerts whose labels match all of these are this model's.
    public var alerts: [Matcher]
    /// Connections of kind `openai` that serve it.
    public var endpoints: [ConnectionName]
    public var slo: ServiceLevels
    /// Free words: deployment, registry entry, traces. Kept for the parts that read them.
    public var references: [String: String]

    public init(
        name: ModelName, metrics: [MetricsBinding] = [], alerts: [Matcher] = [], endpoints: [ConnectionName] = [],
        slo: ServiceLevels = ServiceLevels(), references: [String: String] = [:]
    ) {
        (self.name, self.metrics, self.alerts, self.endpoints) = (name, metrics, alerts, endpoints)
        (self.slo, self.references) = (slo, references)
    }
}

/// One source of a model's metrics.
public struct MetricsBinding: Equatable, Sendable {
    public var connection: ConnectionName
    /// A profile's id; nil means: detect it.
    public var profile: String?
    /// Which series of the source are this model's; empty means all (or those whose model label is its name).
    public var matching: [Matcher]
    public init(_ connection: ConnectionName, profile: String? = nil, matching: [Matcher] = []) {
        (self.connection, self.profile, self.matching) = (connection, profile, matching)
    }
}

/// What was promised. Times in seconds, ratios 0...1; nil means nothing was promised.
public struct ServiceLevels: Equatable, Codable, Sendable {
    public var ttftP95: Double?
    public var itlP95: Double?
    public var e2eP95: Double?
    public var errorRatio: Double?
    /// The share of good requests promised over 30 days, for the error budget: 0.999.
    public var availability: Double?
    public init(
        ttftP95: Double? = nil, itlP95: Double? = nil, e2eP95: Double? = nil, errorRatio: Double? = nil,
        availability: Double? = nil
    ) {
        (self.ttftP95, self.itlP95, self.e2eP95) = (ttftP95, itlP95, e2eP95)
        (self.errorRatio, self.availability) = (errorRatio, availability)
    }

    /// The promised limit for a signal.
    public func limit(for signal: Signal) -> Double? {
        switch signal {
        case .ttftP95: ttftP95
        case .itlP95: itlP95
        case .e2eP95: e2eP95
        case .errorRatio: errorRatio
        default: nil
        }
    }
}

/// How a model does. The order is the order of the Fleet screen: the worst first.
public enum Health: Int, Codable, Sendable, Comparable, CaseIterable {
    case down, erring, slow, degraded, stale, unknown, ok
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    /// Written out: reflection takes half a millisecond of a start.
    public var word: String {
        switch self {
        case .down: "down"
        case .erring: "erring"
        case .slow: "slow"
        case .degraded: "degraded"
        case .stale: "stale"
        case .unknown: "unknown"
        case .ok: "ok"
        }
    }
}
