import PitModel

extension MetricProfile {
    /// Hugging Face Text Generation Inference. It has no time to first token; its counters have no `_total`.
    static let tgi = MetricProfile(
        id: "tgi", title: "TGI", detect: ["tgi_"],
        sources: [
            QuantitySource(.running, .gauge, ["tgi_batch_current_size"]),
            QuantitySource(.waiting, .gauge, ["tgi_queue_size"]),
            QuantitySource(.requests, .counter, ["tgi_request_count"]),
            QuantitySource(.failures, .counter, ["tgi_request_failure"]),
            QuantitySource(.promptTokens, .counter, ["tgi_request_input_length_sum"]),
            QuantitySource(.generationTokens, .counter, ["tgi_request_generated_tokens_sum"]),
            QuantitySource(.itl, .histogram, ["tgi_request_mean_time_per_token_duration"]),
            QuantitySource(.e2e, .histogram, ["tgi_request_duration"]),
            QuantitySource(.queueTime, .histogram, ["tgi_request_queue_duration"]),
            QuantitySource(.promptLength, .histogram, ["tgi_request_input_length"]),
            QuantitySource(.generationLength, .histogram, ["tgi_request_generated_tokens"]),
        ])
}
