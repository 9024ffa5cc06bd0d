public import PitModel
import PitParse
import PitStore

extension Engine {
    /// Finds out what would happen, by the connector and by what pitwall itself knows. Changes nothing.
    public func plan(_ request: DeploymentRequest) async throws(ConnectorFault) -> DeploymentPlan {
        let connector = try deployer(of: request.deployment)
        guard type(of: connector).deploymentVerbs.contains(request.verb) else {
            throw .rejected("\(request.deployment.connection) knows no \(request.verb.rawValue)")
        }
        var plan = try await connector.plan(request)
        plan.before.model = desk.model(of: plan.before)
        let known = Set(plan.concerns.map(\.kind))
        plan.concerns =
            ownConcerns(plan).filter { !known.contains($0.kind) || $0.blocks || $0.kind == .quarantined }
            + (await reviewConcerns(plan)) + plan.concerns
        if plan.readiness == nil, let state = desk[request.deployment] { plan.readiness = state.readiness }
        if plan.readiness?.secondsToServe == nil, let usual = desk.usualTime(request.deployment) {
            var readiness = plan.readiness ?? Readiness()
            readiness.secondsToServe = usual
            plan.readiness = readiness
        }
        if plan.blastReplicas == nil, request.verb.replacesReplicas { plan.blastReplicas = plan.before.replicas.wanted }
        if let model = plan.before.model, let target = plan.target {
            let judged = judged(model, plan.before.release, target.label)
            let known = [judged.before, judged.after].compactMap { $0?.words }
            plan.judged = known.isEmpty ? nil : known
        }
        return plan
    }

    /// What stands against a plan that its system does not know of. Asked again at the moment that it is sent.
    func ownConcerns(_ plan: DeploymentPlan) -> [Concern] {
        let id = plan.request.deployment
        let now = clock.now()
        var concerns: [Concern] = []
        if settings.isReadOnly {
            concerns.append(Concern(.readOnly, "this pitwall is read-only", blocks: true))
        }
        if let index = serverIndex[id.connection], let allow = servers[index].server.connection.allow,
            !allow.contains(plan.request.verb)
        {
            let words = allow.isEmpty ? "nothing" : allow.map(\.rawValue).sorted().joined(separator: ", ")
            concerns.append(
                Concern(
                    .notAllowed,
                    "the configuration allows \(words) on \(id.connection), not \(plan.request.verb.rawValue)",
                    blocks: true))
        }
        if let concern = operationConcern(id) { concerns.append(concern) }
        concerns += freezeConcerns(plan.request, now)
        concerns += silenceConcerns(plan.before, now)
        if let controller = plan.before.managedBy {
            concerns.append(
                Concern(
                    .managed,
                    "\(controller) manages it and may bring back what its repository says: change it there, too"))
        }
        if let target = plan.target {
            for bad in desk.quarantine where bad.isServed(by: target, of: id) {
                concerns.append(
                    Concern(
                        .quarantined,
                        "\(bad.words) was rolled back by \(bad.author): \(bad.reason). Lift it with: pitwall quarantine lift \(bad.id)",
                        blocks: true))
            }
        }
        if settings.deployments.approvals > 1 {
            concerns.append(
                Concern(
                    .approvalMissing,
                    "it waits until \(settings.deployments.approvals - 1) more approve: pitwall approve ID"))
        }
        return concerns
    }

    private func operationConcern(_ id: DeploymentID) -> Concern? {
        guard let locks = try? store.deploymentLocks(), let operation = locks[id.description] else { return nil }
        let entry = (try? store.entry(of: operation)) ?? nil
        let words = entry.map { "\($0.operation.request.word) by \($0.operation.author) is \($0.stage.rawValue)" }
        return Concern(
            .operationInFlight,
            "operation \(operation): \(words ?? "it is under way"); see it with: pitwall get operations", blocks: true)
    }

    /// In a freeze nothing new is brought; going back is still possible, and the window is told.
    private func freezeConcerns(_ request: DeploymentRequest, _ now: Timestamp) -> [Concern] {
        settings.deployments.freezes.filter { $0.holds(at: now) && NamePattern.any($0.names, request.deployment) }.map {
            Concern(.freeze, "nothing is to be changed now: \($0.reason)", blocks: !request.verb.goesBack)
        }
    }

    private func silenceConcerns(_ deployment: Deployment, _ now: Timestamp) -> [Concern] {
        var labels = ["deployment": deployment.id.name]
        if let namespace = deployment.id.namespace { labels["namespace"] = namespace }
        if let model = deployment.model {
            (labels["model"], labels["model_name"]) = (model.description, model.description)
        }
        let known = Set(labels.keys)
        return board.allSilences.filter { silence in
            guard silence.state == .active, silence.startsAt <= now, now < silence.endsAt else { return false }
            let about = silence.matchers.filter { known.contains($0.name) && $0.isEqual }
            return !about.isEmpty && MatcherSet(about).matches(labels)
        }.prefix(3).map {
            Concern(.silence, "\($0.createdBy) has silenced alerts about it until \($0.endsAt.rfc3339): \($0.comment)")
        }
    }
}
