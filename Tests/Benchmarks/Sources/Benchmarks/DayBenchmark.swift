import Foundation
import PitConnect
import PitEngine
import PitModel
import PitParse
import PitStore
import Synchronization

/// A day of a thousand models, polled every fifteen seconds, in simulated time: what is resident at each hour.
/// `HOURS` and `MODELS` in the environment make it a
/// smaller one.
struct DayBenchmark: Benchmark {
    static let name = "day"
    private static let models = ProcessInfo.processInfo.environment["MODELS"].flatMap { Int($0) } ?? 1000
    private static let interval = 15.0

    final class Clock: WallClock {
        private let time = Mutex(Timestamp(seconds: 1_800_000_000))
        func now() -> Timestamp { time.withLock { $0 } }
        func advance(_ seconds: Double) { time.withLock { $0 = $0.advanced(by: seconds) } }
    }

    /// A small page whose numbers go on with the time.
    private struct Target: MetricsReading {
        static let about = ConnectorInfo(id: "day", title: "Day", summary: "a simulated server")
        let number: Int
        let clock: Clock

        init(_ number: Int, _ clock: Clock) { (self.number, self.clock) = (number, clock) }
        init(_ connection: Connection, http: any HTTP) { self.init(0, Clock()) }

        func probe() async throws(ConnectorFault) -> Identity { Identity(product: "simulated") }

        func readMetrics(_ selectors: [String]) async throws(ConnectorFault) -> MetricsBatch {
            let now = clock.now().seconds - 1_800_000_000
            // A server that is down for a quarter of an hour now and then, and one that slows down.
            let turn = Int(now / 900) + number
            if turn % 97 == 0 { throw .refused("127.0.0.1:\(number)") }
            let slow = turn % 31 == 0
            let requests = Int(now * (1 + Double(number % 7) / 3))
            let label = "model_name=\"model-\(number)\",engine=\"0\""
            var text =
                "vllm:num_requests_running{\(label)} \(turn % 9)\nvllm:num_requests_waiting{\(label)} \(slow ? 40 : 0)\n"
            text += "vllm:kv_cache_usage_perc{\(label)} 0.\(10 + turn % 80)\n"
            text += "vllm:request_success_total{\(label),finished_reason=\"stop\"} \(requests)\n"
            text +=
                "vllm:prompt_tokens_total{\(label)} \(requests * 310)\nvllm:generation_tokens_total{\(label)} \(requests * 96)\n"
            for name in ["time_to_first_token_seconds", "inter_token_latency_seconds", "e2e_request_latency_seconds"] {
                for (index, edge) in ["0.05", "0.1", "0.5", "1.0", "5.0", "+Inf"].enumerated() {
                    text +=
                        "vllm:\(name)_bucket{\(label),le=\"\(edge)\"} \(requests * min(5, index + (slow ? 0 : 2)) / 5)\n"
                }
                text += "vllm:\(name)_sum{\(label)} \(requests / 3)\nvllm:\(name)_count{\(label)} \(requests)\n"
            }
            return .page(ExpositionParser.parse(Array(text.utf8), contentType: "text/plain", withFamilies: false))
        }
    }

    func run(_ bench: Bench) throws -> [Figure] {
        let hours = ProcessInfo.processInfo.environment["HOURS"].flatMap { Int($0) } ?? 24
        // As the program does.
        ProcessHeap.keepSmall()
        let folder = bench.room.appending(path: "day").path
        let curve = try Bench.await { try await Self.live(hours, folder) }
        guard let last = curve.last, curve.count > 1 else { throw Bench.Failure(description: "a day has more hours") }
        let shown = curve.map { Table.short($0 / 1e6) }.joined(separator: " ")
        return [
            Figure(
                work: "\(hours) simulated hours of \(Self.models) models", unit: "MB resident", ours: last / 1e6,
                peer: curve[1] / 1e6, peerName: "itself after two hours", better: .lower, goal: .ratio(1.1),
                note: "by the hour: \(shown)")
        ]
    }

    private static func live(_ hours: Int, _ folder: String) async throws -> [Double] {
        let clock = Clock()
        let servers = (0..<models).map { number in
            let name = ConnectionName("c\(number)")
            return ConnectedServer(
                Connection(name: name, kind: "metrics", url: "http://c\(number)", interval: interval),
                Target(number, clock))
        }
        let configs = (0..<models).map { number in
            ModelConfig(
                name: ModelName("model-\(number)"),
                metrics: [MetricsBinding(ConnectionName("c\(number)"), profile: "vllm")])
        }
        let store = try Store.open(folder: folder)
        let engine = Engine(
            settings: EngineSettings(servers: servers, models: configs, profiles: profileCatalog, author: "bench"),
            store: store,
            lock: nil, clock: clock, ring: LogRing(clock: clock)
        ) { _ in }
        _ = await engine.prepare()
        var curve: [Double] = []
        for _ in 0..<hours {
            for _ in 0..<Int(3600 / interval) {
                clock.advance(interval)
                _ = await engine.pollOnce()
            }
            try store.prune(now: clock.now())
            ProcessHeap.giveBack()
            curve.append(Bench.resident() ?? .nan)
        }
        return curve
    }
}
