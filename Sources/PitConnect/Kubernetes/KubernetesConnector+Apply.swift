public import PitModel
import PitParse

extension KubernetesConnector {
    public func apply(_ plan: DeploymentPlan) async throws(ConnectorFault) -> String {
        let token = try KubeToken(plan)
        let (dialect, object) = try await find(plan.request.deployment)
        try check(token, object)
        let target = try await target(of: token, dialect, object)
        let draft = try dialect.draft(plan.request, object, token, target)
        if let concern = draft.concerns.first(where: \.blocks) {
            throw .rejected("\(concern.words). Nothing was sent")
        }
        let path = dialect.resource.path(object.meta.namespace, object.meta.name, draft.part)
        var reply = try await api.patch(path, type: draft.type, body: draft.body.json, isDryRun: false)
        if reply.status == 404, draft.part != nil {
            // Before it had parts, all of it was written as one.
            let whole = dialect.resource.path(object.meta.namespace, object.meta.name)
            reply = try await api.patch(whole, type: draft.type, body: draft.body.json, isDryRun: false)
        }
        if (200..<300).contains(reply.status) {
            let generation = JSONReader.value(of: reply.body)?["metadata"]?["generation"]?.whole
            return generation.map { "accepted as generation \($0)" } ?? "accepted"
        }
        let status = KubeStatus(reply)
        // A failed test and a missing path are answered alike, without a cause: it is found by reading again.
        if status.code == 422 || status.code == 409 { try await explain(token, plan.request.deployment, status) }
        throw status.fault
    }

    /// What was planned for must still be there.
    private func check(_ token: KubeToken, _ object: KubeObject) throws(ConnectorFault) {
        if let words = Self.difference(token, object) { throw .rejected("\(words). Nothing was sent: plan it again") }
    }

    private static func difference(_ token: KubeToken, _ object: KubeObject) -> String? {
        if object.meta.uid != token.uid { return "\(object.meta.name) was deleted and made again since it was planned" }
        guard let generation = object.meta.generation, generation != token.generation else { return nil }
        let writer = object.meta.lastWriter.map { ", last by \($0.name) at \($0.at.rfc3339)" } ?? ""
        return "\(object.meta.name) was changed since it was planned: generation \(token.generation) is now "
            + "\(generation)\(writer)"
    }

    private func target(
        of token: KubeToken, _ dialect: any KubeDialect, _ object: KubeObject
    ) async throws(ConnectorFault) -> KubeRevision? {
        guard let wanted = token.target else { return nil }
        let all = try await dialect.revisions(of: object, api)
        guard let found = all.first(where: { $0.revision.id.isSame(as: wanted) }) else {
            throw .rejected(
                "\(wanted.name) is no longer there: the history was cut meanwhile. Nothing was sent: choose another "
                    + "revision")
        }
        guard found.content.digest == token.digest else {
            throw .rejected("\(wanted.name) holds something else than when it was planned. Nothing was sent")
        }
        return found
    }

    /// Says why a precondition failed, when it can be seen.
    private func explain(
        _ token: KubeToken, _ id: DeploymentID, _ status: KubeStatus
    ) async throws(ConnectorFault) {
        let object: KubeObject
        do throws(ConnectorFault) { (_, object) = try await find(id) } catch {
            if case .notFound = error { throw .rejected("\(id.path) was deleted meanwhile. Nothing was changed") }
            throw .rejected("\(status.words); what is there now cannot be read: \(error.summary)")
        }
        if let words = Self.difference(token, object) {
            throw .rejected("\(words). Nothing was changed: plan it again")
        }
    }

    public func trace(of plan: DeploymentPlan) async throws(ConnectorFault) -> ApplyTrace {
        let token = try KubeToken(plan)
        let id = plan.request.deployment
        let (dialect, object): (any KubeDialect, KubeObject)
        do throws(ConnectorFault) { (dialect, object) = try await find(id) } catch {
            if case .notFound = error { return .superseded("\(id.path) is no longer there") }
            throw error
        }
        if object.meta.uid != token.uid { return .superseded("\(id.path) was deleted and made again") }
        let generation = object.meta.generation ?? 0
        if KubeNote(object.meta.annotation(KubeNote.key))?.id == token.id {
            guard token.digest != nil, plan.request.verb == .rollback, let now = dialect.content(of: object),
                now.digest != token.digest
            else { return .done("the object bears this operation's note, at generation \(generation)") }
            return .superseded("it was done, and what is wanted was changed again since\(Self.writer(of: object))")
        }
        if let trace = dialect.traced(plan.request, object, token) { return trace }
        // What carries no note is known by what it sets.
        if dialect.part(of: plan.request.verb) != nil {
            return goalsHold(plan, dialect, object, token) ? .done("the object holds what was asked for") : .notDone
        }
        if generation == token.generation { return .notDone }
        return .superseded(
            "generation \(token.generation) is now \(generation), without this operation's note"
                + Self.writer(of: object))
    }

    private static func writer(of object: KubeObject) -> String {
        object.meta.lastWriter.map { ": last by \($0.name) at \($0.at.rfc3339)" } ?? ""
    }

    private func goalsHold(
        _ plan: DeploymentPlan, _ dialect: any KubeDialect, _ object: KubeObject, _ token: KubeToken
    ) -> Bool {
        guard let draft = try? dialect.draft(plan.request, object, token, nil), !draft.goals.isEmpty else {
            return false
        }
        return draft.goals.allSatisfy { $0.holds(in: object) }
    }
}
