import Foundation
import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

@Test("rates are extrapolated, replicas merged by bucket, and what is unknown is nil")
func signals() async throws {
    let bench = try Bench()
    _ = await bench.engine.prepare()
    let first = await bench.turns(1) { _ in (Bench.text(0), Bench.text(0)) }
    #expect(first.models[0].signals[.requestRate] == nil)
    #expect(first.models[0].signals[.waiting] == Measure(0))
    let world = await bench.turns(8) { turn in
        (Bench.text((turn + 1) * 20, waiting: 2), Bench.text((turn + 1) * 10, waiting: 3))
    }
    let model = world.models[0]
    #expect(abs((model.signals[.requestRate]?.value ?? 0) - 3) < 0.05)
    #expect(model.signals[.waiting] == Measure(5))
    #expect(abs((model.signals[.ttftP95]?.value ?? 0) - 0.475) < 1e-9)
    #expect(model.signals[.kvCacheUse] == nil && model.signals[.gpuUse] == nil)
    #expect(model.health == .ok && model.replicasUp == 2)
    #expect(abs((model.replicas[0].signals[.requestRate]?.value ?? 0) - 2) < 0.05)
}

@Test("a quantile in the last bucket is a lower bound, and a broken promise is told in words")
func slow() async throws {
    let bench = try Bench()
    _ = await bench.engine.prepare()
    let world = await bench.turns(9) { turn in (Bench.text(turn * 20, fast: turn * 10), Bench.text(turn * 20)) }
    let model = world.models[0]
    #expect(model.signals[.ttftP95] == Measure(2, isAtLeast: true))
    #expect(model.health == .slow)
    #expect(model.why == "TTFT p95 >= 2.0 s, promised 1.0 s")
}

@Test("failed requests make a model erring")
func erring() async throws {
    let bench = try Bench()
    _ = await bench.engine.prepare()
    let world = await bench.turns(9) { turn in
        (Bench.text(turn * 20, failed: turn * 5), Bench.text(turn * 20, failed: turn * 5))
    }
    #expect(world.models[0].health == .erring)
    #expect(abs((world.models[0].signals[.errorRatio]?.value ?? 0) - 0.25) < 1e-9)
}

@Test("one replica gone is degraded, both are down, with the fault's words; the return is an event")
func replicas() async throws {
    let bench = try Bench()
    _ = await bench.engine.prepare()
    await bench.turns(3) { turn in (Bench.text(turn * 20), Bench.text(turn * 20)) }
    let one = await bench.turns(1) { _ in (Bench.text(80), nil) }
    #expect(one.models[0].health == .degraded && one.models[0].replicasUp == 1)
    let both = await bench.turns(1) { _ in (nil, nil) }
    #expect(both.models[0].health == .down)
    #expect(both.models[0].why.contains("connection refused"))
    #expect(both.connections[0].status == .failing && both.connections[0].fault == .refused("a:1"))
    let back = await bench.turns(1) { _ in (Bench.text(100), Bench.text(100)) }
    #expect(back.connections[0].status == .ok)
    #expect(back.events.filter { $0.kind == .connectionLost }.count == 2)
    #expect(back.events.filter { $0.kind == .connectionBack }.count == 2)
    #expect(back.events.contains { $0.kind == .healthChanged && $0.title.contains("down") })
}

@Test("a source that falls silent makes a model stale, never 0")
func stale() async throws {
    let bench = try Bench()
    _ = await bench.engine.prepare()
    await bench.turns(3) { turn in (Bench.text(turn * 20), Bench.text(turn * 20)) }
    bench.clock.advance(300)
    bench.page.fail(.timedOut(after: 5))
    bench.second.fail(.timedOut(after: 5))
    let world = await bench.engine.pollOnce()
    #expect(world.models[0].isStale)
    #expect(world.models[0].signals[.requestRate] != Measure(0))
}

@Test("counters that begin anew are a restart, told once")
func restart() async throws {
    let bench = try Bench()
    _ = await bench.engine.prepare()
    let world = await bench.turns(6) { turn in
        (Bench.text(turn < 3 ? 1000 + turn * 20 : turn * 20), Bench.text(turn * 20))
    }
    let restarts = world.events.filter { $0.kind == .restart }
    #expect(restarts.count == 1)
    #expect(restarts[0].connection == ConnectionName("a"))
    #expect((world.models[0].signals[.requestRate]?.value ?? -1) > 0)
}

@Test("rates do not wait after a start when samples were kept")
func ratesFromStore() async throws {
    let store = try Store.inMemory()
    let bench = try Bench(store: store)
    _ = await bench.engine.prepare()
    await bench.turns(4) { turn in (Bench.text(turn * 20), Bench.text(turn * 20)) }
    let again = try Bench(store: store)
    again.clock.advance(50)
    _ = await again.engine.prepare()
    let world = await again.turns(1, seconds: 0) { _ in (Bench.text(100), Bench.text(100)) }
    #expect((world.models[0].signals[.requestRate]?.value ?? 0) > 1)
}

@Test("what was known is shown before any network, old and so called")
func restore() async throws {
    let store = try Store.inMemory()
    let bench = try Bench(store: store)
    _ = await bench.engine.prepare()
    await bench.turns(4) { turn in (Bench.text(turn * 20), Bench.text(turn * 20)) }
    let again = try Bench(store: store)
    again.clock.advance(4000)
    let first = await again.engine.prepare()
    #expect(first.models[0].signals[.requestRate] != nil)
    #expect(first.models[0].isStale)
}

@Test("alerts fire and resolve once, belong to their model, and an acknowledgement counts for one firing")
func alerts() async throws {
    let bench = try Bench()
    _ = await bench.engine.prepare()
    let first = alert("HighTTFT", since: bench.clock.now())
    bench.alertmanager.state.withLock { $0.alerts = [first] }
    await bench.turns(3) { turn in (Bench.text(turn), Bench.text(turn)) }
    let fault = await bench.engine.record(
        Act(at: bench.clock.now(), author: "ana", kind: .acknowledge, subject: first.fingerprint))
    #expect(fault == nil)
    var world = await bench.engine.current()
    #expect(world.alerts[0].model == ModelName("m") && world.alerts[0].acknowledgement?.author == "ana")
    #expect(world.models[0].firingAlerts == 1)
    #expect(world.events.filter { $0.kind == .alertFired }.count == 1)
    bench.alertmanager.state.withLock { $0.alerts = [] }
    await bench.turns(2) { turn in (Bench.text(turn), Bench.text(turn)) }
    bench.clock.advance(10)
    bench.alertmanager.state.withLock { $0.alerts = [alert("HighTTFT", since: bench.clock.now())] }
    world = await bench.turns(1) { turn in (Bench.text(turn), Bench.text(turn)) }
    #expect(world.alerts[0].acknowledgement == nil)
    #expect(world.events.filter { $0.kind == .alertResolved }.count == 1)
    #expect(world.alerts[0].timesFired == 2)
}

func silence(_ clock: HandClock, id: String = "op") -> PitModel.Operation {
    let draft = SilenceDraft(
        matchers: [Matcher("alertname", "x")], startsAt: clock.now(), endsAt: clock.now().advanced(by: 3600),
        createdBy: "ana", comment: "why")
    return PitModel.Operation(
        id: id, connection: ConnectionName("am"), request: .createSilence(draft), author: "ana", reason: "why",
        at: clock.now(),
        expecting: .silenced(connection: ConnectionName("am"), matchers: draft.matchers, until: draft.endsAt))
}

@Test("an operation is journalled, sent, accepted, and verified by what is seen")
func operationVerified() async throws {
    let bench = try Bench()
    _ = await bench.engine.prepare()
    let entry = await bench.engine.perform(silence(bench.clock))
    #expect(entry.stage == .verified)
    #expect(try bench.store.journal().last?.stage == .verified)
    #expect(await bench.engine.current().silences.count == 1)
}

@Test("an accepted request whose effect is not seen is never called done")
func operationContradicted() async throws {
    let bench = try Bench()
    _ = await bench.engine.prepare()
    bench.alertmanager.state.withLock { $0.obeys = false }
    let entry = await bench.engine.perform(silence(bench.clock))
    #expect(entry.stage == .acknowledged)
    await bench.turns(8) { turn in (Bench.text(turn), Bench.text(turn)) }
    #expect(await bench.engine.current().operations.last?.stage == .contradicted)
}

@Test("no answer is an unknown outcome, and a later reading settles it")
func operationUnknown() async throws {
    let bench = try Bench()
    _ = await bench.engine.prepare()
    bench.alertmanager.state.withLock { $0.refusal = .timedOut(after: 5) }
    let entry = await bench.engine.perform(silence(bench.clock))
    #expect(entry.stage == .sent)
    await bench.turns(1) { turn in (Bench.text(turn), Bench.text(turn)) }
    #expect(await bench.engine.current().operations.last?.stage == .verified)
}

@Test("a refusal, a read-only engine and an unknown connection are told and change nothing")
func operationRefused() async throws {
    let bench = try Bench()
    _ = await bench.engine.prepare()
    bench.alertmanager.state.withLock { state in
        state.refusal = .rejected("end time can't be in the past")
        state.obeys = false
    }
    let entry = await bench.engine.perform(silence(bench.clock))
    #expect(entry.stage == .refused && entry.detail.contains("end time"))
    let readOnly = try Bench(isReadOnly: true)
    _ = await readOnly.engine.prepare()
    #expect(await readOnly.engine.perform(silence(readOnly.clock)).stage == .refused)
    #expect(readOnly.alertmanager.state.withLock { $0.silences.isEmpty })
}

@Test("an operation that an earlier process left open is settled by this one")
func operationLeftOpen() async throws {
    let store = try Store.inMemory()
    let first = try Bench(store: store)
    let operation = silence(first.clock)
    try store.record(JournalEntry(operation, stage: .recorded, at: operation.at))
    try store.record(JournalEntry(operation, stage: .sent, at: operation.at))
    let second = try Bench(store: store)
    _ = await second.engine.prepare()
    #expect(await second.engine.current().operations.last?.stage == .sent)
    second.alertmanager.state.withLock {
        $0.silences = [
            Silence(
                id: "s", matchers: [Matcher("alertname", "x")], startsAt: operation.at,
                endsAt: operation.at.advanced(by: 3600), createdBy: "ana",
                comment: "why", state: .active)
        ]
    }
    await second.turns(1) { turn in (Bench.text(turn), Bench.text(turn)) }
    #expect(await second.engine.current().operations.last?.stage == .verified)
}

@Test("the past is shown as it was: models, alerts, acknowledgements")
func past() async throws {
    let bench = try Bench()
    _ = await bench.engine.prepare()
    await bench.turns(8) { turn in (Bench.text(turn * 20, waiting: 1), Bench.text(turn * 20, waiting: 1)) }
    let well = bench.clock.now()
    let firing = alert("HighTTFT", since: bench.clock.now())
    bench.alertmanager.state.withLock { $0.alerts = [firing] }
    await bench.turns(3) { turn in (nil, nil) }
    _ = await bench.engine.record(
        Act(at: bench.clock.now(), author: "ana", kind: .acknowledge, subject: firing.fingerprint))
    let before = try await bench.engine.past(at: well)
    #expect(!before.isLive && before.models[0].health == .ok)
    #expect(before.models[0].signals[.waiting] == Measure(2))
    #expect(before.alerts.isEmpty)
    let later = try await bench.engine.past(at: bench.clock.now().advanced(by: -1))
    #expect(later.models[0].health == .down)
    #expect(later.alerts.count == 1 && later.alerts[0].acknowledgement == nil)
}

@Test("a new configuration keeps what it still names and forgets the rest")
func reload() async throws {
    let bench = try Bench()
    _ = await bench.engine.prepare()
    await bench.turns(4) { turn in (Bench.text(turn * 20), Bench.text(turn * 20)) }
    let settings = EngineSettings(
        servers: [
            ConnectedServer(
                Connection(name: ConnectionName("a"), kind: "metrics", url: "http://a", interval: 10), bench.page)
        ],
        models: [ModelConfig(name: ModelName("m"), metrics: [MetricsBinding(ConnectionName("a"))])],
        profiles: [Bench.profile], author: "ana")
    await bench.engine.replace(settings)
    bench.page.say(Bench.text(100))
    bench.clock.advance(10)
    let world = await bench.engine.pollOnce()
    #expect(world.connections.map(\.name) == [ConnectionName("a")])
    #expect(world.models[0].replicasKnown == 1)
    #expect((world.models[0].trends[.waiting] ?? []).count > 1)
    #expect(world.events.contains { $0.kind == .configuration })
}

@Test("bad lines are counted and shown, and cost no other sample")
func badLines() async throws {
    let bench = try Bench()
    _ = await bench.engine.prepare()
    let world = await bench.turns(1) { _ in (Bench.text(5, waiting: 4) + "broken{ 1\n", Bench.text(5)) }
    #expect(world.connections[0].badLineCount == 1)
    #expect(world.connections[0].badLines.first?.reason.isEmpty == false)
    #expect(world.models[0].signals[.waiting] == Measure(4))
}

@Test("two models of one page are told apart by the model's label")
func modelLabel() async throws {
    let clock = HandClock()
    let page = FakePage()
    let models = ["x", "y"].map { ModelConfig(name: ModelName($0), metrics: [MetricsBinding(ConnectionName("a"))]) }
    let settings = EngineSettings(
        servers: [ConnectedServer(Connection(name: ConnectionName("a"), kind: "metrics", url: "http://a"), page)],
        models: models, profiles: [Bench.profile], author: "a")
    let engine = Engine(
        settings: settings, store: try Store.inMemory(), lock: nil, clock: clock, ring: LogRing(clock: clock),
        publish: { _ in })
    _ = await engine.prepare()
    page.say("t_waiting{model=\"x\"} 1\nt_waiting{model=\"y\"} 7\n")
    let world = await engine.pollOnce()
    #expect(world.models.map { $0.signals[.waiting] } == [Measure(1), Measure(7)])
}

@Test("a second engine on the folder follows what the first keeps, and takes over when that one lets go")
func follower() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitengine-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try Store.open(folder: folder)
    let (mine, theirs) = (PollerLock(folder: folder), PollerLock(folder: folder))
    #expect(theirs.tryAcquire())
    let bench = try Bench(store: store, lock: mine)
    _ = await bench.engine.prepare()
    let task = Task.detached { await bench.engine.run() }
    func wait(until condition: (PollerState) -> Bool) async throws -> Bool {
        let end = ContinuousClock().now + .seconds(180)
        while ContinuousClock().now < end {
            if condition(await bench.engine.current().poller) { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
    let followed = try await wait { if case .other = $0 { true } else { false } }
    #expect(followed)
    theirs.release()
    let took = try await wait { $0 == .this }
    #expect(took)
    task.cancel()
    await task.value
}

@Test("an exporter of GPU figures adds them to a model and is no replica")
func gpuExporter() async throws {
    let (clock, page, gpu) = (HandClock(), FakePage(), FakePage())
    let gpus = MetricProfile(
        id: "gpus", title: "GPUs", detect: ["gpu_"],
        sources: [QuantitySource(.gpuUse, .gauge, ["gpu_busy"], scale: 0.01, merge: .mean)])
    func server(_ name: String, _ connector: FakePage) -> ConnectedServer {
        ConnectedServer(Connection(name: ConnectionName(name), kind: "metrics", url: "http://\(name)"), connector)
    }
    let model = ModelConfig(name: ModelName("m"), metrics: ["a", "g"].map { MetricsBinding(ConnectionName($0)) })
    let settings = EngineSettings(
        servers: [server("a", page), server("g", gpu)], models: [model], profiles: [Bench.profile, gpus], author: "a")
    let engine = Engine(
        settings: settings, store: try Store.inMemory(), lock: nil, clock: clock, ring: LogRing(clock: clock),
        publish: { _ in })
    _ = await engine.prepare()
    page.say("t_waiting{model=\"m\"} 1\n")
    gpu.say("gpu_busy{gpu=\"0\"} 80\ngpu_busy{gpu=\"1\"} 60\n")
    let world = await engine.pollOnce()
    #expect(world.models[0].signals[.gpuUse] == Measure(0.7))
    #expect(world.models[0].replicasKnown == 1 && world.models[0].replicasUp == 1)
}

@Test("a model with endpoints alone is known by its probe, and by what its server says of itself")
func endpointsOnly() async throws {
    let (clock, endpoint) = (HandClock(), FakeEndpoint())
    let model = ModelConfig(name: ModelName("m"), endpoints: [ConnectionName("e")])
    let settings = EngineSettings(
        servers: [ConnectedServer(Connection(name: ConnectionName("e"), kind: "openai", url: "http://e"), endpoint)],
        models: [model], profiles: [],
        author: "a")
    let engine = Engine(
        settings: settings, store: try Store.inMemory(), lock: nil, clock: clock, ring: LogRing(clock: clock),
        publish: { _ in })
    _ = await engine.prepare()
    var world = await engine.pollOnce()
    #expect(world.models[0].health == .ok && world.models[0].signals[.probeTTFT] == Measure(0.25))
    let history = try await engine.history(
        HistoryQuery(model: ModelName("m"), signals: [.probeTTFT], span: 60, points: 6))
    #expect(history.values[.probeTTFT]?.compactMap { $0 } == [0.25])
    endpoint.health.withLock { $0 = .loading("Loading model") }
    clock.advance(15)
    world = await engine.pollOnce()
    #expect(world.models[0].health == .down && world.models[0].why == "503: Loading model")
}

@Test("a server that makes up labels at every reading costs no more after a while, and its model is read as before")
func newLabels() async throws {
    let bench = try Bench()
    _ = await bench.engine.prepare()
    var rates: [Double] = []
    for turn in 0..<24 {
        let made = (0..<1000).map { "t_waiting{model=\"other\",id=\"\(turn)-\($0)\"} 1" }.joined(separator: "\n") + "\n"
        let world = await bench.turns(1) { _ in (Bench.text((turn + 1) * 20) + made, Bench.text((turn + 1) * 10)) }
        #expect(world.connections[0].status == .ok && world.connections[0].warnings.isEmpty)
        if let rate = world.models[0].signals[.requestRate]?.value, turn > 6 { rates.append(rate) }
        #expect(!world.events.contains { $0.kind == .restart })
    }
    #expect(rates.count == 17 && rates.allSatisfy { abs($0 - 3) < 0.05 }, "\(rates)")
}
