import FlyingFox
import FlyingSocks
import Foundation
import PitTestKit
import Synchronization
import Testing

/// A Jenkins and a Kubeflow Pipelines on one port of loopback, as far as the commands ask them.
private final class PipelineServers: Sendable {
    struct State {
        /// How often the newest build was looked at: it waits, runs, and ends.
        var looks = 0
        var started = false
        var result = "SUCCESS"
        var stopped = false
        var posts: [String] = []
        var kubeflow = "RUNNING"
        var tokens: Set<String> = []
    }
    let state = Mutex(State())
    private let server: HTTPServer
    private let task: Task<Void, any Error>
    let port: UInt16

    init() async throws {
        server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: 0), timeout: 15, logger: .disabled)
        let answers = Answers()
        await server.appendRoute("*") { request in
            let body = String(decoding: try await request.bodyData, as: UTF8.self)
            return answers.answer(request, body)
        }
        let server = server
        task = Task { try await server.run() }
        try await server.waitUntilListening(timeout: 30)
        guard case .ip4(_, let bound) = await server.listeningAddress else { throw Command.Failure("no address") }
        port = bound
        answers.place.withLock { $0 = self }
    }

    deinit { task.cancel() }

    /// What answers, before there is a server to hold its state.
    private final class Answers: Sendable {
        let place = Mutex<PipelineServers?>(nil)
        func answer(_ request: HTTPRequest, _ body: String) -> HTTPResponse {
            guard let servers = place.withLock({ $0 }) else { return HTTPResponse(statusCode: .serviceUnavailable) }
            return servers.state.withLock { Self.answer(request, body, &$0) }
        }

        private static func text(
            _ text: String, _ status: HTTPStatusCode = .ok, _ headers: HTTPHeaders = [:]
        ) -> HTTPResponse { HTTPResponse(statusCode: status, headers: headers, body: Data(text.utf8)) }

        private static func answer(_ request: HTTPRequest, _ body: String, _ state: inout State) -> HTTPResponse {
            if let token = request.headers[.authorization] { state.tokens.insert(token) }
            if request.method == .POST { return post(request.path, body, &state) }
            let path = request.path
            if path.hasPrefix("/apis/v2beta1/runs/r1") {
                if state.kubeflow == "CANCELING" { state.kubeflow = "CANCELED" }
                return text(
                    """
                    {"run_id":"r1","display_name":"nightly","state":"\(state.kubeflow)","created_at":"2026-11-23T03:00:00Z",
                     "run_details":{"task_details":[{"task_id":"t1","display_name":"train","state":"RUNNING"}]}}
                    """)
            }
            let build = state.looks > 1 ? "\"\(state.stopped ? "ABORTED" : state.result)\"" : "null"
            let about = """
                {"number":7,"result":\(build),"building":\(state.looks <= 1),"timestamp":1795600000000,"duration":1000,
                 "queueId":40,"actions":[null,{"parameters":[{"name":"LR","value":"0.2"}]}]}
                """
            let job = """
                "name":"train","fullName":"llm/train","url":"http://x/job/llm/job/train/","buildable":true,"color":"blue",
                "property":[{"parameterDefinitions":[{"name":"LR","type":"StringParameterDefinition"},
                {"name":"TOKEN","type":"PasswordParameterDefinition"}]}]
                """
            switch path {
            case "/api/json":
                return text("{\"jobs\":[{\(job),\"builds\":[\(about)]}]}", .ok, [HTTPHeader("X-Jenkins"): "2.555"])
            case "/job/llm/job/train/api/json": return text("{\(job),\"builds\":[\(about)]}")
            case "/queue/api/json": return text("{\"items\":[]}")
            case "/queue/item/40/api/json":
                return text(
                    """
                    {"id":40,"why":"In the quiet period","task":{"url":"http://x/job/llm/job/train/"},
                     "executable":\(state.started ? "{\"number\":7}" : "null")}
                    """)
            case "/job/llm/job/train/7/api/json":
                state.looks += 1
                return text(about)
            case "/job/llm/job/train/7/logText/progressiveText":
                let log = String(repeating: "x", count: 300_000) + "\n\u{1b}[31mthe end\n"
                let start = request.query.first { $0.name == "start" }.flatMap { Int($0.value) } ?? 0
                return text(String(log.dropFirst(start)), .ok, [HTTPHeader("X-Text-Size"): "\(log.utf8.count)"])
            default: return text("<html>404</html>", .notFound)
            }
        }

        private static func post(_ path: String, _ body: String, _ state: inout State) -> HTTPResponse {
            state.posts.append("\(path) \(body)")
            switch path {
            case "/job/llm/job/train/buildWithParameters":
                (state.started, state.looks) = (true, 0)
                return text("", .created, [.location: "/queue/item/40/"])
            case "/apis/v2beta1/runs/r1:terminate":
                state.kubeflow = "CANCELING"
                return text("{}")
            default: return text("<html>no</html>", .forbidden)
            }
        }
    }
}

/// `pipelines` and `get pipelines`, against servers on this machine.
@Suite struct PipelineCommandTests {
    /// Programs are waited for on a thread of their own: the servers need this process' others.
    private static func run(_ place: Workplace, _ words: [String]) async throws -> Command.Output {
        let command = Command(
            [Peers.program] + words,
            environment: [
                "XDG_STATE_HOME": place.folder.appending(path: "state").path, "USER": "ana", "LC_ALL": "C.UTF-8",
                "XDG_CONFIG_HOME": place.folder.path, "KFP_TOKEN": "t0ken", "CI_TOKEN": "hush",
            ])
        return try await withCheckedThrowingContinuation { done in
            Thread.detachNewThread { done.resume(with: Result { try command.run() }) }
        }
    }

    @Test(
        "a build is started and waited for: its end is the exit code; each step is in the audit trail, secrets are not")
    func startsAndWaits() async throws {
        let servers = try await PipelineServers()
        let place = Workplace("pipelines")
        let file = try place.write(
            "pitwall/config.yaml",
            """
            connections:
              - {name: ci, kind: jenkins, url: 'http://127.0.0.1:\(servers.port)', proxy: none}
              - {name: kfp, kind: kubeflow, url: 'http://127.0.0.1:\(servers.port)', proxy: none, namespace: ml,
                 auth: {bearer: {env: KFP_TOKEN}}}

            """)
        func pitwall(_ words: String...) async throws -> Command.Output { try await Self.run(place, words) }
        servers.state.withLock { $0.result = "FAILURE" }
        let bad = try await pitwall(
            "pipelines", "start", "ci/llm/train", "--set", "LR=0.2", "--secret", "TOKEN=CI_TOKEN", "--wait", "-o",
            "json")
        #expect(bad.status == 1 && bad.text.contains("\"state\" : \"failed\""), "\(bad.text)")
        #expect(servers.state.withLock { $0.posts } == ["/job/llm/job/train/buildWithParameters LR=0.2&TOKEN=hush"])
        let log = try await pitwall("pipelines", "logs", "ci/llm/train#7", "--lines", "1")
        #expect(log.status == 0 && log.text.contains("the end") && !log.text.contains("\u{1b}"), "\(log.text)")
        let stop = try await pitwall("pipelines", "stop", "kfp/r1", "--reason", "no room")
        #expect(stop.status == 0 && stop.text.contains("nightly: stopped"), "\(stop.text)")
        #expect(servers.state.withLock { $0.tokens } == ["Bearer t0ken"])
        let audit = try await pitwall("audit", "export").text
        for word in ["pipeline start asked", "TOKEN=(secret)", "pipeline run failed", "pipeline run stopped"] {
            #expect(audit.contains(word), "\(word) in\n\(audit)")
        }
        #expect(!audit.contains("hush") && !audit.contains("t0ken"))
        let text = try String(contentsOfFile: file, encoding: .utf8) + "console: {read_only: true}\n"
        _ = try place.write("pitwall/config.yaml", text)
        let refused = try await pitwall("pipelines", "retry", "ci/llm/train#7")
        #expect(refused.status == 3 && refused.text.contains("read_only: true"), "\(refused.text)")
    }
}
