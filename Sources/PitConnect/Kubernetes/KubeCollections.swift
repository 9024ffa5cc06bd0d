import FoundationEssentials
import PitModel
import PitParse

/// Holders of releases, by their place.
struct HolderCollection: KubeCollection {
    private let dialect: any KubeDialect
    private let connection: ConnectionName
    private(set) var all: [DeploymentID: Deployment] = [:]
    /// Specs that served, of kinds whose earlier specs nobody keeps.
    private(set) var specs: [DeploymentID: RecordedSpec] = [:]

    init(_ dialect: any KubeDialect, _ connection: ConnectionName) {
        (self.dialect, self.connection) = (dialect, connection)
    }

    mutating func put(_ object: KubeObject) {
        let deployment = dialect.read(object, connection)
        all[deployment.id] = deployment
        guard dialect.keepsSpecs, deployment.status == .complete || deployment.status == .canary,
            let content = dialect.content(of: object), TemplateDiff.starred(content) == content
        else { return }
        specs[deployment.id] = RecordedSpec(
            deployment: deployment.id, digest: content.digest, json: content.json,
            release: deployment.artifacts.first?.value ?? deployment.release,
            seenAt: Timestamp(seconds: Date().timeIntervalSince1970))
    }

    mutating func remove(_ object: KubeObject) {
        let id = dialect.id(object, connection)
        (all[id], specs[id]) = (nil, nil)
    }
}

/// What is kept of ReplicaSets: by whom they are owned, and which revision they are. No template.
struct ReplicaSetCollection: KubeCollection {
    struct Entry: Sendable {
        var name: String
        var uid: String
        var hash: String
        /// Nil before its controller has numbered it.
        var number: Int?
    }
    /// By the owner's uid.
    private(set) var byOwner: [String: [Entry]] = [:]

    mutating func put(_ object: KubeObject) {
        guard let owner = object.meta.owner else { return }
        let number = object.meta.annotation(Workload.revision) ?? object.meta.annotation(RolloutDialect.revision)
        let hash = object.meta.label(PodTemplate.hashLabel) ?? object.meta.label(RolloutDialect.hashLabel) ?? ""
        let entry = Entry(
            name: object.meta.name, uid: object.meta.uid, hash: hash, number: number.flatMap { Int($0) })
        var entries = byOwner.removeValue(forKey: owner.uid) ?? []
        if let index = entries.firstIndex(where: { $0.uid == entry.uid }) {
            entries[index] = entry
        } else {
            entries.append(entry)
        }
        byOwner[owner.uid] = entries
    }

    mutating func remove(_ object: KubeObject) {
        guard let owner = object.meta.owner?.uid else { return }
        byOwner[owner]?.removeAll { $0.uid == object.meta.uid }
        if byOwner[owner]?.isEmpty == true { byOwner[owner] = nil }
    }

    /// The ReplicaSet that bears the number its owner names as the current one.
    func current(of owner: String, release: String) -> RevisionID? {
        guard let number = Int(release.dropFirst()) else { return nil }
        return byOwner[owner]?.first { $0.number == number }.map { RevisionID($0.name, uid: $0.uid, hash: $0.hash) }
    }
}
