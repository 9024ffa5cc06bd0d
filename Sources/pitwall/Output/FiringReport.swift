import PitGrid
import PitModel

/// When alerts fired, and what was done, as rows.
enum FiringReport {
    static func make(_ firings: [Firing], now: Timestamp) -> Report {
        Report(
            columns: [
                .init(key: "name", title: "ALERT"), .init(key: "severity", title: "SEVERITY"),
                .init(key: "fired_at", title: "FIRED"), .init(key: "ended_at", title: "ENDED", isWide: true),
                .init(key: "lasted_seconds", title: "LASTED", show: { Report.duration($0) }),
                .init(key: "acknowledged_by", title: "ACKED BY"),
                .init(key: "acknowledged_after_seconds", title: "AFTER", show: { Report.duration($0) }),
                .init(key: "claimed_by", title: "OWNER"), .init(key: "silenced", title: "SILENCED"),
                .init(key: "ended_silenced", title: nil), .init(key: "noise", title: "NOISE"),
                .init(key: "notes", title: "NOTES"), .init(key: "fingerprint", title: "FINGERPRINT", isWide: true),
                .init(key: "connection", title: "FROM", isWide: true),
                .init(key: "labels", title: "LABELS", isWide: true),
            ],
            rows: firings.map { firing in
                let act = firing.acknowledgement
                let claim = firing.acts.last { $0.kind == .claim }
                return [
                    .text(firing.alert.name), .text(firing.alert.severity.word), .time(firing.firedAt),
                    firing.endedAt.map { .time($0) } ?? .none, .number(firing.length(now)), .optional(act?.author),
                    act.map { .number($0.at.since(firing.firedAt)) } ?? .none,
                    .optional(claim.map { $0.text.isEmpty ? $0.author : $0.text }), .flag(firing.wasSilenced),
                    .flag(firing.endedAt != nil && firing.endedSilenced), .flag(firing.isNoise),
                    .list(firing.acts.filter { $0.kind == .note }.map(\.text)), .text(firing.alert.fingerprint),
                    .text(firing.connection.description), .map(firing.alert.labels),
                ]
            }, emptyText: "nothing fired in that time, as far as is kept")
    }
}

/// What receivers were told, and what waits, as rows.
enum DeliveryReport {
    static func make(_ deliveries: [Delivery]) -> Report {
        Report(
            columns: [
                .init(key: "receiver", title: "RECEIVER"), .init(key: "stage", title: "STAGE"),
                .init(key: "kind", title: "WHAT"), .init(key: "name", title: "ALERT"),
                .init(key: "written_at", title: "SINCE"), .init(key: "settled_at", title: "SETTLED", isWide: true),
                .init(key: "attempts", title: "TRIED"), .init(key: "next_at", title: "NEXT", isWide: true),
                .init(key: "fault", title: "FAULT"), .init(key: "fingerprint", title: "FINGERPRINT", isWide: true),
                .init(key: "id", title: nil), .init(key: "labels", title: "LABELS", isWide: true),
            ],
            rows: deliveries.reversed().map { one in
                let isWaiting = one.stage == .waiting
                return [
                    .text(one.receiver), .text(one.stage == .givenUp ? "given up" : one.stage.rawValue),
                    .text(one.notice.kind.rawValue), .text(one.notice.alert.name), .time(one.since),
                    isWaiting ? .none : .time(one.at), .count(one.attempts), isWaiting ? .time(one.next) : .none,
                    .optional(one.fault), .text(one.notice.alert.fingerprint), .text(one.notice.id),
                    .map(one.notice.alert.labels),
                ]
            }, emptyText: "no receiver was told anything, and nothing waits")
    }
}
