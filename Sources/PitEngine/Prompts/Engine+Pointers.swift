import PitModel
import PitStore

/// Where aliases of registries point is written down when it is seen to be another place than before. At the first look of
/// a process all of a connection are held against what was written; afterwards those alone that have changed.
extension Engine {
    func notePointers(_ deployments: [Deployment], _ now: Timestamp) {
        let moves = deployments.compactMap { deployment -> PointerMove? in
            guard let (name, alias) = Self.pointer(deployment.id) else { return nil }
            return PointerMove(
                source: deployment.id.connection, name: name, alias: alias, version: deployment.current?.name,
                at: deployment.since.map { min($0, now) } ?? now, isFirst: deployment.since == nil,
                author: deployment.changedBy)
        }
        guard !moves.isEmpty else { return }
        keep { try store.note(moves) }
    }

    func notePointers(gone: [DeploymentID], _ now: Timestamp) {
        let moves = gone.compactMap { id -> PointerMove? in
            guard let (name, alias) = Self.pointer(id) else { return nil }
            return PointerMove(source: id.connection, name: name, alias: alias, version: nil, at: now)
        }
        guard !moves.isEmpty else { return }
        keep { try store.note(moves) }
    }

    private static func pointer(_ id: DeploymentID) -> (name: String, alias: String)? {
        guard id.kind == .alias, let at = id.name.lastIndex(of: "@") else { return nil }
        return (String(id.name[..<at]), String(id.name[id.name.index(after: at)...]))
    }
}
