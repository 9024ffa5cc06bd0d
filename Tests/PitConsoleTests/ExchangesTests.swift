import PitConsole
import PitGrid
import PitModel
import Testing

@Test("exchanges of one model, or with one finding, are opened by a subject; the same comes back out of it")
func subjects() {
    var query = InteractionQuery(
        model: ModelName("a 100% b"), from: noon, feature: "response_tokens", least: 12.5, most: 400,
        finding: "pii/email", text: "x = y", ids: ["t 1", "t=2"])
    #expect(InteractionQuery(subject: query.subject) == query)
    query = InteractionQuery(subject: "support-chat")
    #expect(query == InteractionQuery(model: ModelName("support-chat")))
    let harness = Harness(Worlds.healthy, screen: "exchanges", subject: query.subject)
    #expect(harness.text.contains("of support-chat"))
    #expect(!harness.text.contains("code-assist"))
}

@Test("a finding is labelled by one key, and the next one is selected")
func labels() throws {
    var harness = Harness(Worlds.healthy, screen: "exchanges", subject: "finding=injection")
    let kept = exchanges(for: InteractionQuery(finding: "injection"), in: Worlds.healthy)
    let keys = kept[0].findings.map { FindingKey($0.finding, in: kept[0].interaction) }
    harness.press("t f t t")
    let next = FindingKey(kept[1].findings[0].finding, in: kept[1].interaction)
    #expect(
        harness.effects == [
            .label(keys[0], isTrue: true), .label(keys[1], isTrue: false), .label(keys[2], isTrue: true),
            .label(next, isTrue: true),
        ])
    harness.press("k u")
    #expect(harness.effects.last == .label(keys[0], isTrue: nil))
    harness.press("tab u")
    #expect(harness.text.contains("nobody has labelled this finding"))
}

@Test("an alert opens the exchanges it is about, with what its detector found")
func fromAlert() {
    var world = Worlds.healthy
    world.alerts = [
        AlertState(
            alert: Alert(
                fingerprint: "f",
                labels: ["alertname": "FindingsRise", "model": "support-chat", "detector": "injection"],
                state: .firing, startsAt: noon), connection: .pitwall)
    ]
    var harness = Harness(world, screen: "alerts")
    harness.press("e")
    #expect(harness.text.contains("of support-chat   with injection"))
    harness.press("x")
    #expect(harness.text.contains("code-assist"))
}

@Test("a long response is scrolled, tab goes to a finding in it, and nothing of it reaches the terminal raw")
func reading() {
    var harness = Harness(Worlds.healthy, screen: "exchanges")
    harness.press("j enter")
    #expect(harness.text.contains("injection/override"))
    #expect(!harness.text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    harness.press("enter j j enter space")
    let scrolled = harness.text
    #expect(!scrolled.contains("Write a poem"))
    harness.press("b")
    #expect(harness.text.contains("Write a poem"))
    harness.press("space space space space space space space space")
    #expect(harness.text != scrolled)
}

@Test("what is shown goes from all to those with findings to those that nobody has labelled")
func shows() {
    var harness = Harness(Worlds.healthy, screen: "exchanges")
    #expect(harness.text.contains("40 of the newest 40"))
    harness.press("v")
    #expect(harness.text.contains("10 of the newest 40"))
    harness.press("o")
    #expect(harness.text.contains("0 of the older 0"))
    harness.press("i v /")
    harness.type("charged twice")
    harness.press("enter")
    #expect(harness.text.contains("No exchange matches"))
}
