import PitConsole
import PitGrid
import PitModel
import Testing

private let world: Snapshot = {
    var world = Worlds.healthy
    let hostile = "r14 *is* <b>bad</b>\n# not a heading"
    world.alerts = [("HighTTFT", "warning", 4000.0), ("ModelDown", "critical", 300)].map { name, severity, age in
        AlertState(
            alert: Alert(
                fingerprint: name, labels: ["alertname": name, "severity": severity], state: .firing,
                startsAt: noon.advanced(by: -age)), connection: ConnectionName("am"), model: ModelName("support-chat"))
    }
    world.alerts[0].claim = Act(at: noon, author: "ana", kind: .claim, subject: "HighTTFT", text: "bo")
    world.alerts[0].notes = [Act(at: noon, author: "ana", kind: .note, subject: "HighTTFT", text: hostile)]
    world.audit = [(-90_000.0, "ana", "old"), (-60, "bo", "acknowledge")].enumerated().map { place, line in
        AuditEntry(
            sequence: Int64(place), at: noon.advanced(by: line.0), author: line.1, identity: "", what: line.2,
            subject: "HighTTFT", detail: hostile, hash: "")
    }
    world.queues = LabelWorlds.world.queues
    return world
}()

@Test("the next shift is told what is open and whose it is, the worst first, and nothing in it is taken for Markdown")
func handsOver() throws {
    let freeze = FreezeWindow(reason: "weekend")
    let handover = Handover(
        world, since: noon.advanced(by: -3600), author: "ana", entries: world.audit.filter { $0.author == "bo" },
        freezes: [freeze], judged: [("bo", 12)])
    let alerts = try #require(handover.sections.first { $0.title == "Open alerts" }).lines
    #expect(alerts.first == "ModelDown (critical) on support-chat, for 5 min, nobody has it")
    #expect(
        alerts.last?.hasPrefix("HighTTFT (warning) on support-chat, for 66 min, bo has it, note by ana: r14") == true)
    let text = handover.markdown
    #expect(text.contains("- frozen: weekend\n") && text.contains("- bo: 12 judgements\n"))
    #expect(text.contains("queue q-thumbs: 80 of 120 left, alpha 0.71 of 40"))
    #expect(text.contains("\\*is\\* \\<b\\>bad\\</b\\> \\# not a heading") && !text.contains("\n# not"))
    #expect(handover.html.contains("&lt;b&gt;bad") && !handover.html.contains("<b>"))
    #expect(text.contains("## Proofs\n\nNothing was to be proved.\n"))
}

@Test("H on the Fleet shows it, + looks further back, y copies it")
func handoverScreen() {
    var harness = Harness(world, screen: "fleet")
    harness.press("H")
    #expect(harness.text.contains("Hand-over") && harness.text.contains("the last 8 h"))
    #expect(harness.text.contains("ModelDown (critical) on support-chat"))
    harness.press("+ + + + + +")
    #expect(harness.text.contains("it looks back three days at most"))
    harness.effects = []
    harness.press("y")
    let copied = harness.effects.compactMap { effect -> String? in
        if case .copy(let text) = effect { text } else { nil }
    }
    #expect(copied.first?.contains("# Hand-over") == true && copied.first?.contains("old") == true)
    harness.press("esc")
    #expect(harness.text.contains("TTFT p95"))
}
