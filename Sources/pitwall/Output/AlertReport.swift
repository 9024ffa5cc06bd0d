import PitGrid
import PitModel

/// Alerts and silences as rows.
enum AlertReport {
    static func alerts(_ snapshot: Snapshot) -> Report {
        Report(
            columns: [
                .init(key: "severity", title: "SEVERITY"), .init(key: "name", title: "ALERT"),
                .init(key: "state", title: "STATE"),
                .init(key: "model", title: "MODEL"), .init(key: "starts_at", title: nil),
                .init(key: "age_seconds", title: "SINCE", show: { Report.duration($0) }),
                .init(key: "times_fired", title: "TIMES", isWide: true), .init(key: "owner", title: "OWNER"),
                .init(key: "acknowledged_by", title: "ACKED BY"),
                .init(key: "acknowledged_seconds", title: "ACKED", show: { Report.duration($0) }),
                .init(key: "acknowledgement_shown_in", title: nil),
                .init(key: "called_noise", title: "NOISE", isWide: true),
                .init(key: "told", title: "TOLD", isWide: true),
                .init(key: "silenced_by", title: "SILENCED BY", isWide: true),
                .init(key: "fingerprint", title: "FINGERPRINT"),
                .init(key: "connection", title: "FROM", isWide: true),
                .init(key: "labels", title: "LABELS", isWide: true),
                .init(key: "annotations", title: nil), .init(key: "runbook", title: nil),
                .init(key: "summary", title: "SUMMARY"),
            ],
            rows: snapshot.alerts.map { state in
                [
                    .text(state.alert.severity.word), .text(state.alert.name), .text(state.alert.state.rawValue),
                    .optional(state.model?.description),
                    .time(state.alert.startsAt), .number(max(0, snapshot.at.since(state.alert.startsAt))),
                    .count(state.timesFired),
                    .optional(state.owner), .optional(state.acknowledgement?.author),
                    state.acknowledgement.map { .number(max(0, snapshot.at.since($0.at))) } ?? .none,
                    .optional(state.sharedIn?.description), .count(state.timesNoise),
                    .list(state.deliveries.map { "\($0.receiver)=\($0.stage.rawValue)" }),
                    .list(state.alert.silencedBy),
                    .text(state.alert.fingerprint), .text(state.connection.description), .map(state.alert.labels),
                    .map(state.alert.annotations),
                    .optional(state.alert.runbook), .text(state.alert.summary),
                ]
            }, emptyText: "no alerts")
    }

    static func silences(_ snapshot: Snapshot) -> Report {
        Report(
            columns: [
                .init(key: "id", title: "ID"), .init(key: "state", title: "STATE"),
                .init(key: "matchers", title: "MATCHERS"),
                .init(key: "starts_at", title: nil), .init(key: "ends_at", title: "ENDS"),
                .init(key: "remaining_seconds", title: "LEFT", show: { Report.duration($0) }),
                .init(key: "created_by", title: "BY"), .init(key: "connection", title: "IN", isWide: true),
                .init(key: "comment", title: "WHY"),
            ],
            rows: snapshot.silences.map { silence in
                [
                    .text(silence.id), .text(silence.state.rawValue),
                    .list(silence.matchers.map { "\($0.name)\($0.op)\"\($0.value)\"" }),
                    .time(silence.startsAt), .time(silence.endsAt),
                    silence.state == .expired ? .none : .number(max(0, silence.endsAt.since(snapshot.at))),
                    .text(silence.createdBy),
                    .optional(silence.connection?.description), .text(silence.comment),
                ]
            }, emptyText: "no silences")
    }
}
