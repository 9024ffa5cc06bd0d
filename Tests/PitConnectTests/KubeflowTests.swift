import PitModel
import PitParse
import Synchronization
import Testing

@testable import PitConnect

/// An API server of Kubeflow Pipelines as its contract says: pages, int64 as texts, errors of a gateway.
final class KubeflowServer: HTTP {
    struct State {
        var runs: [(id: String, state: String)] = [("r1", "FAILED"), ("r2", "RUNNING")]
        var posts: [(path: String, body: JSONValue)] = []
        var requests: [HTTPRequest] = []
        /// Requests that are let through before the token is refused.
        var admitted = Int.max
        var loops = false
        var log = "epoch 1\nepoch 2\n"
        var hasLogs = true
        /// What runs that were started are called, by their ids.
        var names: [String: String] = [:]
        var knowsFilters = true
        /// Whether what changes something is done, and its answer lost on the way back.
        var losesReplies = false
        var created = "2026-11-23T03:00:00Z"
    }
    let address = "http://kfp"
    let state = Mutex(State())

    func connector(_ options: [String: OptionValue] = [:]) -> KubeflowConnector {
        KubeflowConnector(connection("kubeflow", options: options), http: self)
    }

    func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        var reply = state.withLock { Self.answer(request, &$0) }
        if request.method == .post, state.withLock({ $0.losesReplies }) { throw .unreachable("the connection was cut") }
        reply.path = request.path
        return reply
    }

    func stream(
        _ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply {
        let reply = state.withLock { Self.answer(request, &$0) }
        for start in stride(from: 0, to: reply.body.count, by: 65_536) {
            guard onBytes(Array(reply.body[start..<min(start + 65_536, reply.body.count)])) else { break }
        }
        return HTTPReply(status: reply.status, headers: reply.headers)
    }

    private static func text(_ text: String, _ status: Int = 200) -> HTTPReply {
        HTTPReply(status: status, body: Array(text.utf8))
    }

    private static func run(_ run: (id: String, state: String), _ state: State) -> String {
        let isOpen = run.state == "RUNNING" || run.state == "PENDING" || run.state == "CANCELING"
        let error = run.state == "FAILED" ? #","error":{"code":"13","message":"train failed"}"# : ""
        return """
            {"run_id":"\(run.id)","display_name":"\(state.names[run.id] ?? "nightly \(run.id)")","state":"\(run.state)","experiment_id":"e1",
             "created_at":"\(state.created)","scheduled_at":"2026-11-23T03:00:00Z",
             "finished_at":"\(isOpen ? "1970-01-01T00:00:00Z" : "2026-11-23T03:30:00Z")"\(error),
             "pipeline_version_reference":{"pipeline_id":"p1","pipeline_version_id":"v2"},
             "runtime_config":{"parameters":{"lr":0.01,"steps":100,"tags":["a"],"none":null}},
             "state_history":[{"update_time":"2026-11-23T03:00:10Z","state":"PENDING"},
               {"update_time":"2026-11-23T03:00:20Z","state":"RUNNING"}],
             "run_details":{"pipeline_context_id":"12","task_details":[\(tasks(run.state))]}}
            """
    }

    /// As Argo's nodes stand there: the run itself, drivers, the root, executors, and two steps, one after the other.
    private static func tasks(_ state: String) -> String {
        func task(_ id: String, _ name: String, _ state: String, _ pod: String, _ children: [String], at: Int) -> String
        {
            let below = children.map { "{\"pod_name\":\"\($0)\"}" }.joined(separator: ",")
            return """
                {"run_id":"r","task_id":"\(id)","display_name":"\(name)","state":"\(state)","pod_name":"\(pod)",
                 "start_time":"2026-11-23T03:0\(at):00Z","end_time":"2026-11-23T03:0\(at + 1):00Z",
                 "child_tasks":[\(below)]}
                """
        }
        let last = state == "FAILED" ? "FAILED" : "PENDING"
        return [
            task("t0", "nightly-abc", state, "nightly-abc", ["nightly-abc-1"], at: 0),
            task("t1", "root-driver", "SUCCEEDED", "nightly-abc-1", ["nightly-abc-2"], at: 0),
            task("t2", "root", state, "nightly-abc-2", ["nightly-abc-3"], at: 0),
            task("t3", "prepare-driver", "SUCCEEDED", "nightly-abc-3", ["nightly-abc-4"], at: 1),
            task("t4", "prepare", "SUCCEEDED", "nightly-abc-4", ["nightly-abc-5"], at: 1),
            task("t5", "executor", "SUCCEEDED", "nightly-abc-5", ["nightly-abc-6"], at: 1),
            task("t6", "train-driver", "SUCCEEDED", "nightly-abc-6", ["nightly-abc-7"], at: 2),
            task("t7", "train", last, "nightly-abc-7", ["nightly-abc-8"], at: 3),
            task("t8", "executor", last, "nightly-abc-8", ["nightly-abc-7"], at: 3),
        ].joined(separator: ",")
    }

    private static func answer(_ request: HTTPRequest, _ state: inout State) -> HTTPReply {
        state.requests.append(request)
        guard state.requests.count <= state.admitted else {
            return text(#"{"error":"token expired","code":16,"message":"token expired","details":[]}"#, 401)
        }
        let path = request.path.split(separator: "/").dropFirst(2).joined(separator: "/")
        let page = request.query.first { $0.name == "page_token" }?.value
        if request.method == .post {
            guard let body = JSONReader.value(of: request.body) else { return text("{}", 400) }
            state.posts.append((path, body))
            if path == "runs" {
                let id = "r\(state.runs.count + 1)"
                state.runs.append((id, "PENDING"))
                state.names[id] = body["display_name"]?.text
                return text(run(state.runs[state.runs.count - 1], state))
            }
            let parts = path.split(separator: ":")
            guard let index = state.runs.firstIndex(where: { "runs/\($0.id)" == parts.first ?? "" }) else {
                return text(#"{"code":5,"message":"not found"}"#, 404)
            }
            state.runs[index].state = parts.last == "retry" ? "PENDING" : "CANCELING"
            return text("{}")
        }
        switch path {
        case "healthz": return text(#"{"commit_sha":"x","tag_name":"2.5.0","multi_user":true}"#)
        case "pipelines":
            // camelCase, as some builds have it; the second page is the last, unless the server goes round in circles.
            if page == nil || state.loops {
                return text(
                    #"{"pipelines":[{"pipelineId":"p1","displayName":"nightly","createdAt":"2026-11-01T00:00:00Z"},null],"#
                        + #""total_size":"2","nextPageToken":"t2"}"#)
            }
            return text(#"{"pipelines":[{"pipeline_id":"p2","name":"empty"}],"total_size":"2"}"#)
        case "pipelines/p1", "pipelines/names/nightly": return text(#"{"pipeline_id":"p1","display_name":"nightly"}"#)
        case "pipelines/nightly": return text(#"{"error":"bad id","code":3,"message":"bad id"}"#, 400)
        case "pipelines/p1/versions":
            return text(
                """
                {"pipeline_versions":[{"pipeline_id":"p1","pipeline_version_id":"v2","pipeline_spec":{"pipeline_spec":
                 {"root":{"inputDefinitions":{"parameters":{"lr":{"parameterType":"NUMBER_DOUBLE","defaultValue":0.001},
                 "steps":{"parameterType":"NUMBER_INTEGER"},"dry":{"parameterType":"BOOLEAN","defaultValue":false},
                 "tags":{"parameterType":"LIST","isOptional":true},"base":{"parameterType":"STRING","defaultValue":"qwen"}
                 }}}}}}],"next_page_token":"more"}
                """)
        case "pipelines/p2/versions": return text("{}")
        case "experiments":
            return text(#"{"experiments":[{"experiment_id":"e7","display_name":"Default","namespace":"ml"}]}"#)
        case "runs":
            var shown = Array(state.runs.reversed())
            let filter = request.query.first { $0.name == "filter" }.flatMap {
                JSONReader.value(of: Array($0.value.utf8))
            }
            if let one = filter?["predicates"]?.list?.first {
                guard state.knowsFilters else { return text(#"{"code":3,"message":"invalid filter"}"#, 400) }
                guard one["key"]?.text == "name", one["operation"]?.text == "IS_SUBSTRING" else {
                    return text("{}", 400)
                }
                let words = one["string_value"]?.text ?? "?"
                shown = shown.filter { state.names[$0.id]?.contains(words) == true }
            }
            let all = shown.map { run($0, state) }.joined(separator: ",")
            return text(shown.isEmpty ? "{}" : "{\"runs\":[\(all)]\(state.loops ? ",\"next_page_token\":\"t\"" : "")}")
        default: break
        }
        if path.hasSuffix("/log") {
            return state.hasLogs ? text(state.log) : text(#"{"code":13,"message":"pod is gone"}"#, 500)
        }
        guard let found = state.runs.first(where: { "runs/\($0.id)" == path }) else {
            return text(#"{"error":"not found","code":5,"message":"Run x not found","details":[]}"#, 404)
        }
        return text(run(found, state))
    }
}

@Test("pipelines come page by page, with the parameters of their newest version")
func kubeflowPipelines() async throws {
    let server = KubeflowServer()
    let connector = server.connector()
    let identity = try await connector.probe()
    #expect(identity.version == "2.5.0" && identity.detail == "for several users: name a `namespace`")
    let all = try await connector.pipelines()
    #expect(all.map(\.key.id) == ["p1", "p2"] && all.map(\.name) == ["nightly", "empty"])
    let parameters = try #require(all[0].parameters)
    #expect(parameters.map(\.kind) == [.number, .whole, .flag, .structure, .text] && all[1].parameters == nil)
    #expect(parameters.map(\.isRequired) == [false, true, false, false, false] && parameters[0].standard == "0.001")
    let asked = server.state.withLock { $0.requests.count }
    _ = try await connector.pipelines()
    #expect(server.state.withLock { $0.requests.count } == asked + 2, "versions are not read again at each look")
    server.state.withLock { $0.loops = true }
    #expect(try await connector.pipelines().count == 2, "the same page for ever is read no further")
    #expect(try await connector.pipeline("nightly").key.id == "p1")
}

@Test("a run is a graph of its steps: drivers, the root and executors are taken out, their pods and order stay")
func kubeflowRuns() async throws {
    let server = KubeflowServer()
    let connector = server.connector(["namespace": .text("ml"), "cluster": .text("prod")])
    let batch = try await connector.pipelineRuns(of: "p1", limit: 1)
    #expect(batch.runs.map(\.key.id) == ["r2"] && batch.hasMore)
    let run = try await connector.pipelineRun("r2")
    #expect(run.state == .running && run.endedAt == nil, "1970 is no end")
    #expect(run.parameters == ["lr": "0.01", "steps": "100", "tags": "[\"a\"]"])
    #expect(run.startedAt?.rfc3339.hasPrefix("2026-11-23T03:00:20") == true)
    #expect(run.steps.map(\.name) == ["prepare", "train"] && run.steps.map(\.state) == [.succeeded, .queued])
    #expect(run.steps.map(\.parents) == [[], ["t4"]] && run.steps.map(\.pod) == ["nightly-abc-5", "nightly-abc-8"])
    #expect(
        run.place
            == PipelinePlace(namespace: "ml", selector: "pipeline/runid=r2", cluster: ConnectionName("prod")))
    let failed = try await connector.pipelineRun("r1")
    #expect(failed.state == .failed && failed.note == "train failed" && failed.steps[1].state == .failed)
    server.state.withLock { $0.runs.append(("r3", "DREAMING")) }
    #expect(try await connector.pipelineRun("r3").state == .unknown)
    #expect(try await connector.pipelineRun("r9").state == .gone)
    server.state.withLock { ($0.requests, $0.admitted) = ([], 1) }
    let fault = await #expect(throws: ConnectorFault.self) {
        _ = try await connector.pipelineRuns(of: nil, limit: 5)
        _ = try await connector.pipelineRun("r1")
    }
    #expect(fault == .unauthorized)
}

@Test("a run is started with typed values in an experiment, stopped and retried only where the server would")
func kubeflowControl() async throws {
    let server = KubeflowServer()
    let connector = server.connector(["namespace": .text("ml"), "service_account": .text("trainer")])
    let missing = await #expect(throws: ConnectorFault.self) {
        try await connector.startPipeline("nightly", parameters: ["lr": "0.1"], mark: "")
    }
    #expect(missing?.summary.contains("steps is needed") == true && server.state.withLock { $0.posts.isEmpty })
    let given = ["lr": "0.1", "steps": "5", "dry": "true", "tags": "[1]", "base": "7"]
    #expect(try await connector.startPipeline("nightly", parameters: given, mark: "pipeline-3") == "r3")
    let body = try #require(server.state.withLock { $0.posts.first?.body })
    #expect(
        body.at("runtime_config.parameters")?.json
            == #"{"base":"7","dry":true,"lr":0.1,"steps":5,"tags":[1]}"#)
    #expect(body["experiment_id"]?.text == "e7" && body["service_account"]?.text == "trainer")
    #expect(body.at("pipeline_version_reference.pipeline_version_id")?.text == "v2")
    #expect(body["display_name"]?.text == "nightly pipeline-3")
    let early = await #expect(throws: ConnectorFault.self) { try await connector.retryPipelineRun("r3", mark: "") }
    #expect(early?.summary.contains("only what failed or was stopped") == true)
    try await connector.stopPipelineRun("r3")
    #expect(try await connector.pipelineRun("r3").state == .stopping, "that it was taken is no end")
    let late = await #expect(throws: ConnectorFault.self) { try await connector.stopPipelineRun("r3") }
    #expect(late?.code == "rejected")
    #expect(try await connector.retryPipelineRun("r1", mark: "") == "r1" && KubeflowConnector.retriesInPlace)
    #expect(server.state.withLock { $0.posts.map(\.path) } == ["runs", "runs/r3:terminate", "runs/r1:retry"])
    let unknown = server.connector(["experiment": .text("weekly")])
    let place = await #expect(throws: ConnectorFault.self) {
        try await unknown.startPipeline("nightly", parameters: given, mark: "")
    }
    #expect(place?.summary.contains("no experiment `weekly`; nothing was started") == true)
}

@Test("the log is that of the step that tells most; of a huge one the end is kept")
func kubeflowLogs() async throws {
    let server = KubeflowServer()
    let connector = server.connector()
    let log = try await connector.pipelineLog(of: "r1", step: nil, from: nil)
    #expect(log == PipelineLog("epoch 1\nepoch 2\n"))
    #expect(
        server.state.withLock { $0.requests.last?.path }
            == "/apis/v1alpha1/runs/r1/nodes/nightly-abc-8/log")
    server.state.withLock { $0.log = String(repeating: "x", count: 3_000_000) + "\nlast\n" }
    let end = try await connector.pipelineLog(of: "r2", step: "prepare", from: nil)
    #expect(end.isCut && end.text == "last\n" && !end.isOpen)
    server.state.withLock { $0.hasLogs = false }
    let fault = await #expect(throws: ConnectorFault.self) {
        try await connector.pipelineLog(of: "r2", step: nil, from: nil)
    }
    #expect(fault == .server(status: 500, excerpt: "pod is gone"))
    let none = await #expect(throws: ConnectorFault.self) {
        try await connector.pipelineLog(of: "r2", step: "deploy", from: nil)
    }
    #expect(none?.summary.contains("has no step `deploy`") == true)
}
