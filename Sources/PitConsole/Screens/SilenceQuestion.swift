import PitGrid
import PitModel

/// What is asked before an alert is silenced, and what follows from the answer.
enum SilenceQuestion {
    /// Labels that change from one firing to the next, or say who sent it: left out of what is proposed.
    private static let volatile: Set<String> = ["prometheus", "prometheus_replica", "replica", "receive", "severity"]

    /// For several alerts: the labels that all of them have alike.
    static func make(for alerts: [AlertState], on connection: ConnectionName, _ world: World) -> Question {
        let labels = proposed(alerts)
        let hits = world.snapshot.alerts.filter { state in labels.allSatisfy { state.alert.labels[$0.key] == $0.value }
        }.count
        let text = labels.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        return Question(
            "silence",
            title: "Silence \(alerts.count == 1 ? alerts[0].alert.name : "\(alerts.count) alerts") in \(connection)",
            body: [
                (connection == .pitwall
                    ? "Pitwall keeps the silence itself: its own alerts stay quiet while it lasts."
                    : "Alertmanager \(connection) will not notify while it lasts.")
                    + " The labels below match \(hits) alert\(hits == 1 ? "" : "s") now.",
                "It can be undone: expire it on the Silences screen.",
            ],
            fields: [
                .init(
                    "duration", "For", value: "2h", placeholder: "15m, 2h, 1d",
                    choices: ["15m", "1h", "2h", "8h", "1d", "7d"], isRequired: true),
                .init("reason", "Why", placeholder: "who is told, what is done about it", isRequired: true),
                .init("labels", "Labels", value: text, placeholder: "name=value,name=value", isRequired: true),
            ],
            verb: "Silence",
            preview: connection == .pitwall
                ? ["kept in state.db, nothing is sent"]
                : [
                    "POST /api/v2/silences",
                    "{matchers: [\(text)], startsAt: now, endsAt: now + duration, createdBy: \(world.settings.author)}",
                ])
    }

    static func proposed(_ alerts: [AlertState]) -> [(key: String, value: String)] {
        guard let first = alerts.first else { return [] }
        return first.alert.labels
            .filter { !volatile.contains($0.key) && !$0.value.contains(",") && !$0.value.contains("=") }
            .filter { label in alerts.allSatisfy { $0.alert.labels[label.key] == label.value } }
            .sorted { ($0.key != "alertname" ? 1 : 0, $0.key) < ($1.key != "alertname" ? 1 : 0, $1.key) }
    }

    static func effects(
        _ values: [String: String], on connection: ConnectionName, _ world: World
    ) -> [Effect] {
        guard let seconds = Figures.seconds(from: values["duration"] ?? ""), seconds <= 366 * 86400 else {
            return [.toast(Notice(.warn, "For: write a time such as 15m, 2h or 1d"))]
        }
        var matchers: [Matcher] = []
        for part in (values["labels"] ?? "").split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.filter { $0 != "\"" && $0 != " " }
            }
            guard pair.count == 2, !pair[0].isEmpty, !pair[1].isEmpty else {
                return [.toast(Notice(.warn, "Labels: write name=value, parted by commas"))]
            }
            matchers.append(Matcher(String(pair[0]), String(pair[1])))
        }
        guard !matchers.isEmpty else { return [.toast(Notice(.warn, "Labels: at least one is needed"))] }
        let reason = values["reason"] ?? ""
        let draft = SilenceDraft(
            matchers: matchers, startsAt: world.now, endsAt: world.now.advanced(by: seconds),
            createdBy: world.settings.author, comment: reason)
        return [
            .perform(
                .createSilence(draft), on: connection, reason: reason,
                expecting: .silenced(connection: connection, matchers: matchers, until: draft.endsAt)),
            .toast(
                Notice(
                    .notice,
                    connection == .pitwall
                        ? "the silence is being kept"
                        : "asked \(connection) for the silence; it shows when Alertmanager has it")),
        ]
    }
}
