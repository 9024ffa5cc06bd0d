import PitModel
import PitStore

/// When what concerns deployments has its turn.
extension Engine {
    /// Once a second or so, beside the models: guards, canaries, the trail.
    func evaluateDeployments(_ now: Timestamp) {
        readAudit()
        lookAtGuards(now)
        if now.since(desk.advisedAt) >= 15 || now < desk.advisedAt {
            desk.advisedAt = now
            adviseCanaries(now)
        }
    }

    func addDeployments(to snapshot: inout Snapshot) {
        snapshot.deployments = deploymentStates(snapshot.at)
        snapshot.quarantine = desk.quarantine
        (snapshot.audit, snapshot.auditChain) = (desk.audit, desk.chain)
    }

    /// While another process polls: deployments as that one has kept them, with what this one has read beside.
    func followDeployments(_ past: inout Snapshot, _ now: Timestamp) {
        readAudit()
        for state in past.deployments {
            take(state.deployment, now)
            desk.seen[state.id.connection] = now
        }
        let known = Set(past.deployments.map(\.id))
        for state in desk.sorted() where !known.contains(state.id) { desk[state.id] = nil }
        past.deployments = deploymentStates(now)
        past.quarantine = desk.quarantine
        (past.audit, past.auditChain) = (desk.audit, desk.chain)
    }

    /// Whether there is something to ask servers about now.
    func hasDeploymentTurn(_ now: Timestamp) -> Bool {
        guard !desk.isTurning else { return false }
        return !dueOperations(now).isEmpty || !desk.wanted.isEmpty
            || !settings.deployments.guards.isEmpty && desk.isGuardDue(now) || areAliasesDue(now)
    }

    /// What takes asking servers, beside the polls: the next step of each operation that is under way, of guards whose
    /// countdown has ended, and revisions that changed. `run` does it by itself.
    public func deploymentTurn() async {
        guard !desk.isTurning else { return }
        desk.isTurning = true
        defer { desk.isTurning = false }
        await fireGuards(clock.now())
        await withDiscardingTaskGroup { group in
            for id in dueOperations(clock.now()) { group.addTask { await self.drive(id) } }
            for id in desk.wanted.prefix(8) { group.addTask { await self.lookInto(id) } }
        }
        await holdAliases(clock.now())
    }
}
