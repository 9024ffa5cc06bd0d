import PitModel

/// What of each model's traffic has changed.
@Sendable func publishDrift(_ published: Published, _ writer: inout OpenMetricsWriter) {
    let models = published.snapshot.models.filter { !$0.isStale }
    func lines(_ value: (FeatureDrift) -> Double?) -> [OpenMetricsWriter.Line] {
        models.flatMap { state in
            (state.drift?.features ?? []).compactMap { drift -> OpenMetricsWriter.Line? in
                value(drift).map {
                    .init(
                        [
                            ("model", state.name.description), ("feature", drift.feature.key),
                            ("source", drift.feature.source.rawValue),
                        ], $0)
                }
            }
        }
    }
    // Too little data is no score, and a verdict only where there is one.
    writer.family(
        "pitwall_drift_score", .gauge,
        help: "How far a feature is from its reference; its limit says how far is drift.",
        lines { $0.verdict == .notEnoughData ? nil : $0.score })
    writer.family("pitwall_drift_limit", .gauge, help: "The score above which a feature has drifted.", lines(\.limit))
    writer.family(
        "pitwall_drift_detected", .gauge, help: "Whether a feature has drifted, its p-value being adjusted.",
        lines { $0.verdict == .notEnoughData ? nil : $0.verdict == .drifted ? 1 : 0 })
    writer.family(
        "pitwall_drift_window_requests", .gauge, help: "Observations in the window that is compared.",
        lines(\.currentCount))
}
