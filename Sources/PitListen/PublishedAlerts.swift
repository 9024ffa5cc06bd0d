import PitModel

/// The alert queue, counted.
@Sendable func publishAlerts(_ published: Published, _ writer: inout OpenMetricsWriter) {
    struct Group: Hashable {
        var model: String
        var severity: String
        var state: String
    }
    var counts: [Group: Double] = [:]
    var open: [String: Double] = [:]
    for alert in published.snapshot.alerts {
        let model = alert.model?.description ?? ""
        counts[Group(model: model, severity: alert.alert.severity.word, state: "\(alert.alert.state)"), default: 0] += 1
        let isOpen = alert.alert.state == .firing || alert.alert.state == .unprocessed
        if isOpen, alert.acknowledgement == nil { open[model, default: 0] += 1 }
    }
    let sorted = counts.sorted {
        ($0.key.model, $0.key.severity, $0.key.state) < ($1.key.model, $1.key.severity, $1.key.state)
    }
    writer.family(
        "pitwall_alerts", .gauge, help: "Alerts in the queue, by model (empty: none), severity and state.",
        sorted.map {
            .init([("model", $0.key.model), ("severity", $0.key.severity), ("state", $0.key.state)], $0.value)
        })
    writer.family(
        "pitwall_unacknowledged_alerts", .gauge, help: "Alerts that fire and that nobody has acknowledged.",
        open.sorted { $0.key < $1.key }.map { .init([("model", $0.key)], $0.value) })
}
