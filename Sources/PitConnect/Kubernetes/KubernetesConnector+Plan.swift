public import PitModel
import PitParse

extension KubernetesConnector {
    public func plan(_ request: DeploymentRequest) async throws(ConnectorFault) -> DeploymentPlan {
        let dialect = try await cluster.dialect(request.deployment.kind)
        async let asked = permission(
            "patch", dialect.resource, dialect.part(of: request.verb), request.deployment.namespace,
            request.deployment.name)
        let object = try await api.object(dialect.resource, request.deployment.namespace, request.deployment.name)
        async let surroundings = surroundings(of: object)
        let revisions = try await dialect.revisions(of: object, api)
        var before = dialect.read(object, cluster.connection)
        before.current = revisions.first(where: \.revision.isCurrent)?.revision.id ?? before.current

        var token = KubeToken.fresh(object)
        token.detail = dialect.detail(request, object)
        let (target, gone) =
            dialect.needsTarget(request, object) ? Self.target(of: request, revisions, object) : (nil, [])
        if let target {
            token.target = target.revision.id
            token.digest = target.content.digest
        }
        var plan = DeploymentPlan(
            request: request, before: before, target: target?.revision, token: token.text,
            expectation: .serves(before.current ?? RevisionID("")))
        plan.concerns += gone
        plan.concerns += Self.managers(of: before, request.verb)
        plan.preconditions = [
            "it is the same object (uid \(token.uid))", "nobody changed it (generation is \(token.generation))",
        ]
        if let target { plan.preconditions.append("\(target.revision.id.name) is still there, with the same content") }
        plan.blastReplicas = before.replicas.total ?? before.replicas.wanted
        if gone.contains(where: \.blocks) {
            plan.permission = await asked
            return plan
        }

        let draft = try dialect.draft(request, object, token, target)
        plan.expectation = draft.expectation
        plan.concerns += draft.concerns
        plan.changes = Self.changes(request, object, dialect, target)
        if plan.changes.isEmpty { plan.changes = Self.changes(draft, object) }
        let path = dialect.resource.path(object.meta.namespace, object.meta.name, draft.part)
        plan.exchange = [
            "PATCH \(path)?fieldManager=\(KubeAPI.fieldManager)", "Content-Type: \(draft.type)",
            TemplateDiff.starred(draft.body).json,
        ]
        if let target, target.content.isInexact {
            plan.concerns.append(
                Concern(.dryRun, "it holds a number too large to be sent back exactly: use kubectl", blocks: true))
        }
        if !plan.concerns.contains(where: \.blocks) { plan.concerns += await rehearse(draft, path) }
        plan.permission = await asked
        let found = await surroundings
        plan.readiness = target.map { readiness(of: $0, object, found) }
        if request.verb == .scale { plan.concerns += await autoscalers(of: object) }
        return plan
    }

    /// Where a rollback goes: what was asked for, or the newest that is not the one that runs; and what keeps it from
    /// going there.
    private static func target(
        of request: DeploymentRequest, _ revisions: [KubeRevision], _ object: KubeObject
    ) -> (KubeRevision?, [Concern]) {
        guard request.verb == .rollback else { return (nil, []) }
        let limit = object.spec["revisionHistoryLimit"]?.whole
        let history = limit.map { " (it keeps \($0) older revisions)" } ?? ""
        guard let wanted = request.target else {
            if let found = revisions.first(where: { !$0.revision.isCurrent && $0.revision.isRestorable }) {
                return (found, [])
            }
            let words = "there is no earlier revision to go back to\(history): deploy the earlier release anew"
            return (nil, [Concern(.gone, words, blocks: true)])
        }
        guard let found = revisions.first(where: { $0.revision.id.isSame(as: wanted) }) else {
            let words = "\(wanted.name) is no longer there\(history): choose another revision, or deploy it anew"
            return (nil, [Concern(.gone, words, blocks: true)])
        }
        if found.revision.isCurrent {
            return (found, [Concern(.sameAsNow, "that is what runs now: nothing would change", blocks: true)])
        }
        if !found.revision.isRestorable {
            return (found, [Concern(.gone, found.revision.note, blocks: true)])
        }
        return (found, [])
    }

    private static func changes(
        _ request: DeploymentRequest, _ object: KubeObject, _ dialect: any KubeDialect, _ target: KubeRevision?
    ) -> [SpecChange] {
        switch request.verb {
        case .rollback where target?.content.members != nil:
            TemplateDiff.changes(from: dialect.content(of: object), to: target?.content)
        case .scale:
            [
                SpecChange(
                    "replicas", before: object.spec["replicas"].map(\.json), after: request.amount.map { "\($0)" })
            ]
        case .pause: [SpecChange("paused", before: object.spec["paused"].map(\.json), after: "true")]
        case .resume: [SpecChange("paused", before: object.spec["paused"].map(\.json), after: "false")]
        default: []
        }
    }

    /// What a draft sets, against what is there.
    private static func changes(_ draft: KubeDraft, _ object: KubeObject) -> [SpecChange] {
        draft.goals.flatMap { goal -> [SpecChange] in
            var here: JSONValue? = object.json
            for step in goal.path { here = here?[step] }
            let path = goal.path.joined(separator: ".")
            return TemplateDiff.changes(from: here, to: goal.value).map { change in
                let place = change.path.isEmpty ? path : "\(path).\(change.path)"
                return SpecChange(place, before: change.before, after: change.after)
            }
        }
    }

    private static func managers(of before: Deployment, _ verb: DeploymentVerb) -> [Concern] {
        guard let manager = before.managedBy else { return [] }
        if manager.contains(" "), !["Argo CD"].contains(manager) {
            return [
                Concern(
                    .managed, "\(manager) makes this object and will overwrite the change: act on \(manager)",
                    blocks: true)
            ]
        }
        let words =
            manager == "Helm"
            ? "Helm installed it: its next upgrade goes from Helm's own record, not from this change"
            : "\(manager) manages it and may bring back what its repository says: change it there too"
        return [Concern(.managed, words)]
    }

    /// Asks the server whether this may be done.
    func permission(
        _ verb: String, _ resource: KubeResource, _ part: String?, _ namespace: String?, _ name: String
    ) async -> Permission {
        var attributes: [(key: String, value: JSONValue)] = [
            ("verb", .text(verb)), ("group", .text(resource.group)), ("version", .text(resource.version)),
            ("resource", .text(resource.plural)), ("name", .text(name)),
        ]
        if let namespace { attributes.append(("namespace", .text(namespace))) }
        if let part { attributes.append(("subresource", .text(part))) }
        let review = JSONValue.object([
            ("apiVersion", .text("authorization.k8s.io/v1")), ("kind", .text("SelfSubjectAccessReview")),
            ("spec", .object([("resourceAttributes", .object(attributes))])),
        ])
        guard let reply = try? await api.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review),
            let allowed = reply["status"]?["allowed"]?.flag
        else { return .unknown }
        if allowed { return .allowed }
        let what = resource.plural + (part.map { "/\($0)" } ?? "")
        let reason = reply["status"]?["reason"]?.text.flatMap { $0.isEmpty ? nil : ": \($0.prefix(bytes: 200))" }
        return .denied("this account may not \(verb) \(what) in \(namespace ?? "the cluster")\(reason ?? "")")
    }

    /// Sends it as a dry run, and holds the reply against what is wanted.
    private func rehearse(_ draft: KubeDraft, _ path: String) async -> [Concern] {
        let reply: HTTPReply
        do throws(ConnectorFault) {
            reply = try await api.patch(path, type: draft.type, body: draft.body.json, isDryRun: true)
        } catch {
            return [Concern(.dryRun, "the dry run failed: \(error.summary)", blocks: true)]
        }
        var concerns = reply.headers.filter { $0.name == "warning" }.prefix(5).map { header in
            Concern(.warning, Self.warning(header.value))
        }
        guard (200..<300).contains(reply.status) else {
            let status = KubeStatus(reply)
            if status.message.contains("does not support dry run") {
                return concerns + [Concern(.dryRun, "no dry run: \(status.words)")]
            }
            let words = status.code == 403 ? "the server refuses it: " : "the server would not take it: "
            return concerns + [Concern(.dryRun, words + status.words, blocks: true)]
        }
        guard let value = JSONReader.value(of: reply.body), let object = KubeObject(value) else {
            return concerns + [Concern(.dryRun, "the dry run's reply cannot be read", blocks: true)]
        }
        for goal in draft.goals where !goal.holds(in: object) && draft.part == nil {
            let path = goal.path.joined(separator: ".")
            concerns.append(
                Concern(
                    .dryRun, "the server would make something else of \(path) than what was asked for", blocks: true))
        }
        return concerns
    }

    /// The text of `299 - "text"`.
    private static func warning(_ header: String) -> String {
        guard let start = header.firstIndex(of: "\""), let end = header.lastIndex(of: "\""), start < end else {
            return header.prefix(bytes: 300)
        }
        let text = header[header.index(after: start)..<end]
        return String(text).replacing("\\\"", with: "\"").prefix(bytes: 300)
    }

    /// Who else sets the number of replicas.
    private func autoscalers(of object: KubeObject) async -> [Concern] {
        guard let all = try? await api.all(.autoscalers, object.meta.namespace, most: 500) else { return [] }
        return all.compactMap { each in
            let target = each["spec"]?["scaleTargetRef"]
            guard target?["name"]?.text == object.meta.name,
                target?["kind"]?.text == object.json["kind"]?.text, let name = KubeMeta(each)?.name
            else { return nil }
            return Concern(.managed, "the autoscaler \(name) sets its replicas and may change them again")
        }
    }
}
