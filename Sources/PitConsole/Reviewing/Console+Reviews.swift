import PitModel

extension Console {
    /// Seconds after which a version is read again: each reading asks the registry.
    private static let reviewPatience = 30.0

    mutating func reviewLoads() -> [Effect] {
        guard world.isLive, let version = top.reviews(world) else { return [] }
        if let last = reviewed[version], world.now.since(last) < Self.reviewPatience { return [] }
        reviewed = [version: world.now]
        return [.review(version)]
    }

    mutating func take(_ version: ModelVersionID, _ page: ReviewPage) {
        world.reviews[version] = page
        if world.reviews.count > 8 { world.reviews = [version: page] }
        settle()
    }
}

extension World {
    /// The version that a deployment's revision is: of an alias of a registered model its own; else, of what is served
    /// now, the one that its artifacts name, where a registry has that model.
    func version(of revision: RevisionID?, in deployment: DeploymentID) -> ModelVersionID? {
        if deployment.kind == .alias {
            guard let at = deployment.name.lastIndex(of: "@"), let revision else { return nil }
            return ModelVersionID(deployment.connection, String(deployment.name[..<at]), revision.name)
        }
        guard let state = snapshot.deployments.first(where: { $0.id == deployment }),
            revision == state.deployment.current
        else { return nil }
        return state.deployment.artifacts.lazy.filter { $0.kind == .model }.compactMap { named(by: $0.value) }.first
    }

    /// `models:/support-chat/14`, at the registry that has an alias of that model.
    private func named(by value: String) -> ModelVersionID? {
        guard value.hasPrefix("models:/") else { return nil }
        let parts = value.dropFirst("models:/".count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { return nil }
        let alias = snapshot.deployments.first { $0.id.kind == .alias && $0.id.name.hasPrefix("\(parts[0])@") }
        return alias.map { ModelVersionID($0.id.connection, String(parts[0]), String(parts[1])) }
    }

    /// The version that a model is released from; of several deployments an alias, the first by name.
    func version(of model: ModelName) -> ModelVersionID? {
        let own = snapshot.deployments.filter { $0.deployment.model == model }
        let ordered = own.filter { $0.id.kind == .alias } + own.filter { $0.id.kind != .alias }
        return ordered.lazy.compactMap { version(of: $0.deployment.current, in: $0.id) }.first
    }
}
