import Logging
public import PitModel
import PitStore

extension Engine {
    /// Takes all deployments that a connection has now: tells what was released, failed or is gone, and keeps them.
    func ingest(deployments: [Deployment], _ index: Int) {
        let name = servers[index].server.connection.name
        let now = clock.now()
        var seen: Set<DeploymentID> = []
        var changed: [DeploymentID] = []
        for deployment in deployments.prefix(Self.deploymentLimit) {
            seen.insert(deployment.id)
            if take(deployment, now) { changed.append(deployment.id) }
        }
        let gone = desk.of(name).filter { !seen.contains($0) }
        for id in gone {
            let model = desk[id]?.deployment.model
            desk[id] = nil
            note([Event(at: now, kind: .release, model: model, connection: name, title: "\(id.path) is gone")])
        }
        desk.seen[name] = now
        if desk.pointed.insert(name).inserted { notePointers(deployments, now) }
        notePointers(gone: gone, now)
        if gone.isEmpty {
            keep { try store.note(.deployment, changed.compactMap(deploymentFact), at: now) }
        } else {
            keep {
                try store.replace(
                    .deployment, scope: "\(name):", with: desk.of(name).compactMap(deploymentFact), at: now)
            }
        }
        if !changed.isEmpty || !gone.isEmpty { needsPublishing = true }
    }

    /// Deployments of one connection that are looked at.
    static let deploymentLimit = 20_000

    private func deploymentFact(_ id: DeploymentID) -> (key: String, body: [UInt8])? {
        desk[id].map { (key: id.description, body: FactCodec.encode($0.deployment)) }
    }

    /// Takes one deployment as it is now; whether it is another than before.
    @discardableResult
    func take(_ new: Deployment, _ now: Timestamp) -> Bool {
        var deployment = new
        deployment.model = desk.model(of: new)
        let old = desk[deployment.id]?.deployment
        guard old != deployment else { return false }
        var state = desk[deployment.id] ?? DeploymentState(deployment, seenAt: now)
        (state.deployment, state.seenAt, state.isStale) = (deployment, now, false)
        if let old, old.current != deployment.current || old.uid != deployment.uid {
            (state.revisions, state.changes, state.readiness) = (nil, [:], nil)
            (state.view, state.advice) = (nil, nil)
            desk.wanted.insert(deployment.id)
        }
        desk[deployment.id] = state
        if old?.current != deployment.current {
            notePointers([deployment], now)
            suspect(deployment, was: old)
        }
        time(deployment, was: old, now)
        tell(deployment, was: old, now)
        if let model = deployment.model, !deployment.release.isEmpty,
            let index = models.firstIndex(where: { $0.config.name == model })
        {
            models[index].state.release = deployment.release
        }
        return true
    }

    /// How long rollouts take, from the first look at which one was under way.
    private func time(_ deployment: Deployment, was old: Deployment?, _ now: Timestamp) {
        let id = deployment.id
        switch deployment.status {
        case .progressing:
            if old != nil, desk.rolling[id] == nil { desk.rolling[id] = now }
        case .complete:
            guard let began = desk.rolling.removeValue(forKey: id), old?.status == .progressing else { return }
            let seconds = now.since(began)
            guard seconds > 0 else { return }
            desk.times[id.description] = Array(([seconds] + (desk.times[id.description] ?? [])).prefix(10))
            keep { try store.noteRollout(seconds, of: id, at: now) }
        default: desk.rolling[id] = nil
        }
    }

    private func tell(_ deployment: Deployment, was old: Deployment?, _ now: Timestamp) {
        let id = deployment.id
        let name = deployment.release.isEmpty ? deployment.current?.name ?? "" : deployment.release
        let since = deployment.since.map { min($0, now) }
        if let current = deployment.current, old?.current != current {
            // What was there before anybody looked is told at its own time; a revision that comes back, at this.
            let recent = since.map { now.since($0) < 86400 } ?? false
            guard old != nil || recent else { return }
            let at = old == nil ? since ?? now : max(since ?? now, now.advanced(by: -60))
            let mark = current.hash.isEmpty ? current.name : current.hash
            let by = deployment.changedBy.map { " by \($0)" } ?? ""
            note([
                Event(
                    at: at, kind: .release, model: deployment.model, connection: id.connection,
                    title: "\(id.path) \(name) released\(by)",
                    detail: deployment.artifacts.map(\.value).joined(separator: ", "),
                    key: "release|\(id)|\(mark)|\((since ?? now).milliseconds)")
            ])
        }
        if deployment.status == .failed, let old, old.status != .failed {
            note([
                Event(
                    at: now, kind: .release, model: deployment.model, connection: id.connection,
                    title: "\(id.path) \(name) failed", detail: deployment.message)
            ])
        }
    }

    /// What the store knows, before anything was read.
    func restoreDeployments() {
        keep {
            let now = clock.now()
            for state in try deploymentsAt(nil) where serverIndex[state.id.connection] != nil {
                var state = state
                state.isStale = true
                state.deployment.model = desk.model(of: state.deployment)
                state.seenAt = min(state.seenAt, now)
                desk[state.id] = state
            }
            desk.times = try store.rolloutTimes()
            desk.quarantine = try store.quarantined()
            desk.refusals = try store.guardRefusals()
            try takeReceipts()
        }
        lookAtJournal(clock.now())
        readAudit()
    }

    func takeReceipts() throws {
        desk.proving = [:]
        for body in try store.receipts() {
            guard let receipt = FactCodec.decode(Receipt.self, body) else { continue }
            desk.receipts[receipt.proof.deployment] = receipt
            if receipt.proof.verdict == .open { desk.proving[receipt.id] = receipt }
        }
    }

    /// Deployments as they were at a moment; nil: as last known.
    func deploymentsAt(_ at: Timestamp?) throws(StoreFault) -> [DeploymentState] {
        try store.facts(.deployment, at: at).compactMap { fact in
            FactCodec.decode(Deployment.self, fact.body).map { DeploymentState($0, seenAt: at ?? fact.since) }
        }.sorted { $0.id < $1.id }
    }

    /// All deployments with what pitwall knows beside them.
    func deploymentStates(_ now: Timestamp) -> [DeploymentState] {
        desk.sorted().map { state in
            var state = state
            if let seen = desk.seen[state.id.connection], seen > state.seenAt {
                (state.seenAt, state.isStale) = (seen, false)
            }
            let server = serverIndex[state.id.connection].map { servers[$0] }
            let patience = max(30, (server?.server.connection.interval ?? 15) * 3.5)
            state.isStale = state.isStale || server?.isUp == false || now.since(state.seenAt) > patience
            return decorate(state, now)
        }
    }

    /// Adds what is under way on it, its proof, and what is remembered of its versions.
    func decorate(_ given: DeploymentState, _ now: Timestamp) -> DeploymentState {
        var state = given
        state.operation = desk.locks[state.id.description]
        state.proof = desk.receipts[state.id]?.proof
        state.quarantine = broughtBack(state.deployment).map(\.words)
        if let began = desk.rolling[state.id] ?? operationBegan(on: state.id), state.deployment.status == .progressing {
            let replicas = state.deployment.replicas
            if let wanted = replicas.wanted, wanted > 0, let updated = replicas.updated {
                let good = min(updated, replicas.available ?? 0)
                state.progress = min(1, (Double(updated) + Double(good)) / Double(2 * wanted))
            }
            if let usual = desk.usualTime(state.id) { state.secondsLeft = max(0, usual - now.since(began)) }
        }
        return state
    }

    private func operationBegan(on id: DeploymentID) -> Timestamp? {
        guard let operation = desk.locks[id.description] else { return nil }
        return journal.last { $0.operation.id == operation && $0.stage == .acknowledged }?.at
    }

    /// Reads what a person looks at: revisions, what each changed, and events of a rollout. Nil when all of it was read.
    @discardableResult
    public func lookInto(_ id: DeploymentID) async -> ConnectorFault? {
        desk.wanted.remove(id)
        do throws(ConnectorFault) {
            let connector = try deployer(of: id)
            let revisions = try await connector.revisions(of: id)
            var changes: [RevisionID: [SpecChange]] = [:]
            for (newer, older) in zip(revisions, revisions.dropFirst()).prefix(Self.changesRead) {
                changes[newer.id] = try await connector.changes(in: id, from: older.id, to: newer.id)
            }
            let view = try await connector.watch(id)
            take(view.deployment, clock.now())
            guard var state = desk[id] else { return nil }
            (state.revisions, state.changes, state.view) = (revisions, changes, view)
            state.readiness = readiness(revisions, of: id)
            desk[id] = state
            // What was moved between the two readings is read once more.
            let said = revisions.first(where: \.isCurrent)?.id
            let isSame = state.deployment.current.flatMap { now in said.map { now.isSame(as: $0) } } ?? true
            if isSame { desk.wanted.remove(id) } else { desk.wanted.insert(id) }
            show()
            return nil
        } catch {
            log.warning("\(id): \(error.summary)")
            return error
        }
    }

    /// Revisions whose changes are read without being asked for.
    static let changesRead = 5

    /// What changes between two revisions; nil is what is wanted now.
    public func changes(
        in id: DeploymentID, from: RevisionID?, to: RevisionID?
    ) async throws(ConnectorFault) -> [SpecChange] {
        try await deployer(of: id).changes(in: id, from: from, to: to)
    }

    /// What can be told of the revision before without asking anybody.
    private func readiness(_ revisions: [Revision], of id: DeploymentID) -> Readiness {
        let before = revisions.first { !$0.isCurrent }
        var readiness = Readiness(secondsToServe: desk.usualTime(id))
        guard let before, before.isRestorable else {
            readiness.warmth = revisions.isEmpty ? .unknown : .gone
            readiness.words = [before?.note ?? "no earlier revision is kept"].filter { !$0.isEmpty }
            return readiness
        }
        readiness.warmth = before.replicas.map { $0 > 0 ? .warm : .cold } ?? .unknown
        return readiness
    }

    /// The connector that holds a deployment.
    func deployer(of id: DeploymentID) throws(ConnectorFault) -> any Deploying {
        guard let index = serverIndex[id.connection] else {
            throw .rejected("there is no connection \(id.connection)")
        }
        guard let connector = servers[index].server.connector as? any Deploying else {
            throw .rejected("\(id.connection) holds no deployments")
        }
        return connector
    }

    /// Something that a person waits to see.
    func show() {
        needsPublishing = true
        lastPublished = nil
        publishDue()
    }
}
