import PitModel

/// What receivers are to be told and were told. Decides; the engine writes down and sends.
struct Outbox {
    /// The latest word of each firing to each receiver, by fingerprint.
    private var latest: [String: [String: Delivery]] = [:]
    private(set) var waiting: [String: [Delivery]] = [:]
    private var delivered: [String: Int] = [:]
    private var givenUp: [String: Int] = [:]
    private var lastDelivery: [String: Timestamp] = [:]
    private var faults: [String: String] = [:]
    /// When what fires was last told again.
    private var renewedAt: [String: Timestamp] = [:]
    /// Receivers that are being told something.
    var busy: Set<String> = []

    /// Notices sent at once.
    static let batch = 100
    static let patience = Backoff(first: 5, last: 600)
    /// Seconds after which a notice is given up: who is told a day later is told too late.
    static let lifetime = 86400.0

    init(_ kept: [Delivery] = []) {
        for one in kept { enter(one) }
    }

    private mutating func enter(_ one: Delivery) {
        let subject = one.notice.alert.fingerprint
        latest[one.receiver, default: [:]][subject] = one
        switch one.stage {
        case .waiting: waiting[one.receiver, default: []].append(one)
        case .delivered:
            delivered[one.receiver, default: 0] += 1
            lastDelivery[one.receiver] = max(one.at, lastDelivery[one.receiver] ?? one.at)
        case .givenUp: givenUp[one.receiver, default: 0] += 1
        case .unwanted: break
        }
    }

    /// What must be told now that it was not: who begins to fire, and who no longer does though it was told to.
    func news(for receiver: AlertReceiver, _ alerts: [Alert], models: AlertModels, _ now: Timestamp) -> [Delivery] {
        let told = latest[receiver.name] ?? [:]
        var result: [Delivery] = []
        var seen: Set<String> = []
        func add(_ kind: AlertNotice.Kind, _ alert: Alert) {
            result.append(Delivery(receiver: receiver.name, notice: AlertNotice(kind, alert), since: now))
        }
        for alert in alerts where alert.state != .pending {
            seen.insert(alert.fingerprint)
            let last = told[alert.fingerprint]?.notice
            let isSame = last?.alert.startsAt == alert.startsAt
            switch alert.state {
            case .resolved:
                // Its time of beginning is still that of the firing.
                if let last, last.kind == .firing { add(.resolved, Self.ended(last.alert, alert.endsAt ?? now)) }
            case .firing, .unprocessed, .suppressed:
                if let last, last.kind == .firing, !isSame { add(.resolved, Self.ended(last.alert, alert.startsAt)) }
                guard alert.state != .suppressed, last == nil || !isSame,
                    receiver.filter.takes(alert, model: models.model(of: alert, from: .pitwall))
                else { continue }
                add(.firing, alert)
            case .pending: break
            }
        }
        // Pending again, or its rule is no more.
        for (subject, one) in told where one.notice.kind == .firing && !seen.contains(subject) {
            add(.resolved, Self.ended(one.notice.alert, now))
        }
        return result.sorted { ($0.notice.alert.startsAt, $0.id) < ($1.notice.alert.startsAt, $1.id) }
    }

    private static func ended(_ alert: Alert, _ at: Timestamp) -> Alert {
        var alert = alert
        (alert.state, alert.endsAt) = (.resolved, max(at, alert.startsAt))
        return alert
    }

    /// Takes what was written down. What nobody wants to hear is done with at once.
    mutating func add(_ new: [Delivery]) { for one in new { enter(one) } }

    /// What is to be sent to a receiver now, the oldest first; nothing while it is being told something.
    func due(_ receiver: String, _ now: Timestamp) -> [Delivery] {
        guard !busy.contains(receiver), let all = waiting[receiver], let first = all.first else { return [] }
        // In the order it happened: nobody hears of an end before the beginning.
        return first.next <= now ? Array(all.prefix(Self.batch)) : []
    }

    /// What fires and must be told again.
    func renewals(_ receiver: AlertReceiver, _ now: Timestamp) -> [AlertNotice] {
        guard let renewal = receiver.receiving.renewal, !busy.contains(receiver.name) else { return [] }
        if let last = renewedAt[receiver.name], now.since(last) < renewal, now >= last { return [] }
        return (latest[receiver.name] ?? [:]).values
            .filter { $0.notice.kind == .firing && $0.stage != .waiting }
            .map(\.notice).sorted { $0.id < $1.id }
    }

    mutating func renewed(_ receiver: String, _ now: Timestamp, fault: String?) {
        (renewedAt[receiver], faults[receiver]) = (now, fault)
    }

    /// What becomes of notices after an attempt.
    func outcome(_ sent: [Delivery], fault: ConnectorFault?, _ now: Timestamp) -> [Delivery] {
        sent.map { one in
            var one = one
            one.attempts += 1
            one.fault = fault?.summary
            if fault == nil {
                (one.stage, one.at) = (.delivered, now)
            } else if now.since(one.since) >= Self.lifetime {
                (one.stage, one.at) = (.givenUp, now)
            } else {
                one.next = now.advanced(by: Self.patience.wait(after: one.attempts, fault))
            }
            return one
        }
    }

    mutating func settle(_ receiver: String, _ outcome: [Delivery]) {
        let byID = Dictionary(outcome.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        waiting[receiver] = (waiting[receiver] ?? []).compactMap { one in
            guard let now = byID[one.id] else { return one }
            return now.stage == .waiting ? now : nil
        }
        for one in outcome {
            faults[receiver] = one.fault
            let subject = one.notice.alert.fingerprint
            if latest[receiver]?[subject]?.id == one.id { latest[receiver]?[subject] = one }
            if one.stage == .delivered {
                delivered[receiver, default: 0] += 1
                lastDelivery[receiver] = one.at
            }
            if one.stage == .givenUp { givenUp[receiver, default: 0] += 1 }
        }
    }

    /// The latest word of each alert, by its fingerprint, the receivers by name.
    var deliveries: [String: [Delivery]] {
        var result: [String: [Delivery]] = [:]
        for receiver in latest.keys.sorted() {
            for (subject, one) in latest[receiver] ?? [:] { result[subject, default: []].append(one) }
        }
        return result
    }

    var isEmpty: Bool { latest.isEmpty }

    func state(of receiver: AlertReceiver) -> ReceiverState {
        let name = receiver.name
        return ReceiverState(
            name: name, words: receiver.receiving.words, waiting: waiting[name]?.count ?? 0,
            delivered: delivered[name] ?? 0, givenUp: givenUp[name] ?? 0, lastDelivery: lastDelivery[name],
            fault: faults[name] ?? waiting[name]?.first?.fault)
    }
}
