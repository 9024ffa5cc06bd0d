import Foundation
import PitEngine
import PitModel
import PitStore
import Synchronization

/// A cluster in memory with one deployment, whose faults the test chooses.
final class FakeCluster: ApprovalHolding {
    static let about = ConnectorInfo(id: "fake-cluster", title: "Fake", summary: "deployments")
    static let deploymentVerbs: Set<DeploymentVerb> = [.rollback, .promote, .pause, .resume, .scale, .restart]

    enum Loss { case none, before(ConnectorFault), after(ConnectorFault) }

    struct State {
        var deployment: Deployment
        var revisions: [Revision]
        /// What reached the server, in order.
        var applied: [String] = []
        /// What happens to the next request.
        var loss = Loss.none
        /// Whether a rollout ends by itself as soon as it is looked at.
        var obeys = true
        var refusal: ConnectorFault?
        var traceFault: ConnectorFault?
        var permission = Permission.allowed
        var watches = 0
        /// Who has approved at the server.
        var approvals: [String] = []
    }
    let state: Mutex<State>

    static let id = DeploymentID(
        connection: ConnectionName("cluster"), kind: .deployment, namespace: "prod", name: "chat")

    static func revision(_ number: Int, model: String) -> Revision {
        Revision(
            id: RevisionID("chat-\(number)", hash: "hash\(number)"), label: "r\(number)", number: number,
            artifacts: [Artifact(.image, value: "vllm:0.11"), Artifact(.model, value: model)])
    }

    init(since: Timestamp = HandClock().now().advanced(by: -7200)) {
        let (good, bad) = (Self.revision(1, model: "chat-1"), Self.revision(2, model: "chat-2"))
        var current = bad
        current.isCurrent = true
        let deployment = Deployment(
            id: Self.id, uid: "u1", generation: 2, current: bad.id, release: "r2", artifacts: bad.artifacts,
            replicas: ReplicaCounts(wanted: 2, updated: 2, ready: 2, available: 2, total: 2), status: .complete,
            since: since, changedBy: "jenkins", verbs: [.rollback, .scale, .pause])
        state = Mutex(State(deployment: deployment, revisions: [current, good]))
    }
    convenience init(_ connection: Connection, http: any HTTP) { self.init() }

    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "fake") }
    func deployments() async throws(ConnectorFault) -> [Deployment] { state.withLock { [$0.deployment] } }
    func revisions(of deployment: DeploymentID) async throws(ConnectorFault) -> [Revision] {
        state.withLock { $0.revisions }
    }
    func changes(
        in deployment: DeploymentID, from: RevisionID?, to: RevisionID?
    ) async throws(ConnectorFault) -> [SpecChange] {
        [SpecChange("spec.model", before: "\"chat-1\"", after: "\"chat-2\"")]
    }

    func plan(_ request: DeploymentRequest) async throws(ConnectorFault) -> DeploymentPlan {
        try state.withLock { state throws(ConnectorFault) in
            if let refusal = state.refusal { throw refusal }
            let target = state.revisions.first { each in
                request.target.map { $0 == each.id } ?? !each.isCurrent
            }
            guard let target else { throw .rejected("no earlier revision") }
            let expectation: DeploymentExpectation =
                switch request.verb {
                case .scale: .scaled(request.amount ?? 1)
                case .pause: .paused(true)
                default: .serves(target.id)
                }
            return DeploymentPlan(
                request: request, before: state.deployment, target: target,
                changes: [SpecChange("spec.model", before: "\"chat-2\"", after: "\"chat-1\"")],
                permission: state.permission, token: target.id.name, expectation: expectation)
        }
    }

    func apply(_ plan: DeploymentPlan) async throws(ConnectorFault) -> String {
        try state.withLock { state throws(ConnectorFault) in
            let loss = state.loss
            state.loss = .none
            if case .before(let fault) = loss { throw fault }
            guard state.deployment.generation == plan.before.generation else {
                throw .rejected("generation is \(state.deployment.generation ?? 0)")
            }
            state.applied.append(plan.token)
            Self.serve(plan.target, &state)
            if case .after(let fault) = loss { throw fault }
            return "patched"
        }
    }

    private static func serve(_ target: Revision?, _ state: inout State) {
        guard let target else { return }
        state.deployment.generation = (state.deployment.generation ?? 0) + 1
        state.deployment.current = target.id
        state.deployment.artifacts = target.artifacts
        state.deployment.release = target.label
        state.deployment.status = .progressing
        state.deployment.replicas.updated = 0
        for index in state.revisions.indices {
            state.revisions[index].isCurrent = state.revisions[index].id == target.id
        }
    }

    /// Somebody else releases a revision.
    func release(_ number: Int, by who: String, at: Timestamp) {
        state.withLock { state in
            Self.serve(state.revisions.first { $0.number == number }, &state)
            (state.deployment.status, state.deployment.changedBy, state.deployment.since) = (.complete, who, at)
            state.deployment.replicas.updated = 2
        }
    }

    func approvals(of operation: String, _ plan: DeploymentPlan) async throws(ConnectorFault) -> [String] {
        state.withLock { $0.approvals }
    }
    func approvalHint(_ operation: String, _ plan: DeploymentPlan) -> String { "or say so at the server" }

    func trace(of plan: DeploymentPlan) async throws(ConnectorFault) -> ApplyTrace {
        try state.withLock { state throws(ConnectorFault) in
            if let fault = state.traceFault { throw fault }
            if state.deployment.current == plan.target?.id { return .done("it serves \(plan.token)") }
            if state.deployment.generation == plan.before.generation { return .notDone }
            return .superseded("generation is \(state.deployment.generation ?? 0)")
        }
    }

    func watch(_ deployment: DeploymentID) async throws(ConnectorFault) -> RolloutView {
        state.withLock { state in
            state.watches += 1
            if state.obeys, state.deployment.status == .progressing {
                state.deployment.status = .complete
                state.deployment.replicas.updated = 2
            }
            return RolloutView(deployment: state.deployment)
        }
    }
}

/// An engine with a model, the page that it is measured by, and the deployment that serves it.
struct DeployBench {
    let clock: HandClock
    let page = FakePage()
    let cluster: FakeCluster
    let store: Store
    let engine: Engine
    private let counts = Counts()

    private final class Counts: Sendable {
        let all = Mutex((requests: 0, failed: 0))
        let isPrepared = Mutex(false)
    }

    init(
        store: Store? = nil, cluster: FakeCluster? = nil, clock: HandClock = HandClock(),
        allow: Set<DeploymentVerb>? = nil, isReadOnly: Bool = false, author: String = "ana",
        configure: (inout DeploymentSettings) -> Void = { _ in }
    ) throws {
        self.clock = clock
        self.cluster = cluster ?? FakeCluster()
        self.store = try store ?? Store.inMemory()
        var connection = Connection(name: ConnectionName("cluster"), kind: "fake", url: "http://c", interval: 10)
        connection.allow = allow
        var settings = EngineSettings(
            servers: [
                ConnectedServer(connection, self.cluster),
                ConnectedServer(
                    Connection(name: ConnectionName("a"), kind: "metrics", url: "http://a", interval: 10), page),
            ],
            models: [
                ModelConfig(
                    name: ModelName("m"), metrics: [MetricsBinding(ConnectionName("a"))],
                    slo: ServiceLevels(ttftP95: 1, errorRatio: 0.02, availability: 0.99),
                    references: ["deployment": "prod/chat"])
            ],
            profiles: [Bench.profile], author: author, isReadOnly: isReadOnly)
        configure(&settings.deployments)
        engine = Engine(
            settings: settings, store: self.store, lock: nil, clock: clock, ring: LogRing(clock: clock),
            publish: { _ in })
    }

    /// Polls `count` times, ten seconds apart, with so many requests and failures each time.
    @discardableResult
    func turns(_ count: Int, requests: Int = 100, failed: Int = 0) async -> Snapshot {
        var last = Snapshot()
        if counts.isPrepared.withLock({ was in
            defer { was = true }
            return !was
        }) {
            last = await engine.prepare()
        }
        for _ in 0..<count {
            let now = counts.all.withLock { all in
                all = (all.requests + requests, all.failed + failed)
                return all
            }
            page.say(Bench.text(now.requests, failed: now.failed))
            clock.advance(10)
            _ = await engine.pollOnce()
            await engine.deploymentTurn()
            last = await engine.current()
        }
        return last
    }

    func request(_ verb: DeploymentVerb = .rollback, author: String = "ana") -> DeploymentRequest {
        DeploymentRequest(verb, FakeCluster.id, amount: 3, author: author, reason: "errors")
    }

    func rollBack() async throws -> JournalEntry { await engine.deploy(try await engine.plan(request())) }
}
