import PitModel
import PitParse

/// What is sent to change an InferenceService.
extension InferenceServiceDialect {
    func draft(
        _ request: DeploymentRequest, _ object: KubeObject, _ token: KubeToken, _ target: KubeRevision?
    ) throws(ConnectorFault) -> KubeDraft {
        var patch = JSONPatch()
        patch.guarded(by: token)
        var draft = KubeDraft(body: .null, expectation: .weight(0))
        var marks = [(key: KubeNote.key, value: Optional(KubeNote(token, request).text))]
        switch request.verb {
        case .rollback: try rollBack(object, target, &patch, &draft)
        case .promote: try promote(object, &patch, &draft)
        case .setWeight: try weigh(request.percent(), object, &patch, &draft)
        case .stop, .start:
            marks.append(Self.stopped(request.verb == .stop, object, &draft))
        default: throw refuse(request.verb)
        }
        patch.annotate(object.meta, marks)
        draft.body = patch.value
        return draft
    }

    /// The annotation that stops or starts a service of either kind.
    static func stopped(
        _ wanted: Bool, _ object: KubeObject, _ draft: inout KubeDraft
    ) -> (key: String, value: String?) {
        let isStopped = object.meta.annotation(stop) == "true"
        if isStopped == wanted {
            let words = isStopped ? "it is stopped already" : "it is not stopped"
            draft.concerns.append(Concern(.sameAsNow, words, blocks: true))
        }
        draft.expectation = .stopped(wanted)
        return (stop, wanted ? "true" : nil)
    }

    private func rollBack(
        _ object: KubeObject, _ target: KubeRevision?, _ patch: inout JSONPatch, _ draft: inout KubeDraft
    ) throws(ConnectorFault) {
        let isRecorded = target?.revision.note.hasPrefix("recorded") ?? false
        if let target, isRecorded {
            patch.replace("/spec/predictor", target.content)
            if object.spec["canary"] != nil { patch.remove("/spec/canary") }
            draft.goals = [KubeDraft.Goal("spec", "predictor", value: target.content)]
            draft.expectation = .serves(target.revision.id)
        } else if !Self.canaries(object).isEmpty {
            patch.remove("/spec/canary")
            draft.goals = [KubeDraft.Goal("spec", "canary", value: nil)]
            draft.expectation = .serves(Self.stableID(Self.content(object) ?? .null))
        } else if let back = Revisions(object)?.back {
            patch.add("/spec/predictor/canaryTrafficPercent", .number(0))
            draft.goals = [KubeDraft.Goal("spec", "predictor", "canaryTrafficPercent", value: .number(0))]
            draft.expectation = .weight(0)
            draft.concerns.append(
                Concern(
                    .warning,
                    "traffic goes back to \(back), and the spec still holds the new release: the next change of it "
                        + "starts from there"))
        } else {
            throw .rejected("it has no revision to go back to, and none was recorded: deploy the earlier one anew")
        }
    }

    private func promote(
        _ object: KubeObject, _ patch: inout JSONPatch, _ draft: inout KubeDraft
    ) throws(ConnectorFault) {
        let canaries = object.spec["canary"]?.list ?? []
        if let canary = canaries.first?["predictor"] {
            guard canaries.count == 1 else { throw .rejected("it has \(canaries.count) canaries: end all but one") }
            let merged = (object.spec["predictor"] ?? .object([])).merged(with: canary)
            patch.test("/spec/canary/0/predictor/name", canary["name"] ?? .null)
            patch.replace("/spec/predictor", merged)
            patch.remove("/spec/canary")
            draft.goals = [
                KubeDraft.Goal("spec", "predictor", value: merged), KubeDraft.Goal("spec", "canary", value: nil),
            ]
            draft.expectation = .serves(Self.stableID(merged.without("canaryTrafficPercent")))
            return
        }
        guard object.spec["predictor"]?["canaryTrafficPercent"]?.figure != nil else {
            throw .rejected("it has no canary: there is nothing to promote")
        }
        patch.remove("/spec/predictor/canaryTrafficPercent")
        draft.goals = [KubeDraft.Goal("spec", "predictor", "canaryTrafficPercent", value: nil)]
        draft.expectation = .weight(100)
    }

    private func weigh(
        _ amount: Int, _ object: KubeObject, _ patch: inout JSONPatch, _ draft: inout KubeDraft
    ) throws(ConnectorFault) {
        draft.expectation = .weight(Double(amount))
        let canaries = Self.canaries(object)
        if let canary = canaries.first {
            guard canaries.count == 1 else { throw .rejected("it has \(canaries.count) canaries: end all but one") }
            patch.test("/spec/canary/0/predictor/name", .text(canary.name))
            patch.add("/spec/canary/0/trafficPercent", .number(Double(amount)))
            return
        }
        guard Revisions(object) != nil else {
            throw .rejected("it runs in Standard mode without a canary: its traffic cannot be split")
        }
        if Revisions(object)?.back == nil {
            draft.concerns.append(Concern(.gone, "there is no other revision to give the rest to", blocks: true))
        }
        patch.add("/spec/predictor/canaryTrafficPercent", .number(Double(amount)))
        draft.goals = [
            KubeDraft.Goal("spec", "predictor", "canaryTrafficPercent", value: .number(Double(amount)))
        ]
    }
}

extension JSONValue {
    /// The members of another object laid over this one's, at every depth; lists are replaced.
    func merged(with other: JSONValue) -> JSONValue {
        guard let changes = other.members, members != nil else { return other }
        return changes.reduce(self) { all, each in
            all.with(each.key, all[each.key]?.merged(with: each.value) ?? each.value)
        }
    }
}
