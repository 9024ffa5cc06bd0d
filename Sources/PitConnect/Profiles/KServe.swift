import PitModel

extension MetricProfile {
    /// KServe's Python model server. With a vLLM backend the page has `vllm:` names too, and that profile is taken.
    static let kserve = MetricProfile(
        id: "kserve", title: "KServe", detect: ["request_predict_seconds"], modelLabel: "model_name",
        sources: [
            QuantitySource(.requests, .counter, ["request_predict_seconds_count"]),
            QuantitySource(.e2e, .histogram, ["request_predict_seconds"]),
            QuantitySource(.prefillTime, .histogram, ["request_preprocess_seconds"]),
        ])
}
