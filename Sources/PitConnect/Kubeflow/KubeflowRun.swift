import PitModel
import PitParse

/// What Kubeflow Pipelines tells, as the words of pipelines. Fields are snake_case; some builds write camelCase.
enum KubeflowRun {
    static func field(_ value: JSONValue, _ name: String) -> JSONValue? {
        if let found = value[name] { return found }
        var camel = ""
        for (index, part) in name.split(separator: "_").enumerated() {
            camel += index == 0 ? String(part) : part.prefix(1).uppercased() + part.dropFirst()
        }
        return value[camel]
    }

    private static func words(_ value: JSONValue, _ name: String, bytes: Int = 300) -> String {
        field(value, name)?.text?.prefix(bytes: bytes) ?? ""
    }

    /// What has not come to pass is left out, or stands at the beginning of 1970.
    static func time(_ value: JSONValue, _ name: String) -> Timestamp? {
        field(value, name)?.text.flatMap { Timestamp(rfc3339: $0) }.flatMap { $0.milliseconds > 0 ? $0 : nil }
    }

    static func state(_ word: String?) -> PipelineState {
        switch word {
        case "PENDING", "RUNTIME_STATE_UNSPECIFIED", nil, "": .queued
        case "RUNNING": .running
        case "SUCCEEDED", "CACHED": .succeeded
        case "SKIPPED", "OMITTED": .skipped
        case "FAILED", "ERROR", "SYSTEM_ERROR": .failed
        case "CANCELING": .stopping
        case "CANCELED": .stopped
        case "PAUSED": .waiting
        default: .unknown
        }
    }

    static func pipeline(_ value: JSONValue, _ connection: ConnectionName) -> Pipeline? {
        guard let id = field(value, "pipeline_id")?.text, !id.isEmpty else { return nil }
        let title = words(value, "display_name", bytes: 200)
        let error = field(value, "error").map { words($0, "message") } ?? ""
        return Pipeline(
            RunKey(connection, id.prefix(bytes: 200)),
            name: title.isEmpty ? words(value, "name", bytes: 200) : title, words: words(value, "description"),
            refusal: error.isEmpty ? nil : error, changedAt: time(value, "created_at"))
    }

    /// What a version's root takes; nil where its specification is not told.
    static func parameters(_ version: JSONValue) -> [PipelineParameter]? {
        guard let outer = field(version, "pipeline_spec") else { return nil }
        // With settings of a platform the specification stands one level deeper.
        let inner = field(outer, "pipeline_spec") ?? outer
        guard let root = inner["root"] else { return nil }
        let all = field(root, "input_definitions").flatMap { $0["parameters"]?.members } ?? []
        return all.prefix(200).map { name, value in
            let standard = field(value, "default_value")
            let kind: PipelineParameter.Kind =
                switch field(value, "parameter_type")?.text ?? field(value, "type")?.text {
                case "NUMBER_DOUBLE", "DOUBLE": .number
                case "NUMBER_INTEGER", "INT": .whole
                case "BOOLEAN": .flag
                case "LIST", "STRUCT": .structure
                default: .text
                }
            let isOptional = field(value, "is_optional") == .flag(true)
            return PipelineParameter(
                name.prefix(bytes: 200), kind, standard: standard.flatMap(plain), words: words(value, "description"),
                isRequired: standard == nil && !isOptional)
        }
    }

    static func plain(_ value: JSONValue) -> String? {
        (value.words ?? (value.isNull ? nil : value.json))?.prefix(bytes: 2000)
    }

    /// A value as its kind is written; what a person wrote is checked before.
    static func typed(
        _ words: String, _ kind: PipelineParameter.Kind, _ name: String
    ) throws(ConnectorFault) -> JSONValue {
        switch kind {
        case .number, .whole: return Double(words).map { .number($0) } ?? .text(words)
        case .flag: return .flag(words.lowercased() == "true")
        case .text, .choice, .secret: return .text(words)
        case .structure:
            guard let value = JSONReader.value(of: Array(words.utf8)) else {
                throw .rejected("\(name) wants JSON, such as [1, 2]; nothing was started")
            }
            return value
        }
    }

    static func run(_ value: JSONValue, _ server: KubeflowConnector) -> PipelineRun? {
        guard let id = field(value, "run_id")?.text, !id.isEmpty else { return nil }
        let state = state(field(value, "state")?.text)
        let history = field(value, "state_history")?.list ?? []
        let began = history.first { $0["state"]?.text == "RUNNING" }.flatMap { time($0, "update_time") }
        let created = time(value, "created_at")
        let reference = field(value, "pipeline_version_reference")
        let given = field(value, "runtime_config").flatMap { $0["parameters"]?.members } ?? []
        let recurring = words(value, "recurring_run_id", bytes: 60)
        return PipelineRun(
            RunKey(server.name, id.prefix(bytes: 200)), name: words(value, "display_name", bytes: 200),
            pipeline: reference.map { words($0, "pipeline_id", bytes: 200) } ?? "", state: state, createdAt: created,
            startedAt: began ?? time(value, "scheduled_at") ?? created,
            endedAt: state.isOpen ? nil : time(value, "finished_at"),
            author: words(value, "service_account", bytes: 100),
            cause: recurring.isEmpty ? words(value, "description") : "recurring run \(recurring)",
            parameters: Dictionary(
                given.prefix(200).compactMap { key, value in plain(value).map { (key.prefix(bytes: 200), $0) } },
                uniquingKeysWith: { $1 }),
            note: field(value, "error").map { words($0, "message") } ?? "",
            place: PipelinePlace(
                namespace: server.namespace ?? "kubeflow", selector: "pipeline/runid=\(id.prefix(bytes: 200))",
                cluster: server.cluster))
    }
}

/// The tasks of a run as a graph. What is no step of the pipeline, drivers, roots and executors, is taken out: what came
/// before it comes before what follows it, and an executor's pod, state and error are its step's.
struct KubeflowTasks {
    private struct Task {
        var step: PipelineStep
        var parents: Set<Int> = []
        var isHidden: Bool
        var isExecutor: Bool
    }
    let steps: [PipelineStep]

    init(_ run: JSONValue) {
        let details =
            KubeflowRun.field(run, "run_details").flatMap { KubeflowRun.field($0, "task_details")?.list } ?? []
        var tasks: [Task] = []
        var places: [String: Int] = [:]
        var children: [(parent: Int, child: String)] = []
        for value in details.prefix(2000) {
            guard let id = KubeflowRun.field(value, "task_id")?.text, places[id] == nil else { continue }
            let index = tasks.count
            tasks.append(Self.task(value, id))
            places[id] = index
            if let pod = tasks[index].step.pod, places[pod] == nil { places[pod] = index }
            for child in (KubeflowRun.field(value, "child_tasks")?.list ?? []).prefix(500) {
                for name in ["task_id", "pod_name"] {
                    if let word = KubeflowRun.field(child, name)?.text, !word.isEmpty { children.append((index, word)) }
                }
            }
            if let parent = KubeflowRun.field(value, "parent_task_id")?.text, !parent.isEmpty {
                children.append((-1 - index, parent))
            }
        }
        for (parent, word) in children {
            // What names its parent stands under its own number, turned round.
            guard let other = places[word] else { continue }
            let (above, below) = parent >= 0 ? (parent, other) : (other, -1 - parent)
            if above != below { tasks[below].parents.insert(above) }
        }
        steps = Self.shown(tasks)
    }

    private static func task(_ value: JSONValue, _ id: String) -> Task {
        let name = KubeflowRun.field(value, "display_name")?.text?.prefix(bytes: 200) ?? id.prefix(bytes: 60)
        let pod = KubeflowRun.field(value, "pod_name")?.text.flatMap { $0.isEmpty ? nil : $0.prefix(bytes: 260) }
        let error = KubeflowRun.field(value, "error").flatMap { $0["message"]?.text?.prefix(bytes: 300) } ?? ""
        let state = KubeflowRun.state(KubeflowRun.field(value, "state")?.text)
        let isExecutor = name == "executor" || name.hasSuffix("-executor")
        return Task(
            step: PipelineStep(
                id.prefix(bytes: 200), name: name, state: state,
                startedAt: KubeflowRun.time(value, "start_time") ?? KubeflowRun.time(value, "create_time"),
                endedAt: state.isOpen ? nil : KubeflowRun.time(value, "end_time"), pod: pod, note: error),
            isHidden: isExecutor || name == "root" || name.hasSuffix("-driver"), isExecutor: isExecutor)
    }

    private static func shown(_ tasks: [Task]) -> [PipelineStep] {
        var tasks = tasks
        // The whole run stands among its own tasks: it has no parent, and all others lie below it.
        let roots = tasks.indices.filter { tasks[$0].parents.isEmpty }
        if let root = roots.first, roots.count == 1, tasks.contains(where: \.isHidden) { tasks[root].isHidden = true }
        for index in tasks.indices where tasks[index].isExecutor {
            for parent in tasks[index].parents where !tasks[parent].isHidden {
                tasks[parent].step.pod = tasks[index].step.pod ?? tasks[parent].step.pod
                if tasks[parent].step.note.isEmpty { tasks[parent].step.note = tasks[index].step.note }
                if tasks[parent].step.startedAt == nil { tasks[parent].step.startedAt = tasks[index].step.startedAt }
            }
        }
        func above(_ index: Int, _ seen: inout Set<Int>) -> [String] {
            tasks[index].parents.sorted().flatMap { parent -> [String] in
                guard seen.insert(parent).inserted else { return [] }
                return tasks[parent].isHidden ? above(parent, &seen) : [tasks[parent].step.id]
            }
        }
        return tasks.indices.filter { !tasks[$0].isHidden }.map { index in
            var (step, seen) = (tasks[index].step, Set([index]))
            step.parents = above(index, &seen)
            return step
        }.enumerated().sorted {
            ($0.element.startedAt?.milliseconds ?? .max, $0.offset) < (
                $1.element.startedAt?.milliseconds ?? .max, $1.offset
            )
        }.map(\.element)
    }
}
