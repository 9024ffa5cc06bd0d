import PitModel

/// The series of an inference server and how they go on, made from a seed: some thirty requests each fifteen seconds,
/// which land in the buckets of eight histograms for two models, counters, and a few gauges.
struct SyntheticServer {
    static let interval = 15.0
    private static let edges: [Double] = [
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, .infinity,
    ]
    private static let histograms = [
        "time_to_first_token_seconds", "inter_token_latency_seconds", "e2e_request_latency_seconds",
        "request_queue_time_seconds", "request_prefill_time_seconds", "request_decode_time_seconds",
        "request_prompt_tokens", "request_generation_tokens",
    ]
    private static let counters = [
        "prompt_tokens_total", "generation_tokens_total", "request_success_total", "num_preemptions_total",
        "prefix_cache_queries_total", "prefix_cache_hits_total",
    ]
    private static let gauges = ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc"]

    let keys: [SeriesKey]
    private(set) var values: [Double]
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
        var keys: [SeriesKey] = []
        for model in 0..<3 {
            let labels = [Label("engine", "0"), Label("model_name", "chat-ft-\(model)")]
            for name in Self.gauges { keys.append(SeriesKey("vllm:\(name)", labels)) }
            for name in Self.counters { keys.append(SeriesKey("vllm:\(name)", labels)) }
            for name in Self.histograms {
                for edge in Self.edges {
                    let le = edge.isInfinite ? "+Inf" : "\(edge)"
                    keys.append(SeriesKey("vllm:\(name)_bucket", labels + [Label("le", le)]))
                }
                keys.append(SeriesKey("vllm:\(name)_sum", labels))
                keys.append(SeriesKey("vllm:\(name)_count", labels))
            }
        }
        (self.keys, values) = (keys, Array(repeating: 0, count: keys.count))
    }

    private mutating func random() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 33) / Double(1 << 31)
    }

    /// What it says fifteen seconds later.
    mutating func step() {
        var place = 0
        for model in 0..<3 {
            let requests = Int(random() * 20) / (model + 1)
            values[place] = (random() * 8).rounded()
            values[place + 1] = random() < 0.8 ? 0 : (random() * 5).rounded()
            values[place + 2] = (random() * 1000).rounded() / 1000
            place += Self.gauges.count
            for counter in Self.counters.indices {
                values[place + counter] += (random() * Double(requests) * (counter < 2 ? 300 : 1)).rounded()
            }
            place += Self.counters.count
            for _ in Self.histograms {
                for _ in 0..<requests {
                    // Spread over three decades, most of it around a twentieth.
                    let drawn = 0.05 * (1 + 20 * random() * random() * random() * random())
                    for (index, edge) in Self.edges.enumerated() where drawn <= edge { values[place + index] += 1 }
                    values[place + Self.edges.count] += drawn
                    values[place + Self.edges.count + 1] += 1
                }
                place += Self.edges.count + 2
            }
        }
    }
}
