import PitGrid
import PitModel

/// Connections as rows.
enum ConnectionReport {
    static func make(_ snapshot: Snapshot) -> Report {
        Report(
            columns: [
                .init(key: "name", title: "NAME"), .init(key: "kind", title: "KIND"),
                .init(key: "status", title: "STATUS"),
                .init(key: "product", title: "WHAT"), .init(key: "version", title: "VERSION"),
                .init(key: "latency_seconds", title: "TOOK", show: { Report.duration($0) }),
                .init(key: "items", title: "ITEMS"),
                .init(key: "bad_lines", title: "BAD", isWide: true),
                .init(key: "interval_seconds", title: "EVERY", isWide: true, show: { Report.duration($0) }),
                .init(key: "failures_in_row", title: "FAILURES", isWide: true),
                .init(key: "missed_turns", title: "MISSED", isWide: true),
                .init(key: "last_success", title: nil),
                .init(key: "age_seconds", title: "AGE", show: { Report.duration($0) }),
                .init(key: "url", title: "URL", isWide: true),
                .init(key: "fault", title: "FAULT"), .init(key: "fault_code", title: nil),
                .init(key: "hint", title: nil),
            ],
            rows: snapshot.connections.map { state in
                [
                    .text(state.name.description), .text(state.kind), .text(state.status.rawValue),
                    .optional(state.identity?.product),
                    .optional(state.identity?.version), .optional(state.latency),
                    state.items.map { .count($0) } ?? .none,
                    .count(state.badLineCount), .number(state.interval), .count(state.failuresInRow),
                    .count(state.missedTurns),
                    .optional(state.lastSuccess),
                    .optional(state.lastSuccess.map { snapshot.at.since($0) }), .text(state.url),
                    .optional(state.fault?.summary),
                    .optional(state.fault?.code), .optional(state.fault?.hint),
                ]
            }, emptyText: "no connections are configured")
    }
}
