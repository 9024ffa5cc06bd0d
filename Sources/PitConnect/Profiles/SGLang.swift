import PitModel

extension MetricProfile {
    /// SGLang with `--enable-metrics`. Series by priority repeat the total, so only those without one are read.
    static let sglang = MetricProfile(
        id: "sglang", title: "SGLang", detect: ["sglang:"], modelLabel: "model_name", replicaLabels: ["dp_rank"],
        sources: [
            QuantitySource(.running, .gauge, ["sglang:num_running_reqs"], matching: [Matcher("priority", "")]),
            QuantitySource(.waiting, .gauge, ["sglang:num_queue_reqs"], matching: [Matcher("priority", "")]),
            QuantitySource(.kvCacheUse, .gauge, ["sglang:token_usage"], merge: .max),
            QuantitySource(.prefixHitRatio, .gauge, ["sglang:cache_hit_rate"], merge: .mean),
            QuantitySource(.requests, .counter, ["sglang:num_requests_total"]),
            QuantitySource(.failures, .counter, ["sglang:num_aborted_requests_total"]),
            QuantitySource(.promptTokens, .counter, ["sglang:prompt_tokens_total"]),
            QuantitySource(
                .generationTokens, .counter, ["sglang:realtime_tokens_total"], matching: [Matcher("mode", "decode")]),
            QuantitySource(.prefixQueries, .counter, ["sglang:prompt_tokens_total"]),
            QuantitySource(
                .prefixHits, .counter, ["sglang:cached_tokens_total"],
                matching: [Matcher("cache_source", "total|", isRegex: true)]),
            QuantitySource(.preemptions, .counter, ["sglang:num_retracted_requests_total"]),
            QuantitySource(.ttft, .histogram, ["sglang:time_to_first_token_seconds"]),
            QuantitySource(
                .itl, .histogram, ["sglang:inter_token_latency_seconds", "sglang:time_per_output_token_seconds"]),
            QuantitySource(.e2e, .histogram, ["sglang:e2e_request_latency_seconds"]),
            QuantitySource(.queueTime, .histogram, ["sglang:queue_time_seconds"]),
            QuantitySource(.promptLength, .histogram, ["sglang:prompt_tokens_histogram"]),
            QuantitySource(.generationLength, .histogram, ["sglang:generation_tokens_histogram"]),
        ])
}
