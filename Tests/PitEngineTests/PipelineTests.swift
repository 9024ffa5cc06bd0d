import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

/// A pipeline engine that does what the test says.
private final class Works: PipelineControl {
    static let about = ConnectorInfo(id: "works", title: "Works", summary: "runs", usualPorts: [])
    static let retriesInPlace = true
    struct State {
        var run = PipelineRun(RunKey(ConnectionName("ci"), "train#1"), name: "train #1", pipeline: "train")
        var fault: ConnectorFault?
        /// Whether what is asked is done, and its answer lost on the way back.
        var losesReplies = false
        /// What a search comes to; nil: whether what was started bears the mark.
        var finding: PipelineFinding?
        var asked: [String] = []
        var marks: [String] = []
        /// What is in the journal when a request arrives.
        var journal: @Sendable () -> Int = { 0 }
        var journalled: [Int] = []
    }
    let state = Mutex(State())
    init() { state.withLock { $0.run.state = .queued } }
    init(_ connection: Connection, http: any HTTP) {}
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "Works") }
    func pipelines() async throws(ConnectorFault) -> [Pipeline] { [try await pipeline("train")] }
    func pipeline(_ id: String) async throws(ConnectorFault) -> Pipeline {
        guard id == "train" else { throw .notFound(path: id) }
        var pipeline = Pipeline(
            RunKey(ConnectionName("ci"), "train"), name: "train",
            parameters: [PipelineParameter("lr", .number, standard: "1"), PipelineParameter("token", .secret)])
        pipeline.standing = "next 7"
        return pipeline
    }
    func pipelineRuns(of pipeline: String?, limit: Int) async throws(ConnectorFault) -> PipelineRunBatch {
        PipelineRunBatch([try await pipelineRun("train#1")])
    }
    func pipelineRun(_ id: String) async throws(ConnectorFault) -> PipelineRun {
        if let fault = state.withLock({ $0.fault }) { throw fault }
        return state.withLock { $0.run }
    }
    func pipelineLog(
        of run: String, step: String?, from place: Int?
    ) async throws(ConnectorFault) -> PipelineLog {
        throw .server(status: 500, excerpt: "the pod is gone")
    }
    private func ask(_ words: String, _ answer: String) throws(ConnectorFault) -> String {
        let fault = state.withLock { state in
            state.asked.append(words)
            state.journalled.append(state.journal())
            return state.fault ?? (state.losesReplies ? .timedOut(after: 10) : nil)
        }
        if let fault { throw fault }
        return answer
    }
    func startPipeline(
        _ id: String, parameters: [String: String], mark: String
    ) async throws(ConnectorFault) -> String {
        state.withLock { $0.marks.append(mark) }
        return try ask(
            "start \(id) \(parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })", "train@40")
    }
    func stopPipelineRun(_ id: String) async throws(ConnectorFault) { _ = try ask("stop \(id)", "") }
    func retryPipelineRun(_ id: String, mark: String) async throws(ConnectorFault) -> String {
        try ask("retry \(id)", id)
    }
    func findStart(_ search: PipelineSearch) async throws(ConnectorFault) -> PipelineFinding {
        let (finding, marks, fault) = state.withLock { ($0.finding, $0.marks, $0.fault) }
        if let fault { throw fault }
        if let finding { return finding }
        guard marks.contains(search.mark), search.standing == "next 7", search.parameters["token"] == nil else {
            return .absent("no run bears it")
        }
        return .found(try await pipelineRun("train#1"))
    }
}

/// A cluster with one pod that has no image.
private struct Pods: PodReading {
    static let about = ConnectorInfo(id: "pods", title: "Pods", summary: "pods", usualPorts: [])
    init() {}
    init(_ connection: Connection, http: any HTTP) {}
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "Pods") }
    func troubles(ofPods selector: String, in namespace: String) async throws(ConnectorFault) -> PodTroubles {
        PodTroubles(["wf-train-8": "ImagePullBackOff: no such image"], others: ["FailedCreate: exceeded quota"])
    }
    func log(
        ofPod pod: String, in namespace: String, container: String?, lines: Int
    ) async throws(ConnectorFault) -> PipelineLog { PipelineLog("from \(pod)\n") }
}

private struct Yard {
    let works = Works()
    let store: Store
    let clock = HandClock()
    let servers: [ConnectedServer]
    let key = RunKey("ci/train")

    init() throws {
        store = try Store.inMemory()
        servers = [
            ConnectedServer(Connection(name: ConnectionName("ci"), kind: "works", url: "http://ci"), works),
            ConnectedServer(Connection(name: ConnectionName("prod"), kind: "pods", url: "http://prod"), Pods()),
        ]
    }
    func desk(isReadOnly: Bool = false) -> PipelineDesk {
        PipelineDesk(servers: servers, store: store, clock: clock, author: "ana", isReadOnly: isReadOnly)
    }
    func audit() throws -> [String] {
        try store.auditEntries().filter { $0.what.hasPrefix("pipeline") }
            .map { "\($0.what) \($0.subject) \($0.detail)" }
    }
}

@Test("a start is written down before it is sent, and closed by what was seen; secrets stay out of it")
func pipelineStart() async throws {
    let yard = try Yard()
    let store = yard.store
    yard.works.state.withLock { $0.journal = { (try? store.pipelineActs(open: true).count) ?? -1 } }
    let act = try await yard.desk().start(yard.key, ["lr": "0.1", "token": "hush"], reason: "new data")
    #expect(yard.works.state.withLock { $0.asked } == [#"start train ["lr=0.1", "token=hush"]"#])
    #expect(yard.works.state.withLock { $0.journalled } == [1] && act.run == "train@40" && act.isOpen)
    // It is still in the queue, then it runs, and then another process sees it end.
    #expect(await yard.desk().observed(act).run == "train#1")
    yard.works.state.withLock { ($0.run.state, $0.run.note) = (.failed, "out of memory") }
    await yard.desk().observe()
    #expect(try yard.store.pipelineActs(open: true).isEmpty && yard.store.pipelineActs()[0].end == .failed)
    let audit = try yard.audit()
    #expect(
        audit == [
            "pipeline start asked ci/train pipeline-1 lr=0.1 token=(secret) because new data",
            "pipeline start accepted ci/train pipeline-1 train@40",
            "pipeline run began ci/train pipeline-1 train#1",
            "pipeline run failed ci/train pipeline-1 out of memory",
        ])
    #expect(try yard.store.verifyAudit() == .whole(entries: 4))
}

@Test("what the server refused is closed; what nobody heard of is told as that; nothing is sent twice or in read-only")
func pipelineFaults() async throws {
    let yard = try Yard()
    let wrong = await #expect(throws: PipelineDesk.Fault.self) { try await yard.desk().start(yard.key, ["lr": "x"]) }
    #expect(wrong?.words == "lr wants a number, not `x`")
    #expect(try yard.store.pipelineActs().isEmpty)
    yard.works.state.withLock { $0.fault = .forbidden("no Job/Build") }
    _ = await #expect(throws: PipelineDesk.Fault.self) { try await yard.desk().start(yard.key, [:]) }
    yard.works.state.withLock { $0.fault = .timedOut(after: 10) }
    let lost = await #expect(throws: PipelineDesk.Fault.self) { try await yard.desk().start(yard.key, [:]) }
    #expect(lost?.words.contains("nobody knows whether it arrived") == true)
    #expect(try yard.store.pipelineActs().map(\.end) == [nil, .failed], "it is searched for")
    #expect(yard.desk().notes().map { $0.contains("its answer was not heard, and it is searched for") } == [true])
    #expect(yard.works.state.withLock { $0.asked.count } == 2)
    let refused = await #expect(throws: PipelineDesk.Fault.self) {
        try await yard.desk(isReadOnly: true).start(yard.key, [:])
    }
    #expect(refused?.words.contains("read_only") == true && yard.works.state.withLock { $0.asked.count } == 2)
    // However long the server does not answer, it says nothing of it.
    yard.clock.advance(7200)
    await yard.desk().observe()
    #expect(try yard.store.pipelineActs(open: true).count == 1)
    yard.clock.advance(31 * 86_400)
    await yard.desk().observe()
    #expect(try yard.store.pipelineActs().map(\.end) == [.unknown, .failed])
}

@Test("a start whose answer was lost is found by its mark at once, and not sent again")
func pipelineFound() async throws {
    let yard = try Yard()
    yard.works.state.withLock { $0.losesReplies = true }
    let act = try await yard.desk().start(yard.key, ["lr": "0.1", "token": "hush"])
    #expect(act.run == "train#1" && act.isOpen && act.loss == .found)
    yard.works.state.withLock { $0.run.state = .succeeded }
    await yard.desk().observe()
    #expect(try yard.store.pipelineActs()[0].end == .succeeded && yard.works.state.withLock { $0.asked.count } == 1)
    let mark = try #require(act.search?.mark)
    #expect(
        try yard.audit().map { $0.replacing(mark, with: "MARK") }.dropFirst() == [
            "pipeline start not answered ci/train pipeline-1 no answer within 10 s",
            "pipeline start found ci/train pipeline-1 at train#1: it bears the mark MARK",
            "pipeline run succeeded ci/train pipeline-1",
        ])
    #expect(yard.desk().notes().map { $0.contains("found at train#1") } == [true])
    yard.clock.advance(4000)
    #expect(yard.desk().notes().isEmpty)
}

@Test("a process that was killed between writing down and the answer: the next one searches, and sends nothing")
func pipelineKilled() async throws {
    let yard = try Yard()
    func begin(_ mark: String) throws -> PipelineAct {
        let search = PipelineSearch("train", mark: mark, at: yard.clock.now(), standing: "next 7")
        return try yard.store.begin(.start, yard.key, reason: "", author: "ana", at: yard.clock.now(), search: search)
    }
    let (sent, unsent) = (try begin("pitwall-sent"), try begin("pitwall-unsent"))
    yard.works.state.withLock { $0.marks = ["pitwall-sent"] }
    await yard.desk().observe()
    #expect(try yard.store.pipelineActs(open: true).allSatisfy { $0.run == nil }, "its process may live")
    yard.clock.advance(61)
    await yard.desk().observe()
    func now(_ act: PipelineAct) throws -> PipelineAct? { try yard.store.pipelineActs().first { $0.id == act.id } }
    #expect(try now(sent)?.run == "train#1" && now(unsent)?.missedAt == yard.clock.now())
    #expect(try now(unsent)?.isOpen == true, "one answer alone is not believed")
    yard.clock.advance(119)
    await yard.desk().observe()
    #expect(try now(unsent)?.isOpen == true)
    yard.works.state.withLock { $0.fault = .server(status: 502, excerpt: "") }
    yard.clock.advance(600)
    await yard.desk().observe()
    #expect(try now(unsent)?.isOpen == true, "a server that does not answer says nothing")
    yard.works.state.withLock { $0.fault = nil }
    let settled = await yard.desk().observe()
    #expect(settled.map(\.id) == [unsent.id] && settled[0].end == .failed)
    #expect(
        settled[0].words.hasPrefix("it did not start: no run bears it. Ask for it again: pitwall pipelines start ci/"))
    #expect(yard.works.state.withLock { $0.asked.isEmpty })
    #expect(try yard.store.auditEntries().filter { $0.what == "pipeline start did not arrive" }.count == 1)
    #expect(try yard.store.auditEntries().filter { $0.what == "pipeline start searched" }.count == 1)
}

@Test(
    "what cannot be told stays unknown, and says what to look at; the engine searches by itself and tells it as an event"
)
func pipelineUnknown() async throws {
    let yard = try Yard()
    yard.works.state.withLock {
        ($0.losesReplies, $0.finding) = (true, .uncertain("ci/train#9 may be it: look at its cause"))
    }
    _ = await #expect(throws: PipelineDesk.Fault.self) { try await yard.desk().start(yard.key, [:]) }
    let settings = EngineSettings(servers: yard.servers, models: [], profiles: [], author: "ana")
    let engine = Engine(
        settings: settings, store: yard.store, lock: nil, clock: yard.clock, ring: LogRing(clock: yard.clock),
        publish: { _ in })
    _ = await engine.prepare()
    func told() async -> [String] { await engine.pollOnce().events.filter { $0.kind == .pipeline }.map(\.title) }
    #expect(await told().isEmpty)
    yard.clock.advance(130)
    let words = await told()
    #expect(
        words.count == 1 && words[0].hasSuffix("whether it started: ci/train#9 may be it: look at its cause"),
        "\(words)")
    let act = try yard.store.pipelineActs()[0]
    #expect(act.end == .unknown && act.loss == .unknown && yard.works.state.withLock { $0.asked.count } == 1)
    yard.clock.advance(130)
    #expect(await told().count == 1)
}

@Test("whether a stop or a retry in its place arrived is seen in the run itself")
func pipelineEffects() async throws {
    let yard = try Yard()
    let key = RunKey("ci/train#1")
    yard.works.state.withLock { ($0.losesReplies, $0.run.state) = (true, .running) }
    let lost = await #expect(throws: PipelineDesk.Fault.self) { try await yard.desk().stop(key) }
    #expect(lost?.words.contains("nobody knows whether it arrived") == true)
    yard.clock.advance(130)
    await yard.desk().observe()
    let first = try yard.store.pipelineActs()[0]
    #expect(first.end == .failed && first.words == "it was not stopped: it is running. Ask for it again")
    _ = await #expect(throws: PipelineDesk.Fault.self) { try await yard.desk().stop(key) }
    yard.works.state.withLock { $0.run.state = .stopping }
    await yard.desk().observe()
    #expect(try yard.store.pipelineActs()[0].loss == .found && yard.store.pipelineActs()[0].isOpen)
    let end = yard.clock.now()
    yard.works.state.withLock { ($0.run.state, $0.run.endedAt) = (.stopped, end) }
    await yard.desk().observe()
    #expect(try yard.store.pipelineActs()[0].end == .stopped)
    yard.clock.advance(5)
    _ = await #expect(throws: PipelineDesk.Fault.self) { try await yard.desk().retry(key) }
    yard.works.state.withLock { $0.run.state = .running }
    await yard.desk().observe()
    #expect(try yard.store.pipelineActs()[0].loss == .found && yard.store.pipelineActs()[0].verb == .retry)
}

@Test("a retry in its place is over when the run ends anew, not by its old end; what runs cannot be retried")
func pipelineRetry() async throws {
    let yard = try Yard()
    let key = RunKey("ci/train#1")
    let early = await #expect(throws: PipelineDesk.Fault.self) { try await yard.desk().retry(key) }
    #expect(early?.words == "train #1 is not over: queued")
    let before = yard.clock.now().advanced(by: -60)
    yard.works.state.withLock { ($0.run.state, $0.run.endedAt) = (.failed, before) }
    let over = await #expect(throws: PipelineDesk.Fault.self) { try await yard.desk().stop(key) }
    #expect(over?.words == "train #1 is over: failed")
    let act = try await yard.desk().retry(key)
    #expect(await yard.desk().observed(act).isOpen, "it stands there as it ended before")
    yard.clock.advance(5)
    let now = yard.clock.now()
    yard.works.state.withLock { ($0.run.state, $0.run.endedAt) = (.succeeded, now) }
    #expect(await yard.desk().observed(act).end == .succeeded && yard.desk().retriesInPlace(key.connection))
}

@Test("a step that is stuck says what its pod lacks, and a log that the engine lost is the pod's own")
func pipelineStuck() async throws {
    let yard = try Yard()
    yard.works.state.withLock { state in
        state.run.state = .running
        state.run.place = PipelinePlace(namespace: "ml", selector: "pipeline/runid=1")
        state.run.steps = [
            PipelineStep("a", name: "prepare", state: .succeeded, pod: "wf-7"),
            PipelineStep("b", name: "train", state: .queued, pod: "wf-8"),
        ]
    }
    let run = try await yard.desk().run(RunKey("ci/train#1"))
    #expect(run.steps.map(\.note) == ["", "ImagePullBackOff: no such image"])
    #expect(run.note == "train: ImagePullBackOff: no such image")
    let page = await yard.desk().page(PipelineQuery(RunKey("ci/train#1"), step: "a"))
    #expect(page.log == ["from wf-7"])
    yard.works.state.withLock { $0.run.steps = [] }
    #expect(try await yard.desk().run(RunKey("ci/train#1")).note == "FailedCreate: exceeded quota")
    yard.works.state.withLock { $0.run.place = nil }
    let none = await yard.desk().page(PipelineQuery(RunKey("ci/train#1")))
    #expect(none.log.isEmpty && none.logNote == "ci: 500: the pod is gone")
}

@Test("a run that ends is an event on every model's change line, once, also for the next process")
func pipelineEvents() async throws {
    let yard = try Yard()
    let settings = EngineSettings(servers: yard.servers, models: [], profiles: [], author: "ana")
    let engine = Engine(
        settings: settings, store: yard.store, lock: nil, clock: yard.clock, ring: LogRing(clock: yard.clock),
        publish: { _ in })
    _ = await engine.prepare()
    #expect(await engine.pollOnce().events.filter { $0.kind == .pipeline }.isEmpty, "it waits")
    let end = yard.clock.now()
    yard.works.state.withLock { ($0.run.state, $0.run.endedAt, $0.run.note) = (.failed, end, "out of memory") }
    #expect(await engine.pollOnce().events.filter { $0.kind == .pipeline }.isEmpty, "asked once a minute")
    yard.clock.advance(61)
    let told = await engine.pollOnce().events.filter { $0.kind == .pipeline }
    #expect(told.map(\.title) == ["train #1 failed"] && told[0].model == nil && told[0].at == end)
    yard.clock.advance(61)
    #expect(await engine.pollOnce().events.filter { $0.kind == .pipeline }.count == 1)
    let next = Engine(
        settings: settings, store: yard.store, lock: nil, clock: yard.clock, ring: LogRing(clock: yard.clock),
        publish: { _ in })
    _ = await next.prepare()
    #expect(await next.pollOnce().events.filter { $0.kind == .pipeline }.count == 1)
}
