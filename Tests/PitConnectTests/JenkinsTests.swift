import PitModel
import PitParse
import Synchronization
import Testing

@testable import PitConnect

/// A Jenkins with one job in a folder, as its remote API behaves: crumbs, a queue, builds that run and end.
private final class FakeJenkins: HTTP {
    struct State {
        var builds: [(number: Int, result: String?, version: String, by: String)] = [
            (1, "SUCCESS", "13", "jenkins"), (2, "SUCCESS", "14", "jenkins"), (3, "FAILURE", "15", "ana"),
        ]
        var queue: [(id: Int, version: String)] = []
        var isDisabled = false
        var isForbidden = false
        var wantsCrumb = true
        var log = ""
        var stopped: [Int] = []
        var posts: [String] = []
    }
    let address = "http://jenkins"
    let state = Mutex(State())

    func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        var reply = state.withLock { state in
            request.method == .post ? Self.post(request, &state) : Self.get(request, &state)
        }
        reply.path = request.path
        return reply
    }

    func stream(_: HTTPRequest, onBytes _: @escaping @Sendable ([UInt8]) -> Bool) async throws(ConnectorFault)
        -> HTTPReply
    { throw .refused("no streams") }

    private static func text(
        _ text: String, _ status: Int = 200, _ headers: [(name: String, value: String)] = []
    ) -> HTTPReply {
        HTTPReply(status: status, headers: headers, body: Array(text.utf8))
    }

    private static func get(_ request: HTTPRequest, _ state: inout State) -> HTTPReply {
        switch request.path {
        case "/api/json": return text("{}", 200, [("x-jenkins", "2.555.1")])
        case "/crumbIssuer/api/json":
            guard state.wantsCrumb else { return text("<html>404</html>", 404) }
            return text(
                #"{"_class":"x","crumb":"c1","crumbRequestField":"Jenkins-Crumb"}"#, 200,
                [("set-cookie", "JSESSIONID=s1; Path=/; HttpOnly")])
        case "/job/llm/job/deploy-chat/api/json": return text(job(state))
        case _ where request.path.hasSuffix("/logText/progressiveText"):
            let start = request.query.first { $0.name == "start" }.flatMap { Int($0.value) } ?? 0
            let log = Array(state.log.utf8)
            let piece = start > log.count ? log[...] : log[start...]
            return HTTPReply(status: 200, headers: [("x-text-size", "\(log.count)")], body: Array(piece))
        default: return text("<html>404</html>", 404)
        }
    }

    private static func job(_ state: State) -> String {
        let builds = state.builds.reversed().map { build in
            let result = build.result.map { "\"\($0)\"" } ?? "null"
            return """
                {"number":\(build.number),"result":\(result),"building":\(build.result == nil),
                 "timestamp":1795600000000,"duration":60000,"estimatedDuration":120000,"queueId":\(build.number),
                 "actions":[null,{},{"parameters":[{"name":"VERSION","value":"\(build.version)"},{"name":"TOKEN"},
                   {"name":"REGION","value":"eu & us"}]},{"causes":[{"shortDescription":"Started","userId":"\(build.by)"}]}]}
                """
        }
        let item = state.queue.first.map { "{\"id\":\($0.id),\"why\":\"In the quiet period\"}" } ?? "null"
        return """
            {"url":"http://other/job/llm/job/deploy-chat/","buildable":\(!state.isDisabled),"disabled":\(state.isDisabled),
             "inQueue":\(!state.queue.isEmpty),"queueItem":\(item),
             "nextBuildNumber":\((state.builds.last?.number ?? 0) + 1),"builds":[\(builds.joined(separator: ","))]}
            """
    }

    private static func post(_ request: HTTPRequest, _ state: inout State) -> HTTPReply {
        if state.isForbidden { return text("<html>ana is missing the Job/Build permission</html>", 403) }
        func header(_ name: String) -> String? { request.headers.first { $0.name == name }?.value }
        if state.wantsCrumb, header("Jenkins-Crumb") != "c1" || header("Cookie") != "JSESSIONID=s1" {
            return text("<html>No valid crumb was included in the request</html>", 403)
        }
        if state.isDisabled { return text("<html>is not buildable</html>", 409) }
        let body = String(decoding: request.body, as: UTF8.self)
        state.posts.append("\(request.path) \(body)")
        if request.path.hasSuffix("/stop") {
            for index in state.builds.indices where state.builds[index].result == nil {
                state.builds[index].result = "ABORTED"
            }
            return text("", 302)
        }
        let version = body.split(separator: "&").first { $0.hasPrefix("VERSION=") }?.dropFirst(8) ?? ""
        state.queue.append((40 + state.queue.count, String(version)))
        return text("", 201, [("location", "http://root/queue/item/40/")])
    }

    /// The item leaves the queue, and its build runs; then it ends.
    func begin() {
        state.withLock { state in
            let item = state.queue.removeFirst()
            state.builds.append(((state.builds.last?.number ?? 0) + 1, nil, item.version, "ana"))
        }
    }
    func end(_ result: String) { state.withLock { $0.builds[$0.builds.count - 1].result = result } }

    var connector: JenkinsConnector {
        JenkinsConnector(
            connection("jenkins", options: ["jobs": .list(["llm/deploy-chat"]), "release": .text("VERSION")]),
            http: self)
    }
    static let id = DeploymentID(
        connection: ConnectionName("c"), kind: .job, namespace: "llm", name: "deploy-chat")
}

private func back() -> DeploymentRequest {
    DeploymentRequest(.rollback, FakeJenkins.id, author: "ana", reason: "15 failed")
}

@Test("a job's builds are releases: the newest that succeeded is current, and one that failed after it is told")
func jenkinsReleases() async throws {
    let jenkins = FakeJenkins()
    let connector = jenkins.connector
    #expect(try await connector.probe().version == "2.555.1")
    let now = try #require(try await connector.deployments().first)
    #expect(now.id == FakeJenkins.id && now.release == "14" && now.current?.name == "#2" && now.generation == 3)
    #expect(now.status == .failed && now.message.contains("#3 ended with FAILURE") && now.changedBy == "jenkins")
    let revisions = try await connector.revisions(of: FakeJenkins.id)
    #expect(revisions.map(\.label) == ["14", "13"] && revisions.map(\.isCurrent) == [true, false])
    #expect(
        revisions.first?.artifacts == [
            Artifact(.parameter, name: "VERSION", value: "14"), Artifact(.parameter, name: "REGION", value: "eu & us"),
        ])
    jenkins.state.withLock { $0.builds.append((4, "SUCCESS", "14", "ana")) }
    #expect(try await connector.revisions(of: FakeJenkins.id).map(\.id.name) == ["#4", "#1"], "14 is one release")
}

@Test("a rollback builds again with an earlier build's parameters, once; queue, log and end are followed")
func jenkinsRollback() async throws {
    let jenkins = FakeJenkins()
    let connector = jenkins.connector
    let plan = try await connector.plan(back())
    #expect(plan.target?.label == "13" && plan.preconditions == ["no build after #3 has begun"])
    #expect(plan.changes == [SpecChange("parameter[VERSION]", before: "14", after: "13")])
    #expect(plan.concerns.contains { $0.words.contains("does not tell TOKEN") } && !plan.isBlocked)
    #expect(try await connector.trace(of: plan) == .notDone)
    #expect(try await connector.apply(plan) == "queue item 40")
    let body = "/job/llm/job/deploy-chat/buildWithParameters VERSION=13&REGION=eu%20%26%20us"
    #expect(jenkins.state.withLock { $0.posts } == [body])
    if case .unknown = try await connector.trace(of: plan) {} else { Issue.record("it waits in the queue") }
    #expect(try await connector.watch(FakeJenkins.id).conditions.first == "queued: In the quiet period")
    jenkins.begin()
    #expect(try await connector.trace(of: plan) == .done("build #4"))
    let again = await #expect(throws: ConnectorFault.self) { try await connector.apply(plan) }
    #expect(again?.summary.contains("build #4 has begun since this was planned after #3") == true)
    jenkins.state.withLock { $0.log = "pulling\r\nstarting\n" }
    let first = try await connector.watch(FakeJenkins.id)
    #expect(first.deployment.status == .progressing && first.events.map(\.words) == ["pulling", "starting"])
    #expect(first.conditions.contains { $0.hasPrefix("#4 runs: ") && $0.hasSuffix("of about 120 s") })
    #expect(plan.expectation.verdict(on: first.deployment) == .unmet)
    jenkins.state.withLock { $0.log += "ready\n" }
    #expect(try await connector.watch(FakeJenkins.id).events.map(\.words) == ["pulling", "starting", "ready"])
    jenkins.end("SUCCESS")
    let last = try await connector.watch(FakeJenkins.id)
    #expect(last.events.last?.words == "SUCCESS after 60 s")
    #expect(plan.expectation.verdict(on: last.deployment) == .met, "#4 serves what #1 did")
}

@Test("what Jenkins refuses is told: no permission, no crumb, a disabled job; a running build can be stopped")
func jenkinsRefusals() async throws {
    let jenkins = FakeJenkins()
    let connector = jenkins.connector
    let plan = try await connector.plan(back())
    func fault() async -> String {
        await #expect(throws: ConnectorFault.self) { try await connector.apply(plan) }?.summary ?? ""
    }
    jenkins.state.withLock { $0.isForbidden = true }
    #expect(await fault() == "403: not allowed: the account may not do this in Jenkins")
    jenkins.state.withLock { ($0.isForbidden, $0.isDisabled) = (false, true) }
    #expect(await fault().contains("the job is disabled"))
    let disabled = await #expect(throws: ConnectorFault.self) { try await connector.plan(back()) }
    #expect(disabled?.summary.contains("is disabled in Jenkins") == true)
    jenkins.state.withLock { $0.isDisabled = false }
    _ = try await connector.apply(plan)
    jenkins.begin()
    let stop = try await connector.plan(DeploymentRequest(.abort, FakeJenkins.id, author: "ana", reason: "wrong"))
    #expect(try await connector.trace(of: stop) == .notDone)
    #expect(try await connector.apply(stop) == "#4 asked to stop")
    #expect(try await connector.trace(of: stop) == .done("#4 runs no more"))
    let after = try await connector.watch(FakeJenkins.id)
    #expect(
        after.deployment.message == "#4 ended with ABORTED" && stop.expectation.verdict(on: after.deployment) == .met)
    jenkins.state.withLock { $0.builds = Array($0.builds.dropFirst()) }
    #expect(await fault().contains("nothing was sent"))
    let missing = JenkinsConnector(connection("jenkins", options: ["jobs": .list(["gone"])]), http: jenkins)
    let none = await #expect(throws: ConnectorFault.self) { try await missing.deployments() }
    #expect(none?.code == "not_found")
}

@Test("names of jobs and items of the queue are read as Jenkins writes them")
func jenkinsNames() {
    #expect(JenkinsConnector.path(of: "a/b c/feature%2Fx") == "/job/a/job/b%20c/job/feature%252Fx")
    #expect(JenkinsConnector.queueItem("/queue/item/12/") == 12)
    #expect(JenkinsConnector.queueItem("http://h/prefix/queue/item/7/") == 7)
    #expect(JenkinsConnector.queueItem("http://h/job/a/") == nil)
}
