import PitModel
import PitParse

/// One question to the cluster that the pipelines' pods are in. It holds nothing else, and can only be read.
struct ClusterTalk {
    typealias Answer = PipelineServer.Answer

    var now: Double
    var wall: (Double) -> Timestamp

    private static let place = "/api/v1/namespaces/\(PipelineTalk.namespace)/"
    private static let label = "pipeline/runid"

    /// Nil: it is asked of the pipelines.
    func answer(_ question: PipelineServer.Question, _ state: DemoPipelines) -> Answer? {
        let path = question.path
        if path.hasPrefix("/apis/v2beta1/") || path.hasPrefix("/apis/v1alpha1/") { return nil }
        guard question.method == "GET" else { return Self.refusal(405, "MethodNotAllowed", "it can only be read") }
        // Lists are asked for again where there is no watch.
        if question["watch"] != nil { return Self.refusal(405, "MethodNotAllowed", "nothing can be watched") }
        switch path {
        case "/version": return Answer(.object([("gitVersion", .text("v1.34.2"))]))
        case "/apis": return Answer(Self.groups)
        case Self.place + "pods":
            let wanted = question["labelSelector"].flatMap { selector in
                selector.hasPrefix(Self.label + "=") ? String(selector.dropFirst(Self.label.count + 1)) : nil
            }
            return Self.list("PodList", state.runs.filter { wanted == nil || $0.id == wanted }.flatMap(pods))
        case Self.place + "events": return Self.list("EventList", state.runs.flatMap(events))
        default:
            let isKnown = path.hasPrefix("/apis/apps/v1/") || path.hasPrefix("/api/v1/")
            let kind = path.split(separator: "/").last ?? ""
            guard isKnown, ["deployments", "statefulsets", "replicasets", "pods", "events"].contains(kind) else {
                return Self.refusal(404, "NotFound", "\(path.prefix(200)) not found")
            }
            return Self.list("List", [])
        }
    }

    private static func refusal(_ status: Int, _ reason: String, _ words: String) -> Answer {
        var answer = Answer(
            .object([
                ("kind", .text("Status")), ("apiVersion", .text("v1")), ("status", .text("Failure")),
                ("reason", .text(reason)), ("message", .text(words)), ("code", .number(Double(status))),
            ]))
        answer.status = status
        return answer
    }

    private static let groups = JSONValue.object([
        ("kind", .text("APIGroupList")),
        (
            "groups",
            .list([
                .object([
                    ("name", .text("apps")),
                    ("versions", .list([.object([("groupVersion", .text("apps/v1")), ("version", .text("v1"))])])),
                ])
            ])
        ),
    ])

    private static func list(_ kind: String, _ items: [JSONValue]) -> Answer {
        Answer(
            .object([
                ("kind", .text(kind)), ("apiVersion", .text("v1")),
                ("metadata", .object([("resourceVersion", .text("1"))])), ("items", .list(items)),
            ]))
    }

    // MARK: pods

    /// Places of the steps that would begin if there were GPUs.
    private func waiting(_ run: DemoPipelineRun) -> [Int] {
        guard run.state == .running else { return [] }
        return run.steps.indices.filter { run.steps[$0].state == .pending && run.isReady($0) }
    }

    private static let shortage =
        "0/3 nodes are available: 3 Insufficient nvidia.com/gpu. preemption: 0/3 nodes are available: "
        + "3 No preemption victims found for incoming pod."

    private func pods(_ run: DemoPipelineRun) -> [JSONValue] {
        let waiting = waiting(run)
        return run.steps.indices.compactMap { index in
            guard let name = run.pod(of: index) else { return nil }
            let isPlaced = !waiting.contains(index)
            var placed: [(key: String, value: JSONValue)] = [
                ("type", .text("PodScheduled")), ("status", .text(isPlaced ? "True" : "False")),
            ]
            if !isPlaced { placed += [("reason", .text("Unschedulable")), ("message", .text(Self.shortage))] }
            let phase =
                switch run.steps[index].state {
                case .running: "Running"
                case .succeeded: "Succeeded"
                case .failed, .canceled: "Failed"
                default: "Pending"
                }
            return .object([
                (
                    "metadata",
                    .object([
                        ("name", .text(name)), ("namespace", .text(PipelineTalk.namespace)),
                        ("uid", .text("\(run.id)-\(index)")),
                        ("labels", .object([(Self.label, .text(run.id))])),
                    ])
                ),
                ("spec", .object([("containers", .list([.object([("name", .text("main"))])]))])),
                ("status", .object([("phase", .text(phase)), ("conditions", .list([.object(placed)]))])),
            ])
        }
    }

    private func events(_ run: DemoPipelineRun) -> [JSONValue] {
        waiting(run).compactMap { index in
            run.pod(of: index).map { pod in
                .object([
                    ("type", .text("Warning")), ("reason", .text("FailedScheduling")),
                    ("message", .text(Self.shortage)), ("lastTimestamp", .text(wall(now).rfc3339)),
                    ("involvedObject", .object([("kind", .text("Pod")), ("name", .text(pod))])),
                ])
            }
        }
    }
}
