public import PitModel

/// What somebody wants done with a deployment, before it is known with which.
public struct Proposal: Equatable, Sendable {
    public var verb: DeploymentVerb
    /// The deployments that it could be; one is chosen where there are several.
    public var candidates: [DeploymentID]
    public var target: RevisionID?
    public var amount: Int?
    /// What the reason begins as: what is wrong with the model, which alert fires.
    public var reason: String
    public init(
        _ verb: DeploymentVerb, _ candidates: [DeploymentID], to target: RevisionID? = nil, amount: Int? = nil,
        reason: String = ""
    ) {
        (self.verb, self.candidates, self.target) = (verb, candidates, target)
        (self.amount, self.reason) = (amount, reason)
    }

    func request(for deployment: DeploymentID, author: String) -> DeploymentRequest {
        DeploymentRequest(verb, deployment, to: target, amount: amount, author: author, reason: reason)
    }
}

extension Screen {
    /// Puts the deployments that a screen is about to a verb, or says why that cannot be.
    static func propose(
        _ verb: DeploymentVerb, _ states: [DeploymentState], about subject: String, to target: RevisionID? = nil,
        amount: Int? = nil, reason: String = "", _ world: World
    ) -> [Effect] {
        let known = states.filter { $0.deployment.verbs.contains(verb) }
        if let why = refusal(verb, states, about: subject, world) { return [.toast(Notice(.warn, why))] }
        return [.propose(Proposal(verb, known.map(\.id), to: target, amount: amount, reason: reason))]
    }

    /// Why a verb cannot be asked of any of the deployments; nil when it can.
    static func refusal(
        _ verb: DeploymentVerb, _ states: [DeploymentState], about subject: String, _ world: World
    ) -> String? {
        guard let first = states.first else {
            return world.snapshot.deployments.isEmpty
                ? "no deployments are known: 4 says what to configure"
                : "no deployment is known to serve \(subject)"
        }
        guard states.contains(where: { $0.deployment.verbs.contains(verb) }) else {
            let names = states.count == 1 ? first.id.path : "none of its \(states.count) deployments"
            let kind = states.count == 1 ? " (a \(first.id.kind.title))" : ""
            return states.count == 1
                ? "\(names)\(kind) cannot be asked to \(verb.title) now" : "\(names) can be asked to \(verb.title) now"
        }
        return nil
    }
}

extension DeploymentKind {
    var title: String {
        switch self {
        case .deployment: "Deployment"
        case .statefulSet: "StatefulSet"
        case .inferenceService: "InferenceService"
        case .llmInferenceService: "LLMInferenceService"
        case .rollout: "Rollout"
        case .alias: "model alias"
        case .job: "build job"
        case .external: "deployment of a command"
        }
    }
}
