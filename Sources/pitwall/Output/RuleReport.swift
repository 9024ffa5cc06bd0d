import PitGrid
import PitModel

/// Pitwall's own rules as rows.
enum RuleReport {
    static func make(_ snapshot: Snapshot) -> Report {
        Report(
            columns: [
                .init(key: "name", title: "RULE"), .init(key: "state", title: "STATE"),
                .init(key: "pending", title: "PENDING"), .init(key: "firing", title: "FIRING"),
                .init(key: "suppressed", title: "SUPPRESSED", isWide: true), .init(key: "series", title: "SERIES"),
                .init(key: "for_seconds", title: "FOR", show: { Report.duration($0) }),
                .init(key: "keep_firing_for_seconds", title: "KEEPS", isWide: true, show: { Report.duration($0) }),
                .init(key: "clears_at", title: "CLEARS AT", isWide: true),
                .init(key: "severity", title: "SEVERITY"), .init(key: "expression", title: "EXPRESSION"),
                .init(key: "labels", title: nil), .init(key: "inhibits", title: "INHIBITS", isWide: true),
                .init(key: "last_evaluation", title: nil), .init(key: "problem", title: "PROBLEM"),
            ],
            rows: snapshot.rules.map { state in
                [
                    .text(state.rule.name), .text(state.word), .count(state.pending), .count(state.firing),
                    .count(state.suppressed), .count(state.series), .number(state.rule.pending),
                    .number(state.rule.keepFiring), state.rule.clearsAt.map { .number($0) } ?? .none,
                    .optional(state.rule.labels["severity"]), .text(state.rule.expression), .map(state.rule.labels),
                    .list(state.rule.inhibits), state.lastEvaluation.map { .time($0) } ?? .none,
                    .optional(state.problem),
                ]
            }, emptyText: "no rules: all built-in ones are off, and there are none of your own")
    }
}
