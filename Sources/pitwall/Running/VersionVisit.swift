import ArgumentParser
import PitEngine
import PitModel

/// Which version of a model is meant.
struct VersionOptions: ParsableArguments {
    @OptionGroup var config: ConfigOption
    @Argument(help: "The registered model, or the served model that is released by one of its aliases.")
    var model: String
    @Option(help: "Its version: 3.") var version: String
    @Option(name: .customLong("on"), help: "The registry's connection, where several have the model.")
    var connection: String?

    /// Runs `body` over the version as it is now, all that is known of it read afresh.
    ///
    /// - Parameter polls: whether alerts, deployments and the like are read first; without it what was kept stands.
    func visit<T: Sendable>(
        polls: Bool = true, requester: String? = nil,
        _ body: @escaping @Sendable (DeploymentVisit, Review) async throws -> T
    ) throws -> T {
        let number = version.lowercased().hasPrefix("v") ? String(version.dropFirst()) : version
        let (model, place) = (model, connection.map { ConnectionName($0) })
        return try DeploymentVisit.run(config, reading: false) { visit, _ in
            if polls { _ = await visit.engine.pollOnce() }
            let review: Review
            do throws(OperationRefusal) {
                review = try await visit.engine.review(model, version: number, on: place, requester: requester)
            } catch { throw Stop(.couldNotRun, error.words, hint: error.hint) }
            return try await body(visit, review)
        }
    }
}
