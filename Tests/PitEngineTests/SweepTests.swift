import Foundation
import PitModel
import PitStatistics
import PitStore
import Synchronization
import Testing

@testable import PitEngine

private struct Clock: WallClock {
    func now() -> Timestamp { Timestamp(seconds: Date().timeIntervalSince1970) }
}

/// A desk whose keepers are threads of this process; it may be told to die after so many starts.
private struct Sweeps {
    let store: Store
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-sweep-\(UUID().uuidString)").path
    let told = Told()

    final class Told: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    init() throws { store = try Store.inMemory() }

    func desk(_ script: String, starts: Int = 100, _ change: (inout TrainingTemplate) -> Void = { _ in })
        -> TrainingDesk
    {
        var template = TrainingTemplate(
            name: "lora", command: ["/bin/sh", "-c", script, "train", "{lr}"], parameters: [.init("lr", .number)])
        change(&template)
        let left = Left(starts)
        return TrainingDesk(
            templates: [template], store: store, servers: [], state: folder, author: "ana", clock: Clock()
        ) { folder throws(TrainingDesk.Fault) in
            guard left.take() else { throw TrainingDesk.Fault("no process can be started", hint: "") }
            Thread.detachNewThread { TrainingKeeper.keep(TrainingFolder(folder)) { Clock().now() } }
            return getpid()
        }
    }

    private final class Left: Sendable {
        private let count: Mutex<Int>
        init(_ count: Int) { self.count = Mutex(count) }
        func take() -> Bool {
            count.withLock {
                $0 -= 1
                return $0 >= 0
            }
        }
    }

    func clear() { try? FileManager.default.removeItem(atPath: folder) }
}

private let trials = SweepGrid.all([("lr", ["0.1", "0.2", "0.3"])], most: 9)

@Test(
    "a sweep that was broken off is gone on with: what has ended stays, what was not begun begins, nothing runs twice")
func resumesSweep() async throws {
    let sweeps = try Sweeps()
    defer { sweeps.clear() }
    let broken = sweeps.desk("echo loss=$1", starts: 2)
    let sweep = TrainingSweep(desk: broken, template: "lora", atOnce: 1, pause: 0.01)
    await #expect(throws: TrainingDesk.Fault.self) { try await sweep.run(trials, now: Clock().now()) }
    let name = try #require(try sweeps.store.sweeps().first)
    let desk = sweeps.desk("echo loss=$1")
    let all = try await TrainingSweep.resume(name, desk: desk, pause: 0.01, tell: { sweeps.told.add($0) })
    #expect(Set(all.compactMap(\.trial)) == [0, 1, 2] && all.allSatisfy { $0.end?.kind == .finished })
    #expect(sweeps.told.all.first?.hasSuffix("2 of 3 trials have ended, 0 run, 1 are to begin") == true)
    // The third was begun and refused, then begun anew.
    #expect(try desk.trainings(sweep: name).count == 4)
    #expect(try await TrainingSweep.resume(name, desk: desk, pause: 0.01).count == 3)
    #expect(try desk.trainings(sweep: name).count == 4, "what is over is not begun again")
    let none = await #expect(throws: TrainingDesk.Fault.self) { try await TrainingSweep.resume("x", desk: desk) }
    #expect(none?.words == "there is no sweep `x`" && none?.hint.contains(name) == true)
    let lock = try #require(desk.hold(sweep: name))
    let held = await #expect(throws: TrainingDesk.Fault.self) { try await TrainingSweep.resume(name, desk: desk) }
    #expect(held?.words == "\(name) is run by another pitwall")
    close(lock)
    let again = try await TrainingSweep(desk: desk, template: "lora", atOnce: 3, pause: 0.01)
        .run([trials[0]], now: Timestamp(milliseconds: 0))
    let twin = try await TrainingSweep(desk: desk, template: "lora", atOnce: 3, pause: 0.01)
        .run([trials[0]], now: Timestamp(milliseconds: 0))
    #expect([again, twin].map { $0.first?.sweep } == ["lora-sweep-0", "lora-sweep-0-2"])
}

@Test("a sweep's budget of GPU hours or money ends it, and one that nobody could keep is refused")
func budgetsSweep() async throws {
    let sweeps = try Sweeps()
    defer { sweeps.clear() }
    let blind = sweeps.desk("true")
    func run(_ desk: TrainingDesk, _ budget: SweepPlan.Budget) async throws -> [Training] {
        try await TrainingSweep(desk: desk, template: "lora", atOnce: 2, budget: budget, pause: 0.01) {
            sweeps.told.add($0)
        }.run(trials, now: Clock().now())
    }
    let fault = await #expect(throws: TrainingDesk.Fault.self) { try await run(blind, .init(gpuHours: 1)) }
    #expect(fault?.hint.contains("gpus: 1") == true)
    let free = sweeps.desk("true") { $0.gpus = 2 }
    let unpriced = await #expect(throws: TrainingDesk.Fault.self) { try await run(free, .init(cost: 1)) }
    #expect(unpriced?.hint.contains("gpu_price") == true)
    let desk = sweeps.desk("sleep 600") { ($0.gpus, $0.price) = (3600, GPUPrice(perHour: 2, currency: "EUR")) }
    let all = try await run(desk, .init(cost: 0.1))
    #expect(all.count == 2 && all.allSatisfy { $0.end?.kind == .stopped })
    #expect(all.allSatisfy { $0.stopAsked?.contains("budget of 0.1 EUR is used up") == true })
    #expect(sweeps.told.all.contains { $0.contains("1 trials do not begin, 2 are stopped") })
    #expect(all.allSatisfy { ($0.used(at: Clock().now())?.cost ?? 0) > 0 })
}

@Test("GPUs are counted by what holds them and for how long; what is gone has given them back when it was last seen")
func countsGPUs() {
    func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: seconds) }
    var usage = TrainingUsage()
    usage.take([.init(id: "a", name: "p-a", gpus: 4, from: at(0))], lastSeen: nil)
    usage.take([.init(id: "b", name: "p-b", gpus: 4, from: at(3600))], lastSeen: at(3600))
    #expect(usage.gpus == 4 && usage.hours(at: at(7200)) == 8)
    usage.close(at: at(5400))
    #expect(usage.hours(at: at(99999)) == 6)
    let query = GPUUtilisation.query(["p-a", "p.b"], namespace: "ml", span: 60)
    #expect(
        query == """
            avg(avg_over_time(DCGM_FI_DEV_GPU_UTIL{pod=~"p-a|p\\\\.b",namespace="ml"}[60s]) or \
            avg_over_time(DCGM_FI_DEV_GPU_UTIL{exported_pod=~"p-a|p\\\\.b",exported_namespace="ml"}[60s]))
            """)
    #expect(GPUPrice("2.80 EUR") == GPUPrice(perHour: 2.8, currency: "EUR") && GPUPrice("-1") == nil)
    #expect(GPUPrice("2") == GPUPrice(perHour: 2) && GPUPrice("EUR") == nil && GPUPrice("1 2") == nil)
}

/// A Prometheus that answers one query.
private struct Prometheus: HistoryReading {
    static let about = ConnectorInfo(id: "prometheus", title: "Prometheus", summary: "")
    let values: [Double]
    init(_ connection: Connection, http: any HTTP) { values = [] }
    init(_ values: Double...) { self.values = values }
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "Prometheus") }
    func range(
        _ query: String, from: Timestamp, to: Timestamp, step: Double
    ) async throws(ConnectorFault) -> [SeriesPoints] { [] }
    func instant(_ query: String, at: Timestamp?) async throws(ConnectorFault) -> [Sample] {
        guard query.contains("pod=~\"p-a\""), query.contains("[60s]"), at == Timestamp(seconds: 60) else {
            throw .rejected(query)
        }
        return values.map { Sample(SeriesKey(""), $0) }
    }
}

@Test("how busy GPUs were is the mean over pods and time, in the first Prometheus that knows it; else it is not known")
func measuresGPUs() async throws {
    let usage = TrainingUsage([
        .init(id: "a", name: "p-a", gpus: 2, from: Timestamp(seconds: 0), to: Timestamp(seconds: 60)),
        .init(id: "b", name: "evil\"} or up{", gpus: 2, from: Timestamp(seconds: 0), to: Timestamp(seconds: 60)),
        .init(id: "c", name: "launcher", gpus: 0, from: Timestamp(seconds: 0), to: Timestamp(seconds: 60)),
    ])
    func read(_ servers: [Prometheus]) async -> Double? {
        let connection = Connection(name: ConnectionName("prom"), kind: "prometheus", url: "http://prom")
        return await GPUUtilisation(servers.map { ConnectedServer(connection, $0) })
            .read(usage, namespace: "ml", at: Timestamp(seconds: 999))
    }
    #expect(await read([Prometheus(), Prometheus(87.5)]) == 0.875)
    #expect(await read([Prometheus(.nan)]) == nil)
    #expect(await read([]) == nil)
}
