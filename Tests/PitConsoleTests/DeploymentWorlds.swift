import PitConsole
import PitModel

func revision(
    _ number: Int, _ image: String, _ model: String, ago: Double, by author: String?, cause: String = "",
    isCurrent: Bool = false, replicas: Int? = nil, isRestorable: Bool = true
) -> Revision {
    Revision(
        id: RevisionID("rs-\(number)", uid: "uid-\(number)", hash: "hash\(number)"), label: "r\(number)",
        number: number,
        isCurrent: isCurrent, isRestorable: isRestorable, createdAt: noon.advanced(by: -ago), author: author,
        cause: cause,
        artifacts: [
            Artifact(.image, name: "vllm", value: "registry.example.com/vllm/vllm-openai:\(image)"),
            Artifact(.model, value: "models:/chat-ft/\(model)"),
        ],
        replicas: replicas)
}

func deployment(
    _ name: String, namespace: String? = "prod", kind: DeploymentKind = .deployment, model: String? = nil,
    status: RolloutStatus = .complete
) -> DeploymentState {
    let revisions = [
        revision(14, "v0.11.0", "14", ago: 10_800, by: "jenkins #812", isCurrent: true, replicas: 4),
        revision(13, "v0.10.2", "13", ago: 172_800, by: "jenkins #797", replicas: 0),
        revision(12, "v0.10.2", "12", ago: 800_000, by: "ana", cause: "first release with prefix caching"),
        revision(9, "v0.9.1", "9", ago: 3_000_000, by: nil, isRestorable: false),
    ]
    let deployment = Deployment(
        id: DeploymentID(connection: ConnectionName("cluster"), kind: kind, namespace: namespace, name: name),
        uid: "uid-\(name)", generation: 7, model: ModelName(model ?? name), current: revisions[0].id, release: "r14",
        artifacts: revisions[0].artifacts,
        replicas: ReplicaCounts(wanted: 4, updated: 4, ready: 4, available: 4, total: 4),
        traffic: [TrafficShare("r14", revision: revisions[0].id, percent: 100)], status: status,
        since: noon.advanced(by: -10_800), changedBy: "jenkins #812",
        verbs: [.rollback, .pause, .resume, .restart, .scale])
    return DeploymentState(
        deployment, seenAt: noon.advanced(by: -2), revisions: revisions,
        changes: [
            revisions[0].id: [
                SpecChange(
                    "spec.template.spec.containers[vllm].image", before: "\"vllm/vllm-openai:v0.10.2\"",
                    after: "\"vllm/vllm-openai:v0.11.0\""),
                SpecChange(
                    "spec.template.spec.containers[vllm].args[1]", before: "\"chat-ft-13\"", after: "\"chat-ft-14\""),
            ]
        ],
        readiness: Readiness(
            warmth: .cold, historyLimit: 10, imageCached: true, weightsCached: nil, hasRoom: true, secondsToServe: 192,
            words: ["from its last 4 starts"]))
}

func plan(
    _ state: DeploymentState, verb: DeploymentVerb = .rollback, concerns: [Concern] = [],
    permission: Permission = .allowed
) -> DeploymentPlan {
    let target = state.revisions?.dropFirst().first
    return DeploymentPlan(
        request: DeploymentRequest(verb, state.id, author: "ana", reason: ""), before: state.deployment, target: target,
        changes: [
            SpecChange(
                "spec.template.spec.containers[vllm].image", before: "\"vllm/vllm-openai:v0.11.0\"",
                after: "\"vllm/vllm-openai:v0.10.2\""),
            SpecChange(
                "spec.template.spec.containers[vllm].args[1]", before: "\"chat-ft-14\"", after: "\"chat-ft-13\""),
            SpecChange("spec.template.metadata.annotations.note", before: "\"with prefix caching\"", after: nil),
        ],
        preconditions: ["generation is 7", "uid is \(state.deployment.uid)"], permission: permission,
        concerns: [Concern(.managed, "Argo CD manages it and will bring back what its repository says")] + concerns,
        blastReplicas: 4, blastTraffic: 1, readiness: state.readiness,
        exchange: [
            "PATCH /apis/apps/v1/namespaces/prod/deployments/\(state.deployment.id.name)", "[{\"op\":\"test\", ...}]",
        ],
        expectation: .serves(target?.id ?? RevisionID("none")))
}

func proof(_ verdict: Proof.Verdict, of state: DeploymentState) -> Proof {
    Proof(
        operation: "5d2e1f8a-0000-4000-8000-000000000009", deployment: state.id, model: state.deployment.model,
        verdict: verdict,
        evidence: [
            Proof.Evidence(
                "error ratio", before: 0.12, after: verdict == .notRecovered ? 0.11 : 0.0004, countBefore: 5120,
                countAfter: verdict == .notEnoughData ? 41 : 2210, expected: 0.0003,
                pValue: verdict == .recovered ? 0.00002 : 0.41),
            Proof.Evidence("TTFT p95", before: 1.9, after: verdict == .notRecovered ? 1.8 : 0.41, expected: 0.4),
            Proof.Evidence("drift", before: 0.41, after: nil, words: "too few requests since to judge"),
        ],
        startedAt: noon.advanced(by: -600), rolledOutAt: noon.advanced(by: -300),
        decidedAt: verdict == .open ? nil : noon.advanced(by: -60),
        words: verdict == .recovered
            ? "the error ratio is as in calm times"
            : verdict == .notRecovered
                ? "the error ratio is as high as before" : "too little was asked of it to tell")
}

/// One deployment in each of the states that the screens must tell apart.
enum DeploymentWorlds {
    static let states: [(name: String, state: DeploymentState)] = [
        ("healthy", deployment("support-chat")), ("canary", canary), ("failed", failed), ("rolling", rolling),
        ("recovered", proved(.recovered, "recovered")), ("not-recovered", proved(.notRecovered, "not-recovered")),
        ("not-enough", proved(.notEnoughData, "not-enough")), ("quarantined", quarantined), ("guarded", guarded),
        ("stale", stale), ("unknown", unknown),
    ]

    static let canary: DeploymentState = {
        var state = deployment("code-assist", kind: .rollout, status: .canary)
        state.deployment.traffic = [
            TrafficShare("r13", revision: state.revisions?[1].id, percent: 80),
            TrafficShare("r14", revision: state.deployment.current, percent: 20),
        ]
        state.deployment.steps = RolloutSteps(
            current: 1, all: ["weight 20%", "pause 10m", "weight 50%", "analysis success-rate"],
            analyses: ["success-rate: Running"])
        state.deployment.verbs = [.rollback, .promote, .abort, .retry, .setWeight, .pause]
        state.advice = CanaryAdvice(
            .rollback,
            reasons: ["error ratio 2.1% against 0.1% of the stable release, p < 0.001", "TTFT p95 equal, p 0.62"])
        return state
    }()

    static let failed: DeploymentState = {
        var state = deployment("summarise", status: .failed)
        state.deployment.replicas = ReplicaCounts(wanted: 4, updated: 1, ready: 3, available: 3, total: 5)
        state.deployment.message = "ImagePullBackOff: registry.example.com/vllm:v0.12 not found"
        state.view = RolloutView(
            deployment: state.deployment,
            events: [
                RolloutEvent(
                    at: noon.advanced(by: -240), object: "ReplicaSet/rs-14", reason: "SuccessfulCreate",
                    words: "created pod x"),
                RolloutEvent(
                    at: noon.advanced(by: -120), isWarning: true, object: "Pod/summarise-x", reason: "Failed",
                    words: "Failed to pull image \u{1B}[31m\"vllm:v0.12\": not found"),
            ], conditions: ["Progressing is False: ProgressDeadlineExceeded", "Available is True"])
        return state
    }()

    static let rolling: DeploymentState = {
        var state = deployment("rolling", status: .progressing)
        state.deployment.replicas = ReplicaCounts(wanted: 4, updated: 2, ready: 3, available: 3, total: 5)
        (state.progress, state.secondsLeft) = (0.62, 74)
        state.operation = "5d2e1f8a-0000-4000-8000-000000000009"
        state.proof = Proof(
            operation: "5d2e1f8a-0000-4000-8000-000000000009", deployment: state.id, startedAt: noon.advanced(by: -40))
        return state
    }()

    static func proved(_ verdict: Proof.Verdict, _ name: String) -> DeploymentState {
        var state = deployment(name)
        state.proof = proof(verdict, of: state)
        return state
    }

    static let quarantined: DeploymentState = {
        var state = deployment("quarantined")
        state.deployment.managedBy = "Argo CD"
        state.quarantine = ["image vllm-openai:v0.11.0 was rolled back by ana 2 d ago; Argo CD brought it back"]
        return state
    }()

    static let guarded: DeploymentState = {
        var state = deployment("guarded")
        state.guardDue = noon.advanced(by: 42)
        return state
    }()

    static let stale: DeploymentState = {
        var state = deployment("stale")
        (state.isStale, state.seenAt) = (true, noon.advanced(by: -600))
        return state
    }()

    /// What a build server knows: next to nothing.
    static let unknown = DeploymentState(
        Deployment(
            id: DeploymentID(connection: ConnectionName("jenkins"), kind: .job, name: "deploy-embed"), uid: "",
            verbs: [.rollback]), seenAt: noon.advanced(by: -5))

    /// All of them at once.
    static let all: Snapshot = {
        var world = Worlds.healthy
        world.deployments = states.map(\.state).sorted { $0.id < $1.id }
        world.events.append(
            Event(
                at: noon.advanced(by: -60), kind: .proof, model: ModelName("support-chat"), title: "rollback RECOVERED")
        )
        world.audit = audit
        world.auditChain = .broken(at: 2, why: "its hash is not that of its words")
        world.operations = [operation]
        return world
    }()

    static func world(_ state: DeploymentState) -> Snapshot {
        var world = Worlds.healthy
        world.deployments = [state]
        world.audit = audit
        world.auditChain = .whole(entries: 3)
        return world
    }

    static let audit = [
        AuditEntry(
            sequence: 1, at: noon.advanced(by: -900), author: "ana", what: "acknowledge", subject: "f00",
            detail: "seen", hash: String(repeating: "a1", count: 32)),
        AuditEntry(
            sequence: 2, at: noon.advanced(by: -600), author: "ana", identity: "system:serviceaccount:ops:pitwall",
            what: "rollback sent", subject: "5d2e1f8a-0000-4000-8000-000000000009",
            detail: "errors since r14", hash: String(repeating: "b2", count: 32)),
        AuditEntry(
            sequence: 3, at: noon.advanced(by: -60), author: "pitwall", what: "configuration", subject: "pitwall.yaml",
            detail: "reloaded", hash: String(repeating: "c3", count: 32)),
    ]

    static let operation = JournalEntry(
        Operation(
            id: "5d2e1f8a-0000-4000-8000-000000000009", connection: ConnectionName("cluster"),
            request: .deploy(plan(rolling)), author: "ana", reason: "errors since r14", at: noon.advanced(by: -600),
            expecting: .deployed(rolling.id, .serves(RevisionID("rs-13")))), stage: .acknowledged,
        at: noon.advanced(by: -590), detail: "accepted")
}
