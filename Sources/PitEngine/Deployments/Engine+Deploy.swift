import FoundationEssentials
import Logging
public import PitModel
import PitStore

/// An operation on a deployment, step by step: each is on the disk before anything follows from it.
///
///     recorded -> (awaiting -> approved) -> sent -> acknowledged -> verified
///
/// `halted` is what was broken off and is known not to have been done: a person finishes it, or abandons it.
extension Engine {
    /// Journals a plan and sends it, once. Gives the stage that it has reached: acknowledged is not yet success, it is
    /// watched from then on until the effect is seen.
    @discardableResult
    public func deploy(_ plan: DeploymentPlan) async -> JournalEntry {
        let request = plan.request
        let operation = PitModel.Operation(
            id: UUID().uuidString.lowercased(), connection: request.deployment.connection, request: .deploy(plan),
            author: request.author, reason: request.reason, at: clock.now(),
            expecting: .deployed(request.deployment, plan.expectation))
        if let why = whyNot(plan) { return refuse(operation, why) }
        if let why = await reviewRefusal(plan) { return refuse(operation, why) }
        let entry = JournalEntry(operation, stage: .recorded, at: operation.at)
        // Whoever looks for what is left over is to leave this one alone.
        desk.stepping.insert(operation.id)
        defer { desk.stepping.remove(operation.id) }
        do {
            if let holder = try store.begin(entry, on: request.deployment) {
                return refuse(operation, "operation \(holder) is under way on \(request.deployment.path)")
            }
        } catch {
            // What cannot be written down is not done.
            return refuse(operation, "\(error.summary). \(error.hint)")
        }
        settings.journalled(entry)
        lookAtLocks()
        show(entry)
        if settings.deployments.approvals > 1 {
            let hint = approvalHolder(of: plan).map { ", \($0.approvalHint(operation.id, plan))" } ?? ""
            step(.awaiting, operation, from: [.recorded], "waits for approval: pitwall approve \(operation.id)\(hint)")
            return latest(operation)
        }
        await send(operation, plan, from: [.recorded])
        return latest(operation)
    }

    /// Why a plan is not sent; nil when nothing stands against it.
    private func whyNot(_ plan: DeploymentPlan) -> String? {
        if case .denied(let words) = plan.permission { return "the server does not allow it: \(words)" }
        // The server's own concerns are as planned; pitwall's may have changed since.
        let own: Set<Concern.Kind> = [
            .readOnly, .notAllowed, .operationInFlight, .freeze, .silence, .quarantined, .review,
        ]
        let standing = ownConcerns(plan) + plan.concerns.filter { !own.contains($0.kind) }
        return standing.first { $0.blocks }?.words
    }

    /// Sends it when it is at one of the stages and this process has it.
    private func send(
        _ operation: PitModel.Operation, _ plan: DeploymentPlan, from stages: Set<JournalEntry.Stage>
    ) async {
        guard step(.sent, operation, from: stages) else { return }
        openReceipt(operation, plan)
        do throws(ConnectorFault) {
            let connector = try deployer(of: plan.request.deployment)
            let answer = try await connector.apply(plan)
            guard step(.acknowledged, operation, from: [.sent], answer) else { return }
            quarantine(plan, operation)
            desk.due[operation.id] = clock.now()
        } catch {
            if error.mayHaveBeenDone {
                step(.sent, operation, from: [.sent], "no answer: \(error.summary)")
                desk.due[operation.id] = clock.now().advanced(by: 1)
            } else {
                step(.refused, operation, from: [.sent], "\(error.summary) \(error.hint)")
                closeReceipt(operation.id, "nothing was changed: \(error.summary)")
            }
        }
    }

    /// Approves an operation that waits; sends it once enough people have.
    public func approve(_ id: String, by author: String) async -> Result<JournalEntry, OperationRefusal> {
        guard let entry = find(id), let plan = entry.operation.request.plan else {
            return .failure(OperationRefusal("there is no operation `\(id)`", "See them: pitwall get operations"))
        }
        let operation = entry.operation
        guard entry.stage == .awaiting || entry.stage == .approved else {
            return .failure(OperationRefusal("it is \(entry.stage.rawValue): it waits for nobody", ""))
        }
        guard author != operation.author else {
            return .failure(
                OperationRefusal("\(author) asked for it: somebody else must approve", "Ask a colleague to run this."))
        }
        if settings.isReadOnly { return .failure(OperationRefusal("this pitwall is read-only", "")) }
        desk.stepping.insert(operation.id)
        defer { desk.stepping.remove(operation.id) }
        do throws(StoreFault) {
            var agreed = try store.approve(operation.id, by: author, at: clock.now())
            agreed.remove(operation.author)
            guard agreed.count >= settings.deployments.approvals - 1 else { return .success(entry) }
            _ = try store.adopt(operation.id, at: clock.now(), always: true)
        } catch { return .failure(OperationRefusal(error.summary, error.hint)) }
        let stands = settings.deployments.freezes.contains {
            $0.holds(at: clock.now()) && NamePattern.any($0.names, plan.request.deployment)
                && !plan.request.verb.goesBack
        }
        if stands {
            return .failure(
                OperationRefusal(
                    "approved, but a freeze has begun", "Finish it afterwards: pitwall operations resume \(id)"))
        }
        if let why = await reviewRefusal(plan) {
            return .failure(OperationRefusal("approved, but \(why)", "Once that is mended, approve it again."))
        }
        if entry.stage == .awaiting, !step(.approved, operation, from: [.awaiting], "approved by \(author)") {
            return .success(latest(operation))
        }
        await send(operation, plan, from: [.approved])
        return .success(latest(operation))
    }

    /// Finishes what was broken off: asks the server first, and sends only what is known not to have been done.
    public func resume(_ id: String, by author: String) async -> Result<JournalEntry, OperationRefusal> {
        guard let entry = find(id), let plan = entry.operation.request.plan else {
            return .failure(OperationRefusal("there is no operation `\(id)`", "See them: pitwall get operations"))
        }
        if settings.isReadOnly { return .failure(OperationRefusal("this pitwall is read-only", "")) }
        let operation = entry.operation
        guard [.halted, .approved, .recorded, .sent].contains(entry.stage) else {
            return .failure(OperationRefusal("it is \(entry.stage.rawValue): there is nothing to finish", ""))
        }
        guard !desk.stepping.contains(operation.id), takes(entry) else {
            return .failure(
                OperationRefusal("another pitwall carries it out at this moment", "Look there, or end that one."))
        }
        desk.stepping.insert(operation.id)
        defer { desk.stepping.remove(operation.id) }
        do throws(ConnectorFault) {
            switch try await deployer(of: plan.request.deployment).trace(of: plan) {
            case .done(let words):
                step(.acknowledged, operation, from: [entry.stage], "found done: \(words)")
                desk.due[operation.id] = clock.now()
            case .superseded(let words):
                step(.contradicted, operation, from: [entry.stage], "somebody changed it meanwhile: \(words)")
            case .unknown(let words):
                return .failure(
                    OperationRefusal(
                        "whether it was done is not known: \(words)", "Nothing was sent. Try again, or abandon it."))
            case .notDone:
                if entry.stage == .sent, clock.now().since(entry.at) < settleTime(operation) {
                    return .failure(
                        OperationRefusal(
                            "it was not done yet, but what was sent may still arrive",
                            "Nothing was sent. Try again in \(Int(settleTime(operation))) s."))
                }
                if let why = await reviewRefusal(plan) {
                    return .failure(OperationRefusal(why, "Nothing was sent. Mend it, or abandon the operation."))
                }
                await send(operation, plan, from: [entry.stage])
            }
        } catch {
            return .failure(OperationRefusal("the server cannot be asked: \(error.summary)", error.hint))
        }
        return .success(latest(operation))
    }

    /// Gives up what was broken off or waits. What is under way at the server is not undone by it.
    public func abandon(_ id: String, by author: String) -> Result<JournalEntry, OperationRefusal> {
        guard let entry = find(id), entry.operation.request.plan != nil else {
            return .failure(OperationRefusal("there is no operation `\(id)`", "See them: pitwall get operations"))
        }
        guard !entry.stage.isFinal else {
            return .failure(OperationRefusal("it is \(entry.stage.rawValue) already", ""))
        }
        let operation = entry.operation
        guard !desk.stepping.contains(operation.id), takes(entry) else {
            return .failure(
                OperationRefusal("another pitwall carries it out at this moment", "Look there, or end that one."))
        }
        let isUnsure = entry.stage == .sent || entry.stage == .acknowledged
        step(
            .abandoned, operation, from: [entry.stage],
            "by \(author)" + (isUnsure ? "; the server may have done it" : "; nothing was sent"))
        closeReceipt(operation.id, "abandoned by \(author)")
        return .success(latest(operation))
    }

    /// What waits for a person is anybody's to take, from a process that lives, too; what runs is not.
    private func takes(_ entry: JournalEntry) -> Bool {
        let waits: Set<JournalEntry.Stage> = [.awaiting, .approved, .halted]
        return (try? store.adopt(entry.operation.id, at: clock.now(), always: waits.contains(entry.stage))) == true
    }

    /// Takes a step when the journal is where it is thought to be; false when another process was faster, or the disk
    /// cannot be written: then the step is not taken.
    @discardableResult
    func step(
        _ stage: JournalEntry.Stage, _ operation: PitModel.Operation, from stages: Set<JournalEntry.Stage>,
        _ detail: String = ""
    ) -> Bool {
        let entry = JournalEntry(operation, stage: stage, at: clock.now(), detail: detail)
        do throws(StoreFault) {
            guard try store.advance(entry, from: stages, identity: identity(operation.connection)) else {
                if let now = try store.entry(of: operation.id) { show(now) }
                return false
            }
        } catch {
            log.error("\(operation.request.word): \(error.summary). \(error.hint)")
            return false
        }
        settings.journalled(entry)
        if stage.isFinal { lookAtLocks() }
        show(entry)
        return true
    }

    /// Who the server says that pitwall is; empty where it does not.
    private func identity(_ connection: ConnectionName) -> String {
        guard let index = serverIndex[connection] else { return "" }
        return (servers[index].server.connector as? any IdentityTelling)?.serverIdentity ?? ""
    }

    private func show(_ entry: JournalEntry) {
        advance(entry, recorded: true)
        show()
    }

    func latest(_ operation: PitModel.Operation) -> JournalEntry {
        ((try? store.entry(of: operation.id)) ?? nil) ?? JournalEntry(operation, stage: .recorded, at: operation.at)
    }

    /// The newest stage of an operation, by its id or as much of it as tells it from others.
    public func operation(_ id: String) -> JournalEntry? { find(id) }

    func find(_ id: String) -> JournalEntry? {
        guard id.count >= 4 else { return nil }
        if let entry = (try? store.entry(of: id)) ?? nil { return entry }
        let hits = ((try? store.journal(limit: 1000)) ?? []).filter { $0.operation.id.hasPrefix(id.lowercased()) }
        return hits.count == 1 ? hits.first : nil
    }

    func lookAtLocks() { keep { desk.locks = try store.deploymentLocks() } }

    /// Seconds after which a request that got no answer cannot take effect any more.
    func settleTime(_ operation: PitModel.Operation) -> Double {
        let timeout = serverIndex[operation.connection].map { servers[$0].server.connection.timeout } ?? 10
        return min(60, max(5, 2 * timeout))
    }
}

/// Why an operation was not touched, and what to do.
public struct OperationRefusal: Error, Equatable, Sendable {
    public var words: String
    public var hint: String
    init(_ words: String, _ hint: String) { (self.words, self.hint) = (words, hint) }
}

extension ConnectorFault {
    /// Whether a request may have had its effect although no good answer came. Only what is known not to have is not.
    var mayHaveBeenDone: Bool {
        switch self {
        case .refused, .dns, .unauthorized, .forbidden, .notFound, .rateLimited, .rejected, .secret, .file, .status:
            false
        case .tls, .server, .timedOut, .tooLarge, .notWhatItSays, .malformed, .unreachable, .cancelled: true
        }
    }
}
