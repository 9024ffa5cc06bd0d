import PitModel

/// What pitwall is, and whether it polls.
@Sendable func publishSelf(_ published: Published, _ writer: inout OpenMetricsWriter) {
    let snapshot = published.snapshot
    writer.family(
        "pitwall_build", .info, help: "The version that runs.", [.init([("version", published.version)], 1)])
    writer.family(
        "pitwall_start_time_seconds", .gauge, unit: "seconds", help: "When this process began.",
        [.init([], published.started.seconds)])
    var isPolling = 0.0
    if case .this = snapshot.poller { isPolling = 1 }
    writer.family(
        "pitwall_polling", .gauge, help: "Whether this process polls, or follows another that does.",
        [.init([], isPolling)])
    let counts = Dictionary(grouping: snapshot.log, by: \.level).mapValues { Double($0.count) }
    let levels: [LogLine.Level] = [.warning, .error]
    writer.family(
        "pitwall_recent_log_lines", .gauge, help: "Lines of pitwall's own log among the last 500, by level.",
        levels.map { .init([("level", $0.word)], counts[$0] ?? 0) })
    let open = snapshot.operations.filter { ![.verified, .refused].contains($0.stage) }
    writer.family(
        "pitwall_unverified_operations", .gauge, help: "Operations whose effect was not seen, or not yet.",
        [.init([], Double(open.count))])
}
