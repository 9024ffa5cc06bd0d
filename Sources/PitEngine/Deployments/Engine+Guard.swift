import FoundationEssentials
import Logging
public import PitModel
import PitStatistics
public import PitStore

/// The automatic guard, off unless configured: rolls back a release that burns the error budget. The same plan, the same
/// journal, the same proof; a person can say no while it counts down, and that holds for the revision for good.
extension Engine {
    /// Looks at every deployment that a rule is for; begins and ends countdowns.
    func lookAtGuards(_ now: Timestamp) {
        guard !settings.deployments.guards.isEmpty, !settings.isReadOnly, !isFollowing else { return }
        if desk.isCountingDown { keep { desk.refusals = try store.guardRefusals() } }
        for state in desk.sorted() {
            guard let rule = settings.deployments.guards.first(where: { NamePattern.any($0.names, state.id) }) else {
                continue
            }
            let isBurning = isAtFault(state, rule, now)
            if !isBurning {
                desk.burning[state.id] = nil
                if state.guardDue != nil { disarm(state, "the budget does not burn any more", now) }
                continue
            }
            let since = desk.burning[state.id] ?? now
            desk.burning[state.id] = since
            guard now.since(since) >= rule.duration, state.guardDue == nil else { continue }
            guard guardActs(rule, now) < rule.limit else { continue }
            arm(state, rule, now)
        }
    }

    /// A deployment whose countdown has ended is rolled back.
    func fireGuards(_ now: Timestamp) async {
        for state in desk.sorted() {
            guard let due = state.guardDue, due <= now else { continue }
            desk[state.id]?.guardDue = nil
            desk.burning[state.id] = nil
            let why = "the error budget burned after \(state.deployment.release)"
            let request = DeploymentRequest(.rollback, state.id, author: GuardRule.author, reason: why)
            do throws(ConnectorFault) {
                let plan = try await plan(request)
                // A person may have said no while it was planned.
                guard !isRefused(state) else { continue }
                let entry = await deploy(plan)
                if entry.stage == .refused { refuseFurther(state, entry.detail) }
            } catch {
                refuseFurther(state, error.summary)
            }
        }
    }

    /// Stops a countdown: the revision is left alone by the guard from now on.
    public func stopGuard(_ id: DeploymentID, by author: String) -> StoreFault? {
        guard let state = desk[id] else { return nil }
        do throws(StoreFault) {
            try store.refuseGuard(id, revision: mark(state), by: author, at: clock.now())
        } catch { return error }
        desk.refusals[id.description, default: []].insert(mark(state))
        disarm(state, "stopped by \(author)", clock.now())
        show()
        return nil
    }

    private func mark(_ state: DeploymentState) -> String {
        guard let current = state.deployment.current else { return "" }
        return current.hash.isEmpty ? current.name : current.hash
    }

    private func isRefused(_ state: DeploymentState) -> Bool {
        desk.refusals[state.id.description]?.contains(mark(state)) ?? false
    }

    /// What could not be done is not tried again and again.
    private func refuseFurther(_ state: DeploymentState, _ why: String) {
        desk.refusals[state.id.description, default: []].insert(mark(state))
        tell(state, "the guard could not roll back: \(why)", clock.now())
    }

    private func isAtFault(_ state: DeploymentState, _ rule: GuardRule, _ now: Timestamp) -> Bool {
        let deployment = state.deployment
        guard let name = deployment.model, let index = models.firstIndex(where: { $0.config.name == name }),
            let since = deployment.since, now.since(since) < rule.watch, now >= since,
            desk.locks[state.id.description] == nil, deployment.status != .paused, !isRefused(state),
            !isPersonsWord(state, since), deployment.verbs.contains(.rollback)
        else { return false }
        let slo = models[index].config.slo
        guard let objective = slo.availability ?? slo.errorRatio.map({ 1 - $0 }), objective < 1 else { return false }
        let from = max(since, now.advanced(by: -max(60, rule.duration)))
        var counts = OutcomeCounts()
        keep {
            let kept = try store.outcomes(of: name, from: from.advanced(by: -60), to: now)
            counts = OutcomeHistory(kept).counts(from: from, to: now)
        }
        guard let errors = counts.errors, errors.count >= 20,
            let rate = ErrorBudget.burnRate(bad: errors.hits, total: errors.count, objective: objective)
        else { return false }
        return rate > rule.burnRate
    }

    /// Whether a person put this very revision there through pitwall: nothing automatic undoes that.
    private func isPersonsWord(_ state: DeploymentState, _ since: Timestamp) -> Bool {
        journal.contains { entry in
            guard let plan = entry.operation.request.plan, plan.request.deployment == state.id,
                entry.operation.author != GuardRule.author, [.acknowledged, .verified].contains(entry.stage)
            else { return false }
            if let target = plan.target?.id, let current = state.deployment.current {
                return target.isSame(as: current)
            }
            return entry.operation.at >= since
        }
    }

    private func guardActs(_ rule: GuardRule, _ now: Timestamp) -> Int {
        journal.filter {
            $0.operation.author == GuardRule.author && now.since($0.operation.at) < rule.limitSpan
                && $0.stage != .refused
                && ($0.operation.request.plan.map { NamePattern.any(rule.names, $0.request.deployment) } ?? false)
        }.count
    }

    private func arm(_ state: DeploymentState, _ rule: GuardRule, _ now: Timestamp) {
        desk[state.id]?.guardDue = now.advanced(by: rule.countdown)
        tell(state, "the guard rolls back in \(Int(rule.countdown)) s unless a person says no", now)
    }

    private func disarm(_ state: DeploymentState, _ why: String, _ now: Timestamp) {
        guard desk[state.id]?.guardDue != nil else { return }
        desk[state.id]?.guardDue = nil
        tell(state, "the guard stands down: \(why)", now)
    }

    private func tell(_ state: DeploymentState, _ words: String, _ now: Timestamp) {
        log.warning("\(state.id.path): \(words)")
        keep {
            try store.audit(
                at: now, author: GuardRule.author, what: "guard", subject: state.id.description, detail: words)
        }
        note([
            Event(
                at: now, kind: .operation, model: state.deployment.model, connection: state.id.connection,
                title: "\(state.id.path): \(words)")
        ])
        show()
    }
}
