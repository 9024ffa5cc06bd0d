import PitConsole
import PitGrid
import PitModel
import Testing

private let sizes = [Size(80, 24), Size(120, 36), Size(200, 60)]
let planStates = [
    "plan", "plan-blocked", "plan-exchange", "plan-confirm", "plan-choice", "plan-failed", "plan-changed",
]

private let support = deployment("support-chat")

/// A fleet whose support-chat went bad with its release.
private let bad: Snapshot = {
    var world = DeploymentWorlds.world(support)
    world.models[0].health = .erring
    world.models[0].why = "12% of requests fail since r14"
    return world
}()

extension Effect {
    fileprivate var isDeploy: Bool { if case .deploy = self { true } else { false } }
    fileprivate var planned: DeploymentRequest? { if case .plan(let request) = self { request } else { nil } }
}

extension Harness {
    /// Answers the newest question for a plan.
    fileprivate mutating func answer(_ plan: DeploymentPlan) {
        guard let request = effects.last(where: { $0.planned != nil })?.planned else {
            Issue.record("no plan was asked for: \(effects)")
            return
        }
        var plan = plan
        plan.request = request
        send(.planned(request, .planned(plan)))
    }

    fileprivate var deploys: [Effect] { effects.filter(\.isDeploy) }
}

@Test("each state of a deployment looks as recorded, at every size")
func goldenDeployments() throws {
    for (name, state) in DeploymentWorlds.states {
        for size in sizes {
            let harness = Harness(
                DeploymentWorlds.world(state), screen: "deployment", subject: state.id.description, size: size)
            try expectGolden(harness.frame, "deployments/\(name)@\(size.width)x\(size.height)")
        }
    }
}

@Test(
    "a plan looks as recorded: open, blocked, with what goes out, being confirmed, failed, outdated",
    arguments: planStates)
func goldenPlans(name: String) throws {
    for size in sizes {
        var world = bad
        if name == "plan-choice" {
            var other = deployment("support-chat-canary", kind: .rollout, status: .canary)
            other.deployment.model = support.deployment.model
            world.deployments.append(other)
        }
        var harness = Harness(world, size: size)
        harness.press("R")
        switch name {
        case "plan-choice": harness.press("j")
        case "plan-failed":
            let request = try #require(harness.effects.last?.planned)
            harness.send(
                .planned(
                    request,
                    .failed("403 Forbidden: deployments.apps is forbidden", hint: "Ask for `patch` on deployments.")))
        case "plan-blocked":
            harness.answer(
                plan(
                    support,
                    concerns: [
                        Concern(.freeze, "frozen until 18:00: quarter's end", blocks: true),
                        Concern(.operationInFlight, "ben restarts it since 2 min", blocks: true),
                    ], permission: .denied("patch deployments.apps")))
        default:
            var answer = plan(support)
            answer.judged = ["r14: 12 of 40 good (18 to 45 %)", "r13: 36 of 40 good (77 to 96 %)"]
            harness.answer(answer)
        }
        if name == "plan-exchange" { harness.press("ctrl-o pgdn pgdn") }
        if name == "plan-confirm" {
            harness.press("enter")
            harness.type("prod/supp")
        }
        if name == "plan-changed" {
            world.deployments[0].deployment.generation = 8
            harness.send(.world(world))
        }
        try expectGolden(harness.frame, "deployments/\(name)@\(size.width)x\(size.height)")
    }
}

@Test("from a bad release to the rollback that is sent: at most six keys besides the typed name, and one deploy")
func badToHealthy() throws {
    var harness = Harness(bad)
    var keys = 0
    func press(_ harness: inout Harness, _ key: String) {
        harness.press(key)
        keys += 1
    }
    press(&harness, "R")
    let request = try #require(harness.effects.last?.planned)
    #expect(request.deployment == support.id && request.verb == .rollback && request.author == "ana")
    harness.answer(plan(support))
    press(&harness, "enter")
    harness.type("prod/support-chat")
    #expect(harness.deploys.isEmpty)
    press(&harness, "enter")
    guard case .deploy(let sent)? = harness.deploys.first, harness.deploys.count == 1 else {
        Issue.record("not one deploy: \(harness.effects)")
        return
    }
    #expect(sent.request.reason.contains("12% of requests fail since r14"))
    #expect(keys <= 6)
    #expect(harness.text.contains("› Deployment prod/support-chat"))
    // What comes of it is shown there, without a key.
    var world = bad
    world.deployments[0].deployment.status = .progressing
    (world.deployments[0].progress, world.deployments[0].secondsLeft) = (0.5, 30)
    harness.send(.world(world))
    #expect(harness.text.contains("50%   about 30s left"))
    world.deployments[0].deployment.status = .complete
    world.deployments[0].progress = nil
    world.deployments[0].proof = proof(.recovered, of: support)
    harness.send(.world(world))
    #expect(harness.text.contains("RECOVERED"))
    // Keys that are pressed twice send nothing twice.
    harness.press("enter enter")
    #expect(harness.deploys.count == 1)
}

@Test(
    "R works from the fleet, a model, an alert and a deployment",
    arguments: ["fleet", "model", "alerts", "deploy", "deployment"])
func everywhere(screen: String) throws {
    var world = bad
    world.alerts = [alert("HighErrors", "support-chat")]
    let subject = ["model": "support-chat", "deployment": support.id.description][screen]
    var harness = Harness(world, screen: screen, subject: subject)
    harness.press("R")
    let request = try #require(harness.effects.last?.planned)
    #expect(request.deployment == support.id && request.target == nil)
    if screen == "alerts" { #expect(request.reason.hasPrefix("HighErrors")) }
}

@Test("pasted text, bursts of keys and keys in one read do not confirm, and the words say so")
func swallowed() {
    var harness = Harness(bad)
    harness.press("R")
    harness.answer(plan(support))
    harness.press("enter")
    harness.send(.input(.paste("prod/support-chat\n")))
    #expect(harness.text.contains("a paste does not confirm"))
    harness.press("enter")
    #expect(harness.deploys.isEmpty)
    // All in one read, with the key that confirms.
    harness.burst("prod/support-chat", thenPress: "enter")
    #expect(harness.deploys.isEmpty)
    #expect(harness.text.contains("faster than a hand types"))
    harness.press("enter")
    #expect(harness.deploys.isEmpty)
    // At 50 keys a second.
    harness.clock += 1
    for character in "prod/support-chat" {
        harness.clock += 0.02
        harness.send(.input(.key(Key(String(character))), at: harness.clock))
    }
    harness.clock += 0.02
    harness.send(.input(.key("enter"), at: harness.clock))
    harness.press("enter")
    #expect(harness.deploys.isEmpty)
    // A hand; but the key that confirms came with the last letter.
    harness.press("ctrl-u")
    harness.type("prod/support-chat")
    harness.send(.input(.key("enter"), at: harness.clock))
    #expect(harness.deploys.isEmpty)
    #expect(harness.text.contains("press it again"))
    harness.press("enter")
    #expect(harness.deploys.count == 1)
}

@Test("the key that confirms is never the key that started")
func otherKey() {
    var harness = Harness(bad)
    harness.press(":")
    harness.type("roll back")
    harness.press("enter")
    harness.answer(plan(support))
    harness.press("enter")
    harness.type("prod/support-chat")
    harness.press("enter enter enter")
    #expect(harness.deploys.isEmpty)
    #expect(harness.text.contains("ctrl-y sends it"))
    harness.press("ctrl-y")
    #expect(harness.deploys.count == 1)
}

@Test("a wrong name, a missing reason, a blocked or an outdated plan is not sent")
func notSent() {
    var calm = DeploymentWorlds.world(support)
    var harness = Harness(calm, screen: "deploy")
    harness.press("R")
    harness.answer(plan(support))
    harness.press("enter")
    harness.type("support-chat")
    harness.press("enter")
    #expect(harness.text.contains("that is not its name"))
    harness.press("ctrl-u")
    harness.type("prod/support-chat")
    harness.press("enter")
    #expect(harness.text.contains("a reason is needed"))
    harness.type("errors")
    calm.deployments[0].deployment.generation = 8
    harness.send(.world(calm))
    harness.press("enter enter")
    #expect(harness.text.contains("changed since the plan was made"))
    #expect(harness.deploys.isEmpty)
    harness.press("ctrl-r")
    var current = calm.deployments[0]
    current.deployment.generation = 8
    harness.answer(plan(current, concerns: [Concern(.freeze, "frozen", blocks: true)]))
    harness.press("enter tab")
    harness.type("prod/support-chat")
    harness.press("enter")
    #expect(harness.text.contains("It cannot be sent"))
    #expect(harness.deploys.isEmpty)
}

@Test("where several deployments serve a model, it is asked which is meant")
func several() {
    var world = bad
    var other = deployment("support-chat-b")
    other.deployment.model = support.deployment.model
    world.deployments.append(other)
    var harness = Harness(world)
    harness.press("R")
    #expect(harness.effects.allSatisfy { $0.planned == nil })
    harness.press("j enter")
    #expect(harness.effects.last?.planned?.deployment == other.id)
    // An answer that is too late, or to another question, opens nothing.
    harness.press("esc")
    harness.answer(plan(other))
    #expect(!harness.text.contains("What will change"))
}

@Test("a verb that the deployment does not know is refused with a reason; scale asks for a number first")
func verbs() {
    var harness = Harness(DeploymentWorlds.world(support), screen: "deploy")
    harness.press("P")
    #expect(harness.text.contains("cannot be asked to promote"))
    harness.press("=")
    harness.type("many")
    harness.press("enter enter")
    #expect(harness.text.contains("whole number"))
    harness.press("shift-tab shift-tab ctrl-u")
    harness.type("6")
    harness.press("enter enter")
    #expect(harness.effects.last?.planned?.amount == 6)
    #expect(harness.effects.last?.planned?.verb == .scale)
}

@Test("a revision that is chosen is what is gone back to, and any two are compared")
func chosenRevision() {
    var harness = Harness(DeploymentWorlds.world(support), screen: "deployment", subject: support.id.description)
    harness.press("j j")
    #expect(harness.text.contains("r9 → r12"))
    harness.press("space k k space")
    #expect(harness.text.contains("r12 → r14"))
    harness.press("j j R")
    #expect(harness.effects.last?.planned?.target == support.revisions?[2].id)
}

@Test("one key stops every guard that counts down, from any screen", arguments: ["fleet", "deploy", "log"])
func stopGuard(screen: String) {
    var harness = Harness(DeploymentWorlds.world(DeploymentWorlds.guarded), screen: screen)
    #expect(harness.text.contains("GUARD rolls back in 42s, K stops it"))
    harness.press("K")
    #expect(harness.effects == [.stopGuard(DeploymentWorlds.guarded.id)])
}

@Test("the fleet shows the deployment's release, its canary's share and its proof")
func fleetRelease() {
    var world = Worlds.healthy
    world.deployments = [DeploymentWorlds.canary, DeploymentWorlds.failed, deployment("support-chat")]
    world.deployments[2].proof = proof(.recovered, of: support)
    let text = Harness(world).text
    #expect(text.contains("r14 canary 20%"))
    #expect(text.contains("r14 failed"))
    #expect(text.contains("r14 RECOVERED"))
}

@Test("an audit entry opens whole and leads to what it is about; a broken chain is told")
func audit() {
    var harness = Harness(DeploymentWorlds.all, screen: "audit")
    #expect(harness.text.contains("CHAIN BROKEN at entry 2"))
    harness.press("j enter")
    #expect(harness.text.contains("system:serviceaccount:ops:pitwall"))
    #expect(harness.text.contains(String(repeating: "b2", count: 32)))
    harness.press("o")
    #expect(harness.text.contains("› Operations"))
    #expect(harness.text.contains("errors since r14"))
}

@Test("a long audit entry is read to its end")
func longAudit() {
    var world = DeploymentWorlds.all
    world.audit[1].detail = (1...300).map { "word\($0)" }.joined(separator: " ") + " END"
    var harness = Harness(world, screen: "audit", size: Size(80, 24))
    harness.press("j enter")
    #expect(!harness.text.contains("END"))
    harness.press("space space space")
    #expect(harness.text.contains("END"))
    harness.press("backspace backspace backspace")
    #expect(harness.text.contains("Entry 2"))
}

@Test("releases, rollbacks and proofs stand on the change line")
func changeLine() {
    var world = DeploymentWorlds.all
    world.models[0].lastChange = world.events.last
    var harness = Harness(world, screen: "model", subject: "support-chat", size: Size(200, 60))
    let query = HistoryQuery(model: ModelName("support-chat"), signals: [], span: 900, points: 240)
    for known in harness.console.world.histories.keys {
        var history = history(for: query)
        history = History(
            start: history.start, step: history.step, values: [:],
            events: [
                Event(at: noon.advanced(by: -700), kind: .release, model: query.model, title: "release r14"),
                Event(at: noon.advanced(by: -300), kind: .operation, model: query.model, title: "rollback verified"),
                Event(at: noon.advanced(by: -100), kind: .proof, model: query.model, title: "rollback RECOVERED"),
            ])
        harness.send(.history(known, history))
    }
    let text = harness.text
    #expect(text.contains("◆") && text.contains("★") && text.contains("⚑"))
    harness.press("c")
    #expect(harness.text.contains("rollback RECOVERED"))
}

@Test("a plan's text is made harmless: names and server's words hold no control characters")
func hostilePlan() {
    var world = Worlds.wideNames
    let evil = world.deployments[0]
    world.models[0].name = evil.deployment.model ?? ModelName("x")
    var harness = Harness(world, screen: "deploy")
    harness.press("R")
    var answer = plan(evil, concerns: [Concern(.warning, "\u{1B}[2J\u{202E}evil")])
    answer.exchange = ["\u{1B}]52;c;aGk=\u{07}"]
    if let request = harness.effects.last?.planned {
        answer.request = request
        harness.send(.planned(request, .planned(answer)))
    }
    harness.press("ctrl-o")
    #expect(
        !harness.frame.cells.contains {
            $0.glyph.unicodeScalars.contains {
                $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E
            }
        })
}

@Test("an operation opens whole with its receipt; what is broken off is finished or abandoned after a question")
func operations() throws {
    var world = DeploymentWorlds.all
    var halted = DeploymentWorlds.operation
    halted.stage = .halted
    world.operations = [halted]
    var harness = Harness(world, screen: "operations")
    harness.press("A")
    #expect(harness.text.contains("waits for nobody's approval"))
    harness.press("u enter")
    #expect(harness.effects.isEmpty)
    harness.press("u tab enter")
    #expect(harness.effects == [.settle(.resume, operation: halted.operation.id)])
    harness.press("X tab enter")
    #expect(harness.effects.last == .settle(.abandon, operation: halted.operation.id))
    harness.press("enter")
    let receipt = Receipt(
        operation: halted.operation, proof: proof(.notRecovered, of: DeploymentWorlds.rolling), answer: "patched")
    harness.send(.inspected(.receipt(operation: halted.operation.id), .receipt(receipt)))
    #expect(harness.text.contains("NOT RECOVERED") && harness.text.contains("patched"))
    #expect(harness.text.contains("broken off"))
    harness.press("o")
    #expect(harness.text.contains("› Deployment prod/rolling"))
}

@Test("a second person approves, and the one who asked does not")
func approval() {
    var waiting = DeploymentWorlds.operation
    waiting.stage = .awaiting
    var world = DeploymentWorlds.all
    world.operations = [waiting]
    var mine = Harness(world, screen: "operations")
    mine.press("A")
    #expect(mine.text.contains("a second person approves"))
    var other = Harness(world, screen: "operations", settings: ConsoleSettings(author: "ben"))
    other.press("A tab enter")
    #expect(other.effects == [.settle(.approve, operation: waiting.operation.id)])
}
