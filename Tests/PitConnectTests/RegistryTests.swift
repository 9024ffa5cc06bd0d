import PitConnect
import PitModel
import Testing

private func registry(_ http: FakeHTTP) -> MLflowConnector {
    MLflowConnector(connection("mlflow", options: ["registered_models": .list(["support-assistant"])]), http: http)
}

@Test("aliases of registered models are deployments, versions are revisions, their tags say what changes")
func registryReading() async throws {
    let search = FakeHTTP(
        try .file("mlflow/registered-models-search.json"), try .file("mlflow/alias-get.json"),
        try .file("mlflow/model-versions-get.json"))
    let all = try await registry(search).deployments()
    #expect(all.map(\.id.name) == ["support-assistant@challenger", "support-assistant@champion"])
    #expect(all.map(\.release) == ["v3", "v2"] && all.allSatisfy { $0.status == .complete && $0.id.kind == .alias })
    #expect(all.last?.artifacts.first == Artifact(.model, value: "models:/support-assistant/2"))
    let id = try #require(all.last?.id)
    let http = FakeHTTP(
        try .file("mlflow/registered-models-get.json"), try .file("mlflow/model-versions-get.json"),
        try .file("mlflow/model-versions-search.json"), try .file("mlflow/alias-get.json"))
    let plan = try await registry(http).plan(
        DeploymentRequest(.promote, id, author: "ana", reason: "passed the gate"))
    #expect(plan.target?.label == "v3" && plan.expectation == .serves(RevisionID("3")))
    #expect(plan.changes.contains(SpecChange("tags.judge_score", before: "0.887", after: "0.908")))
    #expect(plan.exchange.last == #"{"name":"support-assistant","alias":"champion","version":"3"}"#)
}

@Test("what the registry does not have is said in its words")
func registryRefusals() async throws {
    let gone = FakeHTTP(try .file("mlflow/error-model-unknown.json", 404))
    let id = DeploymentID(connection: ConnectionName("c"), kind: .alias, name: "nobody@champion")
    let fault = await #expect(throws: ConnectorFault.self) { try await registry(gone).revisions(of: id) }
    #expect(fault?.summary == "the server refused: Registered Model with name=nobody not found")
    let other = DeploymentID(connection: ConnectionName("c"), kind: .alias, name: "support-assistant@nobody")
    let known = FakeHTTP(try .file("mlflow/registered-models-get.json"))
    let none = await #expect(throws: ConnectorFault.self) { try await registry(known).revisions(of: other) }
    #expect(none?.summary.contains("has no alias nobody now; it has: challenger, champion") == true)
    let pause = DeploymentRequest(.pause, id, author: "ana", reason: "")
    let verb = await #expect(throws: ConnectorFault.self) { try await registry(known).plan(pause) }
    #expect(verb?.summary.contains("an alias cannot be asked to pause") == true)
}

@Test("a tag of the registered model approves an operation")
func registryApprovals() async throws {
    let page = """
        {"registered_model": {"name": "m", "aliases": [{"alias": "champion", "version": "2"}],
        "tags": [{"key": "pitwall.approve.0af3", "value": "ben, cleo"}]}}
        """
    let id = DeploymentID(connection: ConnectionName("c"), kind: .alias, name: "m@champion")
    let plan = DeploymentPlan(
        request: DeploymentRequest(.rollback, id, author: "ana", reason: "worse"),
        before: Deployment(id: id, uid: "u"), expectation: .serves(RevisionID("1")))
    #expect(try await registry(FakeHTTP(.text(page))).approvals(of: "0af3", plan) == ["ben", "cleo"])
    #expect(try await registry(FakeHTTP(.text(page))).approvals(of: "0af4", plan).isEmpty)
    #expect(registry(FakeHTTP()).approvalHint("0af3", plan).contains("pitwall.approve.0af3"))
}
