public import PitModel
import PitParse

/// Runs of an experiment, with their figures and files.
extension MLflowConnector: RunLogging {
    private static let keyTag = "pitwall.key"
    /// What the server takes at once.
    private static let (mostMetrics, mostPairs) = (1000, 100)
    /// Bytes of a parameter's and of a tag's value that every release takes.
    private static let longestValue = 500

    public func log(_ run: LoggedRun) async throws(ConnectorFault) -> String {
        let experiment = try await experiment(run.experiment)
        if let known = try await known(run.key, in: experiment) { return known }
        let tags = run.tags.merging(["mlflow.runName": run.name, Self.keyTag: run.key]) { own, _ in own }
        let made = try await post(
            "/api/2.0/mlflow/runs/create",
            .object([
                ("experiment_id", .text(experiment)), ("run_name", .text(run.name)),
                ("start_time", .number(Double(run.from.milliseconds))),
                // The key is written last: a run that is not whole is not found by it, and is made again.
                ("tags", Self.pairs(tags.filter { $0.key != Self.keyTag })),
            ]), isRepeatable: false)
        guard let info = made["run"]?["info"], let id = info["run_id"]?.text else {
            throw .notWhatItSays(expected: "a run", got: "none")
        }
        try await log(run, to: id)
        try await files(run.files, to: info["artifact_uri"]?.text ?? "")
        _ = try await post(
            "/api/2.0/mlflow/runs/set-tag",
            .object([
                ("run_id", .text(id)), ("key", .text(Self.keyTag)), ("value", .text(run.key)),
            ]))
        _ = try await post(
            "/api/2.0/mlflow/runs/update",
            .object([
                ("run_id", .text(id)), ("status", .text("FINISHED")),
                ("end_time", .number(Double(run.to.milliseconds))),
            ]))
        return id
    }

    /// The figures of a run, as the server has them now.
    public func loggedFigures(of run: String) async throws(ConnectorFault) -> [String: Double] {
        let found = try await get("/api/2.0/mlflow/runs/get", [("run_id", run)])
        let metrics = found["run"]?["data"]?["metrics"]?.list ?? []
        return Dictionary(
            metrics.compactMap { one in
                one["key"]?.text.flatMap { key in one["value"]?.number.map { (key, $0) } }
            }, uniquingKeysWith: { _, last in last })
    }

    private static func pairs(_ values: [String: String]) -> JSONValue {
        .list(
            values.sorted { $0.key < $1.key }.prefix(mostPairs).map {
                .object([
                    ("key", .text(safe($0.key))), ("value", .text($0.value.prefix(bytes: longestValue))),
                ])
            })
    }

    /// Names may have letters, digits, and few other signs.
    private static func safe(_ name: String) -> String {
        let fits = name.unicodeScalars.map { scalar -> Character in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            return isPlain || "_-. /".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
        }
        return String(String(fits).prefix(250))
    }

    private func experiment(_ name: String) async throws(ConnectorFault) -> String {
        func found() async throws(ConnectorFault) -> String? {
            do throws(ConnectorFault) {
                return try await get("/api/2.0/mlflow/experiments/get-by-name", [("experiment_name", name)])[
                    "experiment"]?[
                        "experiment_id"]?.text
            } catch {
                if case .rejected = error { return nil }
                throw error
            }
        }
        if let known = try await found() { return known }
        do throws(ConnectorFault) {
            let made = try await post(
                "/api/2.0/mlflow/experiments/create", .object([("name", .text(name))]), isRepeatable: false)
            if let id = made["experiment_id"]?.text { return id }
        } catch {
            // Another may have made it meanwhile.
            guard case .rejected = error, let id = try await found() else { throw error }
            return id
        }
        throw .notWhatItSays(expected: "an experiment", got: "none")
    }

    private func known(_ key: String, in experiment: String) async throws(ConnectorFault) -> String? {
        let quoted = key.replacing("'", with: "")
        let found = try await post(
            "/api/2.0/mlflow/runs/search",
            .object([
                ("experiment_ids", .list([.text(experiment)])), ("max_results", .number(1)),
                ("filter", .text("tags.`\(Self.keyTag)` = '\(quoted)'")),
            ]))
        return found["runs"]?.list?.first?["info"]?["run_id"]?.text
    }

    private func log(_ run: LoggedRun, to id: String) async throws(ConnectorFault) {
        let finite = run.metrics.filter(\.value.isFinite)
        var parameters = Self.pairs(run.parameters)
        for start in stride(from: 0, to: max(1, finite.count), by: Self.mostMetrics) {
            let metrics = finite[start..<min(finite.count, start + Self.mostMetrics)].map { metric in
                JSONValue.object([
                    ("key", .text(Self.safe(metric.name))), ("value", .number(metric.value)),
                    ("timestamp", .number(Double(run.to.milliseconds))), ("step", .number(0)),
                ])
            }
            _ = try await post(
                "/api/2.0/mlflow/runs/log-batch",
                .object([("run_id", .text(id)), ("metrics", .list(metrics)), ("params", parameters)]))
            parameters = .list([])
        }
    }

    /// By the server's own store of files. Where it serves none, figures are kept without them.
    private func files(_ files: [String: [UInt8]], to uri: String) async throws(ConnectorFault) {
        let scheme = "mlflow-artifacts:/"
        guard uri.hasPrefix(scheme) else { return }
        let folder = uri.dropFirst(scheme.count).drop { $0 == "/" }
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            let reply = try await http.send(
                HTTPRequest(
                    .put, "/api/2.0/mlflow-artifacts/artifacts/\(folder)/\(path)",
                    headers: [(name: "Content-Type", value: "application/octet-stream")], body: bytes,
                    isRepeatable: true))
            if reply.status == 503 || reply.status == 404 { return }
            _ = try reply.success()
        }
    }
}
