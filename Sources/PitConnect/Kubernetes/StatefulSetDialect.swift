import PitModel
import PitParse

/// `apps/v1` StatefulSets: a revision is a ControllerRevision, whose number is a number.
struct StatefulSetDialect: KubeDialect {
    static let hashLabel = "controller.kubernetes.io/hash"
    /// On its pods: NAME-HASH.
    static let revisionLabel = "controller-revision-hash"
    let kind = DeploymentKind.statefulSet
    let resource = KubeResource.statefulSets
    let verbs: Set<DeploymentVerb> = [.rollback, .restart, .scale]

    func read(_ object: KubeObject, _ connection: ConnectionName) -> Deployment {
        var deployment = workload(object, connection)
        if let name = object.status["updateRevision"]?.text {
            // `NAME-HASH`: the hash is the ControllerRevision's label.
            let hash = name.split(separator: "-").last.map(String.init) ?? ""
            deployment.current = RevisionID(name, hash: hash)
            deployment.release = hash
        }
        (deployment.status, deployment.message) = Self.status(of: object)
        sign(&deployment, from: object)
        deployment.verbs = verbs
        return deployment
    }

    static func status(of object: KubeObject) -> (RolloutStatus, String) {
        guard let generation = object.meta.generation, let seen = object.status["observedGeneration"]?.whole,
            seen >= generation
        else { return (.progressing, "its controller has not seen the newest generation yet") }
        let wanted = object.spec["replicas"]?.whole ?? 1
        let updated = object.count("updatedReplicas") ?? 0
        let ready = object.count("readyReplicas") ?? 0
        let strategy = object.spec["updateStrategy"]
        let isLevel =
            object.status["updateRevision"]?.text == object.status["currentRevision"]?.text || updated >= wanted
        if strategy?["type"]?.text == "OnDelete", !isLevel {
            return (.progressing, "\(updated) of \(wanted) pods are new; the others change when they are deleted")
        }
        let partition = strategy?["rollingUpdate"]?["partition"]?.whole ?? 0
        if partition > 0, !isLevel {
            let isDone = updated >= wanted - partition && ready >= wanted
            return (isDone ? .canary : .progressing, "a partition holds back \(min(partition, wanted)) of \(wanted)")
        }
        guard isLevel else { return (.progressing, "\(updated) of \(wanted) pods are new") }
        if ready == wanted, object.count("replicas") == wanted {
            return (.complete, wanted == 0 ? "scaled to 0 replicas" : "")
        }
        // Which of the two it is cannot be told: a StatefulSet says nothing of how far its rollout got.
        return (ready < wanted ? .degraded : .progressing, "\(ready) of \(wanted) pods are ready")
    }

    func content(of object: KubeObject) -> JSONValue? { object.template.map { PodTemplate($0).json } }

    func revisions(of object: KubeObject, _ api: KubeAPI) async throws(ConnectorFault) -> [KubeRevision] {
        guard let selector = object.selector else {
            throw .malformed("\(object.meta.name) has no selector that could be read")
        }
        let items = try await api.all(
            .controllerRevisions, object.meta.namespace, [(name: "labelSelector", value: selector)])
        let current = object.status["updateRevision"]?.text
        let all: [KubeRevision] = items.compactMap { item in
            guard let each = KubeObject(item), each.meta.owner?.uid == object.meta.uid,
                let template = item["data"]?["spec"]?["template"]
            else { return nil }
            let content = PodTemplate(template)
            let number = item["revision"]?.whole
            var revision = Revision(
                id: RevisionID(
                    each.meta.name, uid: each.meta.uid, hash: each.meta.label(Self.hashLabel) ?? ""),
                label: number.map { "r\($0)" } ?? each.meta.name, number: number)
            revision.isCurrent = each.meta.name == current
            revision.isRestorable = !revision.isCurrent
            revision.createdAt = each.meta.createdAt
            revision.cause = (each.meta.annotation(Workload.changeCause) ?? "").prefix(bytes: 300)
            revision.artifacts = content.artifacts
            return KubeRevision(revision: revision, content: content.json)
        }
        return all.sorted { ($0.revision.number ?? -1) > ($1.revision.number ?? -1) }
    }

    func draft(
        _ request: DeploymentRequest, _ object: KubeObject, _ token: KubeToken, _ target: KubeRevision?
    ) throws(ConnectorFault) -> KubeDraft {
        var patch = JSONPatch()
        patch.guarded(by: token)
        let note = (key: KubeNote.key, value: Optional(KubeNote(token, request).text))
        var concerns: [Concern] = []
        let expectation: DeploymentExpectation
        var goal: KubeDraft.Goal?
        switch request.verb {
        case .rollback:
            guard let target else { throw .rejected("there is no revision to go back to") }
            patch.replace("/spec/template", target.content)
            let cause = target.revision.cause
            patch.annotate(object.meta, [(key: Workload.changeCause, value: cause.isEmpty ? nil : cause), note])
            goal = KubeDraft.Goal("spec", "template", value: target.content)
            expectation = .serves(target.revision.id)
            if object.spec["updateStrategy"]?["type"]?.text == "OnDelete" {
                concerns.append(Concern(.warning, "its pods change only when they are deleted (OnDelete)"))
            }
        case .restart:
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
