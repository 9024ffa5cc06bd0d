public import PitModel
import PitParse

/// Versions of registered models with all that the registry and the run behind them tell, and tags on them.
extension MLflowConnector: ModelRegistry {
    private static let path = "/api/2.0/mlflow"
    private static let (mostTags, mostBytes) = (500, 2000)

    public func card(of model: String, version: String) async throws(ConnectorFault) -> ModelVersionCard {
        let whole = try await get("\(Self.path)/registered-models/get", [("name", model)])["registered_model"]
        let found = try await get("\(Self.path)/model-versions/get", [("name", model), ("version", version)])
        guard let whole, let one = found["model_version"], let number = one["version"]?.words else {
            throw .notWhatItSays(expected: "a version", got: "none")
        }
        let entry = RegistryEntry(whole)
        var card = ModelVersionCard(
            ModelVersionID(connection, entry.name, number), description: Self.line(one["description"]) ?? "",
            modelDescription: Self.line(whole["description"]) ?? "", tags: Self.pairs(one["tags"]),
            modelTags: Self.pairs(whole["tags"]),
            aliases: entry.aliases.filter { $0.version == number }.map(\.alias).sorted(),
            status: one["status"]?.text?.prefix(bytes: 60) ?? "", author: Self.line(one["user_id"]),
            createdAt: Self.moment(one["creation_timestamp"]), source: Self.line(one["source"]),
            artifact: Self.line(one["model_id"]), runID: Self.line(one["run_id"]))
        card.moves = entry.aliases.flatMap { alias in
            entry.moves(of: alias.alias).filter { $0.to == number || $0.from == number }.map {
                AliasMove(
                    alias: alias.alias, from: $0.from, to: $0.to, author: $0.author, reason: $0.reason, at: $0.at)
            }
        }
        guard let id = card.runID else { return card }
        // A run that was deleted, or that nobody may read, takes nothing from what the registry says.
        do throws(ConnectorFault) { card.run = try await run(id) } catch { card.runFault = error }
        return card
    }

    public func setTag(
        _ key: String, to value: String, of model: String, version: String
    ) async throws(ConnectorFault) {
        let body = JSONValue.object([
            ("name", .text(model)), ("version", .text(version)), ("key", .text(key)), ("value", .text(value)),
        ])
        // The same tag with the same value: it may be sent again.
        _ = try await post("\(Self.path)/model-versions/set-tag", body)
    }

    private func run(_ id: String) async throws(ConnectorFault) -> VersionRun {
        let reply = try await get("\(Self.path)/runs/get", [("run_id", id)])
        guard let run = reply["run"], let info = run["info"] else {
            throw .notWhatItSays(expected: "a run", got: "none")
        }
        let data = run["data"]
        var metrics: [String: Double] = [:]
        for metric in (data?["metrics"]?.list ?? []).prefix(Self.mostTags) {
            if let key = metric["key"]?.text, let value = metric["value"]?.figure {
                metrics[key.prefix(bytes: 250)] = value
            }
        }
        let datasets = (run["inputs"]?["dataset_inputs"]?.list ?? []).prefix(50).compactMap { input -> String? in
            guard let name = Self.line(input["dataset"]?["name"]) else { return nil }
            return name + (Self.line(input["dataset"]?["digest"]).map { ", digest \($0)" } ?? "")
        }
        return VersionRun(
            id: id, name: Self.line(info["run_name"]) ?? "", experiment: Self.line(info["experiment_id"]) ?? "",
            author: Self.line(info["user_id"]) ?? "", status: Self.line(info["status"]) ?? "",
            startedAt: Self.moment(info["start_time"]), endedAt: Self.moment(info["end_time"]),
            parameters: Self.pairs(data?["params"]), metrics: metrics, tags: Self.pairs(data?["tags"]),
            datasets: datasets)
    }

    /// Tags and parameters; a value as long as an answer is cut, but for those that hold what people decided.
    private static func pairs(_ list: JSONValue?) -> [String: String] {
        var pairs: [String: String] = [:]
        for item in (list?.list ?? []).prefix(mostTags) {
            guard let key = item["key"]?.text, let value = item["value"]?.words else { continue }
            pairs[key.prefix(bytes: 250)] = value.prefix(bytes: key.hasPrefix("pitwall.") ? 8000 : mostBytes)
        }
        return pairs
    }

    private static func line(_ value: JSONValue?) -> String? {
        value?.words.flatMap { $0.isEmpty ? nil : $0.prefix(bytes: mostBytes) }
    }

    private static func moment(_ value: JSONValue?) -> Timestamp? {
        value?.figure.flatMap { $0 > 0 ? Timestamp(milliseconds: Int64(min($0, 1e15))) : nil }
    }
}
