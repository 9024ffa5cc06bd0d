import Foundation
import GRDB
import Glibc
import PitEngine
import PitModel
import PitStore
import PitTestKit
import Testing

/// A server whose state is a file, so that it outlives the process that speaks to it: what reached it, in order, and what
/// it serves.
final class FileCluster: Deploying {
    static let about = ConnectorInfo(id: "file-cluster", title: "File", summary: "deployments")
    static let deploymentVerbs: Set<DeploymentVerb> = [.rollback]
    struct State: Codable {
        var applied = 0
        var generation = 1
        var serves = 2
    }
    private let path: String
    /// Told of what happens at the server: before and after a request takes effect.
    private let moment: @Sendable (String) -> Void

    init(_ folder: String, moment: @escaping @Sendable (String) -> Void = { _ in }) {
        (path, self.moment) = (folder + "/server.json", moment)
    }
    convenience init(_ connection: Connection, http: any HTTP) { self.init("/tmp") }

    var now: State {
        (try? JSONDecoder().decode(State.self, from: Data(contentsOf: URL(filePath: path)))) ?? State()
    }

    private var deployment: Deployment {
        let state = now
        return Deployment(
            id: FakeCluster.id, uid: "u", generation: state.generation,
            current: FakeCluster.revision(state.serves, model: "chat-\(state.serves)").id, release: "r\(state.serves)",
            status: .complete)
    }

    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "file") }
    func deployments() async throws(ConnectorFault) -> [Deployment] { [deployment] }
    func revisions(of deployment: DeploymentID) async throws(ConnectorFault) -> [Revision] { [] }
    func changes(
        in deployment: DeploymentID, from: RevisionID?, to: RevisionID?
    ) async throws(ConnectorFault) -> [SpecChange] { [] }
    func plan(_ request: DeploymentRequest) async throws(ConnectorFault) -> DeploymentPlan {
        let target = FakeCluster.revision(1, model: "chat-1")
        return DeploymentPlan(request: request, before: deployment, target: target, expectation: .serves(target.id))
    }

    func apply(_ plan: DeploymentPlan) async throws(ConnectorFault) -> String {
        moment("arrived")
        // One who checks nothing: only the journal keeps it from being done twice.
        var state = now
        (state.applied, state.generation, state.serves) = (state.applied + 1, state.generation + 1, 1)
        do { try JSONEncoder().encode(state).write(to: URL(filePath: path), options: .atomic) } catch {
            throw .file("\(error)")
        }
        moment("done")
        return "patched"
    }

    func trace(of plan: DeploymentPlan) async throws(ConnectorFault) -> ApplyTrace {
        now.serves == 1 ? .done("it serves r1") : .notDone
    }

    func watch(_ deployment: DeploymentID) async throws(ConnectorFault) -> RolloutView {
        RolloutView(deployment: self.deployment)
    }
}

/// A clock that goes on by three seconds each time that it is looked at.
private final class HastyClock: WallClock {
    private let clock = HandClock()
    func now() -> Timestamp {
        clock.advance(3)
        return clock.now()
    }
}

@Suite struct JournalKillTests {
    private static func engine(
        _ folder: String, _ cluster: FileCluster, journalled: @escaping @Sendable (JournalEntry) -> Void = { _ in }
    ) throws -> Engine {
        let store = try Store.open(folder: folder + "/state")
        let clock = HastyClock()
        let connection = Connection(name: ConnectionName("cluster"), kind: "file", url: "http://c", timeout: 5)
        var settings = EngineSettings(
            servers: [ConnectedServer(connection, cluster)], models: [], profiles: [], author: "ana")
        settings.journalled = journalled
        return Engine(
            settings: settings, store: store, lock: nil, clock: clock, ring: LogRing(clock: clock), publish: { _ in })
    }

    /// In the child: rolls back, and dies where the parent wants it.
    @Test(.enabled(if: ChildProcess.folder("JOURNAL") != nil))
    func childRollsBackAndDies() async throws {
        let folder = try #require(ChildProcess.folder("JOURNAL"))
        let moment = (try? String(contentsOfFile: folder + "/moment", encoding: .utf8)) ?? ""
        let die: @Sendable (String) -> Void = { if $0 == moment { kill(getpid(), SIGKILL) } }
        let engine = try Self.engine(folder, FileCluster(folder, moment: die), journalled: { die($0.stage.rawValue) })
        _ = await engine.prepare()
        _ = await engine.pollOnce()
        ChildProcess.say("begin")
        let request = DeploymentRequest(.rollback, FakeCluster.id, author: "ana", reason: "errors")
        await engine.deploy(try await engine.plan(request))
        for _ in 0..<5 { await engine.deploymentTurn() }
        ChildProcess.say("end")
    }

    /// What the next start makes of it: the operation is found, nothing is done twice, and it can be finished.
    private static func settle(_ folder: String, killedAt moment: String) async throws {
        let cluster = FileCluster(folder)
        let engine = try engine(folder, cluster)
        _ = await engine.prepare()
        _ = await engine.pollOnce()
        for _ in 0..<30 {
            await engine.deploymentTurn()
            let open = await engine.current().operations.filter { !$0.stage.isFinal && $0.stage != .halted }
            if open.isEmpty { break }
        }
        var operations = await engine.current().operations
        #expect(operations.count <= 1)
        if let entry = operations.first, entry.stage == .halted {
            #expect(cluster.now.applied == 0, "\(moment): halted is what is known not to have been done")
            _ = try await engine.resume(entry.operation.id, by: "ana").get()
            for _ in 0..<3 { await engine.deploymentTurn() }
            operations = await engine.current().operations
        }
        #expect(cluster.now.applied == operations.count, "\(moment): neither lost nor done twice")
        #expect(operations.allSatisfy { $0.stage == .verified }, "\(moment): \(operations.map(\.stage))")
        let database = try DatabaseQueue(path: folder + "/state/state.db")
        #expect(try await database.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") } == ["ok"])
        #expect(try await database.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM deployment_lock") } == 0)
        guard case .whole = try await engine.verifyAudit() else {
            Issue.record("\(moment): the audit chain is broken")
            return
        }
    }

    private static func trial(killAt moment: String, after delay: Double? = nil) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try moment.write(toFile: folder + "/moment", atomically: true, encoding: .utf8)
        let child = try ChildProcess("JOURNAL", test: "childRollsBackAndDies", folder: folder)
        #expect(child.line() == "begin")
        if let delay {
            try await Task.sleep(for: .seconds(delay))
            child.kill()
        } else {
            #expect(child.line() == nil, "it dies at \(moment)")
            _ = child.wait()
        }
        try await settle(folder, killedAt: moment)
    }

    @Test(arguments: ["recorded", "sent", "arrived", "done", "acknowledged", "verified"])
    func aKillAtAnyStepLosesNothingAndDoesNothingTwice(moment: String) async throws {
        try await Self.trial(killAt: moment)
    }

    /// `PITWALL_KILLS=1000` for many more.
    @Test func killsAtRandomMomentsLoseNothing() async throws {
        let count = ProcessInfo.processInfo.environment["PITWALL_KILLS"].flatMap { Int($0) } ?? 2
        for index in 0..<count {
            // The whole of it takes some twenty milliseconds.
            try await Self.trial(killAt: "random \(index)", after: Double.random(in: 0...0.03))
        }
    }
}
