public import PitModel
import PitParse

/// Experiments, runs and the courses of their metrics.
extension MLflowConnector: RunReading {
    private static let base = "/api/2.0/mlflow"
    /// Runs of one page: each may have hundreds of parameters.
    private static let pageSize = 500
    private static let (mostRuns, mostExperiments) = (10_000, 1000)
    /// Points that the server gives of a run in one reply at most, and runs of one request.
    private static let (mostPoints, mostCurves) = (2500, 100)

    public func experiments() async throws(ConnectorFault) -> [Experiment] {
        var (all, token): ([Experiment], String?) = ([], nil)
        repeat {
            var body: [(key: String, value: JSONValue)] = [
                ("max_results", .number(500)), ("order_by", .list([.text("last_update_time DESC")])),
            ]
            if let token { body.append(("page_token", .text(token))) }
            let reply = try await post("\(Self.base)/experiments/search", .object(body))
            all += (reply["experiments"]?.list ?? []).compactMap(RunWire.experiment)
            token = reply["next_page_token"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        } while token != nil && all.count < Self.mostExperiments
        return Array(all.prefix(Self.mostExperiments))
    }

    public func runs(_ search: RunSearch) async throws(ConnectorFault) -> RunBatch {
        let known = try await experiments()
        let wanted =
            search.experiments.isEmpty
            ? known : known.filter { search.experiments.contains($0.name) || search.experiments.contains($0.id) }
        if let missing = search.experiments.first(where: { name in !known.contains { $0.name == name || $0.id == name }
        }) {
            let names = known.prefix(10).map(\.name).joined(separator: ", ")
            throw .rejected("there is no experiment `\(missing.prefix(80))`; there are: \(names)")
        }
        guard !wanted.isEmpty else { return RunBatch() }
        let names = Dictionary(known.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        let limit = min(Self.mostRuns, max(1, search.limit))
        var (runs, token): ([TrainingRun], String?) = ([], nil)
        repeat {
            var body: [(key: String, value: JSONValue)] = [
                ("experiment_ids", .list(wanted.map { .text($0.id) })), ("run_view_type", .text("ACTIVE_ONLY")),
                ("max_results", .number(Double(min(Self.pageSize, limit - runs.count)))),
                ("order_by", .list([.text(Self.order(search))])),
            ]
            if let token { body.append(("page_token", .text(token))) }
            let reply = try await post("\(Self.base)/runs/search", .object(body))
            runs += (reply["runs"]?.list ?? []).compactMap { RunWire.run($0, names, connection) }
            token = reply["next_page_token"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        } while token != nil && runs.count < limit
        return RunBatch(Array(runs.prefix(limit)), hasMore: token != nil)
    }

    public func run(_ id: String) async throws(ConnectorFault) -> TrainingRun {
        let reply = try await get("\(Self.base)/runs/get", [("run_id", id)])
        guard let value = reply["run"], let found = RunWire.run(value, [:], connection) else {
            throw .notWhatItSays(expected: "a run", got: "none")
        }
        var run = found
        let experiment = try await get("\(Self.base)/experiments/get", [("experiment_id", run.experiment)])
        run.experiment = experiment["experiment"]?["name"]?.text ?? run.experiment
        return run
    }

    public func curves(
        of runs: [String], metric: String, points: Int
    ) async throws(ConnectorFault) -> [String: [MetricPoint]] {
        var result: [String: [MetricPoint]] = [:]
        for start in stride(from: 0, to: runs.count, by: Self.mostCurves) {
            let some = Array(runs[start..<min(runs.count, start + Self.mostCurves)])
            let query =
                some.map { ("run_ids", $0) } + [
                    ("metric_key", metric), ("max_results", "\(min(Self.mostPoints, max(2, points)))"),
                ]
            do throws(ConnectorFault) {
                let reply = try await get("\(Self.base)/metrics/get-history-bulk-interval", query)
                for value in reply["metrics"]?.list ?? [] {
                    guard let run = value["run_id"]?.text, let point = RunWire.point(value) else { continue }
                    result[run, default: []].append(point)
                }
            } catch .notFound {
                // Older servers give one run at a time, and all of it.
                for run in some { result[run] = RunWire.thinned(try await whole(run, metric), to: points) }
            }
        }
        return result.mapValues {
            $0.sorted { ($0.step, $0.at?.milliseconds ?? 0) < ($1.step, $1.at?.milliseconds ?? 0) }
        }
    }

    private func whole(_ run: String, _ metric: String) async throws(ConnectorFault) -> [MetricPoint] {
        var (all, token): ([MetricPoint], String?) = ([], nil)
        repeat {
            let reply = try await get(
                "\(Self.base)/metrics/get-history",
                [("run_id", run), ("metric_key", metric), ("max_results", "25000")]
                    + (token.map { [("page_token", $0)] } ?? []))
            all += (reply["metrics"]?.list ?? []).compactMap(RunWire.point)
            token = reply["next_page_token"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        } while token != nil && all.count < 200_000
        return all
    }

    /// A name that no quotes can hold is ordered by here, not there.
    private static func order(_ search: RunSearch) -> String {
        guard let metric = search.metric, !metric.contains("`") else { return "attributes.start_time DESC" }
        return "metrics.`\(metric)` \(search.isAscending ? "ASC" : "DESC")"
    }
}

/// MLflow's JSON of runs, bounded in all that it may hold.
enum RunWire {
    private static let (mostEntries, mostBytes) = (500, 2000)

    static func experiment(_ value: JSONValue) -> Experiment? {
        guard let id = value["experiment_id"]?.words, let name = value["name"]?.text else { return nil }
        return Experiment(id: id, name: name.prefix(bytes: 500), changedAt: time(value["last_update_time"]))
    }

    static func run(_ value: JSONValue, _ names: [String: String], _ connection: ConnectionName) -> TrainingRun? {
        guard let info = value["info"], let id = info["run_id"]?.text ?? info["run_uuid"]?.text, !id.isEmpty else {
            return nil
        }
        let experiment = info["experiment_id"]?.words ?? ""
        let tags = entries(value["data"]?["tags"])
        var run = TrainingRun(
            RunKey(connection, id.prefix(bytes: 200)),
            name: (info["run_name"]?.text ?? tags["mlflow.runName"] ?? id).prefix(bytes: 500),
            experiment: names[experiment] ?? experiment, status: status(info["status"]?.text),
            startedAt: time(info["start_time"]), endedAt: time(info["end_time"]),
            author: (info["user_id"]?.text ?? tags["mlflow.user"] ?? "").prefix(bytes: 200),
            parameters: entries(value["data"]?["params"]), tags: tags,
            artifacts: (info["artifact_uri"]?.text ?? "").prefix(bytes: mostBytes))
        for metric in (value["data"]?["metrics"]?.list ?? []).prefix(mostEntries) {
            guard let name = metric["key"]?.text, let point = point(metric) else { continue }
            run.metrics[name.prefix(bytes: 250)] = point
        }
        return run
    }

    static func point(_ value: JSONValue) -> MetricPoint? {
        guard let number = number(value["value"]) else { return nil }
        let step = value["step"]?.figure.flatMap { Int(exactly: $0.rounded()) } ?? 0
        return MetricPoint(step: step, at: time(value["timestamp"]), value: number)
    }

    /// About so many points, the first and the last among them.
    static func thinned(_ points: [MetricPoint], to most: Int) -> [MetricPoint] {
        guard points.count > max(2, most) else { return points }
        let last = Double(points.count - 1)
        return (0..<max(2, most)).map { points[Int((Double($0) / Double(max(2, most) - 1) * last).rounded())] }
    }

    private static func number(_ value: JSONValue?) -> Double? {
        switch value?.text {
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        default: value?.figure
        }
    }

    private static func time(_ value: JSONValue?) -> Timestamp? {
        value?.figure.flatMap { $0 > 0 && $0 < 1e15 ? Timestamp(milliseconds: Int64($0)) : nil }
    }

    private static func entries(_ value: JSONValue?) -> [String: String] {
        var result: [String: String] = [:]
        for entry in (value?.list ?? []).prefix(mostEntries) {
            guard let key = entry["key"]?.text, let text = entry["value"]?.words else { continue }
            result[key.prefix(bytes: 250)] = text.prefix(bytes: mostBytes)
        }
        return result
    }

    private static func status(_ word: String?) -> TrainingRun.Status {
        switch word {
        case "RUNNING": .running
        case "SCHEDULED": .scheduled
        case "FINISHED": .finished
        case "FAILED": .failed
        case "KILLED": .stopped
        default: .unknown
        }
    }
}
