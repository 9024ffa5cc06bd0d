import PitModel
import PitParse
import Synchronization
import Testing

@testable import PitConnect

/// A Jenkins as its remote API behaves: jobs in folders, a queue whose items vanish, builds with stages and a log.
final class JenkinsServer: HTTP {
    struct Build {
        var number: Int
        var queueID: Int
        var result: String?
        var parameters: [(String, String)]
        var log = ""
    }
    struct State {
        var builds: [Build] = [
            Build(number: 1, queueID: 11, result: "FAILURE", parameters: [("LR", "0.1"), ("MODE", "full")])
        ]
        var queue: [(id: Int, parameters: [(String, String)])] = []
        var remembersItems = true
        var isForbidden = false
        var hasStages = true
        var posts: [String] = []
        var stageStatus = "IN_PROGRESS"
        var placeholder: String?
        var nextItem = 40
        var streamed = 0
        var location: String? = "http://root/prefix/queue/item/ID/"
        /// Whether what changes something is done, and its answer lost on the way back.
        var losesReplies = false
        /// Whether the job has a parameter for a mark.
        var takesMark = false
        /// The tree of a build's stages, and where the server has it; nil: it has none.
        var tree: (path: String, body: String)?
        var asked: [String] = []
    }
    let address = "http://jenkins"
    let state = Mutex(State())
    static let job = "/job/llm/job/train"

    var connector: JenkinsConnector { JenkinsConnector(connection("jenkins"), http: self) }

    func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        var reply = state.withLock { request.method == .post ? Self.post(request, &$0) : Self.get(request, &$0) }
        if request.method == .post, state.withLock({ $0.losesReplies }) { throw .timedOut(after: 10) }
        if let most = request.maxBytes, reply.body.count > most { throw .tooLarge(limit: most) }
        reply.path = request.path
        return reply
    }

    func stream(
        _ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply {
        let reply = state.withLock { Self.get(request, &$0) }
        for start in stride(from: 0, to: reply.body.count, by: 16_384) {
            let piece = Array(reply.body[start..<min(start + 16_384, reply.body.count)])
            state.withLock { $0.streamed += piece.count }
            guard onBytes(piece) else { break }
        }
        return HTTPReply(status: reply.status, headers: reply.headers, path: request.path)
    }

    private static func text(_ text: String, _ status: Int = 200, _ head: [(String, String)] = []) -> HTTPReply {
        HTTPReply(status: status, headers: head.map { (name: $0.0, value: $0.1) }, body: Array(text.utf8))
    }

    private static func json(_ build: Build) -> String {
        let given = build.parameters.map { "{\"name\":\"\($0.0)\",\"value\":\"\($0.1)\"}" }.joined(separator: ",")
        return """
            {"number":\(build.number),"result":\(build.result.map { "\"\($0)\"" } ?? "null"),
             "building":\(build.result == nil),"timestamp":\(1_795_600_000_000 + build.number * 1000),"duration":60000,
             "estimatedDuration":-1,"queueId":\(build.queueID),"actions":[null,{},{"parameters":[\(given),
             {"name":"TOKEN"}]},null,{"causes":[{"shortDescription":"Started by user ana","userId":"ana"}]}]}
            """
    }

    private static func item(_ item: (id: Int, parameters: [(String, String)])) -> String {
        let given = item.parameters.map { "{\"name\":\"\($0.0)\",\"value\":\"\($0.1)\"}" }.joined(separator: ",")
        return """
            {"_class":"hudson.model.Queue$BuildableItem","id":\(item.id),"why":"Waiting for next available executor on ‘gpu’",
             "inQueueSince":1795600500000,"task":{"name":"train","url":"http://root/prefix\(job)/"},
             "actions":[null,{"parameters":[\(given)]}],"executable":null}
            """
    }

    private static func get(_ request: HTTPRequest, _ state: inout State) -> HTTPReply {
        if state.isForbidden { return text("<html>ana is missing the Job/Read permission</html>", 403) }
        state.asked.append(request.path)
        if request.path.hasSuffix("/tree") {
            guard let tree = state.tree, request.path.hasSuffix(tree.path) else { return text("<html>404</html>", 404) }
            return text(tree.body)
        }
        let builds = state.builds
        let list = builds.reversed().map(json).joined(separator: ",")
        let about = """
            "_class":"hudson.model.FreeStyleProject","name":"train","fullName":"llm/train","buildable":true,
            "url":"http://root/prefix\(job)/","description":"fine-tunes","color":"red",
            "nextBuildNumber":\((builds.map(\.number).max() ?? 0) + 1),"property":[{},{"parameterDefinitions":[
              \(state.takesMark ? "{\"name\":\"PITWALL_RUN\",\"type\":\"StringParameterDefinition\"}," : "")
              {"name":"LR","type":"StringParameterDefinition","defaultParameterValue":{"value":"0.001"}},
              {"name":"MODE","type":"ChoiceParameterDefinition","choices":["quick","full"],
               "defaultParameterValue":{"value":"quick"}},
              {"name":"DRY","type":"BooleanParameterDefinition","defaultParameterValue":{"value":false}},
              {"name":"TOKEN","type":"PasswordParameterDefinition","defaultParameterValue":{"value":"x"}}]}]
            """
        switch request.path {
        case "/crumbIssuer/api/json": return text("<html>404</html>", 404)
        case "/api/json":
            return text(
                """
                {"jobs":[null,{"name":"llm","fullName":"llm","jobs":[{\(about),"builds":[\(list)]}]},
                 {"name":"off","fullName":"off","color":"disabled","buildable":false,"builds":[]}]}
                """)
        case "\(job)/api/json": return text("{\(about),\"builds\":[\(list)]}")
        case "/queue/api/json":
            var items = state.queue.map(item)
            if let why = state.placeholder {
                items.append(
                    "{\"id\":99,\"why\":\"\(why)\",\"task\":{\"name\":\"part\",\"url\":\"http://root/prefix\(job)/2/\"}}"
                )
            }
            return text("{\"items\":[\(items.joined(separator: ","))]}")
        default: break
        }
        if request.path.hasPrefix("/queue/item/") {
            let id = Int(request.path.split(separator: "/")[2]) ?? 0
            if let waiting = state.queue.first(where: { $0.id == id }) { return text(item(waiting)) }
            guard state.remembersItems, let build = state.builds.first(where: { $0.queueID == id }) else {
                return text("<html>404</html>", 404)
            }
            return text(
                "{\"id\":\(id),\"task\":{\"url\":\"http://root\(job)/\"},\"executable\":{\"number\":\(build.number)}}")
        }
        let parts = request.path.dropFirst(job.count).split(separator: "/")
        guard request.path.hasPrefix(job), let number = parts.first.flatMap({ Int($0) }),
            let build = state.builds.first(where: { $0.number == number })
        else { return text("<html>404</html>", 404) }
        switch parts.last {
        case "json": return text(json(build))
        case "describe" where state.hasStages:
            return text(
                """
                {"id":"\(number)","status":"IN_PROGRESS","stages":[{"id":"6","name":"Check","status":"SUCCESS",
                 "startTimeMillis":1795600001000,"durationMillis":4000},null,{"name":"no id"},
                 {"id":"9","name":"Train","status":"\(state.stageStatus)","startTimeMillis":1795600005000}]}
                """)
        case "progressiveText":
            let start = request.query.first { $0.name == "start" }.flatMap { Int($0.value) } ?? 0
            let log = Array(build.log.utf8)
            var head = [("x-text-size", "\(log.count)")]
            if build.result == nil { head.append(("x-more-data", "true")) }
            let piece = start > log.count ? log[...] : log[start...]
            return text(String(decoding: piece, as: UTF8.self), 200, head)
        default: return text("<html>404</html>", 404)
        }
    }

    private static func post(_ request: HTTPRequest, _ state: inout State) -> HTTPReply {
        if state.isForbidden { return text("<html>403</html>", 403) }
        let body = String(decoding: request.body, as: UTF8.self)
        state.posts.append("\(request.path) \(body)")
        if request.path.hasSuffix("/cancelItem") {
            state.queue.removeAll { body == "id=\($0.id)" }
            return text("", 204)
        }
        if request.path.hasSuffix("/stop") {
            for index in state.builds.indices where state.builds[index].result == nil {
                state.builds[index].result = "ABORTED"
            }
            return text("", 302)
        }
        let given = body.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            return (parts[0], parts.last ?? "")
        }
        state.queue.append((state.nextItem, given))
        state.nextItem += 1
        let place = state.location.map { $0.split(separator: "ID").joined(separator: "\(state.nextItem - 1)") }
        return text("", 201, place.map { [("location", $0)] } ?? [])
    }

    func begin() {
        state.withLock { state in
            let item = state.queue.removeFirst()
            state.builds.append(
                Build(number: state.builds.count + 1, queueID: item.id, result: nil, parameters: item.parameters))
        }
    }
    func end(_ result: String) { state.withLock { $0.builds[$0.builds.count - 1].result = result } }
}

@Test("jobs are pipelines with their parameters, in folders; one that is disabled says so")
func jenkinsPipelines() async throws {
    let all = try await JenkinsServer().connector.pipelines()
    #expect(all.map(\.key.id) == ["llm/train", "off"] && all[1].refusal == "off is disabled in Jenkins")
    let train = all[0]
    #expect(train.parameters?.map(\.kind) == [.text, .choice, .flag, .secret])
    #expect(train.parameters?.map(\.standard) == ["0.001", "quick", "false", nil])
    #expect(train.complaint(about: ["LR": "0.1", "MODE": "full"]) == nil)
    #expect(train.complaint(about: ["MODE": "slow"]) == "MODE is one of: quick, full")
    #expect(train.complaint(about: ["DRY": "maybe"]) == "DRY wants true or false, not `maybe`")
    #expect(train.complaint(about: ["RATE": "1"])?.contains("no parameter `RATE`; it has: LR, MODE") == true)
}

@Test("a build is started once, followed from the queue by its item, then by its number, to its end")
func jenkinsStart() async throws {
    let jenkins = JenkinsServer()
    let connector = jenkins.connector
    let reference = try await connector.startPipeline("llm/train", parameters: ["LR": "0.2 &"], mark: "p")
    #expect(reference == "llm/train@40")
    #expect(jenkins.state.withLock { $0.posts } == ["/job/llm/job/train/buildWithParameters LR=0.2%20%26"])
    let waiting = try await connector.pipelineRun(reference)
    #expect(waiting.state == .queued && waiting.note.contains("executor on ‘gpu’") && waiting.pipeline == "llm/train")
    #expect(try await connector.pipelineRuns(of: nil, limit: 10).runs.map(\.state) == [.queued, .failed])
    jenkins.begin()
    jenkins.state.withLock { $0.placeholder = "All nodes of label ‘gpu’ are offline" }
    let running = try await connector.pipelineRun(reference)
    #expect(running.key.id == "llm/train#2" && running.state == .running)
    #expect(running.note == "All nodes of label ‘gpu’ are offline")
    #expect(running.steps.map(\.name) == ["Check", "Train"] && running.steps.map(\.state) == [.succeeded, .running])
    #expect(running.steps[0].duration(at: Timestamp(milliseconds: 0)) == 4)
    jenkins.state.withLock { $0.stageStatus = "PAUSED_PENDING_INPUT" }
    #expect(try await connector.pipelineRun("llm/train#2").state == .waiting)
    // Jenkins forgets items some minutes after they left the queue.
    jenkins.state.withLock { ($0.remembersItems, $0.stageStatus) = (false, "SUCCESS") }
    #expect(try await connector.pipelineRun(reference).key.id == "llm/train#2")
    jenkins.end("UNSTABLE")
    let ended = try await connector.pipelineRun(reference)
    #expect(ended.state == .unstable && ended.duration(at: Timestamp(milliseconds: 0)) == 60)
    #expect(ended.author == "ana" && ended.parameters == ["LR": "0.2%20%26"])
}

@Test("what cannot be known is said: an item that became nothing, a build that is gone, no item named")
func jenkinsLost() async throws {
    let jenkins = JenkinsServer()
    let connector = jenkins.connector
    #expect(try await connector.pipelineRun("llm/train@77").state == .gone)
    #expect(try await connector.pipelineRun("llm/train#9").state == .gone)
    jenkins.state.withLock { $0.hasStages = false }
    #expect(try await connector.pipelineRun("llm/train#1").steps.isEmpty)
    jenkins.state.withLock { $0.location = nil }
    let unnamed = await #expect(throws: ConnectorFault.self) {
        try await connector.startPipeline("llm/train", parameters: [:], mark: "")
    }
    #expect(unnamed?.code == "malformed", "it may run: nobody is told that it was refused")
    for bad in ["llm/train", "llm/train#0", "#3", "../x#1", "llm/train#12x"] {
        let fault = await #expect(throws: ConnectorFault.self) { try await connector.pipelineRun(bad) }
        #expect(fault?.code == "rejected", "\(bad)")
    }
    jenkins.state.withLock { $0.isForbidden = true }
    let fault = await #expect(throws: ConnectorFault.self) { try await connector.pipelineRun("llm/train#1") }
    #expect(fault?.code == "forbidden", "a token that is refused half-way is no lost build")
}

@Test("a build is stopped, or taken from the queue; a retry is a new build with the same parameters")
func jenkinsStop() async throws {
    let jenkins = JenkinsServer()
    let connector = jenkins.connector
    let over = await #expect(throws: ConnectorFault.self) { try await connector.stopPipelineRun("llm/train#1") }
    #expect(over?.summary.contains("is over: failed") == true)
    #expect(
        try await connector.retryPipelineRun("llm/train#1", mark: "") == "llm/train@40"
            && !JenkinsConnector.retriesInPlace)
    #expect(jenkins.state.withLock { $0.posts.last } == "/job/llm/job/train/buildWithParameters LR=0.1&MODE=full")
    try await connector.stopPipelineRun("llm/train@40")
    #expect(jenkins.state.withLock { $0.posts.last == "/queue/cancelItem id=40" && $0.queue.isEmpty })
    _ = try await connector.retryPipelineRun("llm/train#1", mark: "")
    jenkins.begin()
    try await connector.stopPipelineRun("llm/train@41")
    #expect(jenkins.state.withLock { $0.posts.last } == "/job/llm/job/train/2/stop ")
    #expect(try await connector.pipelineRun("llm/train#2").state == .stopped)
    let unknown = await #expect(throws: ConnectorFault.self) {
        try await connector.startPipeline("llm/train", parameters: ["RATE": "1"], mark: "")
    }
    #expect(unknown?.summary.contains("nothing was started") == true, "Jenkins would leave it out and start")
}

@Test("of a long log only the end is read; then what comes after it, by the server's own places")
func jenkinsLogs() async throws {
    let jenkins = JenkinsServer()
    let connector = jenkins.connector
    jenkins.state.withLock { state in
        state.builds[0].result = nil
        state.builds[0].log = "first\n" + String(repeating: "0123456789abcdef", count: 200_000) + "\nlast\n"
    }
    let end = try await connector.pipelineLog(of: "llm/train#1", step: nil, from: nil)
    #expect(end.isCut && end.isOpen && end.text == "last\n", "one line is larger than a piece")
    #expect(jenkins.state.withLock { $0.streamed } == 16_384, "how long it is is told with its first bytes")
    jenkins.state.withLock { $0.builds[0].log += "more\n" }
    let more = try await connector.pipelineLog(of: "llm/train#1", step: nil, from: end.next)
    #expect(more.text == "more\n" && more.next == end.next.map { $0 + 5 })
    jenkins.state.withLock { $0.builds[0].log = "anew\n" }
    let anew = try await connector.pipelineLog(of: "llm/train#1", step: nil, from: more.next)
    #expect(anew.text == "anew\n" && anew.next == 5)
    jenkins.end("SUCCESS")
    #expect(try await connector.pipelineLog(of: "llm/train#1", step: nil, from: 5).isOpen == false)
}

@Test("steps are written as a tree, also where their graph goes round in a circle")
func pipelineOutline() {
    var run = PipelineRun(RunKey(nil, "r"), name: "r")
    run.steps = [
        PipelineStep("a", name: "a", state: .succeeded), PipelineStep("c", name: "c", state: .running, parents: ["b"]),
        PipelineStep("b", name: "b", state: .succeeded, parents: ["a"]),
        PipelineStep("x", name: "x", state: .queued, parents: ["y"]),
        PipelineStep("y", name: "y", state: .queued, parents: ["x", "gone"]),
        PipelineStep("z", name: "z", state: .queued, parents: ["z"]),
    ]
    #expect(run.outline.map { "\($0.depth)\($0.step.id)" } == ["0a", "1b", "2c", "0z", "0x", "1y"])
}
