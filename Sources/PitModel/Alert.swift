/// An alert as the server that sent it describes it.
public struct Alert: Equatable, Codable, Sendable {
    public enum State: String, Codable, Sendable, CaseIterable {
        case firing, pending, suppressed, unprocessed, resolved
    }

    /// 16 lower-case hex digits over the labels: the alert's identity (FNV-1a 64, as Alertmanager computes it).
    public var fingerprint: String
    public var labels: [String: String]
    public var annotations: [String: String]
    public var state: State
    public var startsAt: Timestamp
    public var endsAt: Timestamp?
    public var updatedAt: Timestamp?
    public var generatorURL: String
    public var receivers: [String]
    public var silencedBy: [String]
    public var inhibitedBy: [String]
    public var mutedBy: [String]

    public init(
        fingerprint: String, labels: [String: String], annotations: [String: String] = [:], state: State,
        startsAt: Timestamp, endsAt: Timestamp? = nil, updatedAt: Timestamp? = nil, generatorURL: String = "",
        receivers: [String] = [], silencedBy: [String] = [], inhibitedBy: [String] = [], mutedBy: [String] = []
    ) {
        (self.fingerprint, self.labels, self.annotations, self.state) = (fingerprint, labels, annotations, state)
        (self.startsAt, self.endsAt, self.updatedAt, self.generatorURL) = (startsAt, endsAt, updatedAt, generatorURL)
        (self.receivers, self.silencedBy, self.inhibitedBy) = (receivers, silencedBy, inhibitedBy)
        self.mutedBy = mutedBy
    }

    public var name: String { labels["alertname"] ?? "(no alertname)" }
    public var severity: Severity { Severity(label: labels["severity"]) }
    public var summary: String {
        annotations["summary"] ?? annotations["message"] ?? annotations["description"] ?? ""
    }
    public var runbook: String? { annotations["runbook_url"] ?? annotations["runbook"] }

    /// FNV-1a 64 over the labels sorted by name, each name and value followed by 0xFF
    /// (prometheus/common `model/signature.go`).
    public static func fingerprint(of labels: [String: String]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for (name, value) in labels.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            name.utf8.forEach(mix)
            mix(0xFF)
            value.utf8.forEach(mix)
            mix(0xFF)
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// How bad an alert says it is. The label's words vary; these are the usual ones, worst first.
public enum Severity: Int, Codable, Sendable, Comparable, CaseIterable {
    case critical, error, warning, info, unknown

    public init(label: String?) {
        switch label?.lowercased() {
        case "critical", "crit", "page", "emergency", "fatal", "p1", "sev1": self = .critical
        case "error", "major", "high", "p2", "sev2": self = .error
        case "warning", "warn", "minor", "medium", "p3", "sev3": self = .warning
        case "info", "informational", "low", "none", "p4", "p5", "sev4", "sev5": self = .info
        default: self = .unknown
        }
    }

    /// Written out: reflection takes half a millisecond of a start.
    public var word: String {
        switch self {
        case .critical: "critical"
        case .error: "error"
        case .warning: "warning"
        case .info: "info"
        case .unknown: "unknown"
        }
    }
    /// The worse comes first.
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// One matcher of a silence.
public struct Matcher: Equatable, Hashable, Codable, Sendable {
    public var name: String
    public var value: String
    public var isRegex: Bool
    public var isEqual: Bool
    public init(_ name: String, _ value: String, isRegex: Bool = false, isEqual: Bool = true) {
        (self.name, self.value, self.isRegex, self.isEqual) = (name, value, isRegex, isEqual)
    }

    public var op: String { isRegex ? (isEqual ? "=~" : "!~") : (isEqual ? "=" : "!=") }
}

/// A silence as Alertmanager holds it.
public struct Silence: Equatable, Codable, Sendable, Identifiable {
    public enum State: String, Codable, Sendable { case active, pending, expired }
    public var id: String
    public var matchers: [Matcher]
    public var startsAt: Timestamp
    public var endsAt: Timestamp
    public var createdBy: String
    public var comment: String
    public var state: State
    /// What programs wrote on it; nil where the server knows no such thing (before 0.32).
    public var annotations: [String: String]?
    /// Set by the engine: which Alertmanager holds it.
    public var connection: ConnectionName?
    public init(
        id: String, matchers: [Matcher], startsAt: Timestamp, endsAt: Timestamp, createdBy: String, comment: String,
        state: State, annotations: [String: String]? = nil, connection: ConnectionName? = nil
    ) {
        (self.id, self.matchers, self.startsAt, self.endsAt) = (id, matchers, startsAt, endsAt)
        (self.createdBy, self.comment, self.state, self.connection) = (createdBy, comment, state, connection)
        self.annotations = annotations
    }
}

/// A silence that a person asks for.
public struct SilenceDraft: Equatable, Codable, Sendable {
    public var matchers: [Matcher]
    public var startsAt: Timestamp
    public var endsAt: Timestamp
    public var createdBy: String
    public var comment: String
    /// What a program writes on it, for servers that keep such.
    public var annotations: [String: String]?
    public init(
        matchers: [Matcher], startsAt: Timestamp, endsAt: Timestamp, createdBy: String, comment: String,
        annotations: [String: String]? = nil
    ) {
        (self.matchers, self.startsAt, self.endsAt) = (matchers, startsAt, endsAt)
        (self.createdBy, self.comment, self.annotations) = (createdBy, comment, annotations)
    }
}
