/// A version that was bad, remembered so that it is noticed when somebody brings it back.
public struct QuarantinedVersion: Equatable, Codable, Sendable, Identifiable {
    /// What it is known by.
    public enum Mark: Hashable, Codable, Sendable {
        /// An image, a model or a prompt, wherever it is served.
        case artifact(Artifact)
        /// A revision of one deployment, where no artifact tells it from the good one.
        case revision(String)
    }
    public var id: Int64
    public var at: Timestamp
    /// Who rolled it back.
    public var author: String
    /// Where it was bad.
    public var deployment: DeploymentID
    public var mark: Mark
    public var reason: String
    public init(
        id: Int64 = 0, at: Timestamp, author: String, deployment: DeploymentID, mark: Mark, reason: String
    ) {
        (self.id, self.at, self.author) = (id, at, author)
        (self.deployment, self.mark, self.reason) = (deployment, mark, reason)
    }

    /// `image vllm:0.11`, as a person reads it.
    public var words: String {
        switch mark {
        case .artifact(let artifact):
            "\(artifact.kind.rawValue) \(artifact.value)" + (artifact.digest.map { " (\($0.prefix(19)))" } ?? "")
        case .revision(let name): "revision \(name) of \(deployment.path)"
        }
    }

    /// Whether a deployment's wanted version is this one. A tag stands for what it means only where no digest is known.
    public func isServed(by deployment: Deployment) -> Bool {
        holds(deployment.id, deployment.current, deployment.artifacts)
    }

    public func isServed(by revision: Revision, of deployment: DeploymentID) -> Bool {
        holds(deployment, revision.id, revision.artifacts)
    }

    private func holds(_ id: DeploymentID, _ revision: RevisionID?, _ artifacts: [Artifact]) -> Bool {
        switch mark {
        case .revision(let name):
            guard id == deployment, let revision else { return false }
            return (revision.hash.isEmpty ? revision.name : revision.hash) == name
        case .artifact(let bad):
            return artifacts.contains { other in
                guard other.kind == bad.kind else { return false }
                if let a = other.digest, let b = bad.digest { return a == b }
                return other.value == bad.value
            }
        }
    }
}

/// A spec as it was wanted at one time, where the system itself keeps no earlier ones.
public struct RecordedSpec: Equatable, Codable, Sendable {
    public var deployment: DeploymentID
    public var revision: RevisionID
    public var at: Timestamp
    /// What the connector needs to put it back: JSON as it sees fit, without secrets.
    public var body: String
    public init(deployment: DeploymentID, revision: RevisionID, at: Timestamp, body: String) {
        (self.deployment, self.revision, self.at, self.body) = (deployment, revision, at, body)
    }
}

/// A system that keeps no earlier spec: the engine keeps what the connector saw, and gives it back before it asks for
/// revisions, changes, plans, or sends one.
public protocol SpecRecording: Deploying {
    /// The spec of each deployment as it is wanted now. Called after `deployments`, at each poll.
    func currentSpecs() async throws(ConnectorFault) -> [RecordedSpec]
    /// What was kept of a deployment, the newest first.
    func recall(_ specs: [RecordedSpec], of deployment: DeploymentID) async
}
