import Foundation
import PitModel
import PitParse
import Testing

@testable import PitConnect

/// The home-made deployer of the tests, with a state of its own.
private struct HomeMade {
    let state: String
    let connector: DeployerConnector
    static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Peers/deployer.py")
        .standardized.path

    init() async throws {
        state = FileManager.default.temporaryDirectory.appending(path: "pitwall-deployer-\(UUID().uuidString)").path
        let words = ["python3", Self.script, state]
        _ = try await CommandRun(words: words + ["--new"], patience: 60, maxBytes: 1000).run()
        connector = DeployerConnector(
            Connection(
                name: ConnectionName("c"), kind: "deployer", url: "", timeout: 60, options: ["command": .list(words)]),
            http: FakeHTTP())
    }

    func end() { try? FileManager.default.removeItem(atPath: state) }
    static let id = DeploymentID(connection: ConnectionName("c"), kind: .external, namespace: "prod", name: "chat")
}

private func back(_ target: String? = nil) -> DeploymentRequest {
    DeploymentRequest(
        .rollback, HomeMade.id, to: target.map { RevisionID($0) }, author: "ana", reason: "answers got slow")
}

@Test("a script of one's own is a deployer: its releases are listed, planned, rolled back once, and traced")
func homeMadeDeployer() async throws {
    let made = try await HomeMade()
    defer { made.end() }
    let connector = made.connector
    let identity = try await connector.probe()
    #expect(identity.product == "home-made" && identity.detail == "1 deployment")
    let before = try #require(try await connector.deployments().first)
    #expect(before.id == HomeMade.id && before.current?.name == "r3" && before.replicas.ready == 2)
    #expect(before.status == .complete && before.verbs == [.rollback, .promote])
    #expect(try await connector.revisions(of: HomeMade.id).map(\.label) == ["r3", "r2", "r1"])
    let plan = try await connector.plan(back())
    #expect(plan.target?.id.name == "r2" && plan.expectation == .serves(RevisionID("r2")) && !plan.isBlocked)
    #expect(
        plan.changes == [
            SpecChange("model", before: "models:/chat/3", after: "models:/chat/2"),
            SpecChange("argument[--max-model-len]", before: "12288", after: "8192"),
        ])
    #expect(plan.preconditions == ["the current revision is r3", "generation is 3"])
    #expect(try await connector.trace(of: plan) == .notDone)
    #expect(try await connector.apply(plan) == "r2 goes out")
    #expect(try await connector.trace(of: plan) == .done("by its own list"))
    let view = try await connector.watch(HomeMade.id)
    #expect(plan.expectation.verdict(on: view.deployment) == .met)
    let again = await #expect(throws: ConnectorFault.self) { try await connector.apply(plan) }
    #expect(again?.summary.contains("it was r3 (generation 3), it is r2 (generation 4) now") == true)
    let same = try await connector.plan(back("r2"))
    #expect(same.isBlocked && same.concerns.contains { $0.kind == .sameAsNow })
}

@Test("what a deployer does not have is told before anything is sent")
func deployerRefusals() async throws {
    let made = try await HomeMade()
    defer { made.end() }
    func words(_ request: DeploymentRequest) async -> String {
        await #expect(throws: ConnectorFault.self) { try await made.connector.plan(request) }?.summary ?? ""
    }
    #expect(await words(back("r9")).contains("has no revision r9; it has: r3, r2, r1"))
    let pause = DeploymentRequest(.pause, HomeMade.id, author: "ana", reason: "")
    #expect(await words(pause).contains("cannot be asked to pause now; it can: promote, rollback"))
    var other = back()
    other.deployment.name = "other"
    #expect(await words(other).contains("knows no deployment prod/other"))
}

private let list = """
    {"deployments":[{"name":"chat","uid":"u","generation":7,"revision":"r2","release":"v2","status":"canary",
      "model":"support-chat","traffic":[{"revision":"r2","percent":20},{"revision":"r1","percent":80}],
      "verbs":["rollback","promote","setWeight","dance"],"managed_by":"Argo CD","steps":{"current":1,"all":["20%","100%"]}}]}
    """
private let revisions =
    #"{"revisions":[{"id":"r2","current":true},{"id":"r1","restorable":false,"note":"image gone"}]}"#
private let chat = DeploymentID(connection: ConnectionName("c"), kind: .external, name: "chat")

@Test("a webhook's own plan is taken: changes, permission, concerns, readiness, and its token comes back to it")
func webhookPlan() async throws {
    let plan = """
        {"changes":[{"path":"image","before":"a","after":null}],"permission":{"denied":"ana may not"},"token":"t 1",
         "concerns":[{"kind":"freeze","words":"until Monday","blocks":true}],"blast":{"replicas":4,"traffic":0.2},
         "readiness":{"warmth":"warm","seconds_to_serve":40},"expect":{"weight":0}}
        """
    let http = FakeHTTP(.text(list), .text(revisions), .text(plan), .text(list), .text(#"{"accepted":"job 7"}"#))
    let connector = DeployerConnector(connection("deployer"), http: http)
    var request = DeploymentRequest(.rollback, chat, to: RevisionID("r1"), author: "ana", reason: "slow")
    let made = try await connector.plan(request)
    #expect(made.changes == [SpecChange("image", before: "a", after: nil)])
    #expect(made.permission == .denied("ana may not") && made.isBlocked)
    #expect(made.concerns.map(\.kind) == [.gone, .managed, .freeze])
    #expect(made.blastReplicas == 4 && made.blastTraffic == 0.2 && made.readiness?.secondsToServe == 40)
    #expect(made.expectation == .weight(0) && made.before.verbs == [.rollback, .promote, .setWeight])
    #expect(try await connector.apply(made) == "job 7")
    let sent = try #require(http.requests.last)
    #expect(sent.path.isEmpty && !sent.isRepeatable)
    let body = try #require(JSONReader.value(of: sent.body))
    #expect(body["ask"] == .text("apply") && body["token"] == .text("t 1") && body["to"] == .text("r1"))
    #expect(body.at("if.generation") == .number(7) && body.at("if.revision") == .text("r2"))
    #expect(body["id"]?.text?.count == 32)
    request.target = nil
    let none = DeployerConnector(connection("deployer"), http: FakeHTTP(.text(list), .text(revisions), .text("{}")))
    let fault = await #expect(throws: ConnectorFault.self) { try await none.plan(request) }
    #expect(fault?.summary.contains("no earlier revision that can be restored") == true)
}

@Test("a deployer that knows neither trace nor watch is asked what there is, and nothing is taken for done unseen")
func simpleWebhook() async throws {
    let no = Result<HTTPReply, ConnectorFault>.text(#"{"unsupported":true}"#)
    let before = list.replacing("\"r2\"", with: "\"r3\"").replacing(":7", with: ":6")
    let plain = FakeHTTP(.text(list), .text(revisions), no)
    let plan = try await DeployerConnector(connection("deployer"), http: plain).plan(
        DeploymentRequest(.setWeight, chat, amount: 50, author: "ana", reason: ""))
    func trace(_ state: String) async throws -> ApplyTrace {
        try await DeployerConnector(connection("deployer"), http: FakeHTTP(no, .text(state))).trace(of: plan)
    }
    if case .unknown = try await trace(list) {} else { Issue.record("it may have come") }
    if case .superseded = try await trace(before) {} else { Issue.record("another revision") }
    if case .done = try await trace(list.replacing("20}", with: "50}").replacing("80}", with: "50}")) {
    } else {
        Issue.record("the weight is there")
    }
    let watching = DeployerConnector(connection("deployer"), http: FakeHTTP(no, .text(list)))
    #expect(try await watching.watch(chat).deployment.traffic.map(\.percent) == [80, 20])
}

@Test("answers that are no deployer's are told as what they are")
func wrongDeployer() async throws {
    func fault(_ answer: Result<HTTPReply, ConnectorFault>) async -> ConnectorFault? {
        await #expect(throws: ConnectorFault.self) {
            try await DeployerConnector(connection("deployer"), http: FakeHTTP(answer)).deployments()
        }
    }
    #expect(await fault(.text("<html>hi</html>"))?.code == "wrong_kind")
    #expect(await fault(.text("[1]"))?.code == "wrong_kind")
    #expect(await fault(.text(#"{"deployments":[{}]}"#))?.code == "wrong_kind")
    #expect(await fault(.text(#"{"unsupported":true}"#))?.code == "wrong_kind")
    #expect(await fault(.text(#"{"error":"the inventory is locked"}"#))?.summary == "500: the inventory is locked")
    #expect(await fault(.text("no", 403))?.code == "forbidden")
}

@Test("a command is bounded: in time with all it started, in what it writes, and its failures have words")
func commandBounds() async throws {
    func run(_ script: String, patience: Double = 60, maxBytes: Int = 100_000, input: [UInt8] = [])
        async throws(ConnectorFault) -> CommandRun.Output
    {
        try await CommandRun(words: ["sh", "-c", script], patience: patience, maxBytes: maxBytes).run(input: input)
    }
    let big = [UInt8](repeating: 65, count: 1 << 20)
    #expect(
        try await run("wc -c", input: big).output.split(separator: 10).first.map(Array.init) == Array("1048576".utf8))
    let failed = try await run("echo out; echo first >&2; echo last >&2; exit 3", input: big)
    #expect(failed == CommandRun.Output(status: 3, output: Array("out\n".utf8), complaint: "last"))
    #expect(try await run("kill -9 $$").status == 137)
    let hangs = await #expect(throws: ConnectorFault.self) { try await run("sleep 600 & sleep 600", patience: 0.2) }
    #expect(hangs == .timedOut(after: 0.2))
    let floods = await #expect(throws: ConnectorFault.self) { try await run("exec yes", maxBytes: 100_000) }
    #expect(floods == .tooLarge(limit: 100_000))
    // What it leaves behind on purpose is not waited for, and lives on; whoever runs the tests is not to wait for it.
    let left = try await run("sleep 600 >/dev/null 2>&1 & echo $!")
    let pid = try #require(pid_t(String(decoding: left.output.dropLast(), as: UTF8.self)))
    #expect(kill(pid, SIGKILL) == 0)
    let missing = await #expect(throws: ConnectorFault.self) {
        try await CommandRun(words: ["/nowhere/deploys"], patience: 1, maxBytes: 10).run()
    }
    #expect(missing?.summary == "cannot start deploys: No such file or directory")
    let task = Task { try await run("sleep 600") }
    task.cancel()
    #expect(await task.result == .failure(.cancelled))
}

private func == (a: Result<CommandRun.Output, any Error>, b: Result<CommandRun.Output, ConnectorFault>) -> Bool {
    (try? a.get()) == (try? b.get()) && (a.fault as? ConnectorFault) == b.fault
}

extension Result {
    fileprivate var fault: Failure? { if case .failure(let fault) = self { fault } else { nil } }
}
