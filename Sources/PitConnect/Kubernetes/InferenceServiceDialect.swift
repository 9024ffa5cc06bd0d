import PitModel
import PitParse

/// KServe's InferenceService. In Knative mode its revisions are Knative's, and traffic is split by
/// `canaryTrafficPercent`; in Standard mode (0.20 and later) by `spec.canary`. Neither keeps the spec of an earlier
/// release: going back to one that was seen needs what was recorded of it.
struct InferenceServiceDialect: KubeDialect {
    static let mode = "serving.kserve.io/deploymentMode"
    static let stop = "serving.kserve.io/stop"
    let kind = DeploymentKind.inferenceService
    let resource = KubeResource(group: "serving.kserve.io", version: "v1beta1", plural: "inferenceservices")
    let verbs: Set<DeploymentVerb> = [.rollback, .promote, .setWeight, .stop, .start]
    var keepsSpecs: Bool { true }

    /// What Knative says of its revisions, where it runs.
    struct Revisions {
        var created: String
        var ready: String?
        var rolledOut: String?
        var previous: String?

        init?(_ object: KubeObject) {
            let predictor = object.status["components"]?["predictor"]
            guard let created = predictor?["latestCreatedRevision"]?.text, !created.isEmpty else { return nil }
            self.created = created
            ready = predictor?["latestReadyRevision"]?.text
            rolledOut = predictor?["latestRolledoutRevision"]?.text
            previous = predictor?["previousRolledoutRevision"]?.text
        }

        /// Where traffic goes when the newest gets none.
        var back: String? {
            if let rolledOut, rolledOut != created { return rolledOut }
            return previous.flatMap { $0 == created ? nil : $0 }
        }
    }

    /// Canaries of Standard mode, by name.
    static func canaries(_ object: KubeObject) -> [(name: String, percent: Double)] {
        (object.spec["canary"]?.list ?? []).compactMap { each in
            guard let name = each["predictor"]?["name"]?.text else { return nil }
            return (name, each["trafficPercent"]?.figure ?? 0)
        }
    }

    func read(_ object: KubeObject, _ connection: ConnectionName) -> Deployment {
        var deployment = Deployment(
            id: id(object, connection), uid: object.meta.uid, generation: object.meta.generation)
        let predictor = object.spec["predictor"] ?? .null
        deployment.artifacts = Self.artifacts(of: predictor)
        deployment.current = Self.current(object)
        deployment.release = deployment.current.map { Self.label($0.name) } ?? ""
        let copies = object.status["modelStatus"]?["copies"]
        deployment.replicas = ReplicaCounts(
            wanted: predictor["minReplicas"]?.whole, ready: copies?["totalCopies"]?.whole,
            total: copies?["totalCopies"]?.whole)
        deployment.traffic = Self.traffic(of: object, deployment.current)
        (deployment.status, deployment.message) = Self.status(of: object)
        sign(&deployment, from: object)
        deployment.verbs = verbs.subtracting([deployment.status == .stopped ? .stop : .start])
        if Revisions(object) == nil, Self.canaries(object).isEmpty {
            deployment.verbs.subtract([.promote, .setWeight])
        }
        return deployment
    }

    /// The newest revision: Knative's, or a canary's, or the spec itself by its digest.
    private static func current(_ object: KubeObject) -> RevisionID? {
        if let canary = canaries(object).last { return RevisionID(canary.name) }
        guard let digest = content(object)?.digest else { return nil }
        return RevisionID(Revisions(object)?.created ?? "spec-\(digest)", hash: digest)
    }

    static func label(_ name: String) -> String {
        // `llama-predictor-00002`
        if let last = name.split(separator: "-").last, last.count == 5, let number = Int(last) { return "r\(number)" }
        return String(name.prefix(13))
    }

    static func content(_ object: KubeObject) -> JSONValue? {
        object.spec["predictor"]?.without("canaryTrafficPercent")
    }

    static func artifacts(of predictor: JSONValue) -> [Artifact] {
        var all: [Artifact] = []
        for member in predictor.members ?? [] {
            guard let uri = member.value["storageUri"]?.text ?? member.value["storage"]?["path"]?.text else { continue }
            all.append(Artifact(.model, value: uri.prefix(bytes: 300)))
            if let image = member.value["image"]?.text { all.append(Artifact(.image, value: image.prefix(bytes: 300))) }
        }
        return all + PodTemplate(.object([("spec", predictor)])).artifacts
    }

    private static func traffic(of object: KubeObject, _ current: RevisionID?) -> [TrafficShare] {
        let canaries = canaries(object)
        if !canaries.isEmpty {
            // Only canaries that are ready get their share.
            let told = object.status["canaryStatuses"]?.list ?? []
            var shares = canaries.map { canary in
                let status = told.first { $0["name"]?.text == canary.name }
                let isReady = status?["ready"]?.flag ?? false
                return TrafficShare(
                    canary.name, revision: RevisionID(canary.name), percent: isReady ? canary.percent : 0)
            }
            let rest = 100 - shares.reduce(0) { $0 + $1.percent }
            let stable = object.spec["predictor"]?["name"]?.text ?? "stable"
            shares.append(TrafficShare(stable, revision: content(object).map(stableID), percent: rest))
            return shares.sorted { $0.percent > $1.percent }
        }
        let told = object.status["components"]?["predictor"]?["traffic"]?.list ?? []
        var shares = told.compactMap { each -> TrafficShare? in
            guard let name = each["revisionName"]?.text, let percent = each["percent"]?.figure else { return nil }
            let revision = name == current?.name ? current : RevisionID(name)
            return TrafficShare(label(name), revision: revision, percent: percent)
        }
        if !shares.isEmpty, let current, !shares.contains(where: { $0.revision == current }) {
            shares.append(TrafficShare(label(current.name), revision: current, percent: 0))
        }
        return shares.sorted { $0.percent > $1.percent }
    }

    static func stableID(_ content: JSONValue) -> RevisionID {
        RevisionID("spec-\(content.digest)", hash: content.digest)
    }

    private static func status(of object: KubeObject) -> (RolloutStatus, String) {
        guard object.status["observedGeneration"]?.whole ?? 0 >= object.meta.generation ?? 0 else {
            return (.progressing, "its controller has not seen the newest generation yet")
        }
        if object.meta.annotation(stop) == "true" {
            return object.condition("Stopped")?.status == "True" ? (.stopped, "stopped") : (.progressing, "it stops")
        }
        let model = object.status["modelStatus"]
        let ready = object.condition("Ready")
        if ["BlockedByFailedLoad", "InvalidSpec"].contains(model?["transitionStatus"]?.text ?? "") {
            let failure = model?["lastFailureInfo"]
            let words = [failure?["reason"]?.text, failure?["message"]?.text].compactMap { $0 }.joined(separator: ": ")
            return (.failed, words.isEmpty ? "its model cannot be loaded" : words.prefix(bytes: 400))
        }
        if let revisions = Revisions(object), revisions.created != revisions.ready {
            return (.progressing, "\(revisions.created) is not ready yet")
        }
        guard let ready, ready.status == "True" else {
            let why = object.conditions.first { $0.status == "False" && $0.type != "Stopped" }
            return (
                ready?.status == "False" ? .degraded : .progressing, why?.words.prefix(bytes: 400) ?? "not ready yet"
            )
        }
        let shares = traffic(of: object, current(object))
        let newest = shares.first { $0.revision == current(object) }?.percent
        if let newest, newest > 0, newest < 100 { return (.canary, "\(Int(newest))% of the traffic is on the newest") }
        if newest == 0 { return (.canary, "the newest gets no traffic") }
        return (.complete, "")
    }

    func content(of object: KubeObject) -> JSONValue? { Self.content(object) }

    func revisions(of object: KubeObject, _ api: KubeAPI) async throws(ConnectorFault) -> [KubeRevision] {
        let current = Self.current(object)
        let now = Self.content(object) ?? .null
        var all: [KubeRevision] = []
        func add(_ id: RevisionID, _ content: JSONValue, isCurrent: Bool = false, note: String) {
            var revision = Revision(id: id, label: Self.label(id.name), isCurrent: isCurrent)
            revision.isRestorable = !isCurrent
            revision.artifacts = Self.artifacts(of: content)
            revision.note = note
            all.append(KubeRevision(revision: revision, content: content))
        }
        if let current { add(current, now, isCurrent: true, note: "") }
        if !Self.canaries(object).isEmpty {
            add(Self.stableID(now), now, note: "stable: it serves beside the canary")
        } else if let back = Revisions(object)?.back {
            add(RevisionID(back), .null, note: "Knative still has it: traffic can go back to it at once")
        }
        for spec in await api.recorded(self, object) where spec.digest != now.digest {
            guard let content = JSONReader.value(of: spec.json) else { continue }
            add(
                RevisionID("spec-\(spec.digest)", hash: spec.digest), content,
                note: "recorded by pitwall, last seen \(spec.seenAt.rfc3339)")
        }
        return all
    }

    func needsTarget(_ request: DeploymentRequest, _ object: KubeObject) -> Bool {
        request.target != nil || (Self.canaries(object).isEmpty && Revisions(object)?.back == nil)
    }
}
