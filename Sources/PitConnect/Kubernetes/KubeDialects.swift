import PitModel

extension KubeCluster {
    /// Every kind of object that pitwall reads releases from. A new one is a new file and a line here.
    static let dialects: [any KubeDialect] = [
        DeploymentDialect(), StatefulSetDialect(), InferenceServiceDialect(),
        LLMInferenceServiceDialect(version: "v1alpha2"), LLMInferenceServiceDialect(version: "v1alpha1"),
        RolloutDialect(),
    ]
}
