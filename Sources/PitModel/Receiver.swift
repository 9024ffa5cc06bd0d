/// What is told of an alert of pitwall's own: that it fires, or that it no longer does.
public struct AlertNotice: Equatable, Codable, Sendable, Identifiable {
    public enum Kind: String, Codable, Sendable, CaseIterable { case firing, resolved }
    public var kind: Kind
    /// As it was when this was written down; once it is resolved, `endsAt` says when.
    public var alert: Alert

    public init(_ kind: Kind, _ alert: Alert) { (self.kind, self.alert) = (kind, alert) }

    /// The same for the same firing, however often it is sent: receivers can tell by it what they had before.
    public var id: String { "\(alert.fingerprint)-\(alert.startsAt.milliseconds)-\(kind.rawValue)" }
}

/// Takes alerts of pitwall's own. Each is told once and once more when it is resolved; what could not be told is tried
/// again with the same `id`.
public protocol AlertReceiving: Sendable {
    /// What it is, for people: `webhook https://...`. No secrets.
    var words: String { get }
    /// Seconds after which an alert that still fires must be told again; nil where once is enough.
    var renewal: Double? { get }
    /// Returns when the other side has all of them.
    func tell(_ notices: [AlertNotice], now: Timestamp) async throws(ConnectorFault)
}

/// A place that alerts of pitwall's own are sent on to, and which of them.
public struct AlertReceiver: Sendable {
    public var name: String
    public var receiving: any AlertReceiving
    public var filter: AlertFilter
    public var tellsResolved: Bool

    public init(
        _ name: String, _ receiving: any AlertReceiving, filter: AlertFilter = AlertFilter(), tellsResolved: Bool = true
    ) {
        (self.name, self.receiving, self.filter, self.tellsResolved) = (name, receiving, filter, tellsResolved)
    }
}

/// Which alerts are meant.
public struct AlertFilter: Equatable, Sendable {
    /// Nil: however bad.
    public var severities: Set<Severity>?
    /// Empty: all.
    public var names: Set<String>
    public var models: Set<String>

    public init(severities: Set<Severity>? = nil, names: Set<String> = [], models: Set<String> = []) {
        (self.severities, self.names, self.models) = (severities, names, models)
    }

    public func takes(_ alert: Alert, model: ModelName? = nil) -> Bool {
        (names.isEmpty || names.contains(alert.name))
            && (models.isEmpty || models.contains(model?.description ?? alert.labels["model"] ?? ""))
            && severities.map { $0.contains(alert.severity) } ?? true
    }
}

/// How far a notice got.
public struct Delivery: Equatable, Sendable, Identifiable {
    public enum Stage: String, Codable, Sendable, CaseIterable {
        case waiting, delivered, givenUp
        /// The receiver does not want to hear of ends.
        case unwanted
    }
    public var receiver: String
    public var notice: AlertNotice
    public var stage: Stage
    /// When it was written down, when that stage was reached, and when it is tried next.
    public var since: Timestamp
    public var at: Timestamp
    public var next: Timestamp
    public var attempts: Int
    /// Why the last attempt failed.
    public var fault: String?
    public var id: String { "\(receiver)/\(notice.id)" }

    public init(
        receiver: String, notice: AlertNotice, stage: Stage = .waiting, since: Timestamp, at: Timestamp? = nil,
        next: Timestamp? = nil, attempts: Int = 0, fault: String? = nil
    ) {
        (self.receiver, self.notice, self.stage, self.since) = (receiver, notice, stage, since)
        (self.at, self.next, self.attempts, self.fault) = (at ?? since, next ?? since, attempts, fault)
    }
}

/// How sending to a receiver goes.
public struct ReceiverState: Equatable, Sendable, Identifiable {
    public var name: String
    /// What it is: `alertmanager am`, `webhook https://...`, `command page`.
    public var words: String
    public var waiting: Int
    public var delivered: Int
    public var givenUp: Int
    public var lastDelivery: Timestamp?
    /// Why the last attempt failed; nil once one succeeded.
    public var fault: String?
    public var id: String { name }

    public init(
        name: String, words: String, waiting: Int = 0, delivered: Int = 0, givenUp: Int = 0,
        lastDelivery: Timestamp? = nil, fault: String? = nil
    ) {
        (self.name, self.words, self.waiting, self.delivered) = (name, words, waiting, delivered)
        (self.givenUp, self.lastDelivery, self.fault) = (givenUp, lastDelivery, fault)
    }
}
