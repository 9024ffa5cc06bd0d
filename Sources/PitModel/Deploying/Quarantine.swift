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
