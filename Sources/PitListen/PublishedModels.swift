import PitModel

/// How every model does.
@Sendable func publishModels(_ published: Published, _ writer: inout OpenMetricsWriter) {
    let models = published.snapshot.models
    func label(_ state: ModelState) -> [(name: String, value: String)] { [("model", state.name.description)] }
    writer.family(
        "pitwall_model_health", .stateset, help: "How the model does: 1 for the state it is in.",
        models.flatMap { state in
            Health.allCases.map {
                .init(label(state) + [("pitwall_model_health", $0.word)], $0 == state.health ? 1 : 0)
            }
        })
    writer.family(
        "pitwall_model_stale", .gauge, help: "Whether the model's figures are too old to trust.",
        models.filter { $0.seenAt != nil }.map { .init(label($0), $0.isStale ? 1 : 0) })
    writer.family(
        "pitwall_model_replicas_up", .gauge, help: "Replicas that answer.",
        models.filter { $0.replicasKnown > 0 }.map { .init(label($0), Double($0.replicasUp)) })
    writer.family(
        "pitwall_model_replicas_known", .gauge, help: "Replicas that are watched.",
        models.filter { $0.replicasKnown > 0 }.map { .init(label($0), Double($0.replicasKnown)) })
    writer.family(
        "pitwall_model_firing_alerts", .gauge, help: "Alerts of the model that fire and are not silenced.",
        models.map { .init(label($0), Double($0.firingAlerts)) })
    for signal in Signal.allCases {
        // What is old is not told as if it were new.
        let lines = models.filter { !$0.isStale }.compactMap { state -> OpenMetricsWriter.Line? in
            state.signals[signal].map { .init(label(state), $0.value) }
        }
        let name = "pitwall_model_\(signal.info.jsonKey)"
        let unit = signal.info.unit == .seconds ? "seconds" : signal.info.unit == .ratio ? "ratio" : ""
        writer.family(name, .gauge, unit: name.hasSuffix("_\(unit)") ? unit : "", help: "\(signal.info.title).", lines)
    }
    writer.family(
        "pitwall_model_error_budget_burn_rate", .gauge,
        help: "How many times faster than promised the error budget is spent, over a window.",
        models.flatMap { state in
            (published.burn[state.name] ?? []).map { burn in
                .init(label(state) + [("window", "\(Int(burn.window))s")], burn.rate)
            }
        })
}
