import PitModel

extension MetricProfile {
    /// The LiteLLM proxy; which labels there are is the operator's choice, so none is needed.
    static let litellm = MetricProfile(
        id: "litellm", title: "LiteLLM", detect: ["litellm_"], modelLabel: "requested_model",
        sources: [
            QuantitySource(
                .requests, .counter, ["litellm_proxy_total_requests_metric_total", "litellm_requests_metric_total"]),
            QuantitySource(
                .failures, .counter,
                ["litellm_proxy_failed_requests_metric_total", "litellm_llm_api_failed_requests_metric_total"]),
            QuantitySource(.promptTokens, .counter, ["litellm_input_tokens_metric_total"]),
            QuantitySource(.generationTokens, .counter, ["litellm_output_tokens_metric_total"]),
            QuantitySource(.ttft, .histogram, ["litellm_llm_api_time_to_first_token_metric"]),
            QuantitySource(.itl, .histogram, ["litellm_deployment_latency_per_output_token"]),
            QuantitySource(.e2e, .histogram, ["litellm_request_total_latency_metric"]),
            QuantitySource(.queueTime, .histogram, ["litellm_request_queue_time_seconds"]),
        ])
}
