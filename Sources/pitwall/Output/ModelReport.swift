import PitGrid
import PitModel

/// Models as rows: every signal under its own key.
enum ModelReport {
    private static let inTable: Set<Signal> = [.requestRate, .errorRatio, .ttftP95, .itlP95, .waiting, .kvCacheUse]

    static func make(_ snapshot: Snapshot) -> Report {
        var columns: [Report.Column] = [
            .init(key: "name", title: "MODEL"), .init(key: "health", title: "HEALTH"),
            .init(key: "replicas_up", title: "UP"),
            .init(key: "replicas_known", title: "OF"),
        ]
        for signal in Signal.allCases {
            columns.append(
                .init(
                    key: signal.info.jsonKey, title: signal.info.short, isWide: !inTable.contains(signal),
                    show: { show($0, signal) }))
        }
        columns += [
            .init(key: "lower_bounds", title: nil), .init(key: "stale", title: "STALE", isWide: true),
            .init(key: "seen_at", title: nil),
            .init(key: "firing_alerts", title: "ALERTS"), .init(key: "release", title: "RELEASE"),
            .init(key: "label_good_ratio", title: "GOOD", isWide: true, show: { show($0, .errorRatio) }),
            .init(key: "label_good_ratio_low", title: nil), .init(key: "label_good_ratio_high", title: nil),
            .init(key: "labels_judged", title: "JUDGED", isWide: true),
            .init(key: "release_win_ratio", title: "WINS", isWide: true, show: { show($0, .errorRatio) }),
            .init(key: "release_win_ratio_low", title: nil), .init(key: "release_win_ratio_high", title: nil),
            .init(key: "release_compared_with", title: nil), .init(key: "answers_compared", title: nil),
            .init(key: "consistent_with", title: "CONSISTENT WITH", isWide: true),
            .init(key: "why", title: "WHY"),
        ]
        return Report(
            columns: columns, rows: snapshot.models.map { row($0, snapshot.quality(of: $0)) },
            emptyText: "no models are configured")
    }

    private static func row(_ model: ModelState, _ quality: PresentQuality) -> [Report.Value] {
        var row: [Report.Value] = [
            .text(model.name.description), .text(model.health.word), .count(model.replicasUp),
            .count(model.replicasKnown),
        ]
        row += Signal.allCases.map { .optional(model.signals[$0]?.value) }
        // Quantiles that fell in a histogram's last bucket: the true value is at least the one given.
        let bounds = model.signals.filter { $0.value.isAtLeast }.map { $0.key.info.jsonKey }.sorted()
        row += [
            .list(bounds), .flag(model.isStale), .optional(model.seenAt), .count(model.firingAlerts),
            .optional(model.release), .optional(quality.present?.share), .optional(quality.present?.low),
            .optional(quality.present?.high), .optional(quality.present.map { Double($0.good + $0.bad) }),
            .optional(quality.wins?.rate), .optional(quality.wins?.low), .optional(quality.wins?.high),
            .optional(quality.wins?.against), .optional(quality.wins.map { Double($0.count) }),
            .list(model.blame.map { "\($0.kind.rawValue): \($0.evidence)" }), .text(model.why),
        ]
        return row
    }

    private static func show(_ value: Report.Value, _ signal: Signal) -> String {
        guard case .number(let number) = value else { return Figures.missing }
        switch signal.info.unit {
        case .seconds: return Figures.duration(number)
        case .ratio: return Figures.percent(number)
        default: return Figures.short(number)
        }
    }
}
