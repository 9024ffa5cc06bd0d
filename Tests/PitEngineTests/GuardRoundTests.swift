import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

/// A guard that finds what it is told to, or fails.
private final class FakeGuard: TextGuarding {
    static let about = ConnectorInfo(id: "fake-guard", title: "Fake", summary: "a guard")
    let fault: ConnectorFault?
    let asked = Mutex<[String]>([])
    init(fault: ConnectorFault? = nil) { self.fault = fault }
    init(_ connection: Connection, http: any HTTP) { fault = nil }
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "fake") }
    func check(_ exchange: Interaction) async throws(ConnectorFault) -> [Finding] {
        asked.withLock { $0.append(exchange.id) }
        if let fault { throw fault }
        return exchange.prompt.contains("bad")
            ? [Finding(detector: "guard", kind: "harm", owasp: "LLM01", side: .prompt, evidence: "unsafe")] : []
    }
}

private func exchanges(_ count: Int) -> [Interaction] {
    (0..<count).map {
        Interaction(
            id: "i\($0)", connection: ConnectionName("log"), at: Timestamp(seconds: 1e9),
            messages: [.init("user", $0 % 10 == 0 ? "bad" : "good")], response: "ok")
    }
}

@Test("guards' findings stand beside the detectors', a guard that fails says what it has not checked, the others go on")
func guardsBeside() async {
    let (good, slow) = (FakeGuard(), FakeGuard(fault: .timedOut(after: 5)))
    var intake = InteractionIntake(scan: { _ in
        [Finding(detector: "pii", kind: "email", owasp: "LLM02", side: .prompt, evidence: "e")]
    })
    intake.guards = GuardRound(guards: [(ConnectionName("good"), good), (ConnectionName("slow"), slow)])
    let kept = await intake.takeGuarded(exchanges(100))
    #expect(kept.count == 100 && good.asked.withLock { $0.count } == 100)
    #expect(kept.allSatisfy { $0.findings.contains { $0.finding.detector == "pii" } })
    #expect(kept.count { $0.findings.contains { $0.finding.kind == "harm" } } == 10)
    #expect(kept.allSatisfy { $0.findings.contains { $0.finding.kind == Finding.notChecked } })
    #expect(kept[0].findings.contains { $0.finding.evidence.hasPrefix("slow: not checked") })
    // What fails again and again is left in peace until the next reading.
    #expect(slow.asked.withLock { $0.count } < 20)
}

@Test("guards are asked about a share of the exchanges, and what is not kept is not shown to them")
func guardsSampled() async {
    let one = FakeGuard()
    var intake = InteractionIntake()
    intake.guards = GuardRound(guards: [(ConnectionName("g"), one)], sample: 0.2)
    _ = await intake.takeGuarded(exchanges(500))
    #expect((60...140).contains(one.asked.withLock { $0.count }))
    intake.settings.sample = 0
    _ = await intake.takeGuarded(exchanges(500))
    #expect((60...140).contains(one.asked.withLock { $0.count }))
}

@Test("what could not be checked is no hit")
func notCheckedIsNoHit() throws {
    let store = try Store.inMemory()
    let exchange = exchanges(1)[0]
    let findings = ["harm", Finding.notChecked].map {
        KeptFinding(Finding(detector: "guard", kind: $0, owasp: "LLM01", side: .prompt, evidence: ""))
    }
    try store.append(
        [KeptInteraction(exchange, findings: findings)], from: ConnectionName("log"), cursor: "1")
    #expect(try store.findingTallies(now: Timestamp(seconds: 1e9)).map(\.lastHour) == [1])
}

@Test("an exchange that the sample leaves out is looked at, and kept when it is its client's traffic that is told of")
func trafficIsSeen() {
    var intake = InteractionIntake(scan: { exchange in
        exchange.id == "i7"
            ? [Finding(detector: "consumption", kind: "flood", owasp: "LLM10", side: .prompt, evidence: "c")]
            : [Finding(detector: "pii", kind: "email", owasp: "LLM02", side: .prompt, range: 0..<3, evidence: "e")]
    })
    intake.settings.sample = 0
    #expect(intake.take(exchanges(20)).map(\.interaction.id) == ["i7"])
}

@Test("an alert about a detector says how right people found it")
func precisionInAlerts() async throws {
    let source = FakeSource()
    let clock = HandClock()
    var settings = EngineSettings(
        servers: [ConnectedServer(Connection(name: ConnectionName("log"), kind: "fake-source", url: "log"), source)],
        models: [ModelConfig(name: ModelName("m"))], profiles: [], author: "ana")
    settings.rules = RuleSettings(rules: [
        Rule("Found", "pitwall_findings_last_hour >= 1", annotations: ["summary": "{{ $labels.detector }} found"])
    ])
    settings.interactions = InteractionIntake(
        settings: InteractionSettings(models: [.init(model: ModelName("m"))]),
        scan: { _ in [Finding(detector: "injection", kind: "k", owasp: "LLM01", side: .prompt, evidence: "e")] })
    let engine = Engine(
        settings: settings, store: try Store.inMemory(), lock: nil, clock: clock, ring: LogRing(clock: clock),
        publish: { _ in })
    _ = await engine.prepare()
    source.state.withLock {
        $0.all = (1...3).map {
            Interaction(
                id: "i\($0)", connection: ConnectionName("log"), servedModel: "m", at: clock.now(),
                messages: [.init("user", "x")])
        }
    }
    _ = await engine.pollOnce()
    for kept in try await engine.interactions(InteractionQuery()) {
        let label = FindingLabel(at: clock.now(), author: "ana", isTrue: kept.interaction.id == "i1")
        _ = await engine.record(label, of: FindingKey(kept.findings[0].finding, in: kept.interaction))
    }
    clock.advance(60)
    let seen = await engine.pollOnce()
    let alert = try #require(seen.alerts.first { $0.alert.name == "Found" }?.alert)
    #expect(alert.summary == "injection found, precision 0.33 [0.06, 0.79]")
    #expect(alert.annotations["findings"] == "injection: 3 hits, precision 0.33 [0.06, 0.79]")
}
