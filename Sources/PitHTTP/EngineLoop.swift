import CCurl
import Glibc
import PitModel
import Synchronization

/// What the engine's thread does, and all that it alone touches.
final class EngineLoop {
    /// Seconds between two looks for those whose time ran out while they waited for their turn.
    private static let patience = 0.1

    private let shared: EngineShared
    private let clock = ContinuousClock()
    private var gate: Gate<Transfer>
    /// For the hosts that did not answer in time the last time: however many these are, they leave the others most of
    /// the connections.
    private var slowGate: Gate<Transfer>
    private var slowHosts: Set<String> = []
    private let room = BodyRoom()
    private var live: [ObjectIdentifier: Slot] = [:]
    private var spare: [Slot] = []
    private var nextLook: ContinuousClock.Instant

    init(shared: EngineShared) {
        self.shared = shared
        (gate, slowGate) = (Gate(limit: shared.limit), Gate(limit: shared.limit / 4))
        nextLook = clock.now
    }

    func run() {
        while takeInbox() {
            endOverdue()
            while live.count < shared.limit, let transfer = slowGate.next() { start(transfer, isSlow: true) }
            while live.count < shared.limit, let transfer = gate.next() { start(transfer, isSlow: false) }
            if let reactor = shared.reactor { turn(reactor) }
            note()
        }
        for slot in Array(live.values) { end(slot, .failure(TransferFailure(fault: .cancelled))) }
        for transfer in removeWaiting(where: { _ in true }) { transfer.fail(.cancelled) }
        spare = []
    }

    private func turn(_ reactor: OpaquePointer) {
        pit_reactor_act(reactor)
        // What ended at once is told before anything is waited for.
        let hasEnded = finishDone()
        note()
        let patience: Int32 = waiting > 0 ? Int32(Self.patience * 1000) : live.isEmpty ? 60_000 : 1000
        if pit_reactor_turn(reactor, hasEnded ? 0 : patience) == 0 {
            // Out of memory or of descriptors: go on without turning at full speed.
            poll(nil, 0, 10)
        }
        _ = finishDone()
    }

    /// False when the engine is shut down.
    private func takeInbox() -> Bool {
        let inbox = shared.inbox.withLock { inbox in
            let taken = inbox
            (inbox.added, inbox.cancelled, inbox.given) = ([], [], [])
            return taken
        }
        // Each is looked for: that one was found does not mean that the rest need not be.
        let isAnyGiven = inbox.given.reduce(false) { room.giveBack($1) || $0 }
        if room.forgetOld(at: clock.now) || isAnyGiven { resumeAll() }
        for transfer in inbox.added {
            let plan = transfer.plan
            if slowHosts.contains(plan.place) {
                slowGate.add(transfer, host: plan.place, limit: plan.maxConcurrent)
            } else {
                gate.add(transfer, host: plan.place, limit: plan.maxConcurrent)
            }
        }
        var isAnyWaiting = false
        for ticket in inbox.cancelled {
            if let slot = live[ObjectIdentifier(ticket)] {
                end(slot, .failure(TransferFailure(fault: .cancelled)))
            } else {
                isAnyWaiting = true
            }
        }
        if isAnyWaiting {
            let gone = removeWaiting { $0.ticket.isCancelled.load(ordering: .relaxed) }
            for transfer in gone { transfer.fail(.cancelled) }
        }
        return !inbox.isClosed
    }

    /// A deadline holds for those who wait for their turn as well.
    private func endOverdue() {
        guard waiting > 0 else { return }
        let now = clock.now
        guard now >= nextLook else { return }
        nextLook = now + .seconds(Self.patience)
        for transfer in removeWaiting(where: { $0.plan.deadline <= now }) {
            transfer.fail(.timedOut(after: transfer.plan.allowance))
        }
    }

    private var waiting: Int { gate.waiting + slowGate.waiting }

    private func removeWaiting(where isOver: (Transfer) -> Bool) -> [Transfer] {
        gate.removeWaiting(where: isOver) + slowGate.removeWaiting(where: isOver)
    }

    /// Gives the place back at the gate that the transfer came through.
    private func leave(_ transfer: Transfer, isSlow: Bool) {
        if isSlow { slowGate.leave(host: transfer.plan.place) } else { gate.leave(host: transfer.plan.place) }
    }

    private func start(_ transfer: Transfer, isSlow: Bool) {
        let left = (transfer.plan.deadline - clock.now) / .seconds(1)
        guard left > 0 else {
            leave(transfer, isSlow: isSlow)
            return transfer.fail(.timedOut(after: transfer.plan.allowance))
        }
        guard let slot = takeSlot(for: transfer.plan) else {
            leave(transfer, isSlow: isSlow)
            return transfer.fail(.unreachable("no memory for another request"))
        }
        slot.isSlow = isSlow
        slot.prepare(transfer, secondsLeft: left)
        live[ObjectIdentifier(transfer.ticket)] = slot
        if curl_multi_add_handle(shared.multi, slot.handle) != CURLM_OK {
            end(slot, .failure(TransferFailure(fault: .unreachable("libcurl did not take the request"))))
        }
    }

    /// A handle that was prepared for the same shape, or any other, or a new one.
    private func takeSlot(for plan: TransferPlan) -> Slot? {
        guard !spare.isEmpty else { return shared.reactor.flatMap { Slot(reactor: $0, room: room) } }
        if plan.shapeID != EngineShared.noShape, let index = spare.lastIndex(where: { $0.shapeID == plan.shapeID }) {
            spare.swapAt(index, spare.count - 1)
        }
        return spare.popLast()
    }

    private func finishDone() -> Bool {
        var isAny = false
        var left: Int32 = 0
        while let message = curl_multi_info_read(shared.multi, &left) {
            guard pit_is_done(message) != 0, let handle = message.pointee.easy_handle,
                let context = pit_info_context(handle)
            else { continue }
            let slot = Unmanaged<Slot>.fromOpaque(context).takeUnretainedValue()
            let result = slot.result(pit_result(message))
            let opened = pit_info_long(handle, CURLINFO_NUM_CONNECTS)
            shared.statistics.withLock {
                $0.finished += 1
                $0.connections += opened
            }
            isAny = true
            end(slot, result)
        }
        return isAny
    }

    /// Takes the exchange out of libcurl before its caller is told: after that, nothing of it is called any more.
    private func end(_ slot: Slot, _ result: Result<HTTPReply, TransferFailure>) {
        curl_multi_remove_handle(shared.multi, slot.handle)
        guard let transfer = slot.release() else { return }
        var result = result
        live[ObjectIdentifier(transfer.ticket)] = nil
        leave(transfer, isSlow: slot.isSlow)
        if case .success(var reply) = result, let number = room.handOver(ObjectIdentifier(slot), at: clock.now) {
            reply.room = BodyLease(number, of: shared)
            result = .success(reply)
        } else if room.leave(ObjectIdentifier(slot)) {
            resumeAll()
        }
        judge(transfer.plan, result)
        if spare.count < shared.limit { spare.append(slot) }
        transfer.finish(result)
    }

    /// Lets those go on that wait for room.
    private func resumeAll() { for slot in live.values { slot.resume() } }

    /// Remembers who did not answer in time.
    private func judge(_ plan: TransferPlan, _ result: Result<HTTPReply, TransferFailure>) {
        if case .failure(let failure) = result, case .timedOut = failure.fault {
            // The bound is for a configuration that is edited for ever.
            if slowHosts.count < 100_000 { slowHosts.insert(plan.place) }
        } else if !slowHosts.isEmpty, case .success = result {
            slowHosts.remove(plan.place)
        }
    }

    private func note() {
        let (running, waiting) = (live.count, self.waiting)
        shared.statistics.withLock {
            ($0.running, $0.waiting) = (running, waiting)
            $0.mostAtOnce = max($0.mostAtOnce, running)
        }
    }
}
