import PitModel
import PitParse

/// Argo Rollouts' names, which its ReplicaSets bear.
enum RolloutDialect {
    static let revision = "rollout.argoproj.io/revision"
    static let hashLabel = "rollouts-pod-template-hash"
}
