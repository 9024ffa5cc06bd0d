/// Everything the console shows, as of one moment. Immutable; screens are pure functions of it.
public struct Snapshot: Equatable, Sendable {
    public var revision: UInt64
    /// The moment it describes.
    public var at: Timestamp
    /// The time of the next older snapshot is `at` minus this, when rewound; live snapshots describe now.
    public var isLive: Bool
    public var models: [ModelState]
    public var connections: [ConnectionState]
    public var alerts: [AlertState]
    public var silences: [Silence]
    /// Oldest first; the recent ones.
    public var events: [Event]
    /// Newest last.
    public var operations: [JournalEntry]
    /// Newest last.
    public var log: [LogLine]
    public var poller: PollerState
    /// How many exchanges of each model are kept, and what was found in them, by model and detector.
    public var interactions: [InteractionTally] = []
    public var findings: [FindingTally] = []
    /// Pitwall's own rules, in the order that they are configured in.
    public var rules: [RuleState] = []
    /// Whatever serves or will serve models, over all connections, by path.
    public var deployments: [DeploymentState] = []
    /// Bad versions that are remembered, oldest first.
    public var quarantine: [QuarantinedVersion] = []
    /// The newest lines of the audit trail, newest last.
    public var audit: [AuditEntry] = []
    /// What checking the whole trail found; nil until it was checked.
    public var auditChain: AuditChain?
    /// Queues of exchanges to judge, and what people judged of each release, by model.
    public var queues: [LabelQueueState] = []
    public var labelQuality: [LabelQuality] = []
    public var labelWins: [LabelWinRate] = []
    /// Where alerts of pitwall's own are sent on to.
    public var receivers: [ReceiverState] = []
    /// Why what is polled is not being written to the disk, while that is so.
    public var notKept: String?

    public init(
        revision: UInt64 = 0, at: Timestamp = Timestamp(milliseconds: 0), isLive: Bool = true,
        models: [ModelState] = [], connections: [ConnectionState] = [], alerts: [AlertState] = [],
        silences: [Silence] = [], events: [Event] = [], operations: [JournalEntry] = [], log: [LogLine] = [],
        poller: PollerState = .this
    ) {
        (self.revision, self.at, self.isLive, self.models) = (revision, at, isLive, models)
        (self.connections, self.alerts, self.silences) = (connections, alerts, silences)
        (self.events, self.operations, self.log, self.poller) = (events, operations, log, poller)
    }
}

/// Who polls for this state folder.
public enum PollerState: Equatable, Codable, Sendable {
    case this
    case other(pid: Int32, host: String)
    case nobody
}

public struct ModelState: Equatable, Sendable, Identifiable {
    public var name: ModelName
    public var health: Health
    /// Why it is not ok, in a few words: `TTFT p95 1.9 s, promised 500 ms`.
    public var why: String
    public var replicasUp: Int
    public var replicasKnown: Int
    public var signals: [Signal: Measure]
    /// When the signals were last computed from fresh samples; nil when never.
    public var seenAt: Timestamp?
    /// Whether `signals` are too old to trust: shown dim, with their age.
    public var isStale: Bool
    /// One value per step, oldest first; nil where nothing was known.
    public var trends: [Signal: [Double?]]
    public var trendStep: Double
    public var slo: ServiceLevels
    public var replicas: [ReplicaState]
    public var blame: [Blame]
    public var firingAlerts: Int
    public var release: String?
    /// The latest change that concerns it.
    public var lastChange: Event?
    /// How its traffic has changed; nil while nothing was counted.
    public var drift: ModelDrift?
    public var id: ModelName { name }

    public init(
        name: ModelName, health: Health = .unknown, why: String = "", replicasUp: Int = 0, replicasKnown: Int = 0,
        signals: [Signal: Measure] = [:], seenAt: Timestamp? = nil, isStale: Bool = false,
        trends: [Signal: [Double?]] = [:], trendStep: Double = 15, slo: ServiceLevels = ServiceLevels(),
        replicas: [ReplicaState] = [], blame: [Blame] = [], firingAlerts: Int = 0, release: String? = nil,
        lastChange: Event? = nil, drift: ModelDrift? = nil
    ) {
        (self.name, self.health, self.why) = (name, health, why)
        (self.replicasUp, self.replicasKnown, self.signals) = (replicasUp, replicasKnown, signals)
        (self.seenAt, self.isStale, self.trends, self.trendStep) = (seenAt, isStale, trends, trendStep)
        (self.slo, self.replicas, self.blame, self.firingAlerts) = (slo, replicas, blame, firingAlerts)
        (self.release, self.lastChange, self.drift) = (release, lastChange, drift)
    }
}

/// One replica (a scraped target, or one engine of it).
public struct ReplicaState: Equatable, Sendable, Identifiable {
    public var id: String
    public var connection: ConnectionName
    public var isUp: Bool
    public var signals: [Signal: Measure]
    public var fault: ConnectorFault?
    public init(
        id: String, connection: ConnectionName, isUp: Bool, signals: [Signal: Measure] = [:],
        fault: ConnectorFault? = nil
    ) {
        (self.id, self.connection, self.isUp) = (id, connection, isUp)
        (self.signals, self.fault) = (signals, fault)
    }
}

/// One thing that a rise of the time to first token is consistent with. Never called a cause.
public struct Blame: Equatable, Codable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case queueLonger, promptsLonger, prefixHitsDown, kvCacheFull, replicaSlower, engineSlower
    }
    public var kind: Kind
    /// 0...1: how far the evidence goes; the ranking.
    public var strength: Double
    /// The figures: `waiting 2 -> 41`.
    public var evidence: String
    public init(_ kind: Kind, strength: Double, evidence: String) {
        (self.kind, self.strength, self.evidence) = (kind, strength, evidence)
    }
}

public struct ConnectionState: Equatable, Sendable, Identifiable {
    public enum Status: String, Codable, Sendable { case never, ok, failing }
    public var name: ConnectionName
    public var kind: String
    /// Without credentials.
    public var url: String
    public var capabilities: [String]
    public var status: Status
    public var identity: Identity?
    public var fault: ConnectorFault?
    public var lastAttempt: Timestamp?
    public var lastSuccess: Timestamp?
    public var nextAttempt: Timestamp?
    /// Seconds the last reply took.
    public var latency: Double?
    public var interval: Double
    public var failuresInRow: Int
    /// Polls since this process began, those of them that failed, and turns that were left out because the one before
    /// took too long or there was no time.
    public var polls = 0
    public var failedPolls = 0
    public var missedTurns = 0
    /// Seconds that the last poll began after its turn.
    public var lateBy = 0.0
    /// Samples (or alerts, or models) the last reply held.
    public var items: Int?
    public var badLineCount: Int
    public var badLines: [BadLine]
    public var warnings: [String]
    public var id: ConnectionName { name }

    public init(
        name: ConnectionName, kind: String, url: String, capabilities: [String] = [], status: Status = .never,
        identity: Identity? = nil, fault: ConnectorFault? = nil, lastAttempt: Timestamp? = nil,
        lastSuccess: Timestamp? = nil, nextAttempt: Timestamp? = nil, latency: Double? = nil, interval: Double = 15,
        failuresInRow: Int = 0, items: Int? = nil, badLineCount: Int = 0, badLines: [BadLine] = [],
        warnings: [String] = []
    ) {
        (self.name, self.kind, self.url, self.capabilities) = (name, kind, url, capabilities)
        (self.status, self.identity, self.fault) = (status, identity, fault)
        (self.lastAttempt, self.lastSuccess, self.nextAttempt) = (lastAttempt, lastSuccess, nextAttempt)
        (self.latency, self.interval, self.failuresInRow) = (latency, interval, failuresInRow)
        (self.items, self.badLineCount, self.badLines, self.warnings) = (items, badLineCount, badLines, warnings)
    }
}

/// An alert joined with what people did about it.
public struct AlertState: Equatable, Sendable, Identifiable {
    public var alert: Alert
    public var connection: ConnectionName
    public var model: ModelName?
    public var acknowledgement: Act?
    public var claim: Act?
    public var notes: [Act]
    /// Whether somebody called this firing noise, and how many firings were called so.
    public var noise: Act?
    public var timesNoise = 0
    /// How many times it fired in the time the store remembers.
    public var timesFired: Int
    /// Where others see that it is acknowledged.
    public var sharedIn: ConnectionName?
    /// How far the word of it got, by receiver: the latest of each.
    public var deliveries: [Delivery] = []
    public var id: String { alert.fingerprint }
    /// Who has it.
    public var owner: String? { claim.map { $0.text.isEmpty ? $0.author : $0.text } }

    public init(
        alert: Alert, connection: ConnectionName, model: ModelName? = nil, acknowledgement: Act? = nil,
        claim: Act? = nil, notes: [Act] = [], timesFired: Int = 1
    ) {
        (self.alert, self.connection, self.model) = (alert, connection, model)
        (self.acknowledgement, self.claim, self.notes) = (acknowledgement, claim, notes)
        self.timesFired = timesFired
    }
}

/// What a screen asks of the past: signals of one model over a span.
public struct HistoryQuery: Hashable, Codable, Sendable {
    public var model: ModelName
    public var signals: [Signal]
    /// Seconds back from `end`.
    public var span: Double
    /// Nil means: up to now.
    public var end: Timestamp?
    /// Points wanted at most, as wide as the chart.
    public var points: Int
    public init(model: ModelName, signals: [Signal], span: Double, end: Timestamp? = nil, points: Int) {
        (self.model, self.signals, self.span, self.end, self.points) = (model, signals, span, end, points)
    }
}

/// The answer: every signal on the same steps, nil where nothing was known.
public struct History: Equatable, Sendable {
    public var start: Timestamp
    /// Seconds from one value to the next.
    public var step: Double
    public var values: [Signal: [Double?]]
    /// Oldest first; those of the model and those of all, within the span.
    public var events: [Event]
    public init(start: Timestamp, step: Double, values: [Signal: [Double?]], events: [Event] = []) {
        (self.start, self.step, self.values, self.events) = (start, step, values, events)
    }
}
