public import PitModel
import PitParse

/// Versions of registered models that come from runs, and runs that a program logs to.
extension MLflowConnector: RunRegistering {
    private static let base = "/api/2.0/mlflow"

    public func register(_ registration: ModelRegistration) async throws(ConnectorFault) -> String {
        if let made = try await made(registration) { return made }
        do throws(ConnectorFault) {
            _ = try await post(
                "\(Self.base)/registered-models/create", .object([("name", .text(registration.model))]),
                isRepeatable: false)
        } catch .rejected(let words) where words.contains("already exists") {
        }
        var body: [(key: String, value: JSONValue)] = [
            ("name", .text(registration.model)), ("source", .text(registration.source)),
            ("description", .text(registration.words)), ("tags", Self.entries(registration.tags)),
        ]
        if let run = registration.run { body.append(("run_id", .text(run))) }
        let reply = try await post("\(Self.base)/model-versions/create", .object(body), isRepeatable: false)
        guard let version = reply["model_version"]?["version"]?.words else {
            throw .malformed("a version was made, and the reply does not name it")
        }
        return version
    }

    public func begin(
        run name: String, experiment: String, parameters: [String: String], tags: [String: String], at: Timestamp
    ) async throws(ConnectorFault) -> String {
        let id = try await experimentID(experiment)
        let reply = try await post(
            "\(Self.base)/runs/create",
            .object([
                ("experiment_id", .text(id)), ("run_name", .text(name)),
                ("start_time", .number(Double(at.milliseconds))), ("tags", Self.entries(tags)),
            ]), isRepeatable: false)
        guard let run = reply["run"]?["info"]?["run_id"]?.text else {
            throw .malformed("a run was made, and the reply does not name it")
        }
        if !parameters.isEmpty {
            _ = try await post(
                "\(Self.base)/runs/log-batch",
                .object([("run_id", .text(run)), ("params", Self.entries(parameters))]))
        }
        return run
    }

    public func end(run: String, _ status: TrainingRun.Status, at: Timestamp) async throws(ConnectorFault) {
        let word = status == .finished ? "FINISHED" : status == .stopped ? "KILLED" : "FAILED"
        _ = try await post(
            "\(Self.base)/runs/update",
            .object([
                ("run_id", .text(run)), ("status", .text(word)), ("end_time", .number(Double(at.milliseconds))),
            ]))
    }

    /// What an earlier try made whose reply was lost.
    private func made(_ registration: ModelRegistration) async throws(ConnectorFault) -> String? {
        guard let training = registration.tags[ModelRegistration.trainingTag] else { return nil }
        let quote = registration.model.contains("'") ? "\"" : "'"
        let reply = try await get(
            "\(Self.base)/model-versions/search",
            [("filter", "name=\(quote)\(registration.model)\(quote)"), ("max_results", "200")])
        let found = (reply["model_versions"]?.list ?? []).first { version in
            (version["tags"]?.list ?? []).contains {
                $0["key"]?.text == ModelRegistration.trainingTag && $0["value"]?.text == training
            }
        }
        return found?["version"]?.words
    }

    private func experimentID(_ name: String) async throws(ConnectorFault) -> String {
        if let known = try await experiments().first(where: { $0.name == name }) { return known.id }
        let reply = try await post(
            "\(Self.base)/experiments/create", .object([("name", .text(name))]), isRepeatable: false)
        guard let id = reply["experiment_id"]?.words else {
            throw .malformed("an experiment was made, and the reply does not name it")
        }
        return id
    }

    private static func entries(_ values: [String: String]) -> JSONValue {
        .list(values.sorted { $0.key < $1.key }.map { .object([("key", .text($0.key)), ("value", .text($0.value))]) })
    }
}
