import PitModel
import PitParse

/// One kind of object that holds a release: how it is read, which revisions it has, and what is sent to change it.
protocol KubeDialect: Sendable {
    var kind: DeploymentKind { get }
    var resource: KubeResource { get }
    var verbs: Set<DeploymentVerb> { get }

    /// What one object says by itself. Which revision is the current one may be filled in from elsewhere.
    func read(_ object: KubeObject, _ connection: ConnectionName) -> Deployment

    /// With what each holds, the newest first.
    func revisions(of object: KubeObject, _ api: KubeAPI) async throws(ConnectorFault) -> [KubeRevision]

    /// What runs now, in the form of a revision's content.
    func content(of object: KubeObject) -> JSONValue?

    /// What would be sent. It is made twice, for the plan and again when it is sent, from the object as it is then.
    func draft(
        _ request: DeploymentRequest, _ object: KubeObject, _ token: KubeToken, _ target: KubeRevision?
    ) throws(ConnectorFault) -> KubeDraft

    /// The part of the object that a verb writes.
    func part(of verb: DeploymentVerb) -> String?
    /// Whether a rollback needs a revision to go to: false where the object itself says where back is.
    func needsTarget(_ request: DeploymentRequest, _ object: KubeObject) -> Bool
    /// What a plan has to remember of the object beside its generation.
    func detail(_ request: DeploymentRequest, _ object: KubeObject) -> String?
    /// What became of a change that carries no note, where the goals do not tell.
    func traced(_ request: DeploymentRequest, _ object: KubeObject, _ token: KubeToken) -> ApplyTrace?
    /// What its controller tells elsewhere.
    func details(of object: KubeObject, _ api: KubeAPI) async -> [RolloutEvent]
    /// Whether pitwall has to keep its specs, because nobody else does.
    var keepsSpecs: Bool { get }
}

extension KubeDialect {
    func part(of verb: DeploymentVerb) -> String? { nil }
    func needsTarget(_ request: DeploymentRequest, _ object: KubeObject) -> Bool { true }
    func detail(_ request: DeploymentRequest, _ object: KubeObject) -> String? { nil }
    func traced(_ request: DeploymentRequest, _ object: KubeObject, _ token: KubeToken) -> ApplyTrace? { nil }
    func details(of object: KubeObject, _ api: KubeAPI) async -> [RolloutEvent] { [] }
    var keepsSpecs: Bool { false }
}

/// A revision with what it holds: a pod template, a predictor.
struct KubeRevision {
    var revision: Revision
    var content: JSONValue
}

/// A change, ready to be sent.
struct KubeDraft {
    /// A part of the object that is written by itself: `status`.
    var part: String?
    var type = JSONPatch.type
    var body: JSONValue
    var expectation: DeploymentExpectation
    var concerns: [Concern] = []
    /// What the object holds once it was done.
    var goals: [Goal] = []
    /// Whether the change carries its note, by which it is found again.
    var isNoted = true

    struct Goal: Equatable {
        var path: [String]
        /// Nil: it is not there.
        var value: JSONValue?
        init(_ path: String..., value: JSONValue?) { (self.path, self.value) = (path, value) }

        func holds(in object: KubeObject) -> Bool {
            var here: JSONValue? = object.json
            for step in path { here = here?[step] }
            if path == ["spec", "template"] {
                return here.map { PodTemplate($0).json.sorted } == value.map { PodTemplate($0).json.sorted }
            }
            if here?.isNull ?? true { return value == nil || value == .flag(false) }
            return here?.sorted == value?.sorted
        }
    }
}

extension KubeDialect {
    func id(_ object: KubeObject, _ connection: ConnectionName) -> DeploymentID {
        DeploymentID(
            connection: connection, kind: kind, namespace: object.meta.namespace, name: object.meta.name)
    }

    /// What every object with replicas of a pod template says of itself.
    func workload(_ object: KubeObject, _ connection: ConnectionName) -> Deployment {
        var deployment = Deployment(
            id: id(object, connection), uid: object.meta.uid, generation: object.meta.generation)
        if let template = object.template { deployment.artifacts = PodTemplate(template).artifacts }
        deployment.replicas = ReplicaCounts(
            wanted: object.spec["replicas"]?.whole ?? 1, updated: object.count("updatedReplicas"),
            ready: object.count("readyReplicas"), available: object.count("availableReplicas"),
            total: object.count("replicas"))
        return deployment
    }

    /// Since when and by whom, as far as the object says: the note where the last writer was pitwall itself.
    func sign(_ deployment: inout Deployment, from object: KubeObject) {
        let writer = object.meta.templateWriter
        deployment.since = writer?.at ?? object.meta.createdAt
        deployment.changedBy = writer?.name
        if writer?.name == KubeAPI.fieldManager, let note = KubeNote(object.meta.annotation(KubeNote.key)),
            !note.author.isEmpty
        {
            deployment.changedBy = note.author
        }
        deployment.managedBy = object.meta.managedBy
        deployment.model = object.meta.model
    }

    func refuse(_ verb: DeploymentVerb) -> ConnectorFault {
        .rejected("\(verb.rawValue) cannot be asked of a \(kind.rawValue)")
    }
}

/// What Deployments, StatefulSets and Rollouts have in common.
enum Workload {
    static let revision = "deployment.kubernetes.io/revision"
    static let changeCause = "kubernetes.io/change-cause"
    static let restartedAt = "kubectl.kubernetes.io/restartedAt"

    static func restart(_ patch: inout JSONPatch, _ object: KubeObject, _ token: KubeToken) {
        let path = "/spec/template/metadata"
        let stamp = JSONValue.text(token.at.rfc3339)
        guard let meta = object.template?["metadata"] else {
            patch.add(path, .object([("annotations", .object([(restartedAt, stamp)]))]))
            return
        }
        if meta["annotations"]?.members == nil {
            patch.add(path + "/annotations", .object([(restartedAt, stamp)]))
        } else {
            patch.add(path + "/annotations/" + JSONPatch.escaped(restartedAt), stamp)
        }
    }

    /// Asks for another number of replicas; gives what the object holds then.
    static func scale(
        _ patch: inout JSONPatch, _ object: KubeObject, _ request: DeploymentRequest, _ concerns: inout [Concern]
    ) throws(ConnectorFault) -> (goal: KubeDraft.Goal, amount: Int) {
        let amount = try amount(request)
        if object.spec["replicas"]?.whole == amount {
            concerns.append(Concern(.sameAsNow, "it has \(amount) replicas already", blocks: true))
        }
        patch.add("/spec/replicas", .number(Double(amount)))
        return (KubeDraft.Goal("spec", "replicas", value: .number(Double(amount))), amount)
    }

    private static func amount(_ request: DeploymentRequest) throws(ConnectorFault) -> Int {
        guard let amount = request.amount, (0...100_000).contains(amount) else {
            throw .rejected("say how many replicas: 0 or more")
        }
        return amount
    }
}

extension DeploymentRequest {
    /// The share of the traffic that is asked for.
    func percent() throws(ConnectorFault) -> Int {
        guard let amount, (0...100).contains(amount) else { throw .rejected("say how many percent: 0 to 100") }
        return amount
    }
}
