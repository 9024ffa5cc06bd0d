import PitModel
import PitParse

/// `apps/v1` Deployments: a revision is a ReplicaSet.
struct DeploymentDialect: KubeDialect {
    let kind = DeploymentKind.deployment
    let resource = KubeResource.deployments
    let verbs: Set<DeploymentVerb> = [.rollback, .pause, .resume, .restart, .scale]

    func read(_ object: KubeObject, _ connection: ConnectionName) -> Deployment {
        var deployment = workload(object, connection)
        if let number = object.meta.annotation(Workload.revision) { deployment.release = "r\(number.prefix(12))" }
        (deployment.status, deployment.message) = Self.status(of: object)
        sign(&deployment, from: object)
        deployment.verbs = verbs.subtracting([object.spec["paused"]?.flag == true ? .pause : .resume])
        if deployment.status == .paused { deployment.verbs.subtract([.rollback, .restart]) }
        return deployment
    }

    /// By the counts and by what the controller has observed: a condition's reason lingers from the rollout before.
    static func status(of object: KubeObject) -> (RolloutStatus, String) {
        let isPaused = object.spec["paused"]?.flag == true
        guard let generation = object.meta.generation, let seen = object.status["observedGeneration"]?.whole else {
            return (isPaused ? .paused : .progressing, "its controller has not looked at it yet")
        }
        guard seen >= generation else {
            return (isPaused ? .paused : .progressing, "its controller has not seen generation \(generation) yet")
        }
        if isPaused { return (.paused, "paused: changes wait until it is resumed") }
        let wanted = object.spec["replicas"]?.whole ?? 1
        let updated = object.count("updatedReplicas") ?? 0
        let total = object.count("replicas") ?? 0
        let available = object.count("availableReplicas") ?? 0
        if updated == wanted, total == updated, available == updated {
            return (.complete, wanted == 0 ? "scaled to 0 replicas" : "")
        }
        let progressing = object.condition("Progressing")
        if let progressing, progressing.status == "False" {
            return (.failed, object.condition("ReplicaFailure")?.words ?? progressing.words)
        }
        if let failure = object.condition("ReplicaFailure"), failure.status == "True" {
            return (.progressing, failure.words)
        }
        if updated < wanted { return (.progressing, "\(updated) of \(wanted) replicas are new") }
        if total > updated { return (.progressing, "\(total - updated) old replicas are ending") }
        let words = "\(available) of \(wanted) replicas are available"
        // All of them are of this revision. It was there once: pods have gone since.
        return (progressing?.reason == "NewReplicaSetAvailable" ? .degraded : .progressing, words)
    }

    func content(of object: KubeObject) -> JSONValue? { object.template.map { PodTemplate($0).json } }

    func revisions(of object: KubeObject, _ api: KubeAPI) async throws(ConnectorFault) -> [KubeRevision] {
        guard let selector = object.selector else {
            throw .malformed("\(object.meta.name) has no selector that could be read")
        }
        let items = try await api.all(
            .replicaSets, object.meta.namespace, [(name: "labelSelector", value: selector)])
        return Self.revisions(items, of: object, owner: object.meta.uid, hashLabel: PodTemplate.hashLabel)
    }

    /// ReplicaSets of one owner as its revisions.
    static func revisions(
        _ items: [JSONValue], of object: KubeObject, owner: String, hashLabel: String,
        revisionKey: String = Workload.revision
    ) -> [KubeRevision] {
        let now = object.template.map { PodTemplate($0).json.sorted }
        var all: [KubeRevision] = items.compactMap { item in
            guard let set = KubeObject(item), set.meta.owner?.uid == owner, let template = set.template else {
                return nil
            }
            let content = PodTemplate(template)
            let hash = set.meta.label(hashLabel) ?? ""
            let number = set.meta.annotation(revisionKey).flatMap { Int($0) }
            var revision = Revision(
                id: RevisionID(set.meta.name, uid: set.meta.uid, hash: hash),
                label: number.map { "r\($0)" } ?? set.meta.name, number: number)
            revision.formerNumbers = (set.meta.annotation(revisionKey + "-history") ?? "").split(separator: ",")
                .compactMap { Int($0) }
            revision.isCurrent = content.json.sorted == now
            revision.createdAt = set.meta.createdAt
            revision.cause = (set.meta.annotation(Workload.changeCause) ?? "").prefix(bytes: 300)
            revision.artifacts = content.artifacts
            revision.replicas = set.status["readyReplicas"]?.whole ?? 0
            // Annotations are copied to whichever ReplicaSet is current: the note is of the one whose hash it names.
            if let note = KubeNote(set.meta.annotation(KubeNote.key)), note.hash == hash, !hash.isEmpty {
                revision.author = note.author
                revision.note = "\(note.verb) by \(note.author): \(note.reason)"
            }
            return KubeRevision(revision: revision, content: content.json)
        }
        all.sort { ($0.revision.number ?? -1, $0.revision.id.name) > ($1.revision.number ?? -1, $1.revision.id.name) }
        // Two of the same content can stand beside each other for a moment: the newest is the current one.
        var hasCurrent = false
        for index in all.indices {
            all[index].revision.isCurrent = all[index].revision.isCurrent && !hasCurrent
            hasCurrent = hasCurrent || all[index].revision.isCurrent
            all[index].revision.isRestorable = !all[index].revision.isCurrent
        }
        return all
    }

    func draft(
        _ request: DeploymentRequest, _ object: KubeObject, _ token: KubeToken, _ target: KubeRevision?
    ) throws(ConnectorFault) -> KubeDraft {
        var patch = JSONPatch()
        patch.guarded(by: token)
        let note = (key: KubeNote.key, value: Optional(KubeNote(token, request).text))
        let isPaused = object.spec["paused"]?.flag == true
        var concerns: [Concern] = []
        let pausedWords = "it is paused: nothing would roll out. Resume it first, or ask who paused it and why"
        let expectation: DeploymentExpectation
        var goal: KubeDraft.Goal?
        switch request.verb {
        case .rollback:
            guard let target else { throw .rejected("there is no revision to go back to") }
            if isPaused { concerns.append(Concern(.paused, pausedWords, blocks: true)) }
            patch.replace("/spec/template", target.content)
            // The target's own words come back with it; without any, those of the bad release must not stay.
            let cause = target.revision.cause
            patch.annotate(object.meta, [(key: Workload.changeCause, value: cause.isEmpty ? nil : cause), note])
            goal = KubeDraft.Goal("spec", "template", value: target.content)
            expectation = .serves(target.revision.id)
        case .pause, .resume:
            let wanted = request.verb == .pause
            if wanted == isPaused {
                concerns.append(Concern(.sameAsNow, wanted ? "it is paused already" : "it is not paused", blocks: true))
            }
            patch.add("/spec/paused", .flag(wanted))
            patch.annotate(object.meta, [note])
            goal = KubeDraft.Goal("spec", "paused", value: .flag(wanted))
            expectation = .paused(wanted)
        case .restart:
            if isPaused { concerns.append(Concern(.paused, pausedWords, blocks: true)) }
            Workload.restart(&patch, object, token)
            patch.annotate(object.meta, [note])
            expectation = .restarted(after: token.generation)
        case .scale:
            let scaled = try Workload.scale(&patch, object, request, &concerns)
            patch.annotate(object.meta, [note])
            (goal, expectation) = (scaled.goal, .scaled(scaled.amount))
        default: throw refuse(request.verb)
        }
        return KubeDraft(
            body: patch.value, expectation: expectation, concerns: concerns, goals: goal.map { [$0] } ?? [])
    }
}
