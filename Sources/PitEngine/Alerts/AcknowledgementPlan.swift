import PitModel

/// What is under way of showing acknowledgements to others.
struct SharingState {
    /// What failed, when it is tried again, and how often it did.
    var failures: [String: (next: Timestamp, count: Int)] = [:]
    /// Since when an acknowledged alert is not there, by the id of its silence.
    var goneSince: [String: Timestamp] = [:]
    var isBusy = false
    var isWanted = true
    /// So that a server that refuses is not told of each alert.
    var told: Set<ConnectionName> = []

    mutating func fail(_ key: String, _ now: Timestamp) {
        let count = (failures[key]?.count ?? 0) + 1
        let wait = min(1800, 15 * Double(1 << min(count, 10)))
        failures[key] = (now.advanced(by: wait), count)
    }

    func mayTry(_ key: String, _ now: Timestamp) -> Bool { failures[key].map { $0.next <= now } ?? true }
}

/// Which silences of an Alertmanager must be made, renewed and ended so that others see what is acknowledged here.
struct AcknowledgementPlan {
    struct Step {
        /// What it is about, for not trying what just failed.
        var key: String
        var request: OperationRequest
        var author: String
        var expectation: Expectation
    }

    let connection: ConnectionName
    let now: Timestamp
    /// Whether the server keeps annotations of silences.
    let annotates: Bool

    /// Acknowledgements shown to one server at most.
    static let limit = 500
    /// Seconds that an alert may be missing before its silence is ended: an Alertmanager that was restarted is told of
    /// its alerts anew within minutes.
    static let patience = 120.0

    /// - Parameter gone: since when alerts are missing, kept from one plan to the next.
    func steps(_ board: AlertBoard, gone: inout [String: Timestamp]) -> [Step] {
        let alerts = board.alerts[connection] ?? [:]
        var wanted: [String: (alert: Alert, act: Act)] = [:]
        for subject in board.subjects {
            guard let alert = alerts[subject], alert.isLoud, let last = board.lastWord(of: subject),
                last.kind == .acknowledge, last.at >= alert.startsAt, wanted.count < Self.limit
            else { continue }
            wanted[subject] = (alert, last)
        }
        var steps: [Step] = []
        var shown: Set<String> = []
        var missing: [String: Timestamp] = [:]
        for silence in board.silences[connection] ?? [] where silence.state != .expired {
            guard let shared = SharedAcknowledgement(of: silence) else { continue }
            if let (_, act) = wanted[shared.subject] {
                shown.insert(shared.subject)
                // Another's is left to whoever made it: this one's is made when that ends.
                if shared == SharedAcknowledgement(act), silence.endsAt.since(now) < SharedAcknowledgement.length / 2 {
                    steps.append(renew(silence, act))
                }
                continue
            }
            let mine = board.acts(of: shared.subject).first { SharedAcknowledgement($0) == shared }
            let takenBack = board.lastWord(of: shared.subject).flatMap { last in
                last.kind == .unacknowledge && last.at >= silence.startsAt ? last : nil
            }
            guard let act = takenBack ?? mine else { continue }
            if takenBack == nil, alerts[shared.subject]?.isLoud != true {
                let since = gone[silence.id] ?? now
                missing[silence.id] = since
                if now.since(since) < Self.patience { continue }
            }
            steps.append(
                Step(
                    key: silence.id, request: .expireSilence(id: silence.id), author: act.author,
                    expectation: .silenceExpired(connection: connection, id: silence.id)))
        }
        gone = missing
        for (subject, (alert, act)) in wanted.sorted(by: { $0.key < $1.key }) where !shown.contains(subject) {
            steps.append(show(alert, act, board))
        }
        return steps
    }

    private func show(_ alert: Alert, _ act: Act, _ board: AlertBoard) -> Step {
        let note = board.acts(of: alert.fingerprint).last { $0.kind == .note && $0.at >= act.at }?.text
        let draft = SharedAcknowledgement(act).draft(
            for: alert, by: act.author, note: note, now: now, annotates: annotates)
        return Step(
            key: alert.fingerprint, request: .createSilence(draft), author: act.author,
            expectation: .silenced(connection: connection, matchers: draft.matchers, until: draft.endsAt))
    }

    private func renew(_ silence: Silence, _ act: Act) -> Step {
        let until = now.advanced(by: SharedAcknowledgement.length)
        return Step(
            key: silence.id, request: .extendSilence(silence, until: until), author: act.author,
            expectation: .silenced(connection: connection, matchers: silence.matchers, until: until))
    }
}

extension Identity {
    /// Alertmanager 0.32 and later keep annotations of silences.
    var keepsSilenceAnnotations: Bool {
        let numbers = (version ?? "").split { !$0.isNumber && $0 != "." }.first?.split(separator: ".").map { Int($0) }
        guard product == "Alertmanager", let numbers, numbers.count >= 2, let minor = numbers[1] else { return false }
        return numbers[0] == 0 && minor >= 32
    }
}
