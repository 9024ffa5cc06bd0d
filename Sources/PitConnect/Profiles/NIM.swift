import PitModel

extension MetricProfile {
    /// NVIDIA NIM for LLMs: vLLM's names without their prefix. Looked for last, as the names say little.
    static let nim = MetricProfile(
        id: "nim", title: "NVIDIA NIM", detect: ["num_requests_running", "gpu_cache_usage_perc"],
        modelLabel: "model_name",
        sources: [
            QuantitySource(.running, .gauge, ["num_requests_running"]),
            QuantitySource(.waiting, .gauge, ["num_requests_waiting"]),
            QuantitySource(.kvCacheUse, .gauge, ["gpu_cache_usage_perc"], merge: .max),
            QuantitySource(.requests, .counter, ["request_success_total", "request_finish_total"]),
            QuantitySource(.failures, .counter, ["request_failure_total"]),
            QuantitySource(.promptTokens, .counter, ["prompt_tokens_total"]),
            QuantitySource(.generationTokens, .counter, ["generation_tokens_total"]),
            QuantitySource(.ttft, .histogram, ["time_to_first_token_seconds"]),
            QuantitySource(.itl, .histogram, ["time_per_output_token_seconds"]),
            QuantitySource(.e2e, .histogram, ["e2e_request_latency_seconds"]),
            QuantitySource(.promptLength, .histogram, ["request_prompt_tokens"]),
            QuantitySource(.generationLength, .histogram, ["request_generation_tokens"]),
        ])
}
