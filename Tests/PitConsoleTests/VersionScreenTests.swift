import PitConsole
import PitGrid
import PitModel
import Testing

private let subject = ReviewWorlds.id.description

@Test("what is missing stands above what is known, and nothing a person wrote is taken for markup")
func versionScreen() {
    var harness = Harness(Worlds.healthy, screen: "version", subject: subject, size: Size(80, 24))
    #expect(harness.text.contains("a promotion would be refused"))
    #expect(harness.text.contains("production, before champion may move: 5 missing"))
    #expect(harness.text.contains("missing evaluation") && harness.text.contains("tracking was not told of 1 yet"))
    harness.press("G")
    #expect(harness.text.contains("Audit trail"))
    harness.press("g g")
    #expect(harness.text.contains("Card") && harness.text.contains("description: LoRA on llama"))
    let wide = Harness(Worlds.healthy, screen: "version", subject: subject, size: Size(200, 60))
    #expect(wide.text.contains("-- (not recorded)") && wide.text.contains("the **licence** tag is missing"))
    let lost = Harness(Snapshot(), screen: "version", subject: subject)
    #expect(lost.text.contains("connection refused by http://mlflow:5000") && lost.text.contains("pitwall check"))
    #expect(Harness(Worlds.healthy, screen: "version").text.contains("No version was opened"))
}

@Test("a decision is asked for in words, with a reason, and is the person's own")
func versionDecisions() {
    var harness = Harness(Worlds.healthy, screen: "version", subject: subject)
    harness.press("a")
    #expect(harness.text.contains("Approve support-assistant/3") && harness.text.contains("in the audit trail"))
    harness.type("good enough")
    harness.press("enter")
    #expect(!harness.effects.contains { if case .decide = $0 { true } else { false } }, "the button is pressed first")
    harness.press("enter")
    #expect(harness.effects.contains(.decide(ReviewDraft(.approve, ReviewWorlds.id, reason: "good enough"))))
    harness.effects = []
    harness.press("w tab")
    #expect(harness.text.contains("Waive support-assistant/3") && harness.text.contains("evaluation"))
    harness.press("tab")
    harness.type("the run is on its way")
    harness.press("enter enter")
    let wanted = ReviewDraft(
        .waive, ReviewWorlds.id, subject: "evaluation", reason: "the run is on its way", span: 7 * 86400)
    #expect(harness.effects.contains(.decide(wanted)), "\(harness.effects)")
    var closed = Harness(
        Worlds.healthy, screen: "version", subject: subject, settings: ConsoleSettings(isReadOnly: true))
    closed.press("x")
    #expect(closed.text.contains("read-only") && closed.effects.isEmpty)
}

@Test("V opens the version that a deployment is, from where it is shown; the audit trail leads there, too")
func opensVersion() {
    var world = Worlds.healthy
    let id = DeploymentID(connection: ReviewWorlds.id.connection, kind: .alias, name: "support-assistant@champion")
    let model = world.models[0].name
    world.deployments = [
        DeploymentState(
            Deployment(
                id: id, uid: "u", model: model, current: RevisionID("3"), release: "v3", status: .complete),
            seenAt: noon)
    ]
    world.audit = [
        AuditEntry(
            sequence: 1, at: noon, author: "bo", what: "review: approved", subject: subject, detail: "", hash: "")
    ]
    for (screen, about, key) in [
        ("deploy", nil, "V"), ("deployment", id.description, "V"), ("model", model.description, "V"),
        ("audit", nil, "o"),
    ] {
        var harness = Harness(world, screen: screen, subject: about)
        harness.press(key)
        #expect(harness.text.contains("› Version support-a"), "\(screen)")
    }
    let versions = ["3", "2", "1"].map { Revision(id: RevisionID($0), label: "v\($0)", isCurrent: $0 == "3") }
    world.deployments[0].revisions = versions
    world.deployments[0].deployment.verbs = [.promote]
    var chosen = Harness(world, screen: "deployment", subject: id.description)
    chosen.press("j P")
    let planned = chosen.effects.compactMap { effect -> RevisionID? in
        if case .plan(let request) = effect { request.target } else { nil }
    }
    #expect(planned == [RevisionID("2")], "an alias is given the version that was chosen")
    // A deployment that is no alias: its artifacts name the version.
    let served = DeploymentID(connection: ConnectionName("cluster"), kind: .deployment, name: "support")
    var other = Deployment(
        id: served, uid: "s", model: world.models[1].name, current: RevisionID("r9"), release: "r9", status: .complete)
    for (artifact, leadsThere) in [("models:/support-assistant/2", true), ("models:/nobody/2", false)] {
        other.artifacts = [Artifact(.model, value: artifact)]
        world.deployments = [world.deployments[0], DeploymentState(other, seenAt: noon)]
        var elsewhere = Harness(world, screen: "deployment", subject: served.description)
        elsewhere.press("V")
        #expect(elsewhere.text.contains("› Version support-a") == leadsThere)
    }
    var none = Harness(Worlds.healthy, screen: "deploy")
    none.press("V")
    #expect(none.text.contains("it is no alias of a registered model"))
}
