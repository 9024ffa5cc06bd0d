/// What the next shift must know: what is open and whose it is, what was done since a moment and whether it helped, what
/// must not be touched, what was judged.
public struct Handover: Equatable, Codable, Sendable {
    public struct Section: Equatable, Codable, Sendable {
        public var title: String
        public var lines: [String]
        /// Said where there are none.
        public var none: String
        public init(_ title: String, _ lines: [String], none: String) {
            (self.title, self.lines, self.none) = (title, lines, none)
        }
    }
    public var at: Timestamp
    public var since: Timestamp
    public var author: String
    public var sections: [Section]

    /// Lines of a section at most; the rest is counted.
    private static let most = 40

    /// - Parameters:
    ///   - entries: the audit trail's lines since then, oldest first.
    ///   - judged: how many judgements each person made since then.
    public init(
        _ snapshot: Snapshot, since: Timestamp, author: String, entries: [AuditEntry], proofs: [Proof] = [],
        freezes: [FreezeWindow] = [], judged: [(author: String, count: Int)] = []
    ) {
        (at, self.since, self.author) = (snapshot.at, since, author)
        let now = snapshot.at
        sections = [
            Section("Models that are not well", Self.unwell(snapshot), none: "All are well."),
            Section("Open alerts", Self.alerts(snapshot, now), none: "None fires."),
            Section(
                "Under way", Self.underWay(snapshot, now), none: "Nothing that was asked for waits for its effect."),
            Section("Releases and operations", Self.changes(snapshot, since), none: "Nothing was released or changed."),
            Section("Proofs", Self.proofs(snapshot, proofs, since), none: "Nothing was to be proved."),
            Section(
                "Not to be touched", Self.blocked(snapshot, freezes, now), none: "Nothing is frozen or in quarantine."),
            Section("Judged", Self.labels(snapshot, judged), none: "Nobody judged anything."),
            Section("What people did", Self.acts(entries), none: "The audit trail has nothing new."),
        ]
    }

    private static func bounded(_ lines: [String]) -> [String] {
        lines.count <= most ? lines : Array(lines.prefix(most)) + ["and \(lines.count - most) more"]
    }

    private static func unwell(_ snapshot: Snapshot) -> [String] {
        let models = snapshot.models.filter { $0.health != .ok && $0.health != .unknown }.map { model in
            "\(model.name): \(model.health.word)" + (model.why.isEmpty ? "" : ", \(model.why)")
                + (snapshot.release(of: model).map { ", serves \($0)" } ?? "")
        }
        let failing = snapshot.connections.filter { $0.status == .failing }.map { connection in
            "connection \(connection.name): \(connection.fault?.summary ?? "cannot be read")"
        }
        return bounded(models + failing)
    }

    private static func alerts(_ snapshot: Snapshot, _ now: Timestamp) -> [String] {
        let open = snapshot.alerts.filter { $0.alert.state == .firing || $0.alert.state == .suppressed }
        return bounded(
            open.sorted { ($0.alert.severity, $0.alert.startsAt) < ($1.alert.severity, $1.alert.startsAt) }.map {
                state in
                let alert = state.alert
                let owner = state.owner.map { "\($0) has it" }
                let acknowledged = state.acknowledgement.map { "acknowledged by \($0.author)" }
                let standing = owner ?? acknowledged ?? "nobody has it"
                let note = state.notes.last.map { ", note by \($0.author): \($0.text)" } ?? ""
                return "\(alert.name) (\(alert.severity.word))" + (state.model.map { " on \($0)" } ?? "")
                    + ", for \(age(now.since(alert.startsAt))), \(standing)"
                    + (alert.state == .suppressed ? ", silenced" : "") + note
            })
    }

    private static func underWay(_ snapshot: Snapshot, _ now: Timestamp) -> [String] {
        bounded(
            snapshot.operations.filter { !$0.stage.isFinal }.map { entry in
                "\(entry.operation.request.word) by \(entry.operation.author), \(entry.stage.rawValue) for "
                    + "\(age(now.since(entry.at))): \(entry.operation.id)"
            })
    }

    private static func changes(_ snapshot: Snapshot, _ since: Timestamp) -> [String] {
        let kinds: Set<Event.Kind> = [.release, .configuration]
        let events = snapshot.events.filter { kinds.contains($0.kind) && $0.at >= since }.map { event in
            (event.at, "\(event.title)" + (event.model.map { " (\($0))" } ?? ""))
        }
        let operations = snapshot.operations.filter { $0.operation.at >= since }.map { entry in
            (
                entry.operation.at,
                "\(entry.operation.request.word) by \(entry.operation.author): \(entry.stage.rawValue)"
                    + (entry.operation.reason.isEmpty ? "" : ", because \(entry.operation.reason)")
            )
        }
        return bounded((events + operations).sorted { $0.0 < $1.0 }.map { "\(clock($0.0)) \($0.1)" })
    }

    private static func proofs(_ snapshot: Snapshot, _ kept: [Proof], _ since: Timestamp) -> [String] {
        var byOperation: [String: Proof] = [:]
        for proof in kept + snapshot.deployments.compactMap(\.proof) where (proof.decidedAt ?? snapshot.at) >= since {
            byOperation[proof.operation] = proof
        }
        return bounded(
            byOperation.values.sorted { $0.startedAt < $1.startedAt }.map { proof in
                "\(proof.deployment.path): \(proof.verdict.word)" + (proof.words.isEmpty ? "" : ", \(proof.words)")
            })
    }

    private static func blocked(_ snapshot: Snapshot, _ freezes: [FreezeWindow], _ now: Timestamp) -> [String] {
        let frozen = freezes.filter { $0.holds(at: now) }.map { window in
            "frozen: \(window.reason)" + (window.names.isEmpty ? "" : " (\(window.names.joined(separator: ", ")))")
        }
        let bad = snapshot.quarantine.map { version in
            "in quarantine since \(version.at.rfc3339): what \(version.author) rolled back on \(version.deployment.path)"
                + (version.reason.isEmpty ? "" : ", \(version.reason)")
        }
        let silences = snapshot.silences.filter { $0.startsAt <= now && $0.endsAt > now }.map { silence in
            "silenced for \(age(silence.endsAt.since(now))) yet by \(silence.createdBy): \(silence.comment)"
        }
        return bounded(frozen + bad + silences)
    }

    private static func labels(_ snapshot: Snapshot, _ judged: [(author: String, count: Int)]) -> [String] {
        var lines = judged.map { "\($0.author): \($0.count) judgements" }
        for state in snapshot.queues where state.total > state.done {
            let agreement = state.agreement.map { ", alpha \(two($0.value)) of \($0.n)" } ?? ""
            lines.append("queue \(state.queue.name): \(state.total - state.done) of \(state.total) left\(agreement)")
        }
        lines += snapshot.labelQuality.map { "\($0.model) \($0.words)" }
        return bounded(lines)
    }

    private static func acts(_ entries: [AuditEntry]) -> [String] {
        bounded(
            entries.map { entry in
                "\(clock(entry.at)) \(entry.author): \(entry.what)" + (entry.subject.isEmpty ? "" : " \(entry.subject)")
                    + (entry.detail.isEmpty ? "" : ", \(entry.detail)")
            })
    }

    // MARK: - As text

    private var text: ReportText {
        ReportText("Hand-over", lead: "\(since.rfc3339) to \(at.rfc3339), by \(author)", sections: sections)
    }
    public var markdown: String { text.markdown }
    public var html: String { text.html }

    private static func clock(_ at: Timestamp) -> String { String(at.rfc3339.prefix(16)) }

    private static func age(_ seconds: Double) -> String {
        let whole = Int(max(0, min(seconds, 1e12)))
        if whole < 120 { return "\(whole) s" }
        if whole < 7200 { return "\(whole / 60) min" }
        return whole < 172_800 ? "\(whole / 3600) h" : "\(whole / 86_400) days"
    }

    private static func two(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
