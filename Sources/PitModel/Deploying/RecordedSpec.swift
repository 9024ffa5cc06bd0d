/// What a deployment was told to be once, where its system itself does not keep that.
public struct RecordedSpec: Equatable, Codable, Sendable {
    public var deployment: DeploymentID
    /// Tells specs of one deployment apart; equal specs have equal ones.
    public var digest: String
    /// As JSON. Never one that looks as if a secret stood in it.
    public var json: String
    /// What people called it: a model's uri, a label.
    public var release: String
    public var seenAt: Timestamp
    public init(deployment: DeploymentID, digest: String, json: String, release: String, seenAt: Timestamp) {
        (self.deployment, self.digest, self.json) = (deployment, digest, json)
        (self.release, self.seenAt) = (release, seenAt)
    }
}

/// Keeps specs, so that an earlier one can be restored.
public protocol SpecShelf: Sendable {
    /// Keeps it; one of the same deployment and digest is kept once, with the newest time.
    func keep(_ spec: RecordedSpec) async
    /// The newest first.
    func specs(of deployment: DeploymentID) async -> [RecordedSpec]
}

/// A connector whose system keeps no earlier specs, and which therefore has them kept.
public protocol SpecRecording: Deploying {
    /// From now on specs go to this shelf, and are found on it.
    func record(on shelf: any SpecShelf)
}
