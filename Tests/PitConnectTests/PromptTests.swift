import Foundation
import PitConnect
import PitModel
import Testing

private func registry(_ http: FakeHTTP) -> MLflowConnector { MLflowConnector(connection("mlflow"), http: http) }

/// The registered model of the recorded search, as asking for it alone gives it.
private func entry(_ tags: String = #"[{"key": "mlflow.prompt.is_prompt", "value": "true"}]"#) -> String {
    """
    {"registered_model": {"name": "support-system", "creation_timestamp": 1795425424733, "tags": \(tags),
    "aliases": [{"alias": "production", "version": "2"}]}}
    """
}

@Test("prompts and their versions are read from replies of a real server: texts, chats, variables, aliases")
func promptReading() async throws {
    let list = FakeHTTP(try .file("mlflow/registered-models-search-prompts.json"))
    let prompts = try await registry(list).prompts()
    #expect(prompts.map(\.name) == ["judge-rubric", "support-system"])
    #expect(prompts[0].latest == 2 && prompts[0].version(of: "production") == 2)
    #expect(prompts[1].tags["owner"] == "llm-platform" && prompts[1].tags.keys.allSatisfy { !$0.contains("mlflow") })
    #expect(list.requests[0].query.contains { $0.name == "filter" && $0.value.contains("mlflow.prompt.is_prompt") })
    let http = FakeHTTP(.text(entry()), try .file("mlflow/model-versions-search-prompt.json"))
    let versions = try await registry(http).versions(of: "support-system")
    #expect(versions.map(\.number) == [3, 2, 1] && versions[1].aliases == ["production"])
    #expect(versions[0].body.messages.map(\.role) == ["system", "user"])
    #expect(versions[0].variables.map(\.name) == ["company", "context", "question"])
    #expect(versions[2].body == .text("You answer questions about the product. Question: {{question}}"))
    #expect(versions[0].message == "version 3" && versions[0].at == Timestamp(milliseconds: 1_795_425_424_872))
    let one = FakeHTTP(.text(entry()), try .file("mlflow/model-versions-get-prompt.json"))
    #expect(try await registry(one).version(3, of: "support-system").body == versions[0].body)
    let model = FakeHTTP(.text(entry("[]")))
    let fault = await #expect(throws: ConnectorFault.self) { try await registry(model).versions(of: "support-system") }
    #expect(fault?.summary.contains("is a registered model, not a prompt") == true)
}

@Test("a version is made with what it says, who made it and what is known of its variables; a new prompt before it")
func promptWriting() async throws {
    let made = #"{"model_version": {"name": "greeting", "version": "1"}}"#
    let http = FakeHTTP(
        try .file("mlflow/error-model-unknown.json", 404), .text(#"{"registered_model": {"name": "greeting"}}"#),
        .text(made))
    let draft = PromptDraft(
        source: ConnectionName("c"), name: "greeting", body: .chat([ChatMessage("user", "Greet {{name}}")]),
        variables: [PromptVariable("name", .number, standard: "7")], message: "first", author: "ana")
    #expect(try await registry(http).create(draft) == 1)
    #expect(http.requests.map(\.path.description).last?.hasSuffix("model-versions/create") == true)
    let sent = String(decoding: try #require(http.requests.last?.body), as: UTF8.self)
    #expect(sent.contains(#""mlflow.prompt.text","value":"[{\"role\":\"user\",\"content\":\"Greet {{name}}\"}]""#))
    #expect(sent.contains(#""pitwall.author","value":"ana""#) && sent.contains(#""description":"first""#))
    #expect(http.requests.count == 3 && http.requests[1].path.hasSuffix("registered-models/create"))
    let bad = PromptDraft(
        source: draft.source, name: "a/b", body: draft.body, message: "first", author: "ana")
    let refused = FakeHTTP()
    await #expect(throws: ConnectorFault.self) { try await registry(refused).create(bad) }
    #expect(refused.requests.isEmpty)
}

@Test("a prompt's alias is a deployment; a plan for it says line by line what changes, also for an alias that is new")
func promptAlias() async throws {
    let http = FakeHTTP(
        .text(#"{"registered_models": []}"#), try .file("mlflow/registered-models-search-prompts.json"))
    let all = try await registry(http).deployments()
    #expect(all.map(\.id.name).contains("judge-rubric@production"))
    #expect(all.first?.artifacts == [Artifact(.prompt, value: "prompts:/judge-rubric/2")])
    func version(_ number: Int, _ text: String) -> String {
        """
        {"model_version": {"name": "support-system", "version": "\(number)", "status": "READY",
        "tags": [{"key": "mlflow.prompt.text", "value": "\(text)"}]}}
        """
    }
    let planned = FakeHTTP(
        .text(entry()), .text(version(2, "one\\ntwo\\nfour")), try .file("mlflow/model-versions-search-prompt.json"),
        .text(version(3, "one\\nthree\\nfour")))
    let id = DeploymentID(connection: ConnectionName("c"), kind: .alias, name: "support-system@production")
    let plan = try await registry(planned).plan(
        DeploymentRequest(.promote, id, to: RevisionID("3"), author: "ana", reason: "clearer"))
    #expect(plan.changes == [SpecChange("line 2", before: "two", after: "three")])
    #expect(plan.expectation == .serves(RevisionID("3")) && !plan.isBlocked)
    let fresh = FakeHTTP(
        .text(entry()), try .file("mlflow/model-versions-search-prompt.json"), .text(version(3, "one")))
    let new = DeploymentID(connection: ConnectionName("c"), kind: .alias, name: "support-system@canary")
    let first = try await registry(fresh).plan(
        DeploymentRequest(.promote, new, to: RevisionID("3"), author: "ana", reason: "try"))
    #expect(first.before.current == nil && first.preconditions == ["support-system has no alias canary"])
    let none = FakeHTTP(.text(entry()))
    await #expect(throws: ConnectorFault.self) {
        try await registry(none).plan(DeploymentRequest(.rollback, new, author: "ana", reason: ""))
    }
}

@Test("a prompt's alias is deleted by a plan: remembered first, done when it is gone, and a model's is not")
func promptAliasDeleted() async throws {
    let id = DeploymentID(connection: ConnectionName("c"), kind: .alias, name: "support-system@production")
    let request = DeploymentRequest(.stop, id, author: "ana", reason: "not used")
    let plan = try await registry(FakeHTTP(.text(entry()))).plan(request)
    #expect(plan.changes == [SpecChange("alias production", before: "version 2", after: nil)])
    #expect(plan.expectation == .stopped(true) && !plan.isBlocked)
    #expect(plan.exchange.contains("DELETE /api/2.0/mlflow/registered-models/alias"))
    let http = FakeHTTP(.text(entry()), .text("{}"), .text(entry()), .text("{}"))
    #expect(try await registry(http).apply(plan) == "production of support-system is deleted")
    #expect(http.requests.map(\.method) == [.get, .post, .get, .delete])
    #expect(
        String(decoding: try #require(http.requests.last?.body), as: UTF8.self)
            == #"{"name":"support-system","alias":"production"}"#)
    let note = String(decoding: http.requests[1].body, as: UTF8.self)
    #expect(note.contains("pitwall.alias.production") && note.contains("not used"))
    let gone = entry(
        #"""
        [{"key": "mlflow.prompt.is_prompt", "value": "true"},
        {"key": "pitwall.alias.production", "value": "[{\"to\": \"\", \"from\": \"2\", \"by\": \"ana\"}]"}]
        """#
    ).replacing(#""alias": "production""#, with: #""alias": "canary""#)
    #expect(
        try await registry(FakeHTTP(.text(gone))).trace(of: plan)
            == .done("support-system has no alias production any more"))
    #expect(try await registry(FakeHTTP(.text(entry()))).trace(of: plan) == .notDone)
    let seen = try await registry(FakeHTTP(.text(gone))).watch(id).deployment
    #expect(plan.expectation.verdict(on: seen) == .met && seen.current == nil)
    let model = FakeHTTP(.text(entry("[]")))
    await #expect(throws: ConnectorFault.self) { try await registry(model).plan(request) }
}

@Test("an alias that somebody else moved back is not told as moved by whoever once moved it there")
func promptAliasMovedBack() async throws {
    func page(_ version: Int) -> String {
        let moves =
            #"[{\"to\": \"2\", \"from\": \"1\", \"by\": \"ana\"}, {\"to\": \"1\", \"from\": \"\", \"by\": \"ben\"}]"#
        return """
            {"registered_models": [{"name": "p", "aliases": [{"alias": "production", "version": "\(version)"}],
            "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"},
            {"key": "pitwall.alias.production", "value": "\(moves)"}]}]}
            """
    }
    for (version, author) in [(2, "ana"), (1, nil)] as [(Int, String?)] {
        let http = FakeHTTP(.text(#"{"registered_models": []}"#), .text(page(version)))
        #expect(try await registry(http).deployments().map(\.changedBy) == [author])
    }
}

@Test("a server without prompts still tells of its models' aliases")
func promptsRefused() async throws {
    let http = FakeHTTP(
        try .file("mlflow/registered-models-search.json"), try .file("mlflow/alias-get.json"),
        try .file("mlflow/model-versions-get.json"),
        .text(#"{"error_code": "INVALID_PARAMETER_VALUE", "message": "no"}"#, 400))
    let connector = MLflowConnector(
        connection("mlflow", options: ["registered_models": .list(["support-assistant"])]), http: http)
    #expect(try await connector.deployments().count == 2)
}

@Test(
    "variables are found as they are written, and nothing else is",
    arguments: [
        ("{{a}} {{ b.c }} {{a}}", ["a", "b.c"]), ("{a} {{}} {{ }} {{a b}} {{{x}}}", ["x"]), ("{{ü}} {{open", []),
        ("{{", []), ("{{-}}", ["-"]),
    ])
func templateVariables(text: String, names: [String]) {
    let template = PromptTemplate(text)
    #expect(template.variables == names)
    #expect(template.filled([:]) == text, "what is not filled in stays")
}

@Test("a value's own braces are text, and what is written comes back from what it is written as")
func templateFilling() {
    #expect(PromptTemplate("{{a}}{{b}}").filled(["a": "{{b}}", "b": "1"]) == "{{b}}1")
    var random = Seeded(state: 7)
    let parts = ["\n", "x", "## user", "{{", "}}", "a ", "\u{e9}"]
    for _ in 0..<200 {
        let text = (0..<8).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
        #expect(PromptTemplate(text).filled([:]) == text)
        let body = PromptBody.chat([ChatMessage("system", "a"), ChatMessage("user", "b\n\nc")])
        #expect(PromptBody(written: body.written) == body)
        let diff = PromptDiff(text, text + "\nmore").lines
        #expect(diff.filter { $0.kind != .removed }.map(\.text).joined(separator: "\n") == text + "\nmore")
        #expect(diff.filter { $0.kind != .added }.map(\.text).joined(separator: "\n") == text)
    }
}

@Test("a file's front matter says what its variables are")
func promptFile() throws {
    let file = PromptFile(
        """
        ---
        owner: "llm-platform"
        variables:
          company: {type: text, default: Kestrel}
          - limit: {type: number}
          question:
          tone: polite
        ---

        ## system
        For {{company}}: {{limit}}, {{tone}}

        ## user
        {{question}}
        """)
    #expect(file.tags == ["owner": "llm-platform"])
    #expect(file.variables.map(\.standard) == ["Kestrel", nil, nil, "polite"])
    #expect(
        file.body.messages == [
            ChatMessage("system", "For {{company}}: {{limit}}, {{tone}}"), ChatMessage("user", "{{question}}"),
        ])
    let version = PromptVersion(number: 1, body: file.body, declared: file.variables)
    #expect(try version.values(["limit": "3", "question": "q"])["company"] == "Kestrel")
    #expect(throws: PromptRefusal("nothing is given for question")) { try version.values(["limit": "3"]) }
    #expect(throws: PromptRefusal("limit wants a number, not `x`")) {
        try version.values(["limit": "x", "question": "q"])
    }
    #expect(PromptFile("---\nno end").body == .text("---\nno end"))
    #expect(PromptFile("---\r\ntype: text\r\n---\r\n## user\r\nx").body == .text("## user\nx"))
}

@Test("a folder's prompts have a version a commit, and what is not committed is the newest")
func promptFolder() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-prompts-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    func write(_ text: String, _ name: String = "greeting.md") throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }
    func git(_ words: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            [
                "git", "-C", folder.path, "-c", "user.name=Bo", "-c", "user.email=bo@example.org", "-c",
                "commit.gpgsign=false",
            ] + words
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        process.waitUntilExit()
    }
    let connector = PromptFolderConnector(connection("prompts", folder.path), http: FakeHTTP())
    try write("Hello {{name}}")
    try write("not one", "README.md")
    #expect(try await connector.versions(of: "greeting").map(\.number) == [1], "without Git there is one")
    #expect(try await connector.probe().detail == "1 files, not in a Git checkout")
    try git("init", "-q")
    try git("add", ".")
    try git("commit", "-qm", "first")
    try write("Good day, {{name}}")
    try git("commit", "-qam", "politer")
    let prompt = try #require(try await connector.prompts().first)
    #expect(prompt.name == "greeting" && prompt.latest == 2 && prompt.author == "Bo" && prompt.message == "politer")
    #expect(try await connector.versions(of: "greeting").map(\.number) == [2, 1])
    #expect(try await connector.version(1, of: "greeting").body == .text("Hello {{name}}"))
    try write("Good evening, {{name}}")
    let now = try await connector.versions(of: "greeting")
    #expect(now.map(\.message) == ["not committed", "politer", "first"] && now[0].number == 3 && now[0].commit == nil)
    #expect(connector.whyReadOnly?.contains("committed") == true)
    let missing = PromptFolderConnector(connection("prompts", folder.path + "/none"), http: FakeHTTP())
    await #expect(throws: ConnectorFault.self) { try await missing.probe() }
}
