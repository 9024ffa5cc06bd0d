import Logging
import PitModel
import PitStore

extension Engine {
    /// Whether this process is the one that speaks to receivers: only one of a folder does.
    private var isSpeaker: Bool { !settings.isReadOnly && !isFollowing && (lock?.isHeld ?? true) }

    /// Notices known from the store, at most.
    private static let noticesKept = 20_000
    /// Seconds that notices are kept.
    static let noticeMemory = 90.0 * 86400

    /// Goes on with what an earlier run had not told yet.
    func restoreOutbox() {
        // Who has no receivers waits for nothing, and one that is new hears of what fires now.
        guard !settings.receivers.isEmpty, outbox.isEmpty else { return }
        keep {
            outbox = Outbox(try store.deliveries(limit: Self.noticesKept))
            board.deliveries = outbox.deliveries
        }
    }

    /// Writes down what receivers must be told of pitwall's own alerts.
    func queueNotices(_ alerts: [Alert], _ now: Timestamp) {
        guard isSpeaker, !settings.receivers.isEmpty else { return }
        let news = settings.receivers.flatMap { receiver in
            let all = outbox.news(for: receiver, alerts, models: board.models, now)
            return receiver.tellsResolved
                ? all
                : all.map { one in
                    var one = one
                    if one.notice.kind == .resolved { one.stage = .unwanted }
                    return one
                }
        }
        guard !news.isEmpty else { return }
        do throws(StoreFault) {
            outbox.add(try store.queue(news))
            board.deliveries = outbox.deliveries
        } catch {
            // What cannot be written down is not sent: it would be sent again and again.
            log.error("\(error.summary). \(error.hint)")
        }
        needsPublishing = true
    }

    /// Receivers that something is to be told now.
    func dueReceivers(_ now: Timestamp) -> [AlertReceiver] {
        guard isSpeaker else { return [] }
        return settings.receivers.filter {
            !outbox.due($0.name, now).isEmpty || !outbox.renewals($0, now).isEmpty
        }
    }

    /// Tells a receiver what waits for it, and again what still fires where it wants that.
    func tell(_ receiver: AlertReceiver) async {
        let name = receiver.name
        let due = outbox.due(name, clock.now())
        let renewals = outbox.renewals(receiver, clock.now())
        guard outbox.busy.insert(name).inserted else { return }
        if !due.isEmpty {
            let fault = await Self.attempt(receiver, due.map(\.notice), clock.now())
            let outcome = outbox.outcome(due, fault: fault, clock.now())
            if fault != .cancelled {
                keep { try store.update(outcome) }
                if let fault { log.warning("\(name) was not told: \(fault.summary)") }
                outbox.settle(name, outcome)
                board.deliveries = outbox.deliveries
            }
        }
        if !renewals.isEmpty {
            var fault: ConnectorFault?
            for start in stride(from: 0, to: renewals.count, by: 1000) where fault == nil {
                let part = Array(renewals[start..<min(start + 1000, renewals.count)])
                fault = await Self.attempt(receiver, part, clock.now())
            }
            if fault != .cancelled { outbox.renewed(name, clock.now(), fault: fault?.summary) }
        }
        outbox.busy.remove(name)
        needsPublishing = true
    }

    private static func attempt(_ receiver: AlertReceiver, _ notices: [AlertNotice], _ now: Timestamp) async
        -> ConnectorFault?
    {
        do throws(ConnectorFault) {
            try await receiver.receiving.tell(notices, now: now)
            return nil
        } catch {
            return error
        }
    }

    /// Tells all that is due, once: what a single round of polling does.
    func tellOnce() async {
        for receiver in dueReceivers(clock.now()) { await tell(receiver) }
    }
}
