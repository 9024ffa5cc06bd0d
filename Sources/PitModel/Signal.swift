/// The unit a signal is measured in; the console formats by it and JSON keys end with it.
public enum SignalUnit: String, Codable, Sendable {
    case perSecond, seconds, ratio, count, tokens, bytes, watts, celsius
}

/// The neutral vocabulary: what pitwall knows about a served model whatever serves it.
public enum Signal: String, Codable, Sendable, CaseIterable, Hashable {
    case requestRate, errorRatio
    case ttftP50, ttftP95, ttftP99
    case itlP50, itlP95, itlP99
    case e2eP50, e2eP95, e2eP99
    case queueTimeP95, prefillTimeP95
    case running, waiting
    case kvCacheUse, prefixHitRatio, preemptionRate
    case promptTokenRate, generationTokenRate
    case promptLengthMean, generationLengthMean
    case gpuUse, gpuMemoryUse, gpuPower, gpuTemperature
    case probeTTFT
}

/// What a signal is called, and how it is read.
public struct SignalInfo: Equatable, Sendable {
    public var title: String
    public var short: String
    public var unit: SignalUnit
    /// snake_case with the unit in the name: a contract with scripts.
    public var jsonKey: String
    /// Whether more of it is worse; nil when neither.
    public var higherIsWorse: Bool?
}

extension Signal {
    public var info: SignalInfo {
        switch self {
        case .requestRate:
            SignalInfo(title: "Requests", short: "REQ/S", unit: .perSecond, jsonKey: "requests_per_second")
        case .errorRatio:
            SignalInfo(title: "Errors", short: "ERR", unit: .ratio, jsonKey: "error_ratio", higherIsWorse: true)
        case .ttftP50:
            SignalInfo(
                title: "Time to first token p50", short: "TTFT p50", unit: .seconds, jsonKey: "ttft_p50_seconds",
                higherIsWorse: true)
        case .ttftP95:
            SignalInfo(
                title: "Time to first token p95", short: "TTFT p95", unit: .seconds, jsonKey: "ttft_p95_seconds",
                higherIsWorse: true)
        case .ttftP99:
            SignalInfo(
                title: "Time to first token p99", short: "TTFT p99", unit: .seconds, jsonKey: "ttft_p99_seconds",
                higherIsWorse: true)
        case .itlP50:
            SignalInfo(
                title: "Inter-token latency p50", short: "ITL p50", unit: .seconds, jsonKey: "itl_p50_seconds",
                higherIsWorse: true)
        case .itlP95:
            SignalInfo(
                title: "Inter-token latency p95", short: "ITL p95", unit: .seconds, jsonKey: "itl_p95_seconds",
                higherIsWorse: true)
        case .itlP99:
            SignalInfo(
                title: "Inter-token latency p99", short: "ITL p99", unit: .seconds, jsonKey: "itl_p99_seconds",
                higherIsWorse: true)
        case .e2eP50:
            SignalInfo(
                title: "End-to-end p50", short: "E2E p50", unit: .seconds, jsonKey: "e2e_p50_seconds",
                higherIsWorse: true)
        case .e2eP95:
            SignalInfo(
                title: "End-to-end p95", short: "E2E p95", unit: .seconds, jsonKey: "e2e_p95_seconds",
                higherIsWorse: true)
        case .e2eP99:
            SignalInfo(
                title: "End-to-end p99", short: "E2E p99", unit: .seconds, jsonKey: "e2e_p99_seconds",
                higherIsWorse: true)
        case .queueTimeP95:
            SignalInfo(
                title: "Queue time p95", short: "QTIME", unit: .seconds, jsonKey: "queue_time_p95_seconds",
                higherIsWorse: true)
        case .prefillTimeP95:
            SignalInfo(
                title: "Prefill time p95", short: "PREFILL", unit: .seconds, jsonKey: "prefill_time_p95_seconds",
                higherIsWorse: true)
        case .running: SignalInfo(title: "Running requests", short: "RUN", unit: .count, jsonKey: "requests_running")
        case .waiting:
            SignalInfo(
                title: "Waiting requests", short: "QUEUE", unit: .count, jsonKey: "requests_waiting",
                higherIsWorse: true)
        case .kvCacheUse:
            SignalInfo(title: "KV cache", short: "KV", unit: .ratio, jsonKey: "kv_cache_use_ratio", higherIsWorse: true)
        case .prefixHitRatio:
            SignalInfo(
                title: "Prefix cache hits", short: "PREFIX", unit: .ratio, jsonKey: "prefix_cache_hit_ratio",
                higherIsWorse: false)
        case .preemptionRate:
            SignalInfo(
                title: "Preemptions", short: "PREEMPT", unit: .perSecond, jsonKey: "preemptions_per_second",
                higherIsWorse: true)
        case .promptTokenRate:
            SignalInfo(title: "Prompt tokens", short: "PROMPT", unit: .perSecond, jsonKey: "prompt_tokens_per_second")
        case .generationTokenRate:
            SignalInfo(
                title: "Generated tokens", short: "GEN", unit: .perSecond, jsonKey: "generation_tokens_per_second")
        case .promptLengthMean:
            SignalInfo(title: "Prompt length mean", short: "P.LEN", unit: .tokens, jsonKey: "prompt_length_mean_tokens")
        case .generationLengthMean:
            SignalInfo(
                title: "Response length mean", short: "R.LEN", unit: .tokens, jsonKey: "generation_length_mean_tokens")
        case .gpuUse: SignalInfo(title: "GPU use", short: "GPU", unit: .ratio, jsonKey: "gpu_use_ratio")
        case .gpuMemoryUse:
            SignalInfo(title: "GPU memory", short: "GPUMEM", unit: .ratio, jsonKey: "gpu_memory_use_ratio")
        case .gpuPower: SignalInfo(title: "GPU power", short: "POWER", unit: .watts, jsonKey: "gpu_power_watts")
        case .gpuTemperature:
            SignalInfo(
                title: "GPU temperature", short: "TEMP", unit: .celsius, jsonKey: "gpu_temperature_celsius",
                higherIsWorse: true)
        case .probeTTFT:
            SignalInfo(
                title: "Time to first token from here", short: "PROBE", unit: .seconds, jsonKey: "probe_ttft_seconds",
                higherIsWorse: true)
        }
    }
}

/// A measured value. What is missing is nil where a `Measure?` stands, never 0.
public struct Measure: Equatable, Codable, Sendable {
    public var value: Double
    /// The true value is at least `value`: a quantile that fell in a histogram's last bucket.
    public var isAtLeast: Bool
    public init(_ value: Double, isAtLeast: Bool = false) { (self.value, self.isAtLeast) = (value, isAtLeast) }
}
