import Foundation
import PitEngine
import PitModel
import PitStatistics
import PitStore
import Synchronization

/// Drift of what exchanges are like: how often days of unchanged talk raise an alarm, how long other words go unseen, and
/// what describing an exchange costs.
struct ResponseDriftBenchmark: Benchmark {
    static let name = "responses"

    func run(_ bench: Bench) throws -> [Figure] {
        try [Self.describing()] + Bench.await { try await Self.alarms() } + Bench.await { try await Self.delays() }
    }

    private static func describing() -> Figure {
        var talk = SeasonalTalk(from: Timestamp(seconds: 0), perHour: 5000)
        let all = talk.exchanges(from: Timestamp(seconds: 0), to: Timestamp(seconds: 3600)).map { kept in
            var said = kept.interaction
            said.response = said.response.map { String(repeating: $0 + ". ", count: 1 + 900 / max(1, $0.utf8.count)) }
            return said
        }
        let bytes = all.reduce(0) { $0 + $1.textBytes }
        let spent = Bench.cpu { for exchange in all { keep(ResponseDescriptors.describe(exchange)) } }
        return Figure(
            work: "describe exchanges of about 1 kB", unit: "MB/s", ours: Double(bytes) / 1e6 / spent, better: .higher,
            goal: .none, note: "\(all.count) exchanges")
    }

    private static func alarms() async throws -> [Figure] {
        var (judged, alarms) = (0, 0)
        for seed in 1...3 as ClosedRange<UInt64> {
            var watch = try TalkWatch(seed: seed)
            _ = await watch.engine.prepare()
            try watch.add(hours: 72)
            for _ in 0..<48 {
                try watch.add(hours: 0.5)
                let drift = await watch.drift()
                judged += drift?.judged ?? 0
                alarms += drift?.drifted ?? 0
            }
        }
        return [
            Figure(
                work: "alarms of exchanges, 3 simulated days of unchanged seasonal talk", unit: "alarms",
                ours: Double(alarms), better: .lower, goal: .value(0), note: "\(judged) features judged")
        ]
    }

    private static func delays() async throws -> [Figure] {
        var figures: [Figure] = []
        for share in [0.05, 0.1, 0.25, 0.5] {
            var delays: [Double] = []
            for seed in 1...3 as ClosedRange<UInt64> {
                var watch = try TalkWatch(seed: seed)
                _ = await watch.engine.prepare()
                try watch.add(hours: 72)
                (watch.talk.shiftAt, watch.talk.share) = (watch.clock.now(), share)
                for step in 1...36 {
                    try watch.add(hours: 1.0 / 6)
                    guard let drift = await watch.drift(), drift.drifted > 0 else { continue }
                    delays.append(Double(step) * 10)
                    break
                }
            }
            figures.append(
                Figure(
                    work: "\(Int(share * 100)) % of the words are new: median minutes to the alarm, window 60",
                    unit: "min", ours: delays.isEmpty ? nil : Bench.median(delays), better: .lower,
                    goal: share >= 0.25 ? .value(120) : .none, note: "seen in \(delays.count) of 3 runs within 6 h"))
        }
        return figures
    }
}

/// A clock that stands still until it is told to go on.
private final class StillClock: WallClock {
    private let time = Mutex(Timestamp(seconds: 1_800_000_000))
    func now() -> Timestamp { time.withLock { $0 } }
    func advance(_ seconds: Double) { time.withLock { $0 = $0.advanced(by: seconds) } }
}

/// One model of which only exchanges are known, a hundred an hour.
private struct TalkWatch {
    let clock = StillClock()
    let engine: Engine
    let store: Store
    var talk: SeasonalTalk

    init(seed: UInt64) throws {
        talk = SeasonalTalk(from: clock.now(), seed: seed)
        store = try Store.inMemory()
        engine = Engine(
            settings: EngineSettings(
                servers: [], models: [ModelConfig(name: ModelName("m"))], profiles: [], author: "bench",
                drift: DriftSettings(window: 3600, interval: 300)),
            store: store, lock: nil, clock: clock, ring: LogRing(clock: clock), publish: { _ in })
    }

    mutating func add(hours: Double) throws {
        let from = clock.now()
        clock.advance(hours * 3600)
        var at = from
        while at < clock.now() {
            let next = min(clock.now(), at.advanced(by: 1800))
            try store.append(talk.exchanges(from: at, to: next), from: ConnectionName("log"), cursor: "\(next)")
            at = next
        }
    }

    func drift() async -> ModelDrift? { await engine.pollOnce(responses: true).models[0].drift }
}
