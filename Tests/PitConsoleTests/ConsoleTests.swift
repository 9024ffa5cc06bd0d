import PitConsole
import PitGrid
import PitModel
import Testing

@Test("no key is bound twice where both would work, and every command has a key and a line of help")
func registry() {
    let registry = Registry()
    #expect(registry.conflicts() == [])
    for command in registry.allCommands {
        #expect(!command.keys.isEmpty, "\(command.id)")
        #expect(command.help.hasSuffix(".") || command.help.hasSuffix("again"), "\(command.id): \(command.help)")
    }
}

@Test("keys can be bound anew; conflicts and unknown commands are told")
func rebinding() {
    let keys: [String: [Key]] = ["fleet.sort": ["j"], "no.such": ["x"]]
    let conflicts = Registry(keys: keys).conflicts(keys: keys)
    #expect(conflicts.contains { $0.contains("j on Fleet") })
    #expect(conflicts.contains { $0.contains("no.such") })
    var harness = Harness(Worlds.healthy, settings: ConsoleSettings(keys: ["quit": ["Q"]]))
    harness.press("q")
    #expect(harness.effects.isEmpty)
    harness.press("Q")
    #expect(harness.effects == [.quit])
}

@Test("the worst model is on top, and enter opens it")
func fleetOrder() {
    var harness = Harness(Worlds.oneDown)
    #expect(harness.text.split(separator: "\n")[3].contains("summarise"))
    harness.press("enter")
    #expect(harness.text.contains("› Model summarise"))
    harness.press("esc")
    #expect(!harness.text.contains("› Model"))
}

@Test("the selection stays on its model when the order changes")
func selectionByIdentity() {
    var harness = Harness(Worlds.healthy)
    harness.press("j")
    let chosen = harness.text.split(separator: "\n").first { $0.hasPrefix("▸") }.map { String($0.prefix(16)) }
    var world = Worlds.healthy
    world.models[2].health = .down
    world.revision += 1
    harness.send(.world(world))
    #expect(harness.text.split(separator: "\n").first { $0.hasPrefix("▸") }.map { String($0.prefix(16)) } == chosen)
}

@Test("a filter narrows while typing, stays, and goes with Esc")
func filter() {
    var harness = Harness(Worlds.healthy)
    harness.press("/")
    harness.type("code")
    harness.press("enter")
    #expect(harness.text.contains("code-assist"))
    #expect(!harness.text.contains("support-chat "))
    harness.send(.world(Worlds.healthy))
    #expect(harness.text.contains("filter: code"))
    harness.press("esc")
    #expect(harness.text.contains("support-chat"))
    #expect(!harness.effects.contains(.quit))
}

@Test("what is missing is --, and a quantile in the last bucket is a lower bound")
func missing() throws {
    let harness = Harness(Worlds.oneDown)
    let slow = try #require(harness.text.split(separator: "\n").first { $0.contains("code-assist") })
    #expect(slow.contains("--"))
    #expect(slow.contains(">=42m"))
}

@Test("acknowledging asks for it; only the snapshot shows it done")
func acknowledge() {
    var harness = Harness(Worlds.oneDown, screen: "alerts")
    let first = Worlds.oneDown.alerts[0]
    harness.press("a")
    #expect(harness.effects == [.acts(.acknowledge, subjects: [first.id])])
    #expect(!harness.text.contains("acked"))
    var world = Worlds.oneDown
    world.alerts[0].acknowledgement = Act(at: noon, author: "ana", kind: .acknowledge, subject: first.id)
    harness.send(.world(world))
    #expect(harness.text.contains("acked"))
}

@Test("what belongs together is marked with one key, and one verb is for all of it")
func together() {
    var world = Worlds.oneDown
    let again = (0..<3).map { index in
        var copy = world.alerts[0]
        copy.alert.fingerprint = "again\(index)"
        copy.alert.labels["replica"] = "\(index)"
        return copy
    }
    world.alerts = [world.alerts[0]] + again + world.alerts.dropFirst()
    let same = Set(again.map(\.id) + [world.alerts[0].id])
    var harness = Harness(world, screen: "alerts")
    harness.press("* a")
    guard case .acts(.acknowledge, let subjects, _, _) = harness.effects.last else {
        Issue.record("nothing was acknowledged: \(harness.effects)")
        return
    }
    #expect(Set(subjects) == same)
    #expect(harness.text.contains("4 marked"))
    harness.press("N")
    harness.type("seen")
    harness.press("enter enter")
    guard case .acts(.note, let noted, "seen", _) = harness.effects.last else {
        Issue.record("nothing was noted: \(harness.effects)")
        return
    }
    #expect(Set(noted) == same)
    harness.press("u space")
    #expect(harness.text.contains("1 marked"))
    harness.press("H")
    harness.type("ben")
    harness.press("tab")
    harness.type("your shift")
    harness.press("enter enter")
    #expect(harness.effects.last == .acts(.claim, subjects: [world.alerts[0].id], text: "ben", note: "your shift"))
    // What is gone is not marked any more.
    world.alerts.removeFirst()
    harness.send(.world(world))
    #expect(!harness.text.contains("1 marked"))
}

@Test(
    "a silence of several alerts is of the labels that they have alike, and pitwall keeps it where no Alertmanager can")
func silenceTogether() {
    var world = Worlds.oneDown
    world.connections.removeAll { $0.kind == "alertmanager" }
    world.alerts = (0..<2).map { index in
        AlertState(
            alert: Alert(
                fingerprint: "f\(index)",
                labels: ["alertname": "ModelDrifted", "model": "m\(index)", "severity": "warning", "team": "a"],
                state: .firing, startsAt: noon), connection: .pitwall)
    }
    var harness = Harness(world, screen: "alerts")
    harness.press("* x tab")
    harness.type("known")
    harness.press("enter enter enter")
    guard case .perform(.createSilence(let draft), ConnectionName.pitwall, _, _) = harness.effects.first else {
        Issue.record("no silence was asked for: \(harness.effects)")
        return
    }
    #expect(Set(draft.matchers) == [Matcher("alertname", "ModelDrifted"), Matcher("team", "a")])
}

@Test("n and p go to the alerts that nobody has acknowledged")
func unacknowledged() {
    var world = Worlds.oneDown
    world.alerts[1].acknowledgement = Act(at: noon, author: "ana", kind: .acknowledge, subject: world.alerts[1].id)
    world.alerts[2].alert.state = .firing
    var harness = Harness(world, screen: "alerts")
    harness.press("n a")
    #expect(harness.effects.last == .acts(.acknowledge, subjects: [world.alerts[2].id]))
    harness.press("p a")
    #expect(harness.effects.last == .acts(.acknowledge, subjects: [world.alerts[0].id]))
    harness.press("p")
    #expect(harness.text.contains("no other open alert above"))
}

@Test("silencing asks for how long, why and by which labels, and expects to see it")
func silence() throws {
    var harness = Harness(Worlds.oneDown, screen: "alerts")
    harness.press("x tab")
    harness.type("known")
    harness.press("enter enter")
    #expect(harness.effects.isEmpty)
    harness.press("enter")
    guard
        case .perform(.createSilence(let draft), let connection, let reason, .silenced(_, let matchers, let until)) =
            harness.effects.first
    else {
        Issue.record("no silence was asked for: \(harness.effects)")
        return
    }
    #expect(connection == ConnectionName("alertmanager"))
    #expect(reason == "known" && draft.comment == "known" && draft.createdBy == "ana")
    #expect(draft.endsAt == noon.advanced(by: 7200) && until == draft.endsAt)
    #expect(
        Set(matchers) == [
            Matcher("alertname", "TargetDown"), Matcher("model", "summarise"), Matcher("team", "serving"),
        ])
}

@Test("a silence without a reason or with a senseless time is not asked for, and the words say what is wrong")
func silenceRefused() {
    var harness = Harness(Worlds.oneDown, screen: "alerts")
    harness.press("x ctrl-u")
    harness.type("soon")
    harness.press("tab tab tab tab enter")
    #expect(harness.text.contains("Why is needed"))
    harness.type("because")
    harness.press("enter enter enter")
    #expect(harness.text.contains("15m, 2h or 1d"))
    harness.press("esc")
    #expect(!harness.effects.contains { if case .perform = $0 { true } else { false } })
}

@Test("an empty dialog starts on Cancel, and Esc leaves it")
func cancelIsFocused() {
    var harness = Harness(Worlds.oneDown, screen: "silences")
    harness.press("X enter")
    #expect(harness.effects.isEmpty)
    harness.press("X esc")
    #expect(harness.effects.isEmpty)
    harness.press("X tab enter")
    #expect(harness.effects.contains { if case .perform(.expireSilence, _, _, _) = $0 { true } else { false } })
}

@Test("nothing can be changed in read-only, in the past, or by a paste", arguments: [true, false])
func refusals(isReadOnly: Bool) {
    var random = Seeded(state: 3)
    var world = Worlds.oneDown
    world.deployments = DeploymentWorlds.all.deployments
    world.operations = DeploymentWorlds.all.operations
    for type in screenCatalog {
        var harness = Harness(
            world, screen: type.about.id,
            subject: ["model": "code-assist", "deployment": DeploymentWorlds.canary.id.description][type.about.id],
            settings: ConsoleSettings(isReadOnly: isReadOnly))
        if !isReadOnly {
            var past = world
            past.isLive = false
            past.at = noon.advanced(by: -60)
            harness.send(.past(past))
        }
        harness.press("a")
        for _ in 0..<400 {
            let keys = [
                "a", "C", "x", "N", "X", "e", "t", "f", "u", "enter", "tab", "j", "k", "y", "space", "R", "P", "p", "A",
                "K", "=", "1",
            ]
            let key = keys.randomElement(using: &random) ?? "a"
            harness.press(key)
        }
        #expect(
            !harness.effects.contains { effect in
                switch effect {
                case .perform, .act, .acts, .label, .plan, .deploy, .settle, .stopGuard: true
                default: false
                }
            }, "\(type.about.id)")
    }
}

@Test("rewind goes back a minute for everything, and L goes live")
func rewind() {
    var harness = Harness(Worlds.healthy)
    harness.press("[")
    #expect(harness.effects == [.rewind(to: noon.advanced(by: -60))])
    var past = Worlds.healthy
    (past.at, past.isLive) = (noon.advanced(by: -60), false)
    harness.send(.past(past))
    #expect(harness.text.contains("PAST 12:03:31 (-1m"))
    harness.send(.world(Worlds.oneDown))
    #expect(harness.text.contains("PAST"))
    harness.press("L")
    #expect(harness.effects.last == .rewind(to: nil))
    #expect(harness.text.contains("live 12:04:31"))
    #expect(harness.text.contains("not well"))
}

@Test("a frozen display holds still while the world goes on")
func freeze() {
    var harness = Harness(Worlds.healthy)
    harness.press("ctrl-s")
    harness.send(.world(Worlds.oneDown))
    #expect(!harness.text.contains("not well"))
    #expect(harness.text.contains("FROZEN"))
    harness.press("ctrl-s")
    #expect(harness.text.contains("not well"))
}

@Test("themes are shown while moving, and Esc brings the old one back")
func themes() {
    var harness = Harness(
        Worlds.healthy, settings: ConsoleSettings(themes: ["pitwall", "light", "nord"], theme: "pitwall"))
    harness.press("T down down")
    #expect(harness.effects == [.theme("light"), .theme("nord")])
    harness.press("esc")
    #expect(harness.effects.last == .theme("pitwall"))
    harness.press("T down enter")
    #expect(harness.console.world.settings.theme == "light")
}

@Test("the palette finds a command by a few letters and runs it")
func palette() {
    var harness = Harness(Worlds.healthy)
    harness.press(":")
    harness.type("connec")
    harness.press("enter")
    #expect(harness.text.contains("prometheus.example.com"))
}

@Test("a refused command says why")
func refusalSaysWhy() {
    var harness = Harness(Worlds.empty)
    harness.press("enter")
    #expect(harness.text.contains("no model is selected"))
}

@Test("a chord waits for its second key, and shows what could come")
func chord() {
    var harness = Harness(Worlds.healthy)
    harness.press("G g")
    #expect(harness.text.contains("g …"))
    harness.press("g")
    #expect(harness.text.split(separator: "\n").contains { $0.hasPrefix("▸code-assist") })
}

@Test("clicks select, sort and open; the wheel scrolls")
func mouse() throws {
    var harness = Harness(Worlds.healthy)
    let lines = harness.text.split(separator: "\n", omittingEmptySubsequences: false)
    let row = try #require(lines.firstIndex { $0.contains("summarise") })
    harness.send(.input(.click(Point(4, row), count: 1)))
    #expect(harness.text.split(separator: "\n").contains { $0.hasPrefix("▸summarise") })
    harness.send(.input(.click(Point(4, row), count: 2)))
    #expect(harness.text.contains("› Model summarise"))
    harness.send(.input(.click(Point(21, 1), count: 1)))
    #expect(harness.text.contains("SEVERITY"))
    var sorted = Harness(Worlds.veryMany)
    sorted.send(.input(.wheel(Point(4, 10), 5)))
    #expect(sorted.text.split(separator: "\n").contains { $0.hasPrefix("▸") })
    sorted.send(.input(.click(Point(3, 2), count: 1)))
    #expect(sorted.text.contains("MODEL▲"))
}

@Test("leaving with an operation under way is asked about first")
func quitAsks() {
    var world = Worlds.healthy
    let operation = Operation(
        id: "1", connection: ConnectionName("alertmanager"), request: .expireSilence(id: "s"), author: "a", reason: "r",
        at: noon,
        expecting: .silenceExpired(connection: ConnectionName("alertmanager"), id: "s"))
    world.operations = [JournalEntry(operation, stage: .acknowledged, at: noon)]
    var harness = Harness(world)
    harness.press("q")
    #expect(harness.effects.isEmpty)
    harness.press("tab enter")
    #expect(harness.effects == [.quit])
}

/// Whether a text has control characters other than line feeds, or overrides of direction; by its bytes, which is ten
/// times as fast without optimisation.
private func holdsControls(_ text: String) -> Bool {
    var (last, before) = (UInt8(0), UInt8(0))
    for byte in text.utf8 {
        if byte < 0x20 && byte != 10 || byte == 0x7F { return true }
        // U+0080 to U+009F, and U+202A to U+202E.
        if last == 0xC2 && byte < 0xA0 { return true }
        if before == 0xE2 && last == 0x80 && (0xAA...0xAE).contains(byte) { return true }
        (before, last) = (last, byte)
    }
    return false
}

@Test("every screen survives every key in every world, at any size", arguments: screenCatalog.map { $0.about.id })
func monkey(screen: String) {
    var random = Seeded(state: UInt64(screen.utf8.reduce(0) { $0 &+ Int($1) }))
    let keys =
        Registry().allCommands.flatMap(\.keys).map(\.description).flatMap { $0.split(separator: " ").map(String.init) }
        + ["a", "1", "é", "日", "backspace", "delete", "f7", "ctrl-o", "esc", "esc", "enter"]
    for (name, world) in Worlds.all where name != "very-many" {
        let subject =
            screen == "deployment" ? world.deployments.first?.id.description : world.models.first?.name.description
        var harness = Harness(world, screen: screen, subject: subject, size: Size(120, 36))
        for step in 0..<220 {
            let key = keys.randomElement(using: &random) ?? "j"
            if key != "q", key != "ctrl-c" { harness.press(key) }
            if step % 37 == 0 {
                let size = Size(Int.random(in: 0...230, using: &random), Int.random(in: 0...70, using: &random))
                harness.send(.input(.resize(size)))
                _ = harness.console.draw(size)
            }
            if step % 53 == 0 { harness.send(.world(Worlds.all[Int.random(in: 0...3, using: &random)].snapshot)) }
            let frame = harness.frame
            let text = frame.plainText
            let forbidden = holdsControls(text) || text.utf8.count { $0 == 10 } != frame.size.height
            #expect(!forbidden, "\(name) \(key)")
        }
    }
}

@Test("a session comes back: stack, filter, sort, selection, theme")
func session() throws {
    var harness = Harness(Worlds.oneDown)
    harness.press("s s j")
    harness.press("/")
    harness.type("a")
    harness.press("enter")
    // By then every toast is gone.
    harness.send(.tick(noon.advanced(by: 10)))
    let before = harness.text
    let data = try SessionCoder.encode(Session(harness.console))
    var again = Console(settings: ConsoleSettings(author: "ana"))
    _ = again.handle(.tick(noon.advanced(by: 10)))
    _ = again.resize(harness.size)
    _ = again.handle(.world(Worlds.oneDown))
    again.restore(try SessionCoder.decode(data))
    #expect(again.draw(harness.size).plainText == before)
}
