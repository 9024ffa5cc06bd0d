import PitModel
import PitParse

/// One question to the demo's Kubeflow Pipelines, and its answer.
struct PipelineTalk {
    typealias Answer = PipelineServer.Answer
    private typealias Members = [(key: String, value: JSONValue)]

    var now: Double
    var wall: (Double) -> Timestamp

    static let namespace = "ml"
    private static let (root, logs) = ("/apis/v2beta1/", "/apis/v1alpha1/runs/")
    private static let experiment = "0d0f7a52-5b0e-4c3c-8b43-6f1d2f1f0e01"
    /// Characters of a name or a value that are kept.
    private static let mostWords = 200

    func answer(
        _ question: PipelineServer.Question, _ state: inout DemoPipelines,
        _ deployments: inout [String: DemoDeployment]
    ) -> Answer {
        if question.path.hasPrefix(Self.logs), question.method == "GET" { return log(question.path, state) }
        guard question.path.hasPrefix(Self.root) else { return Self.missing(question.path) }
        let steps = question.path.dropFirst(Self.root.count).split(separator: "/").map(String.init)
        if question.method == "POST" { return post(steps, question.body, &state, &deployments) }
        switch (steps.first, steps.count) {
        case ("healthz", 1): return Answer(.object([("tag_name", .text("2.15.0")), ("multi_user", .flag(true))]))
        case ("pipelines", 1): return Self.page(DemoPipeline.all.map(describe), "pipelines", question)
        case ("pipelines", 2...): return pipeline(Array(steps.dropFirst()), question)
        case ("experiments", 1): return Self.page([experiment], "experiments", question)
        case ("runs", 1):
            let all = state.runs.sorted { ($0.begunAt, $0.id) > ($1.begunAt, $1.id) }
            return Self.page(all.map { describe($0, isWhole: false) }, "runs", question)
        case ("runs", 2):
            guard let run = state.run(steps[1]) else { return Self.missing("Run \(steps[1])") }
            return Answer(describe(run, isWhole: true))
        default: return Self.missing(question.path)
        }
    }

    private static func missing(_ what: String) -> Answer {
        Answer(404, code: 5, "\(what.prefix(mostWords)) not found")
    }

    /// One page of a list, and where the next begins.
    private static func page(_ all: [JSONValue], _ name: String, _ question: PipelineServer.Question) -> Answer {
        let start = max(0, min(all.count, question["page_token"].flatMap { Int($0) } ?? 0))
        let size = max(1, min(200, question["page_size"].flatMap { Int($0) } ?? 20))
        let end = min(all.count, start + size)
        var members: Members = [(name, .list(Array(all[start..<end]))), ("total_size", .text("\(all.count)"))]
        if end < all.count { members.append(("next_page_token", .text("\(end)"))) }
        return Answer(.object(members))
    }

    private func time(_ seconds: Double) -> JSONValue { .text(wall(seconds).rfc3339) }

    // MARK: pipelines

    private var experiment: JSONValue {
        .object([
            ("experiment_id", .text(Self.experiment)), ("display_name", .text("Default")),
            ("namespace", .text(Self.namespace)), ("created_at", time(-90 * 86400)),
        ])
    }

    private func describe(_ pipeline: DemoPipeline) -> JSONValue {
        .object([
            ("pipeline_id", .text(pipeline.id)), ("display_name", .text(pipeline.name)),
            ("name", .text(pipeline.name)), ("description", .text(pipeline.words)), ("created_at", time(-60 * 86400)),
            ("namespace", .text(Self.namespace)),
        ])
    }

    private func pipeline(_ steps: [String], _ question: PipelineServer.Question) -> Answer {
        if steps.count == 2, steps[0] == "names" {
            let found = DemoPipeline.all.first { $0.name == steps[1] }
            return found.map { Answer(describe($0)) } ?? Self.missing("Pipeline \(steps[1])")
        }
        guard let found = DemoPipeline.named(steps[0]) else { return Self.missing("Pipeline \(steps[0])") }
        switch steps.dropFirst() {
        case []: return Answer(describe(found))
        case ["versions"]: return Self.page([version(of: found)], "pipeline_versions", question)
        default: return Self.missing(question.path)
        }
    }

    private static func versionID(_ pipeline: DemoPipeline) -> String { "\(pipeline.id.dropLast(2))f0" }

    private func version(of pipeline: DemoPipeline) -> JSONValue {
        let inputs = pipeline.parameters.map { parameter in
            let members: Members = [
                ("parameterType", .text(parameter.type)), ("defaultValue", parameter.standard),
                ("description", .text(parameter.words)),
            ]
            return (key: parameter.name, value: JSONValue.object(members))
        }
        let root = JSONValue.object([("inputDefinitions", .object([("parameters", .object(inputs))]))])
        return .object([
            ("pipeline_id", .text(pipeline.id)), ("pipeline_version_id", .text(Self.versionID(pipeline))),
            ("display_name", .text("\(pipeline.name) 7")), ("created_at", time(-4 * 86400)),
            ("pipeline_spec", .object([("pipelineInfo", .object([("name", .text(pipeline.name))])), ("root", root)])),
        ])
    }

    // MARK: runs

    private func describe(_ run: DemoPipelineRun, isWhole: Bool) -> JSONValue {
        var members: Members = [
            ("experiment_id", .text(Self.experiment)), ("run_id", .text(run.id)), ("display_name", .text(run.name)),
            ("storage_state", .text("AVAILABLE")), ("description", .text(run.cause)),
            ("service_account", .text(run.author)), ("state", .text(run.state.rawValue)),
            ("created_at", time(run.begunAt)), ("scheduled_at", time(run.begunAt)),
            ("finished_at", run.endedAt.map(time) ?? .text("1970-01-01T00:00:00Z")),
            (
                "pipeline_version_reference",
                .object([
                    ("pipeline_id", .text(run.pipeline.id)),
                    ("pipeline_version_id", .text(Self.versionID(run.pipeline))),
                ])
            ),
            (
                "runtime_config",
                .object([("parameters", .object(run.values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))])
            ),
            (
                "state_history",
                .list(
                    run.history.map { .object([("update_time", time($0.at)), ("state", .text($0.state.rawValue))]) })
            ),
        ]
        if !run.note.isEmpty { members.append(("error", Self.error(run.note))) }
        if isWhole { members.append(("run_details", .object([("task_details", .list(tasks(run)))]))) }
        return .object(members)
    }

    private static func error(_ words: String) -> JSONValue {
        .object([("code", .number(13)), ("message", .text(words))])
    }

    /// The root, and the steps below it.
    private func tasks(_ run: DemoPipelineRun) -> [JSONValue] {
        let steps = run.pipeline.steps
        func children(_ name: String?) -> JSONValue {
            .list(
                steps.filter { name.map($0.after.contains) ?? $0.after.isEmpty }.map {
                    .object([("task_id", .text("\(run.id)-\($0.name)"))])
                })
        }
        var all = [
            JSONValue.object([
                ("run_id", .text(run.id)), ("task_id", .text(run.id)), ("display_name", .text("root")),
                ("state", .text(run.state.rawValue)), ("create_time", time(run.begunAt)),
                ("start_time", time(run.begunAt)), ("child_tasks", children(nil)),
            ])
        ]
        for (index, step) in steps.enumerated() {
            let done = run.steps[index]
            var members: Members = [
                ("run_id", .text(run.id)), ("task_id", .text("\(run.id)-\(step.name)")),
                ("display_name", .text(step.name)), ("state", .text(done.state.rawValue)),
                ("child_tasks", children(step.name)),
            ]
            if let pod = run.pod(of: index) { members.append(("pod_name", .text(pod))) }
            if let start = done.startedAt { members.append(("start_time", time(start))) }
            if let end = done.endedAt { members.append(("end_time", time(end))) }
            if done.state == .failed { members.append(("error", Self.error(done.note))) }
            all.append(.object(members))
        }
        return all
    }

    /// `ID/nodes/POD/log`.
    private func log(_ path: String, _ state: DemoPipelines) -> Answer {
        let steps = path.dropFirst(Self.logs.count).split(separator: "/").map(String.init)
        guard steps.count == 4, steps[1] == "nodes", steps[3] == "log", let run = state.run(steps[0]) else {
            return Self.missing(path)
        }
        guard let index = run.steps.indices.first(where: { run.pod(of: $0) == steps[2] }) else {
            return Self.missing("pod \(steps[2])")
        }
        return Answer(log: run.log(of: index, at: now))
    }

    // MARK: what is asked of it

    private func post(
        _ steps: [String], _ body: [UInt8], _ state: inout DemoPipelines,
        _ deployments: inout [String: DemoDeployment]
    ) -> Answer {
        guard steps.first == "runs", steps.count <= 2 else { return Self.missing(steps.joined(separator: "/")) }
        if steps.count == 1 {
            guard let body = JSONReader.value(of: body), body.members != nil else {
                return Answer(400, code: 3, "the body is no JSON object")
            }
            return start(body, &state, &deployments)
        }
        let parts = steps[1].split(separator: ":").map(String.init)
        guard parts.count == 2, let run = state.run(parts[0]) else { return Self.missing("Run \(steps[1])") }
        switch parts[1] {
        case "terminate":
            guard run.state == .running || run.state == .pending else {
                return Answer(400, code: 9, "a run that is \(run.state.rawValue) cannot be terminated")
            }
            state.change(run.id) { $0.stop(at: now) }
        case "retry":
            guard run.state == .failed || run.state == .canceled else {
                return Answer(400, code: 9, "a run that is \(run.state.rawValue) cannot be retried")
            }
            guard state.openCount < DemoPipelines.mostOpen else { return Self.full }
            state.change(run.id) { $0.retry(at: now) }
        default: return Self.missing(parts[1])
        }
        state.settle(at: now, &deployments)
        return Answer(.object([]))
    }

    private static let full = Answer(429, code: 8, "the demo runs no more than \(DemoPipelines.mostOpen) at once")

    private func start(
        _ body: JSONValue, _ state: inout DemoPipelines, _ deployments: inout [String: DemoDeployment]
    ) -> Answer {
        let reference = body.at("pipeline_version_reference.pipeline_id")?.text ?? ""
        guard let pipeline = DemoPipeline.named(reference) else {
            return Self.missing("Pipeline \(reference)")
        }
        guard state.openCount < DemoPipelines.mostOpen else { return Self.full }
        var values: [String: JSONValue] = [:]
        for (name, value) in body.at("runtime_config.parameters")?.members ?? [] {
            guard let parameter = pipeline.parameters.first(where: { $0.name == name }) else {
                return Answer(400, code: 3, "there is no parameter `\(name.prefix(Self.mostWords))`")
            }
            guard Self.fits(value, parameter.type) else {
                return Answer(400, code: 3, "\(name) is to be a \(parameter.type)")
            }
            values[name] = value
        }
        let title = String((body["display_name"]?.text ?? "").prefix(Self.mostWords))
        let id = state.add(
            pipeline, title.isEmpty ? pipeline.name : title,
            by: String((body["service_account"]?.text ?? "pipeline-runner").prefix(Self.mostWords)),
            cause: String((body["description"]?.text ?? "").prefix(Self.mostWords)), values, at: now
        ) { run in
            (run.deploys, run.isByPerson) = (pipeline.id == DemoPipeline.release.id, true)
        }
        state.settle(at: now, &deployments)
        return state.run(id).map { Answer(describe($0, isWhole: true)) } ?? Self.full
    }

    private static func fits(_ value: JSONValue, _ type: String) -> Bool {
        switch (value, type) {
        case (.text(let text), "STRING"): text.count <= mostWords
        case (.number(let number), "NUMBER_DOUBLE"): number.isFinite
        case (.number(let number), "NUMBER_INTEGER"): number.rounded() == number
        case (.flag, "BOOLEAN"): true
        default: false
        }
    }
}
