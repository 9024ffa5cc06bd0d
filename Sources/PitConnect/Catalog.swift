public import PitModel

/// Every connector pitwall ships. A new one is a new folder and a line here.
public let connectorCatalog: [any Connector.Type] = [
    MetricsConnector.self,
    PrometheusConnector.self,
    AlertmanagerConnector.self,
    OpenAIConnector.self,
    MLflowConnector.self,
    PhoenixConnector.self,
    LangfuseConnector.self,
    KubernetesConnector.self,
    FileConnector.self,
    PromptFolderConnector.self,
    DetectorAPIConnector.self,
    GuardModelConnector.self,
    DeployerConnector.self,
    JenkinsConnector.self,
    KubeflowConnector.self,
]

/// Every profile pitwall ships. A new one is a new file and a line here; the first that fits a page is taken:
/// Triton's page may hold vLLM's names too, and NIM's names say the least.
public let profileCatalog: [MetricProfile] = [
    .tritonTRTLLM, .vllm, .sglang, .tgi, .llamaCpp, .trtllm, .litellm, .kserve, .dcgm, .trustyAI, .nim,
]

extension Connector {
    /// What a product can do, read off the protocols it adopts.
    public static var capabilities: [String] {
        var all: [String] = []
        if Self.self is any MetricsReading.Type { all.append("metrics") }
        if Self.self is any HistoryReading.Type { all.append("history") }
        if Self.self is any AlertReading.Type { all.append("alerts") }
        if Self.self is any SilenceReading.Type { all.append("silences") }
        if Self.self is any ModelListing.Type { all.append("models") }
        if Self.self is any HealthReading.Type { all.append("health") }
        if Self.self is any LatencyProbing.Type { all.append("probe") }
        if Self.self is any Embedding.Type { all.append("embeddings") }
        if Self.self is any InteractionReading.Type { all.append("interactions") }
        if Self.self is any AssessmentKeeping.Type { all.append("judgements") }
        if Self.self is any PromptKeeping.Type { all.append("prompts") }
        if Self.self is any Deploying.Type { all.append("deployments") }
        if Self.self is any PipelineReading.Type { all.append("pipelines") }
        if Self.self is any TextGuarding.Type { all.append("guard") }
        if let operating = Self.self as? any Operating.Type { all += operating.verbs.map(\.rawValue).sorted() }
        return all
    }
}
