import PitModel
import PitParse

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
        guard let number = value["value"]?.protobufFigure else { return nil }
        let step = value["step"]?.figure.flatMap { Int(exactly: $0.rounded()) } ?? 0
        return MetricPoint(step: step, at: time(value["timestamp"]), value: number)
    }

    /// About so many points, the first and the last among them.
    static func thinned(_ points: [MetricPoint], to most: Int) -> [MetricPoint] {
        guard points.count > max(2, most) else { return points }
        let last = Double(points.count - 1)
        return (0..<max(2, most)).map { points[Int((Double($0) / Double(max(2, most) - 1) * last).rounded())] }
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
