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
    private var live: [ObjectIdentifier: Slot] = [:]
    private var spare: [Slot] = []
    private var nextLook: ContinuousClock.Instant

    init(shared: EngineShared) {
        self.shared = shared
        (gate, nextLook) = (Gate(limit: shared.limit), clock.now)
    }

    func run() {
        while takeInbox() {
            endOverdue()
            while let transfer = gate.next() { start(transfer) }
            if let reactor = shared.reactor { turn(reactor) }
            note()
        }
        for slot in Array(live.values) { end(slot, .failure(TransferFailure(fault: .cancelled))) }
        for transfer in gate.removeWaiting(where: { _ in true }) { transfer.fail(.cancelled) }
        spare = []
    }

    private func turn(_ reactor: OpaquePointer) {
        pit_reactor_act(reactor)
        // What ended at once is told before anything is waited for.
        let hasEnded = finishDone()
        note()
        let patience: Int32 = gate.waiting > 0 ? Int32(Self.patience * 1000) : live.isEmpty ? 60_000 : 1000
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
            (inbox.added, inbox.cancelled) = ([], [])
            return taken
        }
        for transfer in inbox.added {
            gate.add(transfer, host: transfer.plan.place, limit: transfer.plan.maxConcurrent)
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
            let gone = gate.removeWaiting { $0.ticket.isCancelled.load(ordering: .relaxed) }
            for transfer in gone { transfer.fail(.cancelled) }
        }
        return !inbox.isClosed
    }

    /// A deadline holds for those who wait for their turn as well.
    private func endOverdue() {
        guard gate.waiting > 0 else { return }
        let now = clock.now
        guard now >= nextLook else { return }
        nextLook = now + .seconds(Self.patience)
        for transfer in gate.removeWaiting(where: { $0.plan.deadline <= now }) {
            transfer.fail(.timedOut(after: transfer.plan.allowance))
        }
    }

    private func start(_ transfer: Transfer) {
        let left = (transfer.plan.deadline - clock.now) / .seconds(1)
        guard left > 0 else {
            gate.leave(host: transfer.plan.place)
            return transfer.fail(.timedOut(after: transfer.plan.allowance))
        }
        guard let slot = takeSlot(for: transfer.plan) else {
            gate.leave(host: transfer.plan.place)
            return transfer.fail(.unreachable("no memory for another request"))
        }
        slot.prepare(transfer, secondsLeft: left)
        live[ObjectIdentifier(transfer.ticket)] = slot
        if curl_multi_add_handle(shared.multi, slot.handle) != CURLM_OK {
            end(slot, .failure(TransferFailure(fault: .unreachable("libcurl did not take the request"))))
        }
    }

    /// A handle that was prepared for the same shape, or any other, or a new one.
    private func takeSlot(for plan: TransferPlan) -> Slot? {
        guard !spare.isEmpty else { return shared.reactor.flatMap { Slot(reactor: $0) } }
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
        live[ObjectIdentifier(transfer.ticket)] = nil
        gate.leave(host: transfer.plan.place)
        if spare.count < shared.limit { spare.append(slot) }
        transfer.finish(result)
    }

    private func note() {
        let (running, waiting) = (live.count, gate.waiting)
        shared.statistics.withLock {
            ($0.running, $0.waiting) = (running, waiting)
            $0.mostAtOnce = max($0.mostAtOnce, running)
        }
    }
}
