import Foundation
import PitConnect
import PitEngine
import PitModel
import PitParse
import PitStore

/// A server that makes up twenty thousand label values at each reading, ten million in all, in simulated time: memory
/// and the file stay within what is configured, and the model that it serves is read as before. `READINGS` in the
/// environment makes it a smaller one.
struct LabelsBenchmark: Benchmark {
    static let name = "labels"
    private static let (fresh, interval, room) = (20_000, 15.0, 256 << 20)
    private static let readings = ProcessInfo.processInfo.environment["READINGS"].flatMap { Int($0) } ?? 500

    private struct Target: MetricsReading {
        static let about = ConnectorInfo(id: "labels", title: "Labels", summary: "a simulated server")
        let clock: DayBenchmark.Clock

        init(_ clock: DayBenchmark.Clock) { self.clock = clock }
        init(_ connection: Connection, http: any HTTP) { self.init(DayBenchmark.Clock()) }

        func probe() async throws(ConnectorFault) -> Identity { Identity(product: "simulated") }

        func readMetrics(_ selectors: [String]) async throws(ConnectorFault) -> MetricsBatch {
            let now = Int(clock.now().seconds - 1_800_000_000)
            let label = "model_name=\"m\",engine=\"0\""
            var text = "vllm:num_requests_running{\(label)} 3\n"
            text += "vllm:request_success_total{\(label),finished_reason=\"stop\"} \(now * 2)\n"
            for number in 0..<LabelsBenchmark.fresh { text += "made_up{id=\"\(now)-\(number)\"} 1\n" }
            return .page(ExpositionParser.parse(Array(text.utf8), contentType: "text/plain", withFamilies: false))
        }
    }

    func run(_ bench: Bench) throws -> [Figure] {
        ProcessHeap.keepSmall()
        let folder = bench.room.appending(path: "labels").path
        let before = Bench.resident() ?? 0
        let cpu = Bench.cpu
        let (most, rate) = try Bench.await { try await Self.live(folder) }
        let spent = Bench.cpu - cpu
        let file = "\(folder)/cache.db"
        let bytes = (try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int).map(Double.init)
        let made = Self.fresh * Self.readings
        guard let rate, abs(rate - 2) < 0.1 else {
            throw Bench.Failure(description: "the model's rate is \(rate.map { "\($0)" } ?? "not known")")
        }
        return [
            Figure(
                work: "\(made) made-up label values", unit: "MB resident", ours: (most - before) / 1e6, better: .lower,
                goal: .value(150), note: "most at any reading, less what was there before"),
            Figure(
                work: "\(made) made-up label values", unit: "MB of cache.db", ours: bytes.map { $0 / 1e6 },
                better: .lower, goal: .value(Double(Self.room) / 1e6),
                note: "\(Table.short(spent / Double(Self.readings))) CPU s a reading, its making included"),
        ]
    }

    private static func live(_ folder: String) async throws -> (most: Double, rate: Double?) {
        let clock = DayBenchmark.Clock()
        let name = ConnectionName("c")
        let server = ConnectedServer(
            Connection(name: name, kind: "metrics", url: "http://c", interval: interval), Target(clock))
        let model = ModelConfig(name: ModelName("m"), metrics: [MetricsBinding(name, profile: "vllm")])
        let store = try Store.open(folder: folder, limits: StoreLimits(maxBytes: room))
        let engine = Engine(
            settings: EngineSettings(servers: [server], models: [model], profiles: profileCatalog, author: "bench"),
            store: store, lock: nil, clock: clock, ring: LogRing(clock: clock)
        ) { _ in }
        _ = await engine.prepare()
        var (most, rate): (Double, Double?) = (0, nil)
        for reading in 1...readings {
            clock.advance(interval)
            rate = await engine.pollOnce().models.first?.signals[.requestRate]?.value
            // As often as the program does it, or somewhat less.
            if reading % 20 == 0 { try store.prune(now: clock.now()) }
            most = max(most, Bench.resident() ?? 0)
        }
        try store.prune(now: clock.now())
        return (most, rate)
    }
}
