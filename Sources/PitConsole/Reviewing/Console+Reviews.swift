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
        for index in stack.indices { stack[index].settle(on: world) }
    }
}

extension World {
    /// The version that a deployment's revision is, where the deployment is an alias of a registered model.
    func version(of revision: RevisionID?, in deployment: DeploymentID) -> ModelVersionID? {
        guard deployment.kind == .alias, let at = deployment.name.lastIndex(of: "@"), let revision else { return nil }
        return ModelVersionID(deployment.connection, String(deployment.name[..<at]), revision.name)
    }

    /// The version that a model is released from; of several aliases the first by name.
    func version(of model: ModelName) -> ModelVersionID? {
        snapshot.deployments.lazy.filter { $0.deployment.model == model }
            .compactMap { version(of: $0.deployment.current, in: $0.id) }.first
    }
}
