import Logging
public import PitModel
import PitStore

extension Engine {
    /// Polls until the task is cancelled. While another process polls for the same folder, follows what that one keeps.
    public func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let now = clock.now()
                heedGap(now)
                if mayPoll() {
                    while let index = turns.popDue(now) {
                        guard index < servers.count, !servers[index].isPolling else { continue }
                        servers[index].isPolling = true
                        group.addTask { await self.poll(index) }
                    }
                    evaluateDue(now)
                    if let index = nextResponses(now) { group.addTask { await self.compareResponses(index) } }
                    if isSharingDue { group.addTask { await self.shareAcknowledgements() } }
                    for receiver in dueReceivers(now) { group.addTask { await self.tell(receiver) } }
                    tidy(now)
                } else {
                    follow(now)
                }
                if hasDeploymentTurn(now) { group.addTask { await self.deploymentTurn() } }
                publishDue()
                await pause(until: turns.soonest)
            }
            group.cancelAll()
        }
        keep { try store.flush() }
        saveLatest()
    }

    /// Polls the named connections (nil: all) once, evaluates, and gives the snapshot.
    ///
    /// - Parameter responses: whether exchanges are compared, too, which takes a good part of a second a model.
    public func pollOnce(
        _ names: Set<ConnectionName>? = nil, responses: Bool = false,
        progress: @Sendable (ConnectionState) -> Void = { _ in }
    ) async -> Snapshot {
        heed(clock.now())
        let chosen = servers.indices.filter { names?.contains(servers[$0].server.connection.name) ?? true }
        await withTaskGroup(of: Int.self) { group in
            for index in chosen where !servers[index].isPolling {
                servers[index].isPolling = true
                group.addTask {
                    await self.poll(index)
                    return index
                }
            }
            for await index in group where index < servers.count { progress(servers[index].state) }
        }
        evaluate(clock.now(), all: true)
        countInteractions(clock.now(), always: true)
        countLabels(clock.now(), always: true)
        readGolden(clock.now())
        if responses { await compareAllResponses(clock.now()) }
        syncActs()
        evaluateRules(clock.now())
        evaluateDeployments(clock.now())
        await tellOnce()
        keep { try store.flush() }
        saveLatest()
        return makeSnapshot()
    }

    /// Polls at the next chance: one connection, or all.
    public func refresh(_ name: ConnectionName?) {
        let now = clock.now()
        for index in servers.indices where name == nil || servers[index].server.connection.name == name {
            if servers[index].isPolling { servers[index].isWanted = true } else { turns.push(index, at: now) }
        }
    }

    private func mayPoll() -> Bool {
        guard let lock else { return true }
        let wasFollowing = isFollowing
        isFollowing = !lock.tryAcquire()
        if isFollowing != wasFollowing {
            log.notice(isFollowing ? "another pitwall polls for this folder; following it" : "polling for this folder")
            needsPublishing = true
        }
        return !isFollowing
    }

    private func pause(until soonest: Timestamp?) async {
        // Where very many are polled, those due within a moment go together: each waking costs.
        let least = servers.count > 100 ? 0.05 : 0.01
        let wait = soonest.map { min(0.25, max(least, $0.since(clock.now()))) } ?? 0.25
        try? await Task.sleep(for: .seconds(wait), tolerance: .milliseconds(20))
    }

    func poll(_ index: Int) async {
        guard index < servers.count else { return }
        let server = servers[index].server
        let began = clock.now()
        turns.forget(index)
        let due = servers[index].state.nextAttempt.flatMap { isFirstLook(began) ? nil : $0 }
        servers[index].state.lateBy = due.map { max(0, began.since($0)) } ?? 0
        servers[index].state.lastAttempt = began
        let identify = servers[index].identifiedAt.map { began.since($0) > 600 } ?? true
        let outcome = await PollOutcome.fetch(
            server, selectors: selectors(for: index), identify: identify || !servers[index].isUp, clock: clock,
            reading: (cursor(of: index), settings.interactions), pipelines: isPipelineTurn(index, began))
        // The configuration may have changed meanwhile.
        guard let now = serverIndex[server.connection.name], servers[now].server.connection == server.connection else {
            return
        }
        take(outcome, now)
        await readOn(now, server)
        if outcome.pipelineRuns != nil { await observeActs(of: server) }
    }

    /// Reads on where a source has more exchanges than one page holds.
    private func readOn(_ index: Int, _ server: ConnectedServer) async {
        var (index, pages) = (index, 1)
        while servers[index].hasMore, pages < Self.interactionPages, !Task.isCancelled, !servers[index].isPolling {
            servers[index].isPolling = true
            pages += 1
            let outcome = await PollOutcome.fetch(
                server, selectors: [], identify: false, clock: clock,
                reading: (cursor(of: index), settings.interactions))
            guard let now = serverIndex[server.connection.name],
                servers[now].server.connection == server.connection
            else { return }
            index = now
            take(outcome, now)
        }
    }

    /// What to ask a server that has many models' series: one selector a model.
    private func selectors(for index: Int) -> [String] {
        guard !servers[index].server.readsWholePages else { return [] }
        let name = servers[index].server.connection.name
        let ofModels = servers[index].models.flatMap { model in
            models[model].config.metrics.filter { $0.connection == name }.map { binding in
                MetricSelector.selector(for: binding, of: models[model].config.name, profiles: settings.profiles)
            }
        }
        return ofModels + rules.selectors(of: name)
    }

    private func take(_ outcome: PollOutcome, _ index: Int) {
        let now = clock.now()
        var outcome = outcome
        // The clock may have been put back meanwhile.
        (outcome.began, outcome.ended) = (min(outcome.began, now), min(outcome.ended, now))
        let wasUp = servers[index].isUp
        let faultBefore = servers[index].state.fault
        servers[index].hasMore = false
        let isFirst = servers[index].state.status == .never
        servers[index].isPolling = false
        // What was broken off on the way out says nothing of the server.
        if outcome.fault == .cancelled { return }
        servers[index].state.latency = outcome.ended.since(outcome.began)
        if let identity = outcome.identity {
            servers[index].state.identity = identity
            servers[index].identifiedAt = now
        }
        count(outcome, index, now)
        ingest(outcome, index)
        if let fault = outcome.fault {
            fail(index, fault, wasUp: wasUp, isFirst: isFirst)
        } else {
            servers[index].state.status = .ok
            servers[index].state.fault = nil
            servers[index].state.lastSuccess = now
            servers[index].state.items = outcome.items
            if !wasUp, !isFirst {
                log.notice("\(servers[index].server.connection.name) answers again")
                note([event(.connectionBack, index, "\(servers[index].server.connection.name) answers again")])
            }
        }
        var retryAfter: Double?
        if case .rateLimited(let seconds) = outcome.fault { retryAfter = seconds }
        let next =
            servers[index].isWanted || servers[index].hasMore
            ? now
            : servers[index].schedule.next(
                after: outcome.began, now: now, succeeded: outcome.fault == nil, retryAfter: retryAfter)
        servers[index].isWanted = false
        servers[index].state.failuresInRow = servers[index].schedule.failuresInRow
        servers[index].state.nextAttempt = next
        turns.push(index, at: next)
        for model in servers[index].models where model < models.count { models[model].isDirty = true }
        // A frame for each of a hundred readings would say little more than one for all.
        hasReadings = true
        if isFirst || servers[index].state.fault != faultBefore { needsPublishing = true }
    }

    /// Turns that passed between the one that this poll was for and its end are missed ones: they are not made up for.
    private func count(_ outcome: PollOutcome, _ index: Int, _ now: Timestamp) {
        servers[index].state.polls += 1
        if outcome.fault != nil { servers[index].state.failedPolls += 1 }
        let interval = servers[index].schedule.interval
        let due = outcome.began.advanced(by: -servers[index].state.lateBy)
        let passed = Int((now.since(due) / interval).rounded(.down))
        guard passed > 0, outcome.began >= wokenAt, !isFirstLook(now) else { return }
        servers[index].state.missedTurns += passed
        if servers[index].state.missedTurns == passed {
            let name = servers[index].server.connection.name
            log.warning("\(name) is polled late: the last poll ended \(passed) turns after it was due")
        }
    }

    private func fail(_ index: Int, _ fault: ConnectorFault, wasUp: Bool, isFirst: Bool) {
        let name = servers[index].server.connection.name
        let isNew = servers[index].state.fault != fault
        servers[index].state.status = .failing
        servers[index].state.fault = fault
        if isNew { log.warning("\(name): \(fault.summary)") }
        if wasUp || isFirst { note([event(.connectionLost, index, "\(name): \(fault.summary)")]) }
    }

    func event(_ kind: Event.Kind, _ index: Int, _ title: String) -> Event {
        let owner = servers[index].models.count == 1 ? models[servers[index].models[0]].config.name : nil
        return Event(
            at: clock.now(), kind: kind, model: owner, connection: servers[index].server.connection.name, title: title)
    }

    /// Flushes, prunes and saves what the next start shows first, each in its own time.
    private func tidy(_ now: Timestamp) {
        if now.since(lastFlush) >= 30 {
            lastFlush = now
            keep { try store.flush() }
            saveLatest()
        }
        if now.since(lastPrune) >= 600 {
            lastPrune = now
            keep {
                try store.prune(now: now)
                if !settings.receivers.isEmpty {
                    try store.pruneNotices(before: now.advanced(by: -Self.noticeMemory))
                }
            }
            ProcessHeap.giveBack()
        }
    }
}
