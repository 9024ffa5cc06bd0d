import PitModel
import PitParse

/// Experiments, runs and metrics.
extension TrackingServer {
    static let experimentHandlers: [String: Handler] = [
        "POST experiments/search": { question, state, _ in
            let all = state.experiments.reversed().map { experiment($0, state) }
            return page(all, "experiments", question, usual: 1000)
        },
        "GET experiments/get": { (question, state, _) throws(Refusal) in
            try found("No Experiment with id=\(question["experiment_id"] ?? "") exists", state) {
                $0.id == question["experiment_id"]
            }
        },
        "GET experiments/get-by-name": { (question, state, _) throws(Refusal) in
            let name = question["experiment_name"] ?? ""
            return try found("Could not find experiment with name '\(name)'", state) { $0.name == name }
        },
        "POST experiments/create": { (question, state, now) throws(Refusal) in
            guard let name = question["name"], !name.isEmpty, name.utf8.count <= 500 else {
                throw .invalid("an experiment needs a name")
            }
            guard !state.experiments.contains(where: { $0.name == name }), state.experiments.count < 200 else {
                throw .init(
                    code: "RESOURCE_ALREADY_EXISTS", words: "Experiment(name=\(name)) already exists.")
            }
            return [("experiment_id", .text(state.experiment(name, at: now)))]
        },
    ]

    private static func found(
        _ otherwise: String, _ state: TrackingState, _ isWanted: (TrackingState.Experiment) -> Bool
    ) throws(Refusal) -> Members {
        guard let one = state.experiments.first(where: isWanted) else { throw .missing(otherwise) }
        return [("experiment", experiment(one, state))]
    }

    private static func experiment(_ one: TrackingState.Experiment, _ state: TrackingState) -> JSONValue {
        let last = state.runs.filter { $0.experiment == one.id }.map { $0.endedAt ?? $0.startedAt }.max()
        return .object([
            ("experiment_id", .text(one.id)), ("name", .text(one.name)),
            ("artifact_location", .text("mlflow-artifacts:/\(one.id)")), ("lifecycle_stage", .text("active")),
            ("last_update_time", time(last ?? one.at)), ("creation_time", time(one.at)),
        ])
    }

    static let runHandlers: [String: Handler] = [
        "POST runs/search": { (question, state, _) throws(Refusal) in
            let wanted = Set((question.body["experiment_ids"]?.list ?? []).compactMap(\.words))
            let filter = TrackingFilter(question["filter"] ?? "")
            if let text = filter.refused { throw .invalid("the demo does not understand the filter \(text)") }
            let runs = state.runs.filter { run in
                wanted.contains(run.experiment) && filter.holds { value(of: $0, run) }
            }
            return page(ordered(runs, question).map(run), "runs", question, usual: 1000)
        },
        "GET runs/get": { (question, state, _) throws(Refusal) in
            guard let one = state.runs.last(where: { $0.id == question["run_id"] }) else { throw unknown(question) }
            return [("run", run(one))]
        },
        "POST runs/create": { (question, state, now) throws(Refusal) in
            guard let experiment = state.experiments.first(where: { $0.id == question["experiment_id"] }) else {
                throw .missing("No Experiment with id=\(question["experiment_id"] ?? "") exists")
            }
            guard state.runs.count < TrackingState.mostRuns else { throw .invalid("the demo keeps no more runs") }
            let tags = pairs(question.body["tags"])
            let begun = question.number("start_time").map { Timestamp(milliseconds: Int64(min($0, 1e15))) }
            let id = state.freshID()
            let made = TrackedRun(
                id: id, experiment: experiment.id, name: question["run_name"] ?? tags["mlflow.runName"] ?? id,
                user: tags["mlflow.user"] ?? "", startedAt: begun ?? now, tags: tags)
            state.runs.append(made)
            return [("run", run(made))]
        },
        "POST runs/update": { (question, state, _) throws(Refusal) in
            try change(question, &state) { run in
                run.status = question["status"] ?? run.status
                run.name = question["run_name"] ?? run.name
                run.endedAt =
                    question.number("end_time").map { Timestamp(milliseconds: Int64(min($0, 1e15))) } ?? run.endedAt
            }
        },
        "POST runs/set-tag": { (question, state, _) throws(Refusal) in
            try change(question, &state) { $0.tags[question["key"] ?? ""] = question["value"] }
        },
        "POST runs/log-parameter": { (question, state, _) throws(Refusal) in
            try change(question, &state) { $0.parameters[question["key"] ?? ""] = question["value"] }
        },
        "POST runs/log-metric": { (question, state, now) throws(Refusal) in
            try change(question, &state) { log(question.body, in: &$0, now) }
        },
        "POST runs/log-batch": { (question, state, now) throws(Refusal) in
            try change(question, &state) { run in
                for metric in question.body["metrics"]?.list ?? [] { log(metric, in: &run, now) }
                run.parameters.merge(pairs(question.body["params"])) { $1 }
                run.tags.merge(pairs(question.body["tags"])) { $1 }
            }
        },
        "GET metrics/get-history": { (question, state, _) throws(Refusal) in
            guard let run = state.runs.last(where: { $0.id == question["run_id"] }) else { throw unknown(question) }
            let key = question["metric_key"] ?? ""
            return page((run.metrics[key] ?? []).map { point(key, $0) }, "metrics", question, usual: 25_000)
        },
        "GET metrics/get-history-bulk": { (question, state, _) throws(Refusal) in
            let (key, most) = (question["metric_key"] ?? "", Int(min(25_000, question.number("max_results") ?? 25_000)))
            let all = (question.repeated["run_id"] ?? []).sorted().prefix(100).flatMap { id -> [JSONValue] in
                let run = state.runs.last { $0.id == id }
                return (run?.metrics[key] ?? []).map { point(key, $0, of: id) }
            }
            return [("metrics", .list(Array(all.prefix(most))))]
        },
        "GET metrics/get-history-bulk-interval": { (question, state, _) throws(Refusal) in
            let (key, most) = (question["metric_key"] ?? "", question.number("max_results") ?? 2500)
            var all: [JSONValue] = []
            for id in (question.repeated["run_ids"] ?? []).prefix(100) {
                guard let run = state.runs.last(where: { $0.id == id }) else { continue }
                let points = run.metrics[key] ?? []
                // As MLflow does it: every so many, and the last.
                let pace = max(1, Int((Double(points.count) / max(1, most)).rounded(.up)))
                for (place, one) in points.enumerated() where place.isMultiple(of: pace) || place == points.count - 1 {
                    all.append(point(key, one, of: id))
                }
            }
            return all.isEmpty ? [] : [("metrics", .list(all))]
        },
    ]

    private static func unknown(_ question: Question) -> Refusal {
        .missing("Run with id=\(question["run_id"] ?? "") not found")
    }

    private static func change(
        _ question: Question, _ state: inout TrackingState, _ body: (inout TrackedRun) -> Void
    ) throws(Refusal) -> Members {
        guard state.change(run: question["run_id"] ?? "", body) else { throw unknown(question) }
        return []
    }

    private static func log(_ metric: JSONValue, in run: inout TrackedRun, _ now: Timestamp) {
        guard let key = metric["key"]?.text, let value = metric["value"]?.protobufFigure,
            run.metrics.values.reduce(0, { $0 + $1.count }) < TrackingState.mostPoints
        else { return }
        let at = metric["timestamp"]?.figure.map { Timestamp(milliseconds: Int64(min($0, 1e15))) } ?? now
        let step = metric["step"]?.figure.flatMap { Int(exactly: $0.rounded()) } ?? 0
        run.metrics[key, default: []].append(MetricPoint(step: step, at: at, value: value))
    }

    private static func value(of key: String, _ run: TrackedRun) -> String? {
        if key.hasPrefix("tags.") { return run.tags[String(key.dropFirst(5))] }
        if key.hasPrefix("params.") { return run.parameters[String(key.dropFirst(7))] }
        return ["attributes.status": run.status, "run_id": run.id, "run_name": run.name][key]
    }

    /// By one metric's last value, without it last; else the newest first.
    private static func ordered(_ runs: [TrackedRun], _ question: Question) -> [TrackedRun] {
        let order = question.body["order_by"]?.list?.first?.text ?? ""
        guard order.hasPrefix("metrics.`"), let end = order.lastIndex(of: "`") else {
            return runs.sorted { $0.startedAt > $1.startedAt }
        }
        let metric = String(order[..<end].dropFirst("metrics.`".count))
        let sign = order.hasSuffix("ASC") ? 1.0 : -1
        func rank(_ run: TrackedRun) -> Double {
            guard let value = run.metrics[metric]?.last?.value else { return .infinity }
            return value.isNaN ? .greatestFiniteMagnitude : value * sign
        }
        return runs.sorted { rank($0) < rank($1) }
    }

    private static func run(_ run: TrackedRun) -> JSONValue {
        var info: Members = [
            ("run_uuid", .text(run.id)), ("run_id", .text(run.id)), ("experiment_id", .text(run.experiment)),
            ("run_name", .text(run.name)), ("user_id", .text(run.user)), ("status", .text(run.status)),
            ("start_time", time(run.startedAt)), ("artifact_uri", .text(run.artifacts)),
            ("lifecycle_stage", .text("active")),
        ]
        if let end = run.endedAt { info.append(("end_time", time(end))) }
        let metrics = run.metrics.sorted { $0.key < $1.key }.compactMap { key, points in
            points.last.map { point(key, $0) }
        }
        return .object([
            ("info", .object(info)),
            (
                "data",
                .object([
                    ("metrics", .list(metrics)), ("params", pairs(run.parameters)), ("tags", pairs(run.tags)),
                ])
            ), ("inputs", .object([])),
        ])
    }

    private static func point(_ key: String, _ point: MetricPoint, of run: String? = nil) -> JSONValue {
        let value: JSONValue =
            point.value.isFinite
            ? .number(point.value)
            : .text(point.value.isNaN ? "NaN" : point.value > 0 ? "Infinity" : "-Infinity")
        var members: Members = [("key", .text(key)), ("value", value)]
        if let at = point.at { members.append(("timestamp", time(at))) }
        members.append(("step", .number(Double(point.step))))
        if let run { members.append(("run_id", .text(run))) }
        return .object(members)
    }
}
