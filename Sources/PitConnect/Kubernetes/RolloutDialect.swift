import PitModel
import PitParse

/// Argo Rollouts (`argoproj.io/v1alpha1`): a revision is a ReplicaSet, the way there is a canary's steps or a second
/// colour. What is sent is what its kubectl plugin sends, with preconditions in front.
struct RolloutDialect: KubeDialect {
    static let revision = "rollout.argoproj.io/revision"
    static let hashLabel = "rollouts-pod-template-hash"
    let kind = DeploymentKind.rollout
    let resource = KubeResource(group: "argoproj.io", version: "v1alpha1", plural: "rollouts")
    let verbs: Set<DeploymentVerb> = [.rollback, .promote, .pause, .resume, .restart, .scale, .abort, .retry]

    func read(_ object: KubeObject, _ connection: ConnectionName) -> Deployment {
        var deployment = workload(object, connection)
        if let number = object.meta.annotation(Self.revision) { deployment.release = "r\(number.prefix(12))" }
        (deployment.status, deployment.message) = Self.status(of: object)
        deployment.traffic = Self.traffic(of: object)
        deployment.steps = Self.steps(of: object)
        sign(&deployment, from: object)
        deployment.verbs = verbs.subtracting([object.spec["paused"]?.flag == true ? .pause : .resume])
        let isAborted = object.status["abort"]?.flag == true
        if Self.isFullyPromoted(object) || isAborted { deployment.verbs.subtract([.promote, .abort]) }
        if !isAborted { deployment.verbs.remove(.retry) }
        return deployment
    }

    /// Whether what is wanted is what is stable.
    static func isFullyPromoted(_ object: KubeObject) -> Bool {
        guard let current = object.status["currentPodHash"]?.text else { return false }
        return current == object.status["stableRS"]?.text
    }

    static func status(of object: KubeObject) -> (RolloutStatus, String) {
        let message = (object.status["message"]?.text ?? "").prefix(bytes: 300)
        // Its controller writes the generation that it has seen as a text.
        guard let generation = object.meta.generation, object.status["observedGeneration"]?.whole ?? 0 >= generation
        else { return (.progressing, "its controller has not seen the newest generation yet") }
        if object.status["abort"]?.flag == true {
            let words = "aborted: the stable release serves, and the new one is still wanted: roll back or retry"
            return (.degraded, message.isEmpty ? words : "\(words) (\(message))")
        }
        let pauses = (object.status["pauseConditions"]?.list ?? []).compactMap { $0["reason"]?.text }
        if object.status["controllerPause"]?.flag == true, pauses.isEmpty { return (.progressing, "it goes on") }
        switch object.status["phase"]?.text {
        case "Healthy": return (isFullyPromoted(object) ? .complete : .progressing, message)
        case "Paused":
            if pauses.isEmpty, object.spec["paused"]?.flag == true { return (.paused, "paused by hand") }
            return (.canary, "waits: \(pauses.isEmpty ? message : pauses.joined(separator: ", "))")
        case "Degraded": return (.failed, message)
        case "Progressing":
            let isCanary = object.spec["strategy"]?["canary"]?["steps"]?.list?.isEmpty == false
            return (isCanary && !isFullyPromoted(object) ? .canary : .progressing, message)
        default: return (.unknown, message)
        }
    }

    /// As its traffic router was told; without one as the last weight that was passed asks for.
    private static func traffic(of object: KubeObject) -> [TrafficShare] {
        guard object.spec["strategy"]?["canary"] != nil, let current = object.status["currentPodHash"]?.text,
            let stable = object.status["stableRS"]?.text
        else { return [] }
        func share(_ hash: String, _ percent: Double) -> TrafficShare {
            TrafficShare(hash, revision: RevisionID("\(object.meta.name)-\(hash)", hash: hash), percent: percent)
        }
        if current == stable { return [share(current, 100)] }
        var weight: Double
        if let told = object.status["canary"]?["weights"]?["canary"]?["weight"]?.figure {
            weight = told
        } else {
            let steps = object.spec["strategy"]?["canary"]?["steps"]?.list ?? []
            let index = min(steps.count, (object.status["currentStepIndex"]?.whole ?? 0) + 1)
            weight = steps.prefix(index).compactMap { $0["setWeight"]?.figure }.last ?? 0
            if object.status["abort"]?.flag == true { weight = 0 }
        }
        weight = min(100, max(0, weight))
        return [share(stable, 100 - weight), share(current, weight)].sorted { $0.percent > $1.percent }
    }

    private static func steps(of object: KubeObject) -> RolloutSteps? {
        guard let steps = object.spec["strategy"]?["canary"]?["steps"]?.list, !steps.isEmpty else { return nil }
        let canary = object.status["canary"]
        let green = object.status["blueGreen"]
        let runs = [
            canary?["currentStepAnalysisRunStatus"], canary?["currentBackgroundAnalysisRunStatus"],
            green?["prePromotionAnalysisRunStatus"], green?["postPromotionAnalysisRunStatus"],
        ]
        let analyses = runs.compactMap { run -> String? in
            guard let name = run?["name"]?.text, let phase = run?["status"]?.text else { return nil }
            let words = run?["message"]?.text.map { ": \($0)" } ?? ""
            return "\(name): \(phase)\(words)".prefix(bytes: 200)
        }
        return RolloutSteps(
            current: min(steps.count, object.status["currentStepIndex"]?.whole ?? 0), all: steps.map(Self.words),
            analyses: analyses)
    }

    /// A step as a person says it: `weight 20%`, `pause 10m`.
    private static func words(_ step: JSONValue) -> String {
        guard let (key, value) = step.members?.first else { return "?" }
        switch key {
        case "setWeight": return "weight \(value.words ?? "?")%"
        case "pause": return value["duration"]?.words.map { "pause \($0)" } ?? "pause until promoted"
        case "analysis":
            let names = (value["templates"]?.list ?? []).compactMap { $0["templateName"]?.text }
            return "analysis \(names.joined(separator: ", "))"
        case "setCanaryScale":
            let (key, amount) = value.members?.first.map { ($0.key, $0.value.words ?? "") } ?? ("", "")
            return "scale \(key) \(amount)"
        default: return key
        }
    }

    func content(of object: KubeObject) -> JSONValue? { object.template.map { PodTemplate($0).json } }

    func revisions(of object: KubeObject, _ api: KubeAPI) async throws(ConnectorFault) -> [KubeRevision] {
        guard let selector = object.selector else {
            throw .malformed("\(object.meta.name) has no selector that could be read")
        }
        let items = try await api.all(.replicaSets, object.meta.namespace, [(name: "labelSelector", value: selector)])
        var all = DeploymentDialect.revisions(
            items, of: object, owner: object.meta.uid, hashLabel: Self.hashLabel, revisionKey: Self.revision)
        let stable = object.status["stableRS"]?.text
        for index in all.indices where all[index].revision.id.hash == stable && !all[index].revision.isCurrent {
            all[index].revision.note = "stable: it serves while the new one is tried"
        }
        return all
    }

    func part(of verb: DeploymentVerb) -> String? {
        [.abort, .retry, .promote].contains(verb) ? "status" : nil
    }

    func draft(
        _ request: DeploymentRequest, _ object: KubeObject, _ token: KubeToken, _ target: KubeRevision?
    ) throws(ConnectorFault) -> KubeDraft {
        var patch = JSONPatch()
        patch.guarded(by: token)
        if part(of: request.verb) != nil { return try step(request, object, token, patch) }
        let note = (key: KubeNote.key, value: Optional(KubeNote(token, request).text))
        var draft = KubeDraft(body: .null, expectation: .restarted(after: token.generation))
        switch request.verb {
        case .rollback:
            if let reference = object.spec["workloadRef"]?["name"]?.text {
                let kind = object.spec["workloadRef"]?["kind"]?.text ?? "object"
                throw .rejected("its pods are described by the \(kind) \(reference): roll that one back")
            }
            guard let target else { throw .rejected("there is no revision to go back to") }
            patch.replace("/spec/template", target.content)
            draft.goals = [KubeDraft.Goal("spec", "template", value: target.content)]
            draft.expectation = .serves(target.revision.id)
            if target.revision.id.hash != object.status["stableRS"]?.text {
                draft.concerns.append(Concern(.warning, "it goes through all steps of the canary again"))
            }
        case .pause, .resume:
            let wanted = request.verb == .pause
            if (object.spec["paused"]?.flag ?? false) == wanted {
                draft.concerns.append(
                    Concern(.sameAsNow, wanted ? "it is paused already" : "it is not paused", blocks: true))
            }
            patch.add("/spec/paused", .flag(wanted))
            draft.goals = [KubeDraft.Goal("spec", "paused", value: .flag(wanted))]
            draft.expectation = .paused(wanted)
        case .restart: patch.add("/spec/restartAt", .text(token.at.rfc3339))
        case .scale:
            let scaled = try Workload.scale(&patch, object, request, &draft.concerns)
            (draft.goals, draft.expectation) = ([scaled.goal], .scaled(scaled.amount))
        default: throw refuse(request.verb)
        }
        patch.annotate(object.meta, [note])
        draft.body = patch.value
        return draft
    }

    /// What is said to the controller by the status, a part that is written by itself and carries no note.
    private func step(
        _ request: DeploymentRequest, _ object: KubeObject, _ token: KubeToken, _ guarded: JSONPatch
    ) throws(ConnectorFault) -> KubeDraft {
        var patch = guarded
        var draft = KubeDraft(part: "status", body: .null, expectation: .weight(0))
        draft.isNoted = false
        let isAborted = object.status["abort"]?.flag == true
        let current = RevisionID(
            object.meta.name, hash: object.status["currentPodHash"]?.text ?? "")
        switch request.verb {
        case .abort:
            if isAborted { draft.concerns.append(Concern(.sameAsNow, "it is aborted already", blocks: true)) }
            if Self.isFullyPromoted(object) {
                draft.concerns.append(Concern(.sameAsNow, "no update runs: there is nothing to abort", blocks: true))
            }
            patch.add("/status/abort", .flag(true))
            draft.goals = [KubeDraft.Goal("status", "abort", value: .flag(true))]
        case .retry:
            if !isAborted { draft.concerns.append(Concern(.sameAsNow, "it is not aborted", blocks: true)) }
            patch.add("/status/abort", .flag(false))
            draft.goals = [KubeDraft.Goal("status", "abort", value: .flag(false))]
            draft.expectation = .serves(current)
        default:
            if isAborted { throw .rejected("it is aborted: retry it, or roll it back") }
            if object.spec["paused"]?.flag == true { throw .rejected("it is paused by hand: resume it first") }
            if Self.isFullyPromoted(object) {
                draft.concerns.append(Concern(.sameAsNow, "no update runs: there is nothing to promote", blocks: true))
            }
            try promote(request, object, token, &patch, &draft)
        }
        draft.body = patch.value
        return draft
    }

    /// One step on; with an amount of 100 to the end, past all that is left.
    private func promote(
        _ request: DeploymentRequest, _ object: KubeObject, _ token: KubeToken, _ patch: inout JSONPatch,
        _ draft: inout KubeDraft
    ) throws(ConnectorFault) {
        let current = RevisionID(object.meta.name, hash: object.status["currentPodHash"]?.text ?? "")
        if request.amount == 100 {
            patch.add("/status/promoteFull", .flag(true))
            draft.goals = [KubeDraft.Goal("status", "promoteFull", value: .flag(true))]
            draft.expectation = .serves(current)
            return
        }
        let steps = object.spec["strategy"]?["canary"]?["steps"]?.list ?? []
        let index = object.status["currentStepIndex"]?.whole
        let pauses = object.status["pauseConditions"]?.list ?? []
        if let index {
            // The same step as when it was planned: what moved on meanwhile is not moved on again.
            if let planned = token.detail.flatMap({ Int($0) }), planned != index {
                throw .rejected("it was at step \(planned + 1) and is at step \(index + 1) now")
            }
            patch.test("/status/currentStepIndex", .number(Double(index)))
        }
        let isInconclusive = pauses.contains { $0["reason"]?.text?.hasPrefix("Inconclusive") == true }
        if !pauses.isEmpty { patch.remove("/status/pauseConditions") }
        if let index, pauses.isEmpty || isInconclusive, !steps.isEmpty {
            patch.add("/status/currentStepIndex", .number(Double(min(steps.count, index + 1))))
            if isInconclusive { patch.add("/status/controllerPause", .flag(false)) }
        }
        let next = index.flatMap { steps.dropFirst($0 + 1).lazy.compactMap { $0["setWeight"]?.figure }.first }
        draft.expectation = next.map { .weight($0) } ?? .serves(current)
    }

    /// A promotion is known by the step it left, or by what became stable; a retry by when it had been aborted.
    func traced(_ request: DeploymentRequest, _ object: KubeObject, _ token: KubeToken) -> ApplyTrace? {
        let now = detail(request, object)
        switch request.verb {
        case .promote where request.amount == 100:
            let isAsked = object.status["promoteFull"]?.flag == true
            guard now == token.detail else { return .superseded("another release is wanted now") }
            return isAsked || Self.isFullyPromoted(object) ? .done("it is promoted to the end") : .notDone
        case .promote:
            guard now == token.detail else { return .done("it went on from the step it was planned at") }
            return object.status["pauseConditions"]?.list?.isEmpty == false ? .notDone : .unknown("it may be going on")
        case .retry:
            guard object.status["abort"]?.flag == true else { return .done("it is not aborted any more") }
            return now == token.detail ? .notDone : .superseded("it was aborted again")
        default: return nil
        }
    }

    func detail(_ request: DeploymentRequest, _ object: KubeObject) -> String? {
        switch request.verb {
        case .promote where request.amount == 100: object.status["currentPodHash"]?.text
        case .promote: object.status["currentStepIndex"]?.whole.map(String.init)
        case .retry: object.status["abortedAt"]?.text
        default: nil
        }
    }

    /// Its analysis runs, with what they measured last.
    func details(of object: KubeObject, _ api: KubeAPI) async -> [RolloutEvent] {
        let runs = KubeResource(group: "argoproj.io", version: "v1alpha1", plural: "analysisruns")
        guard let hash = object.status["currentPodHash"]?.text,
            let items = try? await api.all(
                runs, object.meta.namespace, [(name: "labelSelector", value: "\(Self.hashLabel)=\(hash)")], most: 100)
        else { return [] }
        return items.compactMap(KubeObject.init).filter { $0.meta.owner?.uid == object.meta.uid }.flatMap { run in
            (run.status["metricResults"]?.list ?? []).compactMap { metric -> RolloutEvent? in
                let last = metric["measurements"]?.list?.last
                let at = last?["finishedAt"]?.text ?? last?["startedAt"]?.text
                guard let name = metric["name"]?.text, let phase = metric["phase"]?.text,
                    let at = at.flatMap({ Timestamp(rfc3339: $0) }) ?? run.meta.createdAt
                else { return nil }
                let value = last?["value"]?.words.map { ", last value \($0)" } ?? ""
                let isBad = ["Failed", "Error", "Inconclusive"].contains(phase)
                return RolloutEvent(
                    at: at, isWarning: isBad, object: "AnalysisRun/\(run.meta.name)", reason: phase,
                    words: "\(name)\(value)".prefix(bytes: 300))
            }
        }
    }
}
