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
        var found: [String: [MetricPoint]] = [:]
        var sampled = runs
        if runs.count > 1 {
            do throws(ConnectorFault) {
                (found, sampled) = try await whole(runs.sorted(), metric, points)
            } catch .notFound {
                // A server that has not what its own pages use.
            }
        }
        for start in stride(from: 0, to: sampled.count, by: Self.mostCurves) {
            let some = Array(sampled[start..<min(sampled.count, start + Self.mostCurves)])
            found.merge(try await samples(of: some, metric, points)) { $1 }
        }
        return found.mapValues {
            $0.sorted { ($0.step, $0.at?.milliseconds ?? 0) < ($1.step, $1.at?.milliseconds ?? 0) }
        }
    }

    /// Points at evenly spaced steps: the server looks for each run's anew, which takes it long with many runs.
    private func samples(
        of runs: [String], _ metric: String, _ points: Int
    ) async throws(ConnectorFault) -> [String: [MetricPoint]] {
        let query =
            runs.map { ("run_ids", $0) } + [
                ("metric_key", metric), ("max_results", "\(min(Self.mostPoints, max(2, points)))"),
            ]
        var result: [String: [MetricPoint]] = [:]
        do throws(ConnectorFault) {
            let reply = try await get("\(Self.base)/metrics/get-history-bulk-interval", query)
            for value in reply["metrics"]?.list ?? [] {
                guard let run = value["run_id"]?.text, let point = RunWire.point(value) else { continue }
                result[run, default: []].append(point)
            }
        } catch .notFound {
            // Older servers give one run at a time, and all of it.
            for run in runs { result[run] = RunWire.thinned(try await whole(run, metric), to: points) }
        }
        return result
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
