import Foundation
import PitModel
import PitStore
import Synchronization
import Testing

@testable import PitEngine

private struct Clock: WallClock {
    func now() -> Timestamp { Timestamp(seconds: Date().timeIntervalSince1970) }
}

private struct NoHTTP: HTTP {
    let address = "none"
    func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply { throw .cancelled }
    func stream(
        _ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply { throw .cancelled }
}

/// An engine with one pipeline: a run waits in a queue under the request's name, then runs under its own.
private final class FakeEngine: PipelineControl {
    struct State {
        var starts: [[String: String]] = []
        var marks: [String] = []
        var run: PipelineState = .queued
        var losesReply = false
        /// What a search comes to; nil: whether something was started.
        var finding: PipelineFinding?
        var searches = 0
        var log = ""
        var stopped: [String] = []
    }
    static let about = ConnectorInfo(id: "ci", title: "CI", summary: "")
    static var retriesInPlace: Bool { false }
    let state = Mutex(State())
    let key = ConnectionName("ci")

    init(_ connection: Connection, http: any HTTP) {}
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "CI") }
    func pipelines() async throws(ConnectorFault) -> [Pipeline] { [] }
    func pipeline(_ id: String) async throws(ConnectorFault) -> Pipeline {
        var pipeline = Pipeline(
            RunKey(key, "job/" + id), name: id,
            parameters: [PipelineParameter("LR", .number), PipelineParameter("DATA", .text)],
            refusal: id == "off" ? "it is disabled" : nil)
        pipeline.standing = "7"
        return pipeline
    }
    func pipelineRuns(of pipeline: String?, limit: Int) async throws(ConnectorFault) -> PipelineRunBatch {
        let (mark, run) = state.withLock { ($0.marks.last, $0.run) }
        return PipelineRunBatch(
            mark.map { [PipelineRun(RunKey(key, "build-7"), name: "train #7", state: run, cause: $0)] } ?? [])
    }
    func pipelineRun(_ id: String) async throws(ConnectorFault) -> PipelineRun {
        let run = state.withLock { $0.run }
        guard run != .queued else {
            return PipelineRun(RunKey(key, "queue-3"), name: "train", state: .queued, note: "waits for an executor")
        }
        let step = PipelineStep("s", name: "fit", state: .failed, note: run == .failed ? "OOMKilled" : "")
        return PipelineRun(RunKey(key, "build-7"), name: "train #7", state: run, steps: [step])
    }
    func pipelineLog(of run: String, step: String?, from place: Int?) async throws(ConnectorFault) -> PipelineLog {
        let log = state.withLock { $0.log }
        // A piece is cut in the midst of a line.
        let start = min(place ?? 0, log.utf8.count)
        let piece = log.utf8.dropFirst(start).prefix(11)
        return PipelineLog(String(decoding: piece, as: UTF8.self), next: start + piece.count, isOpen: true)
    }
    func startPipeline(
        _ id: String, parameters: [String: String], mark: String
    ) async throws(ConnectorFault) -> String {
        let loses = state.withLock { state in
            state.starts.append(parameters)
            state.marks.append(mark)
            return state.losesReply
        }
        if loses { throw .timedOut(after: 1) }
        return "queue-3"
    }
    func stopPipelineRun(_ id: String) async throws(ConnectorFault) {
        state.withLock { state in
            state.stopped.append(id)
            state.run = .stopped
        }
    }
    func retryPipelineRun(_ id: String, mark: String) async throws(ConnectorFault) -> String { id }
    func findStart(_ search: PipelineSearch) async throws(ConnectorFault) -> PipelineFinding {
        let (finding, mark) = state.withLock { state in
            state.searches += 1
            return (state.finding, state.marks.last)
        }
        if let finding { return finding }
        guard search.mark == mark, search.standing == "7" else { return .absent("no build bears \(search.mark)") }
        return .found(try await pipelineRun(""))
    }
    func set(_ change: @Sendable (inout State) -> Void) { state.withLock { change(&$0) } }
}

private struct Builds {
    let clock: any WallClock
    let store: Store
    let engine = FakeEngine(Connection(name: ConnectionName("ci"), kind: "ci", url: "http://ci"), http: NoHTTP())
    let desk: TrainingDesk
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-build-\(UUID().uuidString)").path

    init(job: String = "train", allowed: Bool = true, clock: any WallClock = Clock()) throws {
        self.clock = clock
        var connection = Connection(name: ConnectionName("ci"), kind: "ci", url: "http://ci")
        connection.allowsTraining = allowed
        let server = ConnectedServer(connection, engine)
        var template = TrainingTemplate(
            name: "nightly", parameters: [.init("LR", .number, standard: "0.1")],
            environment: ["DATA": "chat", "OTHER": "x"],
            place: TrainingPlace(connection: connection.name, work: .build(job)))
        template.gpus = 2
        store = try Store.inMemory()
        desk = TrainingDesk(
            templates: [template], store: store, servers: [server], state: folder, author: "ana", clock: clock
        ) { folder throws(TrainingDesk.Fault) in
            Task.detached {
                await RemoteKeeper.keep(TrainingFolder(folder), servers: [server], clock: clock, pause: 0.01)
            }
            return getpid()
        }
    }

    func until(_ isSo: (Training) -> Bool) async throws -> Training {
        while true {
            let training = try desk.training("nightly-1")
            if isSo(training) { return training }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func clear() { try? FileManager.default.removeItem(atPath: folder) }
}

@Test("a template starts a build with its parameters, follows it from the queue to its end, and takes its log")
func trainsByBuild() async throws {
    let builds = try Builds()
    defer { builds.clear() }
    #expect(try await builds.desk.start("nightly", ["LR": "0.5"]).end == nil)
    _ = try await builds.until { $0.sight?.words == "waits for an executor" }
    builds.engine.set { ($0.run, $0.log) = (.running, "step 1 loss=0.75\nstep 2 loss=0.5\n") }
    _ = try await builds.until { builds.desk.curves($0.id)["loss"]?.last?.value == 0.5 }
    #expect(builds.desk.log("nightly-1", lines: 5) == ["step 1 loss=0.75", "step 2 loss=0.5"])
    builds.engine.set { $0.run = .failed }
    let training = try await builds.until { $0.end != nil }
    #expect(training.end?.kind == .failed && training.end?.words == "fit: OOMKilled")
    #expect(training.usage?.gpus == 2 && training.used(at: Clock().now())?.cost == nil)
    let sent = builds.engine.state.withLock { $0.starts }
    #expect(sent == [["LR": "0.5", "DATA": "chat"]], "what it does not ask for is not told")
}

@Test("a build whose reply was lost is found by its mark, and stopped under its own name; none is asked for twice")
func findsBuild() async throws {
    let builds = try Builds()
    defer { builds.clear() }
    builds.engine.set { ($0.losesReply, $0.run) = (true, .running) }
    _ = try await builds.desk.start("nightly", [:])
    _ = try await builds.until { $0.sight?.phase == .running }
    _ = try builds.desk.stop("nightly-1", why: "")
    #expect(try await builds.until { $0.end != nil }.end?.kind == .stopped)
    let state = builds.engine.state.withLock { ($0.starts.count, $0.stopped) }
    #expect(state.0 == 1 && state.1 == ["build-7"])
    let audit = try builds.store.auditEntries().filter { $0.what == "training found" }.map(\.detail)
    #expect(audit.count == 1 && audit[0].hasSuffix("at ci build-7: its start was not answered"), "\(audit)")
}

@Test(
    "a build whose reply was lost and that is not there has not started; what cannot be told stays so; none is sent twice"
)
func missesBuild() async throws {
    for (finding, isStopped, kind, words) in [
        (
            PipelineFinding.absent("no build has begun"), false, Training.End.Kind.notStarted,
            "it did not start: no build has begun. Start it again: pitwall train start nightly"
        ),
        (.absent("no build has begun"), true, .stopped, "it had not started: no build has begun"),
        (
            .uncertain("ci/train#9 may be it"), false, .lost,
            "whether it was taken cannot be told, and it is not sent twice: ci/train#9 may be it"
        ),
    ] {
        let clock = HandClock()
        let builds = try Builds(clock: clock)
        defer { builds.clear() }
        builds.engine.set { ($0.losesReply, $0.finding) = (true, finding) }
        _ = try await builds.desk.start("nightly", [:])
        _ = try await builds.until { $0.sight?.words == "its start was not answered, and it is searched for" }
        if isStopped { _ = try builds.desk.stop("nightly-1", why: "") }
        clock.advance(110)
        let before = builds.engine.state.withLock { $0.searches }
        _ = try await builds.until { _ in builds.engine.state.withLock { $0.searches } > before + 1 }
        #expect(try builds.desk.training("nightly-1").end == nil, "a good answer alone is not believed")
        clock.advance(11)
        let end = try await builds.until { $0.end != nil }.end
        #expect(end?.kind == kind && end?.words == words)
        #expect(builds.engine.state.withLock { $0.starts.count } == 1)
    }
}

@Test("what may not be started is refused before anything is sent")
func refusesBuild() async throws {
    for (builds, words) in [
        (try Builds(job: "off"), "ci: the server refused: it is disabled"),
        (try Builds(allowed: false), "`ci` does not allow that anything is trained on it"),
    ] {
        let fault = await #expect(throws: TrainingDesk.Fault.self) { try await builds.desk.start("nightly", [:]) }
        #expect(fault?.words == words)
        #expect(try builds.desk.training("nightly-1").end?.kind == .notStarted)
        #expect(builds.engine.state.withLock { $0.starts.isEmpty })
        builds.clear()
    }
}
