/// One revision of one deployment, by what does not change: a number may, within milliseconds of a rollback.
public struct RevisionID: Hashable, Codable, Sendable, CustomStringConvertible {
    /// The ReplicaSet's name, a version, a build's number.
    public var name: String
    /// The ReplicaSet's uid; empty where there is none.
    public var uid: String
    /// The pod-template-hash; empty where there is none.
    public var hash: String
    public init(_ name: String, uid: String = "", hash: String = "") {
        (self.name, self.uid, self.hash) = (name, uid, hash)
    }
    public var description: String { name }
}

/// A revision that a deployment can be put back to, or has now.
public struct Revision: Equatable, Codable, Sendable, Identifiable {
    public var id: RevisionID
    /// Only a label: `r12`; a rollback renumbers.
    public var label: String
    /// Nil where the system does not number.
    public var number: Int?
    /// Numbers that it had before: "revision 2 (now 4)".
    public var formerNumbers: [Int]
    public var isCurrent: Bool
    /// Whether the system can serve it again: false names why in `note`.
    public var isRestorable: Bool
    public var createdAt: Timestamp?
    public var author: String?
    /// The release's own words.
    public var cause: String
    public var artifacts: [Artifact]
    /// Replicas that it runs now: above 0 it is warm.
    public var replicas: Int?
    /// What pitwall wrote beside it, or why it cannot be restored.
    public var note: String
    public init(
        id: RevisionID, label: String, number: Int? = nil, formerNumbers: [Int] = [], isCurrent: Bool = false,
        isRestorable: Bool = true, createdAt: Timestamp? = nil, author: String? = nil, cause: String = "",
        artifacts: [Artifact] = [], replicas: Int? = nil, note: String = ""
    ) {
        (self.id, self.label, self.number, self.formerNumbers) = (id, label, number, formerNumbers)
        (self.isCurrent, self.isRestorable, self.createdAt) = (isCurrent, isRestorable, createdAt)
        (self.author, self.cause, self.artifacts) = (author, cause, artifacts)
        (self.replicas, self.note) = (replicas, note)
    }
}

/// What differs between two specs, a line a leaf: `spec.containers[vllm].args[2]`.
public struct SpecChange: Equatable, Codable, Sendable {
    public var path: String
    /// Nil: it is not there. Values are as JSON writes them, cut at 400 characters; secrets are starred out.
    public var before: String?
    public var after: String?
    public init(_ path: String, before: String?, after: String?) {
        (self.path, self.before, self.after) = (path, before, after)
    }
}

/// Why a revision that one may go back to can or cannot serve soon. What is not known is nil and said so.
public struct Readiness: Equatable, Codable, Sendable {
    public enum Warmth: String, Codable, Sendable { case warm, cold, gone, unknown }
    public var warmth: Warmth
    /// How many older revisions the system keeps.
    public var historyLimit: Int?
    public var imageCached: Bool?
    public var weightsCached: Bool?
    /// Whether there is room on the GPUs.
    public var hasRoom: Bool?
    /// From its own last starts, in seconds.
    public var secondsToServe: Double?
    public var words: [String]
    public init(
        warmth: Warmth = .unknown, historyLimit: Int? = nil, imageCached: Bool? = nil, weightsCached: Bool? = nil,
        hasRoom: Bool? = nil, secondsToServe: Double? = nil, words: [String] = []
    ) {
        (self.warmth, self.historyLimit, self.imageCached) = (warmth, historyLimit, imageCached)
        (self.weightsCached, self.hasRoom, self.secondsToServe) = (weightsCached, hasRoom, secondsToServe)
        self.words = words
    }
}
