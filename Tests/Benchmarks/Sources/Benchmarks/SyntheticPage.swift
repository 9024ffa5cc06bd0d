/// A page as vLLM writes it, made from a seed: counters, gauges and histograms of several models.
struct SyntheticPage {
    private(set) var bytes: [UInt8] = []
    private var state: UInt64

    private static let edges = [
        "0.001", "0.005", "0.01", "0.02", "0.04", "0.06", "0.08", "0.1", "0.25", "0.5", "0.75", "1.0", "2.5", "5.0",
        "7.5", "10.0", "20.0", "40.0", "80.0", "+Inf",
    ]
    private static let histograms = [
        "time_to_first_token_seconds", "inter_token_latency_seconds", "e2e_request_latency_seconds",
        "request_queue_time_seconds", "request_prefill_time_seconds", "request_decode_time_seconds",
    ]
    private static let counters = [
        "prompt_tokens_total", "generation_tokens_total", "request_success_total", "num_preemptions_total",
        "prefix_cache_queries_total", "prefix_cache_hits_total",
    ]
    private static let gauges = ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc"]

    /// At least `bytes` bytes, whole blocks of one engine.
    init(bytes count: Int, seed: UInt64) {
        state = seed
        bytes.reserveCapacity(count + 40_000)
        var engine = 0
        while bytes.count < count {
            addEngine(engine)
            engine += 1
        }
    }

    private mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }

    private mutating func add(_ text: String) { bytes += Array(text.utf8) }

    private mutating func addEngine(_ engine: Int) {
        let labels = "engine=\"\(engine % 8)\",model_name=\"chat-ft-\(engine / 8)\""
        for name in Self.gauges { add("vllm:\(name){\(labels)} \(Double(next() % 1000) / 8)\n") }
        for name in Self.counters { add("vllm:\(name){\(labels)} \(next() % 100_000_000).0\n") }
        for name in Self.histograms {
            var total: UInt64 = 0
            for edge in Self.edges {
                total += next() % 900
                add("vllm:\(name)_bucket{\(labels),le=\"\(edge)\"} \(total).0\n")
            }
            add("vllm:\(name)_count{\(labels)} \(total).0\n")
            add("vllm:\(name)_sum{\(labels)} \(Double(next()) / 1024)\n")
        }
    }
}
