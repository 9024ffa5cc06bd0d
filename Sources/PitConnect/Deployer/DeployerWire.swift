import PitModel
import PitParse

/// Reads a deployer's answers. What is missing is not known; what is too much is cut.
enum DeployerWire {
    private static let mostDeployments = 10_000
    private static let mostRevisions = 1000
    private static let mostChanges = 2000
    private static let mostEvents = 500

    static func deployments(_ answer: JSONValue, _ connection: ConnectionName) throws(ConnectorFault) -> [Deployment] {
        guard let list = answer["deployments"]?.list else { throw shape("deployments") }
        var all: [Deployment] = []
        var seen: Set<DeploymentID> = []
        for item in list.prefix(mostDeployments) {
            guard let deployment = deployment(item, connection) else {
                throw .notWhatItSays(expected: "a deployment with a name", got: "one without")
            }
            if seen.insert(deployment.id).inserted { all.append(deployment) }
        }
        return all
    }

    static func deployment(_ item: JSONValue, _ connection: ConnectionName) -> Deployment? {
        guard let name = text(item["name"]), !name.isEmpty else { return nil }
        let id = DeploymentID(
            connection: connection, kind: .external,
            namespace: text(item["namespace"]).flatMap { $0.isEmpty ? nil : $0 },
            name: name)
        let revision = text(item["revision"])
        return Deployment(
            id: id, uid: text(item["uid"]) ?? id.path, generation: whole(item["generation"]),
            model: text(item["model"]).map { ModelName($0) }, current: revision.map { RevisionID($0) },
            release: text(item["release"]) ?? revision ?? "", artifacts: artifacts(item["artifacts"]),
            replicas: ReplicaCounts(
                wanted: whole(item.at("replicas.wanted")), updated: whole(item.at("replicas.updated")),
                ready: whole(item.at("replicas.ready")), available: whole(item.at("replicas.available")),
                total: whole(item.at("replicas.total"))),
            traffic: traffic(item["traffic"]), status: status(item["status"]),
            message: item["message"]?.text?.prefix(bytes: 500) ?? "", since: moment(item["since"]),
            changedBy: text(item["changed_by"]), managedBy: text(item["managed_by"]),
            verbs: verbs(item["verbs"]), steps: steps(item["steps"]))
    }

    static func revisions(_ answer: JSONValue) throws(ConnectorFault) -> [Revision] {
        guard let list = answer["revisions"]?.list else { throw shape("revisions") }
        return list.prefix(mostRevisions).compactMap { item in
            guard let id = text(item["id"]), !id.isEmpty else { return nil }
            return Revision(
                id: RevisionID(id), label: text(item["label"]) ?? id, number: whole(item["number"]),
                isCurrent: flag(item["current"]) ?? false, isRestorable: flag(item["restorable"]) ?? true,
                createdAt: moment(item["created_at"]), author: text(item["author"]),
                cause: item["cause"]?.text?.prefix(bytes: 500) ?? "", artifacts: artifacts(item["artifacts"]),
                replicas: whole(item["replicas"]), note: item["note"]?.text?.prefix(bytes: 500) ?? "")
        }
    }

    /// The plan, from the deployer's words where it has some, otherwise from what is known without it.
    static func plan(
        _ answer: JSONValue?, _ request: DeploymentRequest, _ before: Deployment, _ target: Revision?,
        _ all: [Revision], _ ticket: Ticket, exchange: [String]
    ) -> DeploymentPlan {
        var ticket = ticket
        ticket.words = answer?["token"]?.text?.prefix(bytes: 4096) ?? ""
        let current = all.first { $0.id == before.current }
        let known = target.map { ArtifactChanges.between(current?.artifacts ?? before.artifacts, $0.artifacts) } ?? []
        var plan = DeploymentPlan(
            request: request, before: before, target: target, changes: answer.flatMap(changes) ?? known,
            preconditions: PlanTrace.preconditions(before), permission: permission(answer?["permission"]),
            concerns: RevisionChoice.concerns(request, before, target), blastReplicas: before.replicas.wanted,
            readiness: answer?["readiness"].flatMap(readiness), exchange: exchange, token: ticket.token,
            expectation: answer?["expect"].flatMap(expectation)
                ?? RevisionChoice.expectation(request, before, target))
        for item in (answer?["concerns"]?.list ?? []).prefix(50) {
            guard let words = item["words"]?.text?.prefix(bytes: 300) else { continue }
            let kind = text(item["kind"]).flatMap(Concern.Kind.init(rawValue:)) ?? .warning
            plan.concerns.append(Concern(kind, words, blocks: flag(item["blocks"]) ?? false))
        }
        plan.preconditions += (answer?["preconditions"]?.list ?? []).prefix(50).compactMap { text($0) }
        if let replicas = whole(answer?.at("blast.replicas")) { plan.blastReplicas = replicas }
        plan.blastTraffic = answer?.at("blast.traffic")?.number.flatMap { 0...1 ~= $0 ? $0 : nil }
        return plan
    }

    static func trace(_ answer: JSONValue) -> ApplyTrace? {
        let words = answer["words"]?.text?.prefix(bytes: 300) ?? ""
        return switch answer["trace"]?.text {
        case "done": .done(words)
        case "not_done": .notDone
        case "superseded": .superseded(words)
        case "unknown": .unknown(words)
        default: nil
        }
    }

    static func view(_ answer: JSONValue, _ id: DeploymentID) throws(ConnectorFault) -> RolloutView {
        guard let item = answer["deployment"], let now = deployment(item, id.connection), now.id == id else {
            throw .notWhatItSays(expected: "`deployment`: \(id.path)", got: "another or none")
        }
        let events = (answer["events"]?.list ?? []).suffix(mostEvents).compactMap { item -> RolloutEvent? in
            guard let at = moment(item["at"]) else { return nil }
            return RolloutEvent(
                at: at, isWarning: flag(item["warning"]) ?? false, object: text(item["object"]) ?? "",
                reason: text(item["reason"]) ?? "", words: item["words"]?.text?.prefix(bytes: 500) ?? "")
        }
        let conditions = (answer["conditions"]?.list ?? []).prefix(50).compactMap { text($0) }
        return RolloutView(deployment: now, events: events, conditions: conditions)
    }

    // MARK: -

    private static func shape(_ name: String) -> ConnectorFault {
        .notWhatItSays(expected: "\(DeployerConnector.product) with `\(name)`", got: "JSON of another shape")
    }

    private static func text(_ value: JSONValue?) -> String? { value?.words?.prefix(bytes: 200) }
    private static func flag(_ value: JSONValue?) -> Bool? { if case .flag(let flag)? = value { flag } else { nil } }
    private static func moment(_ value: JSONValue?) -> Timestamp? { value?.text.flatMap(Timestamp.init(rfc3339:)) }
    private static func whole(_ value: JSONValue?) -> Int? {
        value?.number.flatMap { 0...1e12 ~= $0 ? Int($0) : nil }
    }

    private static func artifacts(_ value: JSONValue?) -> [Artifact] {
        (value?.list ?? []).prefix(100).compactMap { item in
            guard let value = item["value"]?.words?.prefix(bytes: 400) else { return nil }
            let kind = text(item["kind"]).flatMap(Artifact.Kind.init(rawValue:)) ?? .parameter
            return Artifact(kind, name: text(item["name"]) ?? "", value: value, digest: text(item["digest"]))
        }
    }

    private static func traffic(_ value: JSONValue?) -> [TrafficShare] {
        let all = (value?.list ?? []).prefix(50).compactMap { item -> TrafficShare? in
            guard let percent = item["percent"]?.number, 0...100 ~= percent else { return nil }
            let revision = text(item["revision"])
            return TrafficShare(
                text(item["release"]) ?? revision ?? "", revision: revision.map { RevisionID($0) }, percent: percent)
        }
        return all.sorted { $0.percent > $1.percent }
    }

    private static func status(_ value: JSONValue?) -> RolloutStatus {
        text(value).flatMap(RolloutStatus.init(rawValue:)) ?? .unknown
    }

    /// Where nothing is said, it can be rolled back: that is what a deployer is for.
    private static func verbs(_ value: JSONValue?) -> Set<DeploymentVerb> {
        guard let list = value?.list else { return [.rollback] }
        return Set(list.compactMap { text($0).flatMap(DeploymentVerb.init(rawValue:)) })
    }

    private static func steps(_ value: JSONValue?) -> RolloutSteps? {
        guard let all = value?["all"]?.list, let current = whole(value?["current"]) else { return nil }
        let names = all.prefix(100).compactMap { text($0) }
        let analyses = (value?["analyses"]?.list ?? []).prefix(100).compactMap { text($0) }
        return RolloutSteps(current: min(current, names.count), all: names, analyses: analyses)
    }

    private static func changes(_ answer: JSONValue) -> [SpecChange]? {
        answer["changes"]?.list?.prefix(mostChanges).compactMap { item in
            guard let path = text(item["path"]) else { return nil }
            return SpecChange(path, before: leaf(item["before"]), after: leaf(item["after"]))
        }
    }

    private static func leaf(_ value: JSONValue?) -> String? {
        guard let value, !value.isNull else { return nil }
        return (value.words ?? value.json).prefix(bytes: 400)
    }

    private static func permission(_ value: JSONValue?) -> Permission {
        switch value {
        case .text("allowed")?: .allowed
        case .object?: value?["denied"]?.text.map { .denied($0.prefix(bytes: 300)) } ?? .unknown
        default: .unknown
        }
    }

    private static func readiness(_ value: JSONValue) -> Readiness? {
        guard value.members != nil else { return nil }
        return Readiness(
            warmth: text(value["warmth"]).flatMap(Readiness.Warmth.init(rawValue:)) ?? .unknown,
            historyLimit: whole(value["history_limit"]), imageCached: flag(value["image_cached"]),
            weightsCached: flag(value["weights_cached"]), hasRoom: flag(value["has_room"]),
            secondsToServe: value["seconds_to_serve"]?.number.flatMap { $0 >= 0 ? $0 : nil },
            words: (value["words"]?.list ?? []).prefix(20).compactMap { text($0) })
    }

    private static func expectation(_ value: JSONValue) -> DeploymentExpectation? {
        if let revision = text(value["serves"]) { return .serves(RevisionID(revision)) }
        if let count = whole(value["scaled"]) { return .scaled(count) }
        if let paused = flag(value["paused"]) { return .paused(paused) }
        if let weight = value["weight"]?.number { return .weight(weight) }
        if let stopped = flag(value["stopped"]) { return .stopped(stopped) }
        return nil
    }
}
