import PitModel

/// How the polling of every connection goes.
@Sendable func publishConnections(_ published: Published, _ writer: inout OpenMetricsWriter) {
    let all = published.snapshot.connections
    let known = all.filter { $0.status != .never }
    func labels(_ state: ConnectionState) -> [(name: String, value: String)] {
        [("connection", state.name.description), ("kind", state.kind)]
    }
    writer.family(
        "pitwall_connection_up", .gauge, help: "Whether the last poll succeeded.",
        known.map { .init(labels($0), $0.status == .ok ? 1 : 0) })
    writer.family(
        "pitwall_connection_last_success_timestamp_seconds", .gauge, unit: "seconds",
        help: "When a poll last succeeded.",
        all.compactMap { state in state.lastSuccess.map { .init(labels(state), $0.seconds) } })
    writer.family(
        "pitwall_connection_poll_duration_seconds", .gauge, unit: "seconds", help: "How long the last poll took.",
        all.compactMap { state in state.latency.map { .init(labels(state), $0) } })
    writer.family(
        "pitwall_connection_polls", .counter, help: "Polls since this process began.",
        known.map { .init(labels($0), Double($0.polls)) })
    writer.family(
        "pitwall_connection_failed_polls", .counter, help: "Polls that failed since this process began.",
        known.map { .init(labels($0), Double($0.failedPolls)) })
    writer.family(
        "pitwall_connection_missed_turns", .counter,
        help: "Turns that were left out because the poll before took too long, or this machine had no time.",
        known.map { .init(labels($0), Double($0.missedTurns)) })
    writer.family(
        "pitwall_connection_items", .gauge, help: "Samples, alerts or models in the last reply.",
        all.compactMap { state in state.items.map { .init(labels(state), Double($0)) } })
    writer.family(
        "pitwall_connection_bad_lines", .gauge, help: "Lines of the last page that could not be read.",
        known.filter { $0.kind == "metrics" }.map { .init(labels($0), Double($0.badLineCount)) })
}
