import PitConsole
import PitGrid
import PitModel
import Testing

@Test("an opened alert shows its past; n and p go on from there, verbs are for it, Esc leads back to the list")
func opened() {
    var world = Worlds.oneDown
    world.alerts[2].alert.state = .firing
    var harness = Harness(world, screen: "alerts")
    harness.press("enter")
    #expect(harness.text.contains("TargetDown critical, firing (1 of 3)"))
    #expect(harness.text.contains("fired 4 times in what is kept, for 25m usually, 1 of them noise"))
    #expect(harness.text.contains("acked by ben after 1m35s, “restarted by hand”"))
    #expect(harness.text.contains("resolved while silenced"))
    harness.press("n")
    #expect(harness.text.contains("HighTTFT critical, firing (2 of 3)"))
    harness.press("n a")
    #expect(harness.effects.last == .acts(.acknowledge, subjects: [world.alerts[2].id]))
    harness.press("p p")
    #expect(harness.text.contains("TargetDown critical"))
    harness.press("pgdn")
    #expect(!harness.text.contains("team=serving"))
    harness.press("pgup")
    #expect(harness.text.contains("team=serving"))
    harness.press("esc")
    #expect(harness.text.contains("showing open"))
    harness.press("enter enter")
    #expect(harness.console.stack.count == 2, "the model stands on the list")
}

@Test("doors that lead nowhere say why")
func doors() {
    var world = Worlds.oneDown
    world.alerts[0].model = nil
    world.alerts[0].alert.annotations["runbook_url"] = nil
    var harness = Harness(world, screen: "alerts")
    for (key, why) in [("m", "names no model"), ("o", "no runbook")] {
        harness.press(key)
        #expect(harness.text.contains(why), "\(key)")
    }
    if !screenCatalog.contains(where: { $0.about.id == "deploy" }) {
        harness.press("R")
        #expect(harness.text.contains("no deployments are known"))
    }
    #expect(harness.effects.isEmpty)
}

@Test("acknowledged alerts that still fire stand out by their age, and can be sorted by it")
func forgottenAcknowledgements() {
    var harness = Harness(Worlds.forgotten, screen: "alerts")
    #expect(harness.text.contains("1 acked over 4h ago, still firing"))
    #expect(harness.text.contains("chat cannot be told: connection"))
    harness.press("v v v")
    #expect(harness.text.contains("showing acknowledged") && harness.text.contains("1 of 4"))
    var settings = ConsoleSettings(author: "ana")
    settings.forgottenAfter = 86400
    let patient = Harness(Worlds.forgotten, screen: "alerts", settings: settings)
    #expect(!patient.text.contains("still firing"))
}

@Test("nobody is called unless it was chosen; who chose is called once for each firing, and never for what is old")
func calls() {
    var more = Worlds.oneDown
    more.alerts.append(alert("QueueLong", "support-chat"))
    more.alerts.append(alert("Minor", "support-chat", severity: "info"))
    var quiet = Harness(Worlds.oneDown)
    quiet.send(.world(more))
    #expect(quiet.effects.isEmpty)

    var settings = ConsoleSettings(author: "ana")
    settings.attention = Attention(
        filter: AlertFilter(severities: [.critical]), ways: [.title, .desktop])
    var harness = Harness(Worlds.oneDown, settings: settings)
    harness.send(.world(more))
    #expect(
        harness.effects == [
            .title("pitwall: 3 firing"),
            .call("QueueLong support-chat: QueueLong of support-chat", isRinging: false, isShown: true),
        ])
    harness.effects = []
    more.at = more.at.advanced(by: 1)
    more.alerts[0].acknowledgement = Act(at: noon, author: "ana", kind: .acknowledge, subject: more.alerts[0].id)
    harness.send(.world(more))
    #expect(harness.effects == [.title("pitwall: 2 firing")])
    harness.effects = []
    harness.send(.world(Worlds.healthy))
    #expect(harness.effects == [.title("pitwall")])
    settings.attention?.ways = [.bell]
    var ringing = Harness(Worlds.healthy, settings: settings)
    var storm = Worlds.healthy
    storm.alerts = (0..<50).map { alert("A\($0)", "m") }
    ringing.send(.world(storm))
    #expect(ringing.effects == [.call("A0, A1, A2, and 47 more", isRinging: true, isShown: false)])
}
