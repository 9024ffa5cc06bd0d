import PitModel

extension MetricProfile {
    /// `trtllm-serve`: its text page is at /prometheus/metrics (its /metrics is JSON).
    static let trtllm = MetricProfile(
        id: "trtllm", title: "TensorRT-LLM", detect: ["trtllm_"], modelLabel: "model_name",
        sources: [
            QuantitySource(.running, .gauge, ["trtllm_num_requests_running"]),
            QuantitySource(.waiting, .gauge, ["trtllm_num_requests_waiting"]),
            QuantitySource(.kvCacheUse, .gauge, ["trtllm_kv_cache_utilization"], merge: .max),
            QuantitySource(.prefixHitRatio, .gauge, ["trtllm_kv_cache_hit_rate"], merge: .mean),
            QuantitySource(.requests, .counter, ["trtllm_request_success_total"]),
            QuantitySource(.failures, .counter, ["trtllm_request_error_total"]),
            QuantitySource(.promptTokens, .counter, ["trtllm_prompt_tokens_total"]),
            QuantitySource(.generationTokens, .counter, ["trtllm_generation_tokens_total"]),
            QuantitySource(.ttft, .histogram, ["trtllm_time_to_first_token_seconds"]),
            QuantitySource(.itl, .histogram, ["trtllm_time_per_output_token_seconds"]),
            QuantitySource(.e2e, .histogram, ["trtllm_e2e_request_latency_seconds"]),
            QuantitySource(.queueTime, .histogram, ["trtllm_request_queue_time_seconds"]),
            QuantitySource(.prefillTime, .histogram, ["trtllm_request_prefill_time_seconds"]),
        ])
}
