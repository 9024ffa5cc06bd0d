/// Holds deployments, and can be asked to change them. The engine plans, journals, applies, and then watches until
/// what was asked for is seen; a connector only speaks its server's language.
public protocol Deploying: Connector {
    /// What this product can be asked for at all.
    static var deploymentVerbs: Set<DeploymentVerb> { get }

    /// Every deployment there is now. Called at each poll; a connector that watches keeps its own state between calls
    /// and answers from it.
    func deployments() async throws(ConnectorFault) -> [Deployment]

    /// The newest first.
    func revisions(of deployment: DeploymentID) async throws(ConnectorFault) -> [Revision]

    /// What changes between two revisions; nil is what is wanted now.
    func changes(
        in deployment: DeploymentID, from: RevisionID?, to: RevisionID?
    ) async throws(ConnectorFault) -> [SpecChange]

    /// Finds out everything that is needed to do it, asks the server for permission and for a dry run where it has
    /// one, and changes nothing.
    func plan(_ request: DeploymentRequest) async throws(ConnectorFault) -> DeploymentPlan

    /// Sends what was planned, exactly that, once. The server's word is returned; it is no proof of an effect.
    /// A precondition that no longer holds throws `rejected` with the reason that was found.
    func apply(_ plan: DeploymentPlan) async throws(ConnectorFault) -> String

    /// Asks the server whether what was planned was done: after a kill or a lost connection.
    func trace(of plan: DeploymentPlan) async throws(ConnectorFault) -> ApplyTrace

    /// One deployment now, read afresh, with what happened to it lately.
    func watch(_ deployment: DeploymentID) async throws(ConnectorFault) -> RolloutView
}

/// What can be asked for.
public enum DeploymentVerb: String, Codable, Sendable, CaseIterable {
    case rollback, promote, pause, resume, restart, scale, abort, retry, setWeight, stop, start
}

/// What a person asks for, before anything was found out.
public struct DeploymentRequest: Equatable, Codable, Sendable {
    public var deployment: DeploymentID
    public var verb: DeploymentVerb
    /// Where to: of a rollback (nil: the one before), or of a promotion.
    public var target: RevisionID?
    /// Replicas of `scale`, percent of `setWeight`.
    public var amount: Int?
    public var author: String
    public var reason: String
    public init(
        _ verb: DeploymentVerb, _ deployment: DeploymentID, to target: RevisionID? = nil, amount: Int? = nil,
        author: String, reason: String
    ) {
        (self.verb, self.deployment, self.target, self.amount) = (verb, deployment, target, amount)
        (self.author, self.reason) = (author, reason)
    }
}

/// A plan is data: it is shown, journalled, sent, and after a crash compared with what the server holds.
public struct DeploymentPlan: Equatable, Codable, Sendable {
    public var request: DeploymentRequest
    /// The deployment as it was when the plan was made.
    public var before: Deployment
    public var target: Revision?
    public var changes: [SpecChange]
    /// What must still be true when it is sent, in words: `generation is 7`.
    public var preconditions: [String]
    public var permission: Permission
    /// What stands against it or should be known. Any that blocks keeps it from being sent.
    public var concerns: [Concern]
    /// Replicas that will be replaced, and the share of the traffic that they have; nil: not known.
    public var blastReplicas: Int?
    public var blastTraffic: Double?
    public var readiness: Readiness?
    /// What will go out, as a person reads it: method, path and body, without secrets.
    public var exchange: [String]
    /// For the connector that made it: what it needs to send this and nothing else. Holds no secret.
    public var token: String
    /// What must be seen afterwards.
    public var expectation: DeploymentExpectation
    /// What people judged of the release that serves and of the one that is to, in words; nil: nothing of either.
    public var judged: [String]?
    public init(
        request: DeploymentRequest, before: Deployment, target: Revision? = nil, changes: [SpecChange] = [],
        preconditions: [String] = [], permission: Permission = .unknown, concerns: [Concern] = [],
        blastReplicas: Int? = nil, blastTraffic: Double? = nil, readiness: Readiness? = nil, exchange: [String] = [],
        token: String = "", expectation: DeploymentExpectation
    ) {
        (self.request, self.before, self.target, self.changes) = (request, before, target, changes)
        (self.preconditions, self.permission, self.concerns) = (preconditions, permission, concerns)
        (self.blastReplicas, self.blastTraffic, self.readiness) = (blastReplicas, blastTraffic, readiness)
        (self.exchange, self.token, self.expectation) = (exchange, token, expectation)
    }
    /// Whether it may be sent.
    public var isBlocked: Bool { permission.isDenied || concerns.contains { $0.blocks } }
}

public enum Permission: Equatable, Codable, Sendable {
    case allowed
    case denied(String)
    /// The system cannot be asked.
    case unknown
    public var isDenied: Bool { if case .denied = self { true } else { false } }
}

/// Something to know before it is done.
public struct Concern: Equatable, Codable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case operationInFlight, silence, freeze, managed, paused, notAllowed, readOnly, sameAsNow, gone, quarantined,
            approvalMissing, dryRun, warning, cold
        /// A policy that does not hold, or a version that people decided against.
        case review
    }
    public var kind: Kind
    public var words: String
    public var blocks: Bool
    public init(_ kind: Kind, _ words: String, blocks: Bool = false) {
        (self.kind, self.words, self.blocks) = (kind, words, blocks)
    }
}

/// What a finished operation looks like, so that any later reading can be held against it.
public enum DeploymentExpectation: Equatable, Codable, Sendable {
    /// That revision is the current one, and its rollout is complete.
    case serves(RevisionID)
    case scaled(Int)
    case paused(Bool)
    /// The share of the newest revision, in percent, within half of one.
    case weight(Double)
    /// Another revision or start than before, complete.
    case restarted(after: Int?)
    case stopped(Bool)
}

/// What the server says became of a plan.
public enum ApplyTrace: Equatable, Codable, Sendable {
    /// It holds what was asked for.
    case done(String)
    /// It was not done, and sending it now does it once.
    case notDone
    /// Somebody changed it meanwhile: neither.
    case superseded(String)
    case unknown(String)
}

/// A rollout while it runs.
public struct RolloutView: Equatable, Codable, Sendable {
    public var deployment: Deployment
    /// Newest last, not sanitized: reasons, probes, quota, image errors.
    public var events: [RolloutEvent]
    /// Whether it can still come true; nil: not known. A failed rollout names its cause in `deployment.message`.
    public var conditions: [String]
    public init(deployment: Deployment, events: [RolloutEvent] = [], conditions: [String] = []) {
        (self.deployment, self.events, self.conditions) = (deployment, events, conditions)
    }
}

public struct RolloutEvent: Equatable, Codable, Sendable {
    public var at: Timestamp
    public var isWarning: Bool
    /// `Pod/llm-7d9c-x`.
    public var object: String
    public var reason: String
    public var words: String
    public init(at: Timestamp, isWarning: Bool = false, object: String = "", reason: String, words: String) {
        (self.at, self.isWarning, self.object) = (at, isWarning, object)
        (self.reason, self.words) = (reason, words)
    }
}

extension DeploymentExpectation {
    /// Whether the deployment now is what was asked for: `unmet` also while it is still on its way.
    public func verdict(on now: Deployment) -> Verdict {
        switch self {
        case .serves(let revision):
            guard let current = now.current else { return .unknown }
            let isIt =
                current.hash.isEmpty || revision.hash.isEmpty
                ? current.name == revision.name : current.hash == revision.hash
            return isIt && now.status == .complete ? .met : .unmet
        case .scaled(let wanted):
            guard let replicas = now.replicas.wanted else { return .unknown }
            return replicas == wanted && (now.replicas.ready ?? 0) == wanted ? .met : .unmet
        case .paused(let isPaused): return (now.status == .paused) == isPaused ? .met : .unmet
        case .weight(let percent):
            guard let share = now.traffic.first(where: { $0.revision != nil && $0.revision == now.current }) else {
                return .unknown
            }
            return abs(share.percent - percent) <= 0.5 ? .met : .unmet
        case .restarted(let generation):
            guard now.status == .complete else { return .unmet }
            return generation.flatMap { old in now.generation.map { $0 > old ? .met : .unmet } } ?? .unknown
        case .stopped(let isStopped): return (now.status == .stopped) == isStopped ? .met : .unmet
        }
    }
}

/// Holds people's approvals of operations where those who have no pitwall can give them.
public protocol ApprovalHolding: Deploying {
    /// Who has approved an operation, by the server's word.
    func approvals(of operation: String, _ plan: DeploymentPlan) async throws(ConnectorFault) -> [String]
    /// How to approve one there: `set the tag ... on the model ...`.
    func approvalHint(_ operation: String, _ plan: DeploymentPlan) -> String
}

/// Knows who its server takes pitwall for.
public protocol IdentityTelling: Connector {
    /// `system:serviceaccount:ops:pitwall`; empty until it was told.
    var serverIdentity: String { get }
}

extension DeploymentVerb {
    /// Whether it takes something back, and brings nothing new.
    public var goesBack: Bool { [.rollback, .abort, .pause, .stop].contains(self) }

    /// Whether it should change how the model does, so that it can be proved.
    public var isProvable: Bool { [.rollback, .promote, .abort, .setWeight, .restart].contains(self) }

    /// Whether all replicas become others.
    public var replacesReplicas: Bool { [.rollback, .promote, .restart, .abort].contains(self) }
}
