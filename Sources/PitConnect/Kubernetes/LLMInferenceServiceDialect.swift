import PitModel
import PitParse

/// KServe's LLMInferenceService. Several of them may share a group of routes; then each has a weight, and traffic goes
/// by the weights of those that are not stopped.
struct LLMInferenceServiceDialect: KubeDialect {
    let kind = DeploymentKind.llmInferenceService
    let resource: KubeResource
    let verbs: Set<DeploymentVerb> = [.rollback, .setWeight, .stop, .start, .scale]
    var keepsSpecs: Bool { true }

    init(version: String) {
        resource = KubeResource(group: "serving.kserve.io", version: version, plural: "llminferenceservices")
    }

    /// The weights of the group, by member; empty where there is no group.
    private static func members(_ object: KubeObject) -> [(name: String, weight: Double)] {
        (object.status["router"]?["group"]?["members"]?.list ?? []).compactMap { each in
            guard let name = each["name"]?.text else { return nil }
            return (name, each["stopped"]?.flag == true ? 0 : each["weight"]?.figure ?? 1)
        }
    }

    private static func isGrouped(_ object: KubeObject) -> Bool {
        object.spec["router"]?["route"]?["group"]?.text != nil
    }

    func read(_ object: KubeObject, _ connection: ConnectionName) -> Deployment {
        var deployment = Deployment(
            id: id(object, connection), uid: object.meta.uid, generation: object.meta.generation)
        let digest = content(of: object)?.digest ?? ""
        let current = RevisionID("spec-\(digest)", hash: digest)
        deployment.current = current
        deployment.release = object.spec["model"]?["name"]?.text ?? String(digest.prefix(8))
        if let uri = object.spec["model"]?["uri"]?.text {
            deployment.artifacts.append(Artifact(.model, value: uri.prefix(bytes: 300)))
        }
        if let template = object.spec["template"] {
            deployment.artifacts += PodTemplate(.object([("spec", template)])).artifacts
        }
        deployment.replicas = ReplicaCounts(wanted: object.spec["replicas"]?.whole)
        let members = Self.members(object)
        let sum = members.reduce(0) { $0 + $1.weight }
        if sum > 0 {
            deployment.traffic = members.map { member in
                TrafficShare(
                    member.name, revision: member.name == object.meta.name ? current : RevisionID(member.name),
                    percent: member.weight / sum * 100)
            }.sorted { $0.percent > $1.percent }
        }
        (deployment.status, deployment.message) = Self.status(of: object, deployment.traffic.count)
        sign(&deployment, from: object)
        deployment.verbs = verbs.subtracting([deployment.status == .stopped ? .stop : .start])
        if !Self.isGrouped(object) { deployment.verbs.remove(.setWeight) }
        return deployment
    }

    private static func status(of object: KubeObject, _ members: Int) -> (RolloutStatus, String) {
        guard object.status["observedGeneration"]?.whole ?? 0 >= object.meta.generation ?? 0 else {
            return (.progressing, "its controller has not seen the newest generation yet")
        }
        if object.meta.annotation(InferenceServiceDialect.stop) == "true" { return (.stopped, "stopped") }
        let ready = object.condition("Ready")
        if ready?.status == "True" { return members > 1 ? (.canary, "shares its routes") : (.complete, "") }
        let why = object.conditions.first { $0.status == "False" && $0.type != "Ready" } ?? ready
        return (ready?.status == "False" ? .degraded : .progressing, why?.words.prefix(bytes: 400) ?? "not ready yet")
    }

    /// All but what scales and routes it: a weight is no release.
    func content(of object: KubeObject) -> JSONValue? {
        object.spec.without("router").without("replicas").without("scaling")
    }

    func revisions(of object: KubeObject, _ api: KubeAPI) async throws(ConnectorFault) -> [KubeRevision] {
        let now = content(of: object) ?? .null
        var first = Revision(
            id: RevisionID("spec-\(now.digest)", hash: now.digest), label: String(now.digest.prefix(8)),
            isCurrent: true, isRestorable: false)
        first.artifacts = read(object, ConnectionName("")).artifacts
        var all = [KubeRevision(revision: first, content: now)]
        for spec in await api.recorded(self, object) where spec.digest != now.digest {
            guard let content = JSONReader.value(of: spec.json) else { continue }
            var revision = Revision(
                id: RevisionID("spec-\(spec.digest)", hash: spec.digest), label: String(spec.digest.prefix(8)))
            if let uri = content["model"]?["uri"]?.text {
                revision.artifacts = [Artifact(.model, value: uri.prefix(bytes: 300))]
            }
            revision.note = "recorded by pitwall, last seen \(spec.seenAt.rfc3339)"
            all.append(KubeRevision(revision: revision, content: content))
        }
        return all
    }

    func needsTarget(_ request: DeploymentRequest, _ object: KubeObject) -> Bool {
        request.target != nil || !Self.isGrouped(object)
    }

    func draft(
        _ request: DeploymentRequest, _ object: KubeObject, _ token: KubeToken, _ target: KubeRevision?
    ) throws(ConnectorFault) -> KubeDraft {
        var patch = JSONPatch()
        patch.guarded(by: token)
        var draft = KubeDraft(body: .null, expectation: .weight(0))
        var marks = [(key: KubeNote.key, value: Optional(KubeNote(token, request).text))]
        switch request.verb {
        case .rollback:
            if let target {
                for member in content(of: object)?.members ?? [] where target.content[member.key] == nil {
                    patch.remove("/spec/" + JSONPatch.escaped(member.key))
                }
                for member in target.content.members ?? [] {
                    patch.add("/spec/" + JSONPatch.escaped(member.key), member.value)
                    draft.goals.append(KubeDraft.Goal("spec", member.key, value: member.value))
                }
                draft.expectation = .serves(target.revision.id)
            } else {
                try weigh(0, object, &patch, &draft)
                draft.concerns.append(Concern(.warning, "its share goes to the other members of its group"))
            }
        case .setWeight: try weigh(request.percent(), object, &patch, &draft)
        case .scale:
            let scaled = try Workload.scale(&patch, object, request, &draft.concerns)
            (draft.goals, draft.expectation) = ([scaled.goal], .scaled(scaled.amount))
        case .stop, .start:
            marks.append(InferenceServiceDialect.stopped(request.verb == .stop, object, &draft))
        default: throw refuse(request.verb)
        }
        patch.annotate(object.meta, marks)
        draft.body = patch.value
        return draft
    }

    /// Weights are shares of their sum: what this one must weigh for its percentage, the others as they are.
    private func weigh(
        _ percent: Int, _ object: KubeObject, _ patch: inout JSONPatch, _ draft: inout KubeDraft
    ) throws(ConnectorFault) {
        guard Self.isGrouped(object) else { throw .rejected("it is in no group of routes: it has all the traffic") }
        let others = Self.members(object).filter { $0.name != object.meta.name }.reduce(0) { $0 + $1.weight }
        guard others > 0 else { throw .rejected("no other member of its group has any weight: nothing could serve") }
        guard percent < 100 else { throw .rejected("for all of the traffic stop the other members of its group") }
        let weight = min(1_000_000, (others * Double(percent) / Double(100 - percent)).rounded())
        patch.add("/spec/router/route/weight", .number(weight))
        draft.goals = [KubeDraft.Goal("spec", "router", "route", "weight", value: .number(weight))]
        draft.expectation = .weight(weight / (weight + others) * 100)
    }
}
