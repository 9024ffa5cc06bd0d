import PitModel

extension MetricProfile {
    /// NVIDIA Triton, with the vLLM and the TensorRT-LLM backends' own metrics where they are.
    static let tritonTRTLLM = MetricProfile(
        id: "triton", title: "Triton", detect: ["nv_inference_", "nv_trt_llm_"], modelLabel: "model",
        sources: [
            QuantitySource(
                .running, .gauge, ["nv_trt_llm_request_metrics"], matching: [Matcher("request_type", "scheduled")]),
            QuantitySource(
                .waiting, .gauge, ["nv_trt_llm_request_metrics"], matching: [Matcher("request_type", "waiting")]),
            QuantitySource(.waiting, .gauge, ["nv_inference_pending_request_count"]),
            QuantitySource(
                .kvCacheUse, .gauge, ["nv_trt_llm_kv_cache_block_metrics"],
                matching: [Matcher("kv_cache_block_type", "fraction")], merge: .max),
            QuantitySource(.requests, .counter, ["nv_inference_request_success"]),
            QuantitySource(.requests, .counter, ["nv_inference_request_failure"]),
            QuantitySource(.failures, .counter, ["nv_inference_request_failure"]),
            QuantitySource(.promptTokens, .counter, ["vllm:prompt_tokens_total"]),
            QuantitySource(.generationTokens, .counter, ["vllm:generation_tokens_total"]),
            QuantitySource(
                .ttft, .histogram, ["nv_inference_first_response_histogram_ms"], scale: 0.001),
            QuantitySource(.itl, .histogram, ["vllm:time_per_output_token_seconds"]),
            QuantitySource(.e2e, .histogram, ["vllm:e2e_request_latency_seconds"]),
            QuantitySource(.gpuUse, .gauge, ["nv_gpu_utilization"], merge: .mean),
            QuantitySource(.gpuMemoryUsed, .gauge, ["nv_gpu_memory_used_bytes"]),
            QuantitySource(.gpuMemoryTotal, .gauge, ["nv_gpu_memory_total_bytes"]),
            QuantitySource(.gpuPower, .gauge, ["nv_gpu_power_usage"]),
        ])
}
