import PitModel
import PitParse
public import PitStore

/// Bad versions are remembered: whoever brings one back is told of, by an alert of pitwall's own.
extension Engine {
    static let quarantineAlert = "QuarantinedVersionServed"

    /// Remembers what a rollback took back: the artifacts that the good revision has not, or, where none tells them apart,
    /// the revision itself.
    func quarantine(_ plan: DeploymentPlan, _ operation: PitModel.Operation) {
        guard plan.request.verb == .rollback || plan.request.verb == .abort else { return }
        let good = Set((plan.target?.artifacts ?? []).map { [$0.kind.rawValue, $0.digest ?? $0.value] })
        let kinds: Set<Artifact.Kind> = [.image, .model, .prompt]
        var marks: [QuarantinedVersion.Mark] = []
        if plan.target != nil {
            marks = plan.before.artifacts.filter {
                kinds.contains($0.kind) && !good.contains([$0.kind.rawValue, $0.digest ?? $0.value])
            }.map { .artifact($0) }
        }
        if marks.isEmpty, let current = plan.before.current, plan.target?.id.isSame(as: current) != true {
            marks = [.revision(current.hash.isEmpty ? current.name : current.hash)]
        }
        let now = clock.now()
        let versions = marks.map {
            QuarantinedVersion(
                at: now, author: operation.author, deployment: plan.request.deployment, mark: $0,
                reason: operation.reason)
        }
        keep {
            try store.quarantine(versions)
            desk.quarantine = try store.quarantined()
        }
    }

    /// Lets a version be served again. False when there is no such one.
    public func liftQuarantine(_ id: Int64, by author: String) throws(StoreFault) -> Bool {
        let isLifted = try store.liftQuarantine(id, by: author, at: clock.now())
        desk.quarantine = try store.quarantined()
        show()
        return isLifted
    }

    /// The bad versions that a deployment serves again: it came to them after they were remembered.
    func broughtBack(_ deployment: Deployment) -> [QuarantinedVersion] {
        guard !desk.quarantine.isEmpty, desk.locks[deployment.id.description] == nil else { return [] }
        return desk.quarantine.filter { bad in
            guard bad.isServed(by: deployment) else { return false }
            // Where it was bad, any sight of it is one too many; elsewhere what was there all along is no news.
            if bad.deployment == deployment.id { return true }
            return (deployment.since ?? Timestamp(milliseconds: .min)) > bad.at
        }
    }

    /// An alert for each deployment that serves a bad version again.
    func quarantineAlerts(_ now: Timestamp) -> [Alert] {
        guard !desk.quarantine.isEmpty else { return [] }
        let silences = board.allSilences.filter { $0.startsAt <= now && now < $0.endsAt && $0.state != .expired }
        let known = board.alerts[.pitwall] ?? [:]
        return desk.sorted().flatMap { state in
            broughtBack(state.deployment).map { bad in
                let deployment = state.deployment
                var labels = [
                    "alertname": Self.quarantineAlert, "severity": "critical", "deployment": deployment.id.path,
                    "version": bad.words,
                ]
                if let model = deployment.model { labels["model"] = model.description }
                let who =
                    deployment.managedBy.map { "\($0), by its sync" } ?? deployment.changedBy ?? "somebody unknown"
                let fingerprint = Alert.fingerprint(of: labels)
                var alert = Alert(
                    fingerprint: fingerprint, labels: labels,
                    annotations: [
                        "summary":
                            "\(deployment.id.path) serves \(bad.words) again, brought back by \(who)",
                        "description":
                            "\(bad.author) rolled it back: \(bad.reason). Roll back again, or lift it with: pitwall quarantine lift \(bad.id)",
                    ],
                    state: .firing, startsAt: known[fingerprint]?.startsAt ?? now)
                alert.silencedBy = silences.filter { MatcherSet($0.matchers).matches(labels) }.map(\.id).sorted()
                if !alert.silencedBy.isEmpty { alert.state = .suppressed }
                return alert
            }
        }
    }
}
