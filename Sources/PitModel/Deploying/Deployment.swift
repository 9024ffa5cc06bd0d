/// Which deployment is meant, over all connections and kinds.
public struct DeploymentID: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    public var connection: ConnectionName
    public var kind: DeploymentKind
    /// Nil where the system has none.
    public var namespace: String?
    public var name: String
    public init(connection: ConnectionName, kind: DeploymentKind, namespace: String? = nil, name: String) {
        (self.connection, self.kind, self.namespace, self.name) = (connection, kind, namespace, name)
    }

    /// `prod/support-chat`: what a person types, and what stands in the table.
    public var path: String { namespace.map { "\($0)/\(name)" } ?? name }
    /// `cluster:deployment/prod/support-chat`: unique, and stable over restarts.
    public var description: String { "\(connection):\(kind.rawValue)/\(path)" }
    public static func < (a: Self, b: Self) -> Bool {
        a.path != b.path ? a.path < b.path : a.description < b.description
    }
}

/// What sort of thing holds the release.
public enum DeploymentKind: String, Codable, Sendable, CaseIterable {
    case deployment, statefulSet, inferenceService, llmInferenceService, rollout
    /// An alias of a registered model.
    case alias
    /// A job of a build server whose parameters choose the release.
    case job
    /// Whatever a webhook or a command deploys.
    case external
}

/// A deployment as the system that holds it describes it now.
public struct Deployment: Equatable, Codable, Sendable, Identifiable {
    public var id: DeploymentID
    /// The system's own identity of this very object; a new one after it was deleted and made again.
    public var uid: String
    /// Goes up with every change of what is wanted; nil where the system counts nothing.
    public var generation: Int?
    /// The model it serves, when the configuration or its labels say so.
    public var model: ModelName?
    /// The revision that is wanted now.
    public var current: RevisionID?
    /// What the people call it: `r14`, `v3`, `#812`.
    public var release: String
    /// Image, model, prompt: what one would compare.
    public var artifacts: [Artifact]
    public var replicas: ReplicaCounts
    /// Shares of the traffic, the largest first; empty where nothing splits it.
    public var traffic: [TrafficShare]
    public var status: RolloutStatus
    /// In the system's words: `exceeded quota`, `ImagePullBackOff: ...`; not sanitized.
    public var message: String
    /// When the current revision came.
    public var since: Timestamp?
    /// Who or what brought it, where that is told.
    public var changedBy: String?
    /// A controller that will bring back what its repository says: `Argo CD`, `Flux`, `Helm`.
    public var managedBy: String?
    /// What can be asked of it now.
    public var verbs: Set<DeploymentVerb>
    /// For quick steps: the steps of a canary and which of them it is at, when there are some.
    public var steps: RolloutSteps?

    public init(
        id: DeploymentID, uid: String, generation: Int? = nil, model: ModelName? = nil, current: RevisionID? = nil,
        release: String = "", artifacts: [Artifact] = [], replicas: ReplicaCounts = ReplicaCounts(),
        traffic: [TrafficShare] = [], status: RolloutStatus = .unknown, message: String = "", since: Timestamp? = nil,
        changedBy: String? = nil, managedBy: String? = nil, verbs: Set<DeploymentVerb> = [],
        steps: RolloutSteps? = nil
    ) {
        (self.id, self.uid, self.generation, self.model, self.current) = (id, uid, generation, model, current)
        (self.release, self.artifacts, self.replicas, self.traffic) = (release, artifacts, replicas, traffic)
        (self.status, self.message, self.since, self.changedBy) = (status, message, since, changedBy)
        (self.managedBy, self.verbs, self.steps) = (managedBy, verbs, steps)
    }
}

/// One thing that a release consists of.
public struct Artifact: Hashable, Codable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable { case image, model, prompt, argument, parameter }
    public var kind: Kind
    /// The container, the parameter's name; empty where there is but one.
    public var name: String
    /// `vllm/vllm-openai:v0.11`, `models:/chat/14`.
    public var value: String
    /// `sha256:...`, where it is known: what a tag means can change.
    public var digest: String?
    public init(_ kind: Kind, name: String = "", value: String, digest: String? = nil) {
        (self.kind, self.name, self.value, self.digest) = (kind, name, value, digest)
    }
}

/// Nil is not known, and is not 0.
public struct ReplicaCounts: Equatable, Codable, Sendable {
    public var wanted: Int?
    /// Of the current revision.
    public var updated: Int?
    public var ready: Int?
    public var available: Int?
    /// Of every revision.
    public var total: Int?
    public init(
        wanted: Int? = nil, updated: Int? = nil, ready: Int? = nil, available: Int? = nil, total: Int? = nil
    ) {
        (self.wanted, self.updated, self.ready) = (wanted, updated, ready)
        (self.available, self.total) = (available, total)
    }
}

public struct TrafficShare: Equatable, Codable, Sendable {
    /// `r14`.
    public var release: String
    public var revision: RevisionID?
    /// 0...100.
    public var percent: Double
    public init(_ release: String, revision: RevisionID? = nil, percent: Double) {
        (self.release, self.revision, self.percent) = (release, revision, percent)
    }
}

/// Steps of a canary; `current` is the index of the one that runs, their number once all are done.
public struct RolloutSteps: Equatable, Codable, Sendable {
    public var current: Int
    /// `weight 20%`, `pause 10m`, `analysis success-rate`.
    public var all: [String]
    /// Phases of the analysis runs, `success-rate: Running`.
    public var analyses: [String]
    public init(current: Int, all: [String], analyses: [String] = []) {
        (self.current, self.all, self.analyses) = (current, all, analyses)
    }
}

/// How far what is wanted has come true. Decided by counts and by what the controller has observed, never by the
/// reply to a request.
public enum RolloutStatus: String, Codable, Sendable, CaseIterable {
    case complete, progressing, canary, paused, failed, degraded, stopped, unknown
    /// Nothing more will happen by itself.
    public var isSettled: Bool { self == .complete || self == .failed || self == .stopped }
    public var word: String { rawValue }
}
