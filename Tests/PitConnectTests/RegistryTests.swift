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

@Test("a version's card has what the registry and its run say, and a run that cannot be read takes nothing from it")
func versionCard() async throws {
    let http = FakeHTTP(
        try .file("mlflow/registered-models-get.json"), try .file("mlflow/alias-get.json"),
        try .file("mlflow/runs-get.json"))
    let card = try await registry(http).card(of: "support-assistant", version: "3")
    #expect(http.requests.map(\.path).last == "/api/2.0/mlflow/runs/get")
    #expect(card.id == ModelVersionID(ConnectionName("c"), "support-assistant", "3") && card.aliases == ["challenger"])
    #expect(card.description.hasPrefix("LoRA on llama") && card.modelDescription == "Answers questions of customers")
    #expect(card.tags["quantization"] == "fp8" && card.modelTags["owner"] == "llm-platform" && card.author == nil)
    #expect(
        card.source?.hasPrefix("mlflow-artifacts:/1/485f") == true && card.createdAt?.milliseconds == 1_795_425_424_419)
    #expect(card.run?.name == "code-reviewer-lora-033" && card.run?.parameters["lora_rank"] == "32")
    #expect(card.run?.metrics["eval/judge_score"] == 0.9325234005189207 && card.run?.datasets.isEmpty == true)
    #expect(card.tag(["git_commit"])?.value == "8b6633ccfb715febf363417baa3d9b35734aa3e6")
    let gone = FakeHTTP(
        try .file("mlflow/registered-models-get.json"), try .file("mlflow/alias-get.json"),
        .text(#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "Run with id=485f not found"}"#, 404))
    let without = try await registry(gone).card(of: "support-assistant", version: "3")
    #expect(without.run == nil && without.runFault?.summary.contains("Run with id=485f not found") == true)
    #expect(without.tags == card.tags)
    let none = FakeHTTP(try .file("mlflow/error-model-unknown.json", 404))
    let fault = await #expect(throws: ConnectorFault.self) { try await registry(none).card(of: "x", version: "1") }
    #expect(fault?.summary.contains("Registered Model with name=nobody not found") == true)
}

@Test("a tag is set on the version itself")
func versionTag() async throws {
    let http = FakeHTTP(try .file("mlflow/model-version-set-tag.json"))
    try await registry(http).setTag("pitwall.review.standing", to: "a \"b\"", of: "m", version: "3")
    #expect(http.requests.map(\.path) == ["/api/2.0/mlflow/model-versions/set-tag"])
    #expect(
        http.requests.first.map { String(decoding: $0.body, as: UTF8.self) }
            == #"{"name":"m","version":"3","key":"pitwall.review.standing","value":"a \"b\""}"#)
}

@Test("replies that make no sense are a fault in words, and nothing in a card is longer than it may be")
func hostileCard() async throws {
    let whole = #"{"registered_model": {"name": "m", "aliases": {"alias": 5}, "tags": "x"}}"#
    for page in ["[]", "{}", #"{"model_version": 5}"#, #"{"model_version": {"version": null}}"#, "<html>", ""] {
        let fault = await #expect(throws: ConnectorFault.self) {
            try await registry(FakeHTTP(.text(whole), .text(page))).card(of: "m", version: "1")
        }
        #expect(fault?.summary.isEmpty == false, "\(page)")
    }
    let tags = (0..<600).map { #"{"key": "k\#($0)", "value": "\#(String(repeating: "v", count: 3000))"}"# }
    let version = """
        {"model_version": {"name": "m", "version": 1, "creation_timestamp": 1e300, "run_id": "", "description": 7,
        "tags": [null, {"key": 1}, {"key": "odd", "value": {}}, \(tags.joined(separator: ","))]}}
        """
    let card = try await registry(FakeHTTP(.text(whole), .text(version))).card(of: "m", version: "1")
    #expect(card.tags.count < 500 && card.tags.values.allSatisfy { $0.utf8.count <= 2000 })
    #expect(card.createdAt == Timestamp(milliseconds: 1_000_000_000_000_000) && card.runID == nil)
    #expect(card.description == "7" && card.aliases.isEmpty && card.id.version == "1")
}
