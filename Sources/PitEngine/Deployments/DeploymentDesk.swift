import PitModel

/// Everything that is known of deployments, and what is under way on them.
struct DeploymentDesk {
    private(set) var states: [DeploymentID: DeploymentState] = [:] { didSet { inOrder = nil } }
    private var inOrder: [DeploymentState]?
    /// When each connection's deployments were last read.
    var seen: [ConnectionName: Timestamp] = [:]
    /// Connections whose aliases this process has held against what is written of them.
    var pointed: Set<ConnectionName> = []
    /// Models by the words that the configuration names their deployment with, and by their own names.
    private var bindings: [String: ModelName] = [:]
    private var names: [String: ModelName] = [:]
    /// Since when a rollout has been seen under way.
    var rolling: [DeploymentID: Timestamp] = [:]
    /// Seconds that the last rollouts took, the newest first, by the deployment's full name.
    var times: [String: [Double]] = [:]
    /// Which operation has a deployment, by the deployment's full name.
    var locks: [String: String] = [:]
    /// The newest receipt of each, and by operation those whose proof is open.
    var receipts: [DeploymentID: Receipt] = [:]
    var proving: [String: Receipt] = [:]
    var quarantine: [QuarantinedVersion] = []
    /// Aliases that moved and are to be held against policies, with the version before; when those are tried again.
    var suspects: [DeploymentID: String?] = [:]
    var suspectsDue = Timestamp(milliseconds: 0)
    /// Aliases that were moved outside pitwall to where a policy would not have let them.
    var breaches: [DeploymentID: AliasBreach] = [:]
    /// Revisions that a person told the guard to leave alone.
    var refusals: [String: Set<String>] = [:]
    /// Deployments by the model that they serve.
    private(set) var byModel: [ModelName: [DeploymentID]] = [:]
    var ledgers: [ModelName: OutcomeLedger] = [:]

    /// When an operation's next step is due, by its id, and those that take one now.
    var due: [String: Timestamp] = [:]
    var stepping: Set<String> = []
    /// Deployments whose revisions are to be read at the next chance, because something changed.
    var wanted: Set<DeploymentID> = []
    /// When the journal was last looked at, and what its number was.
    var lookedAt = Timestamp(milliseconds: 0)
    var journalMark: Int64 = -1
    var auditMark: Int64 = -1
    var audit: [AuditEntry] = []
    var chain: AuditChain?
    /// When canaries were last judged; whether servers are being asked at this moment.
    var advisedAt = Timestamp(milliseconds: 0)
    var isTurning = false
    /// Since when the guard has seen the budget burn.
    var burning: [DeploymentID: Timestamp] = [:]

    subscript(_ id: DeploymentID) -> DeploymentState? {
        get { states[id] }
        set {
            let old = states[id]?.deployment.model
            states[id] = newValue
            let new = newValue?.deployment.model
            guard old != new else { return }
            if let old { byModel[old]?.removeAll { $0 == id } }
            if let new { byModel[new, default: []].append(id) }
        }
    }

    /// All, by path.
    mutating func sorted() -> [DeploymentState] {
        if let inOrder { return inOrder }
        let sorted = states.values.sorted { $0.id < $1.id }
        inOrder = sorted
        return sorted
    }

    var isCountingDown: Bool { states.values.contains { $0.guardDue != nil } }

    func isGuardDue(_ now: Timestamp) -> Bool { states.values.contains { $0.guardDue.map { $0 <= now } ?? false } }

    /// Those of one connection.
    func of(_ connection: ConnectionName) -> [DeploymentID] { states.keys.filter { $0.connection == connection } }

    mutating func forget(_ connections: Set<ConnectionName>) {
        for id in states.keys where connections.contains(id.connection) { self[id] = nil }
        for name in connections { seen[name] = nil }
    }

    mutating func bind(_ models: [ModelConfig]) {
        (bindings, names) = ([:], [:])
        for model in models {
            if let words = model.references["deployment"] {
                bindings[words] = model.name
            } else {
                names[model.name.description] = model.name
            }
        }
        for (id, known) in states {
            var state = known
            state.deployment.model = model(of: known.deployment)
            self[id] = state
        }
    }

    /// The model that it serves: the configuration's word, then the labels', then one of the same name.
    func model(of deployment: Deployment) -> ModelName? {
        let id = deployment.id
        if !bindings.isEmpty {
            for words in [id.path, id.description, "\(id.connection):\(id.path)", "\(id.connection)/\(id.path)"] {
                if let bound = bindings[words] { return bound }
            }
        }
        return deployment.model ?? names[id.name]
    }

    /// Median seconds of its last rollouts; nil when none was seen.
    func usualTime(_ id: DeploymentID) -> Double? {
        guard let times = times[id.description], !times.isEmpty else { return nil }
        let sorted = times.sorted()
        return sorted[sorted.count / 2]
    }
}
