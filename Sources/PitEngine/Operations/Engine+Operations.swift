import Logging
public import PitModel
public import PitStore

extension Engine {
    /// Writes the operation down, sends it, and lets later readings say whether it came true. Gives its last stage
    /// so far: acknowledged is not yet success.
    ///
    /// - Parameter looksAfter: whether the server is read at once to see what came of it.
    @discardableResult
    public func perform(_ operation: PitModel.Operation, looksAfter: Bool = true) async -> JournalEntry {
        if settings.isReadOnly { return refuse(operation, "this pitwall is read-only") }
        if operation.connection == .pitwall { return performHere(operation) }
        if let plan = operation.request.plan { return await deploy(plan) }
        guard let index = serverIndex[operation.connection] else {
            return refuse(operation, "there is no connection \(operation.connection)")
        }
        guard let connector = servers[index].server.connector as? any Operating else {
            return refuse(operation, "\(operation.connection) cannot be asked to act")
        }
        do {
            try store.record(JournalEntry(operation, stage: .recorded, at: clock.now()))
            try store.record(JournalEntry(operation, stage: .sent, at: clock.now()))
        } catch {
            // What cannot be written down is not done.
            return refuse(operation, "\(error.summary). \(error.hint)")
        }
        advance(JournalEntry(operation, stage: .sent, at: clock.now()), recorded: true)
        do throws(ConnectorFault) {
            let answer = try await connector.perform(operation.request)
            advance(JournalEntry(operation, stage: .acknowledged, at: clock.now(), detail: answer))
            if looksAfter, let now = serverIndex[operation.connection], !servers[now].isPolling {
                servers[now].isPolling = true
                await poll(now)
            }
        } catch {
            advance(
                JournalEntry(
                    operation, stage: error.isOutcomeUnknown ? .sent : .refused, at: clock.now(), detail: error.summary)
            )
            refresh(operation.connection)
        }
        publishDue()
        return journal.last { $0.operation.id == operation.id }
            ?? JournalEntry(operation, stage: .sent, at: clock.now())
    }

    /// Keeps something that a person did, on disk before it shows. Nil when it was kept.
    public func record(_ act: Act) -> StoreFault? { record([act]) }

    /// The same for several at once: all are kept, or none.
    public func record(_ acts: [Act]) -> StoreFault? {
        do {
            try store.record(acts)
        } catch {
            log.error("\(error.summary). \(error.hint)")
            return error
        }
        // By way of the store, where those of other processes come from, too.
        syncActs()
        // A hundred alerts that are acknowledged together are not a hundred lines of the change line each.
        note(
            acts.prefix(Self.eventLimit / 3).map { act in
                let found = board.alerts.lazy.compactMap { name, all in all[act.subject].map { (name, $0) } }.first
                return act.event(
                    of: found?.1.name ?? CommentSubject(act.subject)?.description,
                    model: found.flatMap { board.models.model(of: $0.1, from: $0.0) }
                        ?? CommentSubject(act.subject)?.model)
            })
        needsPublishing = true
        // A person waits to see it.
        lastPublished = nil
        publishDue()
        return nil
    }

    /// Seconds after which an effect that was not seen is said not to have been.
    static let patience = 60.0

    /// Closes the operations whose effect can be seen, or should have been by now. An earlier run's too: one that was
    /// sent and never answered is settled here.
    func verify(_ now: Timestamp) {
        for entry in journal where entry.stage == .acknowledged || entry.stage == .sent || entry.stage == .recorded {
            let operation = entry.operation
            guard let silences = board.silences[operation.connection] else { continue }
            switch operation.expectation.verdict(in: silences) {
            case .met: advance(JournalEntry(operation, stage: .verified, at: now, detail: entry.detail))
            case .unmet where now.since(operation.at) > Self.patience:
                let stage: JournalEntry.Stage = entry.stage == .acknowledged ? .contradicted : .unverified
                advance(JournalEntry(operation, stage: stage, at: now, detail: "no effect was seen"))
            default: continue
            }
        }
    }

    /// Silences that pitwall itself holds: they are done as soon as they are on the disk.
    private func performHere(_ operation: PitModel.Operation) -> JournalEntry {
        let now = clock.now()
        let act: Act
        switch operation.request {
        case .createSilence(let draft):
            let silence = Silence(
                id: operation.id, matchers: draft.matchers, startsAt: draft.startsAt, endsAt: draft.endsAt,
                createdBy: draft.createdBy, comment: draft.comment, state: .active)
            act = hold(silence, operation.author, now)
        case .extendSilence(var silence, let until):
            silence.endsAt = until
            act = hold(silence, operation.author, now)
        case .deploy: return refuse(operation, "pitwall itself holds no deployments")
        case .expireSilence(let id): act = Act(at: now, author: operation.author, kind: .unsilence, subject: id)
        }
        do {
            try store.record(JournalEntry(operation, stage: .recorded, at: now))
            try store.record(act)
        } catch { return refuse(operation, "\(error.summary). \(error.hint)") }
        syncActs()
        evaluateRules(now)
        let entry = JournalEntry(operation, stage: .verified, at: now, detail: act.subject)
        advance(entry)
        lastPublished = nil
        publishDue()
        return entry
    }

    private func hold(_ silence: Silence, _ author: String, _ now: Timestamp) -> Act {
        Act(
            at: now, author: author, kind: .silence, subject: silence.id,
            text: String(decoding: FactCodec.encode(silence), as: UTF8.self))
    }

    func refuse(_ operation: PitModel.Operation, _ why: String) -> JournalEntry {
        let entry = JournalEntry(operation, stage: .refused, at: clock.now(), detail: why)
        log.warning("\(operation.request.word): \(why)")
        advance(entry, recorded: operation.request.plan == nil)
        return entry
    }

    func advance(_ entry: JournalEntry, recorded: Bool = false) {
        if !recorded { keep { try store.record(entry) } }
        journal.removeAll { $0.operation.id == entry.operation.id }
        journal.append(entry)
        needsPublishing = true
        guard entry.stage != .sent else { return }
        let request = entry.operation.request
        let target = request.plan?.request.deployment.path ?? entry.operation.connection.description
        log.notice("\(request.word) on \(target): \(entry.stage.rawValue)")
        note([
            Event(
                at: entry.at, kind: .operation, model: request.plan?.before.model,
                connection: entry.operation.connection,
                title: request.plan == nil
                    ? "\(request.word) \(entry.stage.rawValue)" : "\(request.word) \(target) \(entry.stage.rawValue)",
                detail: entry.detail, key: "operation|\(entry.operation.id)|\(entry.stage.rawValue)")
        ])
    }
}

extension ConnectorFault {
    /// The request may have had its effect although no answer came.
    fileprivate var isOutcomeUnknown: Bool {
        switch self {
        case .timedOut, .unreachable, .malformed, .cancelled, .server: true
        default: false
        }
    }
}
