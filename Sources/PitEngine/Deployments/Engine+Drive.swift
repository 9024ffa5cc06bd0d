import Logging
import PitModel
import PitStore

/// Carries on what is under way: asks what became of it, watches it, proves it. Also what an earlier run left.
extension Engine {
    /// Seconds between two looks at a rollout, and between two at what needs a person.
    private static let watchInterval = 1.5
    private static let idleInterval = 10.0

    /// Reads the journal again when another process may have written to it.
    func lookAtJournal(_ now: Timestamp) {
        keep {
            let mark = try store.journalMark()
            guard mark != desk.journalMark else { return }
            desk.journalMark = mark
            desk.locks = try store.deploymentLocks()
            journal = try store.journal()
            desk.quarantine = try store.quarantined()
            try takeReceipts()
            needsPublishing = true
        }
    }

    /// The operations whose next step is due.
    func dueOperations(_ now: Timestamp) -> [String] {
        if now.since(desk.lookedAt) >= 1 || now < desk.lookedAt {
            desk.lookedAt = now
            lookAtJournal(now)
        }
        return Set(desk.locks.values).union(desk.proving.keys).filter { id in
            !desk.stepping.contains(id) && (desk.due[id].map { $0 <= now || $0.since(now) > 120 } ?? true)
        }.sorted()
    }

    /// Takes the next step of one operation, when it is this process' to take.
    func drive(_ id: String) async {
        guard desk.stepping.insert(id).inserted else { return }
        defer { desk.stepping.remove(id) }
        let now = clock.now()
        guard let entry = (try? store.entry(of: id)) ?? nil, let plan = entry.operation.request.plan else {
            desk.due[id] = now.advanced(by: Self.idleInterval)
            return
        }
        if entry.stage.isFinal {
            if let receipt = desk.proving[id] { prove(receipt, entry, now) }
            desk.due[id] = now.advanced(by: Self.proofInterval)
            return
        }
        guard !settings.isReadOnly, (try? store.adopt(id, at: now)) == true else {
            desk.due[id] = now.advanced(by: 1)
            return
        }
        desk.due[id] = now.advanced(by: Self.idleInterval)
        switch entry.stage {
        case .recorded:
            step(.halted, entry.operation, from: [.recorded], "broken off before anything was sent")
        case .approved:
            step(.halted, entry.operation, from: [.approved], "approved, and broken off before anything was sent")
        case .awaiting: await lookForApprovals(entry, plan)
        case .sent: await trace(entry, plan)
        case .acknowledged: await watch(entry, plan)
        default: break
        }
    }

    /// Approvals that were given at the server count like those that were given here; who asked for it approves nothing.
    private func lookForApprovals(_ entry: JournalEntry, _ plan: DeploymentPlan) async {
        guard let holder = approvalHolder(of: plan) else { return }
        let operation = entry.operation
        do throws(ConnectorFault) {
            for name in try await holder.approvals(of: operation.id, plan) where name != operation.author {
                guard latest(operation).stage == .awaiting else { return }
                if case .failure(let refusal) = await approve(operation.id, by: name) {
                    log.warning("\(name)'s approval of \(operation.id): \(refusal.words)")
                }
            }
        } catch { log.notice("approvals of \(operation.id) cannot be read: \(error.summary)") }
    }

    func approvalHolder(of plan: DeploymentPlan) -> (any ApprovalHolding)? {
        try? deployer(of: plan.request.deployment) as? any ApprovalHolding
    }

    /// Asks the server what became of something that was sent and never answered.
    private func trace(_ entry: JournalEntry, _ plan: DeploymentPlan) async {
        let operation = entry.operation
        do throws(ConnectorFault) {
            switch try await deployer(of: plan.request.deployment).trace(of: plan) {
            case .done(let words):
                guard step(.acknowledged, operation, from: [.sent], "found done: \(words)") else { return }
                quarantine(plan, operation)
                desk.due[operation.id] = clock.now()
            case .superseded(let words):
                step(.contradicted, operation, from: [.sent], "somebody changed it meanwhile: \(words)")
                closeReceipt(operation.id, "somebody changed it meanwhile: \(words)")
            case .notDone:
                // What was cut off may still arrive: it is asked again until it cannot any more.
                let left = settleTime(operation) - clock.now().since(entry.at)
                if left > 0 {
                    desk.due[operation.id] = clock.now().advanced(by: min(left + 0.01, 2))
                } else {
                    step(.halted, operation, from: [.sent], "it was sent, and the server has not done it")
                }
            case .unknown(let words):
                if entry.detail != words { step(.sent, operation, from: [.sent], words) }
            }
        } catch {
            desk.due[operation.id] = clock.now().advanced(by: 3)
            let words = "the server cannot be asked what became of it: \(error.summary)"
            if entry.detail != words { step(.sent, operation, from: [.sent], words) }
        }
    }

    /// Looks at a rollout until it is what was expected, has failed, or nobody has seen either for too long.
    private func watch(_ entry: JournalEntry, _ plan: DeploymentPlan) async {
        let operation = entry.operation
        let id = plan.request.deployment
        do throws(ConnectorFault) {
            let view = try await deployer(of: id).watch(id)
            let now = clock.now()
            take(view.deployment, now)
            if var state = desk[id] {
                (state.view, state.seenAt) = (view, now)
                desk[id] = state
            }
            conclude(entry, plan, view.deployment, now)
            show()
        } catch {
            log.warning("\(id): \(error.summary)")
            let now = clock.now()
            if now.since(entry.at) > settings.deployments.patience {
                step(.unverified, operation, from: [.acknowledged], "it could not be watched: \(error.summary)")
                closeReceipt(operation.id, "it could not be watched: \(error.summary)")
            }
            desk.due[operation.id] = now.advanced(by: 3)
        }
    }

    private func conclude(_ entry: JournalEntry, _ plan: DeploymentPlan, _ deployment: Deployment, _ now: Timestamp) {
        let operation = entry.operation
        desk.due[operation.id] = now.advanced(by: Self.watchInterval)
        if plan.expectation.verdict(on: deployment) == .met {
            let seconds = now.since(entry.at)
            guard step(.verified, operation, from: [.acknowledged], "seen after \(Self.words(seconds))") else { return }
            if plan.request.verb.replacesReplicas, seconds > 0, desk.rolling.removeValue(forKey: deployment.id) != nil {
                desk.times[deployment.id.description] = Array(
                    ([seconds] + (desk.times[deployment.id.description] ?? [])).prefix(10))
                keep { try store.noteRollout(seconds, of: deployment.id, at: now) }
            }
            rolledOut(operation, plan, at: now)
            return
        }
        let isOurs: Bool
        if case .serves(let wanted) = plan.expectation, let current = deployment.current {
            isOurs = current.isSame(as: wanted)
            if !isOurs, let before = plan.before.current, !current.isSame(as: before) {
                let words = "somebody put \(deployment.release) there meanwhile"
                step(.contradicted, operation, from: [.acknowledged], words)
                closeReceipt(operation.id, words)
                return
            }
        } else {
            isOurs = (deployment.generation ?? 0) > (plan.before.generation ?? 0)
        }
        if isOurs, deployment.status == .failed {
            let words = deployment.message.isEmpty ? "the rollout failed" : "the rollout failed: \(deployment.message)"
            step(.contradicted, operation, from: [.acknowledged], words)
            closeReceipt(operation.id, words, verdict: .notRecovered)
        } else if now.since(entry.at) > settings.deployments.patience {
            let words = "not seen within \(Self.words(settings.deployments.patience)): \(deployment.status.word)"
            step(.unverified, operation, from: [.acknowledged], words)
            closeReceipt(operation.id, words)
        }
    }
}

extension RevisionID {
    func isSame(as other: RevisionID) -> Bool {
        hash.isEmpty || other.hash.isEmpty ? name == other.name : hash == other.hash
    }
}
