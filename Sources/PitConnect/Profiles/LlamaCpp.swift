import PitModel

extension MetricProfile {
    /// llama.cpp's server with `--metrics`: no labels and no histograms, so no quantiles.
    static let llamaCpp = MetricProfile(
        id: "llamacpp", title: "llama.cpp", detect: ["llamacpp:"],
        sources: [
            QuantitySource(.running, .gauge, ["llamacpp:requests_processing"]),
            QuantitySource(.waiting, .gauge, ["llamacpp:requests_deferred"]),
            QuantitySource(.kvCacheUse, .gauge, ["llamacpp:kv_cache_usage_ratio"], merge: .max),
            QuantitySource(.promptTokens, .counter, ["llamacpp:prompt_tokens_total"]),
            QuantitySource(.generationTokens, .counter, ["llamacpp:tokens_predicted_total"]),
            QuantitySource(.prefixHits, .counter, ["llamacpp:prompt_tokens_cached_total"]),
            QuantitySource(.prefixQueries, .counter, ["llamacpp:prompt_tokens_total"]),
            QuantitySource(.prefixQueries, .counter, ["llamacpp:prompt_tokens_cached_total"]),
        ])
}
