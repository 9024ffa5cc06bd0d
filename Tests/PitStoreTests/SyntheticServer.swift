import Glibc
import PitModel

/// Makes up what an inference server's metrics page would say from one reading to the next: histograms that fill,
/// counters, gauges, sums of seconds with all their digits, series that never change. Busy and idle spells alternate.
struct SyntheticServer {
    private static let histograms: [(name: String, median: Double, edges: [Double], perRequest: Int)] = [
        ("time_to_first_token_seconds", 0.2, edges(0.001, 19), 1),
        ("time_per_output_token_seconds", 0.03, edges(0.01, 15), 20),
        ("e2e_request_latency_seconds", 5, edges(0.3, 20), 1),
        ("request_queue_time_seconds", 0.05, edges(0.3, 20), 1), ("request_prompt_tokens", 700, edges(1, 16), 1),
        ("request_generation_tokens", 200, edges(1, 16), 1), ("iteration_tokens_total", 40, edges(1, 14), 20),
    ]
    private static let counters = ["prompt_tokens", "generation_tokens", "request_success", "num_preemptions"]
    private static let gauges = ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc", "cpu_seconds"]
    private static func edges(_ first: Double, _ count: Int) -> [Double] {
        (0..<count).map { first * pow(2, Double($0)) }
    }

    let keys: [SeriesKey]
    private var random: Seeded
    private var values: [Double]
    private var reading = 0

    init(seed: UInt64) {
        let model = Label("model_name", "qwen")
        var keys: [SeriesKey] = []
        for histogram in Self.histograms {
            keys += histogram.edges.map { SeriesKey("\(histogram.name)_bucket", [Label("le", "\($0)"), model]) }
            keys.append(SeriesKey("\(histogram.name)_bucket", [Label("le", "+Inf"), model]))
            keys += ["count", "sum"].map { SeriesKey("\(histogram.name)_\($0)", [model]) }
        }
        keys += Self.counters.map { SeriesKey("\($0)_total", [model]) } + Self.gauges.map { SeriesKey($0, [model]) }
        keys += (0..<40).map { SeriesKey("info", [Label("n", "\($0)")]) }
        self.keys = keys
        random = Seeded(state: seed)
        values = keys.map { $0.name == "info" ? 1 : 0 }
    }

    /// The values at the next reading, in the order of `keys`.
    mutating func next() -> [Double] {
        reading += 1
        let load = reading % 200 < 40 ? 0 : 1 + sin(Double(reading) / 90)
        let requests = Int(load * Double.random(in: 0...25, using: &random))
        var place = 0
        for histogram in Self.histograms {
            let edges = histogram.edges.count
            for _ in 0..<requests * histogram.perRequest {
                let normal = (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0...1, using: &random) }
                let isWhole = histogram.name.contains("tokens")
                let value = histogram.median * exp(normal * 0.7)
                let observed = isWhole ? value.rounded() : value
                for (i, edge) in histogram.edges.enumerated() where observed <= edge { values[place + i] += 1 }
                values[place + edges] += 1
                values[place + edges + 1] += 1
                values[place + edges + 2] += observed
            }
            place += edges + 3
        }
        values[place] += Double(requests * 700)
        values[place + 1] += Double(requests * 200 + Int.random(in: 0...99, using: &random))
        values[place + 2] += Double(requests)
        values[place + 3] += requests > 40 ? 1 : 0
        values[place + 4] = Double(requests)
        values[place + 5] = Double(max(0, requests - 30))
        values[place + 6] = Double(requests) / 61.3
        values[place + 7] += Double(requests) * 0.01
        return values
    }
}
