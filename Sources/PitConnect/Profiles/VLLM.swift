import PitModel

extension MetricProfile {
    /// vLLM, V1 engine and before: today's names first, then those of earlier releases.
    static let vllm = MetricProfile(
        id: "vllm", title: "vLLM", detect: ["vllm:"], modelLabel: "model_name", replicaLabels: ["engine"],
        sources: [
            QuantitySource(.running, .gauge, ["vllm:num_requests_running"]),
            QuantitySource(.waiting, .gauge, ["vllm:num_requests_waiting"]),
            QuantitySource(
                .kvCacheUse, .gauge, ["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"], merge: .max),
            QuantitySource(.prefixHitRatio, .gauge, ["vllm:gpu_prefix_cache_hit_rate"], merge: .mean),
            QuantitySource(.requests, .counter, ["vllm:request_success_total"]),
            QuantitySource(
                .failures, .counter, ["vllm:request_success_total"],
                matching: [Matcher("finished_reason", "abort|error", isRegex: true)]),
            QuantitySource(.promptTokens, .counter, ["vllm:prompt_tokens_total"]),
            QuantitySource(.generationTokens, .counter, ["vllm:generation_tokens_total"]),
            QuantitySource(
                .prefixQueries, .counter, ["vllm:prefix_cache_queries_total", "vllm:gpu_prefix_cache_queries_total"]),
            QuantitySource(
                .prefixHits, .counter, ["vllm:prefix_cache_hits_total", "vllm:gpu_prefix_cache_hits_total"]),
            QuantitySource(.preemptions, .counter, ["vllm:num_preemptions_total"]),
            QuantitySource(.ttft, .histogram, ["vllm:time_to_first_token_seconds"]),
            QuantitySource(
                .itl, .histogram,
                [
                    "vllm:inter_token_latency_seconds", "vllm:time_per_output_token_seconds",
                    "vllm:request_time_per_output_token_seconds",
                ]),
            QuantitySource(.e2e, .histogram, ["vllm:e2e_request_latency_seconds"]),
            QuantitySource(.queueTime, .histogram, ["vllm:request_queue_time_seconds"]),
            QuantitySource(.prefillTime, .histogram, ["vllm:request_prefill_time_seconds"]),
            QuantitySource(.promptLength, .histogram, ["vllm:request_prompt_tokens"]),
            QuantitySource(.generationLength, .histogram, ["vllm:request_generation_tokens"]),
        ])
}
