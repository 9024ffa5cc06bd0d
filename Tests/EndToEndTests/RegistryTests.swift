import Foundation
import PitConnect
import PitHTTP
import PitModel
import PitTestKit
import Testing

/// A real MLflow server with a registry.
private final class Registry: Sendable {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-registry-\(UUID().uuidString)").path
    let url: String
    let connector: MLflowConnector
    private let http = CurlEngine()
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../Peers/mlflow_server.py"
    ).standardized.path

    init() throws {
        let output = try Command(["python3", Self.script, "start", folder]).run()
        guard output.status == 0 else { throw Command.Failure("MLflow did not start:\n\(output.text)") }
        let facts = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: folder + "/mlflow.json")))
        url = (facts as? [String: Any])?["mlflow"] as? String ?? ""
        let connection = Connection(name: ConnectionName("registry"), kind: "mlflow", url: url, timeout: 60)
        let wire = CurlHTTP(engine: http, endpoint: Endpoint(url: url, timeout: 60, maxBytes: 1 << 20), version: "test")
        connector = MLflowConnector(connection, http: wire)
    }

    deinit {
        http.shutdown()
        _ = try? Command(["python3", Self.script, "stop", folder]).run()
    }

    func run(_ verb: String, _ words: String...) throws {
        let output = try Command(["python3", Self.script, verb, folder] + words).run()
        guard output.status == 0 else { throw Command.Failure(output.text) }
    }
}

extension EndToEnd {
    @Test(
        "an alias of a real MLflow registry is moved back and forth, its holders remembered, a stranger's move respected"
    )
    func registry() async throws {
        let registry = try Registry()
        for name in ["support-chat", "O'Brien's"] { try registry.run("register", name) }
        let connector = registry.connector
        let all = try await connector.deployments()
        #expect(all.map(\.id.name) == ["O'Brien's@champion", "support-chat@champion"])
        let id = try #require(all.last?.id)
        #expect(all.last?.release == "v3" && all.last?.status == .complete && all.last?.since == nil)
        let revisions = try await connector.revisions(of: id)
        #expect(revisions.map(\.label) == ["v3", "v2", "v1"] && revisions.map(\.isCurrent) == [true, false, false])
        #expect(revisions.last?.cause == "fine-tuned in week 1" && revisions.last?.createdAt != nil)
        #expect(try await connector.revisions(of: all[0].id).count == 3)

        // A version's card, and a tag on it that everybody sees.
        #expect(try await connector.card(of: "O'Brien's", version: "3").aliases == ["champion"])
        try await connector.setTag("pitwall.review.vote.ana", to: "word=approve", of: "support-chat", version: "2")
        let card = try await connector.card(of: "support-chat", version: "2")
        #expect(card.tags["pitwall.review.vote.ana"] == "word=approve" && card.tags["judge_score"] == "0.92")
        #expect(card.description == "fine-tuned in week 2" && card.runID == nil && card.createdAt != nil)
        await #expect(throws: ConnectorFault.self) { try await connector.card(of: "support-chat", version: "9") }

        func back(to target: String? = nil) -> DeploymentRequest {
            DeploymentRequest(
                .rollback, id, to: target.map { RevisionID($0) }, author: "ana", reason: "v3 \"invents\" sources")
        }
        let plan = try await connector.plan(back(to: "1"))
        #expect(plan.changes.contains(SpecChange("tags.judge_score", before: "0.93", after: "0.91")))
        #expect(plan.changes.contains { $0.path == "model" && $0.after == "models:/support-chat/1" })
        #expect(plan.preconditions == ["champion points to version 3"])
        #expect(try await connector.trace(of: plan) == .notDone)
        #expect(try await connector.apply(plan) == "champion set to version 1")
        #expect(try await connector.trace(of: plan) == .done("champion points to version 1"))
        let view = try await connector.watch(id)
        #expect(plan.expectation.verdict(on: view.deployment) == .met)
        #expect(view.deployment.changedBy == "ana" && view.deployment.since != nil)
        #expect(view.events.last?.words == "from 3 to 1 by ana: v3 \"invents\" sources")
        // The one before is who held it before, not the number below.
        #expect(try await connector.plan(back()).target?.id.name == "3")

        let late = try await connector.plan(back(to: "2"))
        try registry.run("alias", "support-chat", "champion", "3")
        let fault = await #expect(throws: ConnectorFault.self) { try await connector.apply(late) }
        #expect(fault?.summary.contains("pointed to version 1 when this was planned; it points to 3 now") == true)
        if case .superseded = try await connector.trace(of: late) {} else { Issue.record("somebody moved it") }
        #expect(try await connector.watch(id).deployment.release == "v3")
        let none = await #expect(throws: ConnectorFault.self) { try await connector.plan(back(to: "9")) }
        #expect(none?.summary.contains("has no revision 9; it has: v3, v2, v1") == true)
        try await logs(to: connector)
        try await reviews(registry, connector)
    }

    /// From a refused promotion by decisions to one that is sent, as two people do it by command.
    private func reviews(_ registry: Registry, _ connector: MLflowConnector) async throws {
        let folder = URL(filePath: registry.folder)
        func config(_ author: String) throws -> String {
            let file = folder.appending(path: "\(author).yaml")
            let text = """
                connections: [{name: registry, kind: mlflow, url: '\(registry.url)'}]
                console: {author: \(author)}
                governance:
                  policies:
                    - name: prod
                      models: 'support-*'
                      alias: champion
                      requires: [description, {requirement: labels, count: 10}]
                      approvers: [ana, bo]
                      approvals: 1
                """
            try text.write(to: file, atomically: true, encoding: .utf8)
            return file.path
        }
        let (ana, bo) = (try config("ana"), try config("bo"))
        func pitwall(_ words: [String], as config: String, in state: String = "state") throws -> Command.Output {
            try Command(
                [Peers.program] + words + ["--config", config],
                environment: ["XDG_STATE_HOME": folder.appending(path: state).path, "LC_ALL": "C.UTF-8"]
            ).run()
        }
        let version = ["support-chat", "--version", "2"]
        let promote = ["promote", "support-chat@champion", "--to", "2", "--yes", "--reason", "better"]
        let refused = try pitwall(promote, as: ana)
        #expect(refused.status == 1 && refused.text.contains("policy prod misses approvals: 0 of 1"), "\(refused.text)")
        #expect(try await connector.deployments().last?.release == "v3")
        // Bo decides on another machine: only the tags tell of it.
        let approved = try pitwall(["review", "approve"] + version + ["--reason", "read it"], as: bo, in: "elsewhere")
        #expect(approved.status == 0 && approved.text.contains("support-chat/2: approved by bo: read it"))
        let waived = try pitwall(
            ["review", "waive"] + version + ["labels", "--until", "1d", "--reason", "new"], as: bo, in: "elsewhere")
        #expect(waived.status == 0, "\(waived.text)")
        let shown = try pitwall(["review", "show", "--requester", "ana"] + version, as: ana)
        #expect(shown.status == 0 && shown.text.contains("1 of 1: bo") && shown.text.contains("by the registry's tag"))
        let sent = try pitwall(promote, as: ana)
        #expect(sent.status == 0 && sent.text.contains("champion set to version 2"), "\(sent.text)")
        let report = try pitwall(["report"] + version + ["-o", "html"], as: ana)
        #expect(report.status == 0 && report.text.contains("<li>aliases: champion</li>"))
        #expect(report.text.contains("promote support-chat@champion v3 to v2 by ana"))
    }

    /// A run is logged once, with its figures and files, whoever asks again.
    private func logs(to connector: MLflowConnector) async throws {
        var run = LoggedRun(
            key: "s-1@1", name: "s-1", experiment: "pitwall tests", from: Timestamp(milliseconds: 1_700_000_000_000),
            to: Timestamp(milliseconds: 1_700_000_060_000), parameters: ["suite": "s", "a.model": "m"],
            metrics: [("a/rouge", 0.5), ("a/rouge/lang/de", 0.25), ("odd!", 1), ("none", .nan)],
            tags: ["pitwall.verdict": "held"], files: ["pitwall/evaluation.json": Array(#"{"run":"s-1"}"#.utf8)])
        let id = try await connector.log(run)
        #expect(try await connector.log(run) == id)
        run.key = "s-2@1"
        #expect(try await connector.log(run) != id)
        let kept = try await connector.loggedFigures(of: id)
        #expect(kept == ["a/rouge": 0.5, "a/rouge/lang/de": 0.25, "odd_": 1])
    }
}
