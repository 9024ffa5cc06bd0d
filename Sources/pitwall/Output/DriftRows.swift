import PitGrid
import PitModel

/// Drift as rows: one a model and feature.
enum DriftRows {
    static func make(_ snapshot: Snapshot) -> Report { make(snapshot.models.map { ($0.name, $0.drift) }) }

    static func make(_ models: [(name: ModelName, drift: ModelDrift?)]) -> Report {
        Report(
            columns: [
                .init(key: "model", title: "MODEL"), .init(key: "feature", title: "FEATURE"),
                .init(key: "source", title: "FROM", isWide: true), .init(key: "method", title: "METHOD"),
                .init(key: "score", title: "SCORE", show: score), .init(key: "limit", title: "LIMIT", show: score),
                .init(key: "p_value", title: "P", show: score), .init(key: "interval_low", title: nil),
                .init(key: "interval_high", title: nil), .init(key: "verdict", title: "VERDICT"),
                .init(key: "n_current", title: "N", show: count),
                .init(key: "n_reference", title: "N REF", show: count),
                .init(key: "since", title: "SINCE", isWide: true), .init(key: "onset", title: "ONSET", isWide: true),
                .init(key: "window_seconds", title: nil), .init(key: "reference", title: "REFERENCE", isWide: true),
                .init(key: "compared_at", title: nil), .init(key: "why", title: "WHY", isWide: true),
            ],
            rows: models.flatMap { model in
                (model.drift?.features ?? []).map { row(model.name, model.drift, $0) }
            },
            emptyText: "nothing was compared yet: drift is read from the servers' histograms "
                + "while pitwall polls them, and from exchanges where a connection tells of them")
    }

    private static func row(_ model: ModelName, _ whole: ModelDrift?, _ drift: FeatureDrift) -> [Report.Value] {
        [
            .text(model.description), .text(drift.feature.key), .text(drift.feature.source.rawValue),
            .text(drift.method), .optional(drift.score), .number(drift.limit), .optional(drift.pValue),
            .optional(drift.interval?.lowerBound), .optional(drift.interval?.upperBound),
            .text(drift.verdict.key), .number(drift.currentCount), .number(drift.referenceCount),
            drift.since.map { .time($0) } ?? .none, .optional(drift.onset?.rawValue),
            .optional(whole?.current?.length), .optional(whole?.referenceWords),
            whole.map { .time($0.at) } ?? .none, .text(drift.why),
        ]
    }

    private static func score(_ value: Report.Value) -> String {
        guard case .number(let number) = value else { return "--" }
        return Figures.short(number)
    }

    private static func count(_ value: Report.Value) -> String {
        guard case .number(let number) = value else { return "--" }
        return "\(Int(min(number, 1e15).rounded()))"
    }
}

extension FeatureDrift.Verdict {
    /// snake_case: a contract with scripts.
    var key: String {
        switch self {
        case .same: "same"
        case .drifted: "drifted"
        case .notEnoughData: "not_enough_data"
        }
    }
}
