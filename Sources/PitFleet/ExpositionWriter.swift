import PitModel

/// Writes a replica's numbers as vLLM's `/metrics` page does.
struct ExpositionWriter {
    private(set) var text = ""
    private let labels: String

    init(_ replica: ReplicaSimulation, startedAt: Double) {
        labels = "engine=\"0\",model_name=\"\(replica.cast.name)\""
        gauge(
            "process_start_time_seconds", "Start time of the process since unix epoch in seconds.", startedAt, own: "")
        gauge("vllm:num_requests_running", "Number of requests in model execution batches.", Double(replica.running))
        gauge("vllm:num_requests_waiting", "Number of requests waiting to be processed.", Double(replica.waiting))
        gauge("vllm:kv_cache_usage_perc", "KV-cache usage. 1 means 100 percent usage.", replica.cacheUse)
        counter("vllm:num_preemptions", "Cumulative number of preemptions from the engine.", replica.preemptions)
        counter("vllm:prompt_tokens", "Number of prefill tokens processed.", replica.promptTokens)
        counter("vllm:generation_tokens", "Number of generation tokens processed.", replica.generatedTokens)
        counter("vllm:prefix_cache_queries", "Prefix cache queries, in number of tokens.", replica.prefixQueries)
        counter("vllm:prefix_cache_hits", "Prefix cache hits, in number of tokens.", replica.prefixHits)
        head("vllm:request_success_total", "Count of finished requests.", "counter")
        for reason in replica.finished.keys.sorted() {
            line("vllm:request_success_total", ",finished_reason=\"\(reason)\"", Double(replica.finished[reason] ?? 0))
        }
        histogram("vllm:time_to_first_token_seconds", "Histogram of time to first token in seconds.", replica.ttft)
        histogram("vllm:inter_token_latency_seconds", "Histogram of inter-token latency in seconds.", replica.itl)
        histogram("vllm:e2e_request_latency_seconds", "Histogram of e2e request latency in seconds.", replica.e2e)
        histogram(
            "vllm:request_queue_time_seconds", "Histogram of time spent in WAITING phase for request.",
            replica.queueTime)
        histogram(
            "vllm:request_prefill_time_seconds", "Histogram of time spent in PREFILL phase for request.",
            replica.prefillTime)
        histogram("vllm:request_prompt_tokens", "Number of prefill tokens processed.", replica.promptLength)
        histogram("vllm:request_generation_tokens", "Number of generation tokens processed.", replica.responseLength)
    }

    private mutating func head(_ name: String, _ help: String, _ kind: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }

    private mutating func line(_ name: String, _ more: String, _ value: Double) {
        text += "\(name){\(labels)\(more)} \(value)\n"
    }

    private mutating func gauge(_ name: String, _ help: String, _ value: Double, own: String? = nil) {
        head(name, help, "gauge")
        if own == nil { line(name, "", value) } else { text += "\(name) \(value)\n" }
    }

    private mutating func counter(_ name: String, _ help: String, _ value: Int) {
        head("\(name)_total", help, "counter")
        line("\(name)_total", "", Double(value))
    }

    private mutating func histogram(_ name: String, _ help: String, _ histogram: LatencyHistogram) {
        head(name, help, "histogram")
        var total = 0
        for (edge, count) in zip(histogram.edges, histogram.counts) {
            total += count
            line("\(name)_bucket", ",le=\"\(edge)\"", Double(total))
        }
        total += histogram.counts.last ?? 0
        line("\(name)_bucket", ",le=\"+Inf\"", Double(total))
        line("\(name)_count", "", Double(total))
        line("\(name)_sum", "", histogram.sum)
    }
}
