import Foundation
import PitConnect
import PitEngine
import PitModel
import PitStore
import Synchronization

/// Drift of histograms: what a refresh of many models costs, how often a day of unchanged traffic raises an alarm, and how
/// long a shift goes unseen.
struct DriftBenchmark: Benchmark {
    static let name = "drift"

    func run(_ bench: Bench) throws -> [Figure] {
        let result = Mutex<Result<[Figure], any Error>?>(nil)
        let done = DispatchGroup()
        done.enter()
        Task.detached {
            let figures: Result<[Figure], any Error>
            do { figures = .success(try await Self.measure()) } catch { figures = .failure(error) }
            result.withLock { $0 = figures }
            done.leave()
        }
        done.wait()
        return try result.withLock { $0 }?.get() ?? []
    }

    private static func measure() async throws -> [Figure] {
        var figures = [try await refresh()]
        var (judged, alarms) = (0, 0)
        for seed in 1...5 as ClosedRange<UInt64> {
            let watch = try await Watch(seed: seed, factor: 1)
            let day = await watch.run(hours: 24)
            (judged, alarms) = (judged + day.judged, alarms + day.alarms)
        }
        figures.append(
            Figure(
                work: "drift alarms, 5 simulated days of unchanged seasonal traffic", unit: "alarms",
                ours: Double(alarms), better: .lower, goal: .value(0), note: "\(judged) features judged"))
        for factor in [1.25, 1.5, 2, 3] {
            var delays: [Double] = []
            for seed in 1...5 as ClosedRange<UInt64> {
                let watch = try await Watch(seed: seed, factor: factor)
                if let delay = await watch.run(hours: 6).delay { delays.append(delay / 60) }
            }
            figures.append(
                Figure(
                    work: "prompts \(factor) times as long: median minutes to the alarm, window 60", unit: "min",
                    ours: delays.isEmpty ? nil : Bench.median(delays), better: .lower, goal: .value(120),
                    note: "seen in \(delays.count) of 5 runs within 6 h"))
        }
        return figures
    }

    /// A thousand models of a vLLM's page each: the CPU of a turn with comparisons less that of a turn without.
    private static func refresh() async throws -> Figure {
        let count = 1000
        var (costs, judged): ([Double], Int) = ([], 0)
        for isOn in [false, true] {
            var fleet = try Fleet(count, drift: DriftSettings(isOn: isOn, window: 600, interval: 60))
            for _ in 0..<25 { await fleet.turn(seconds: 60) }
            let before = processCPU()
            for _ in 0..<5 { await fleet.turn(seconds: 60) }
            costs.append((processCPU() - before) / 5)
            judged = await fleet.judged()
        }
        return Figure(
            work: "drift of all histograms of \(count) models, one refresh", unit: "CPU s",
            ours: max(0, costs[1] - costs[0]), better: .lower, goal: .value(1),
            note: "a turn with it \(Table.short(costs[1])), without \(Table.short(costs[0])); \(judged) features judged"
        )
    }

    static func processCPU() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// A clock that stands still until it is told to go on.
private final class StillClock: WallClock {
    private let time = Mutex(Timestamp(seconds: 1_800_000_000))
    func now() -> Timestamp { time.withLock { $0 } }
    func advance(_ seconds: Double) { time.withLock { $0 = $0.advanced(by: seconds) } }
}

/// A server that is only ever fed.
private struct Fed: MetricsReading {
    static let about = ConnectorInfo(id: "fed", title: "Fed", summary: "a page")
    init() {}
    init(_ connection: Connection, http: any HTTP) {}
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "fed") }
    func readMetrics(_ selectors: [String]) async throws(ConnectorFault) -> MetricsBatch {
        .samples([], warnings: [])
    }
}

/// One model whose prompts become longer after four days.
private struct Watch {
    private let clock = StillClock()
    private let engine: Engine
    private let shiftAt: Timestamp
    private var traffic: SeasonalTraffic

    init(seed: UInt64, factor: Double) async throws {
        let profile = MetricProfile(
            id: "test", title: "Test", detect: ["t_"], modelLabel: "model",
            sources: [
                QuantitySource(.promptLength, .histogram, ["t_prompt"]),
                QuantitySource(.generationLength, .histogram, ["t_answer"]),
                QuantitySource(.requests, .counter, ["t_requests_total"]),
            ])
        let server = ConnectedServer(
            Connection(name: ConnectionName("a"), kind: "metrics", url: "http://a", interval: 60), Fed())
        engine = Engine(
            settings: EngineSettings(
                servers: [server],
                models: [ModelConfig(name: ModelName("m"), metrics: [MetricsBinding(ConnectionName("a"))])],
                profiles: [profile], author: "bench",
                drift: DriftSettings(window: 3600, reference: .automatic, interval: 300)),
            store: try Store.inMemory(limits: StoreLimits(maxAge: 40 * 86400)), lock: nil, clock: clock,
            ring: LogRing(clock: clock), publish: { _ in })
        _ = await engine.prepare()
        let start = clock.now()
        shiftAt = start.advanced(by: 4 * 86400)
        traffic = SeasonalTraffic(
            from: start, perSecond: 0.5, shift: factor == 1 ? nil : .init(at: shiftAt, factor: factor), seed: seed)
        for _ in 0..<(4 * 288) { _ = await step() }
    }

    private mutating func step() async -> ModelDrift? {
        clock.advance(300)
        let now = clock.now()
        await engine.backfill([(ConnectionName("a"), traffic.page(at: now))], at: now)
        return await engine.current().models[0].drift
    }

    func run(hours: Int) async -> (judged: Int, alarms: Int, delay: Double?) {
        var copy = self
        var (judged, alarms, delay) = (0, 0, Double?.none)
        for _ in 0..<(hours * 12) {
            let drift = await copy.step()
            judged += drift?.judged ?? 0
            alarms += drift?.drifted ?? 0
            let isFound = drift?.features.contains { $0.feature.key == "prompt_tokens" && $0.verdict == .drifted }
            if delay == nil, isFound ?? false { delay = copy.clock.now().since(shiftAt) }
        }
        return (judged, alarms, delay)
    }
}

/// Many models with a vLLM's page each.
private struct Fleet {
    private static let histograms: [(name: String, edges: [Double])] = [
        ("request_prompt_tokens", tokens), ("request_generation_tokens", tokens),
        ("time_to_first_token_seconds", seconds), ("inter_token_latency_seconds", seconds),
        ("e2e_request_latency_seconds", seconds), ("request_queue_time_seconds", seconds),
    ]
    private static let tokens: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000]
    private static let seconds: [Double] = [
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
    ]

    private let clock = StillClock()
    private let engine: Engine
    private let names: [ConnectionName]
    private var round = 0

    init(_ count: Int, drift: DriftSettings) throws {
        names = (0..<count).map { ConnectionName("s\($0)") }
        engine = Engine(
            settings: EngineSettings(
                servers: names.map {
                    ConnectedServer(Connection(name: $0, kind: "metrics", url: "http://a", interval: 60), Fed())
                },
                models: names.map { ModelConfig(name: ModelName($0.description), metrics: [MetricsBinding($0)]) },
                profiles: profileCatalog, author: "bench", drift: drift),
            store: try Store.inMemory(), lock: nil, clock: clock, ring: LogRing(clock: clock), publish: { _ in })
    }

    mutating func turn(seconds: Double) async {
        if round == 0 { _ = await engine.prepare() }
        round += 1
        clock.advance(seconds)
        let page = Self.page(round)
        await engine.backfill(names.map { ($0, page) }, at: clock.now())
    }

    func judged() async -> Int { await engine.current().models.reduce(0) { $0 + ($1.drift?.judged ?? 0) } }

    /// After so many rounds of 600 requests, spread over the buckets.
    private static func page(_ round: Int) -> String {
        var text = ""
        for reason in ["stop", "length", "abort"] {
            text += "vllm:request_success_total{model_name=\"x\",finished_reason=\"\(reason)\"} \(round * 200)\n"
        }
        for (name, edges) in histograms {
            for (index, edge) in (edges + [.infinity]).enumerated() {
                let count = round * 600 * (index + 1) / (edges.count + 1)
                let upper = edge.isFinite ? "\(edge)" : "+Inf"
                text += "vllm:\(name)_bucket{model_name=\"x\",le=\"\(upper)\"} \(count)\n"
            }
            text += "vllm:\(name)_count{model_name=\"x\"} \(round * 600)\nvllm:\(name)_sum{model_name=\"x\"} \(round)\n"
        }
        return text
    }
}
