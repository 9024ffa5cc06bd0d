import PitGrid
import PitModel

/// The charts of a model, in the order they are shown.
enum ChartKind: String, CaseIterable, Codable, Sendable {
    case requests, ttft, itl, e2e, queue, kvCache, tokens, errors, prefix, preemptions, lengths, gpu

    var signals: [Signal] {
        switch self {
        case .requests: [.requestRate]
        case .ttft: [.ttftP95, .ttftP50, .ttftP99, .probeTTFT]
        case .itl: [.itlP95, .itlP50, .itlP99]
        case .e2e: [.e2eP95, .e2eP50, .e2eP99]
        case .queue: [.waiting, .running]
        case .kvCache: [.kvCacheUse]
        case .tokens: [.generationTokenRate, .promptTokenRate]
        case .errors: [.errorRatio]
        case .prefix: [.prefixHitRatio]
        case .preemptions: [.preemptionRate]
        case .lengths: [.promptLengthMean, .generationLengthMean]
        case .gpu: [.gpuUse, .gpuMemoryUse]
        }
    }

    var title: SafeText {
        switch self {
        case .requests: "Requests a second"
        case .ttft: "Time to first token"
        case .itl: "Inter-token latency"
        case .e2e: "End to end"
        case .queue: "Queue and running"
        case .kvCache: "KV cache"
        case .tokens: "Tokens a second"
        case .errors: "Errors"
        case .prefix: "Prefix cache hits"
        case .preemptions: "Preemptions a second"
        case .lengths: "Prompt and response length"
        case .gpu: "GPU"
        }
    }

    /// What a signal is called in the chart's legend.
    func name(_ signal: Signal) -> SafeText {
        switch signal {
        case .ttftP50, .itlP50, .e2eP50: "p50"
        case .ttftP95, .itlP95, .e2eP95: "p95"
        case .ttftP99, .itlP99, .e2eP99: "p99"
        case .probeTTFT: "from here"
        case .waiting: "waiting"
        case .running: "running"
        case .generationTokenRate: "generated"
        case .promptTokenRate: "prompt"
        case .promptLengthMean: "prompt"
        case .generationLengthMean: "response"
        case .gpuUse: "busy"
        case .gpuMemoryUse: "memory"
        default: SafeText(signal.info.short.lowercased())
        }
    }
}
