import PitGrid
import PitModel

/// Exchanges and what was found in them, as rows.
enum ExchangeReport {
    static func interactions(_ exchanges: [KeptInteraction]) -> Report {
        Report(
            columns: [
                .init(key: "at", title: "AT"), .init(key: "model", title: "MODEL"),
                .init(key: "served_model", title: "SERVED AS", isWide: true),
                .init(key: "connection", title: "FROM", isWide: true), .init(key: "id", title: "ID", isWide: true),
                .init(key: "client", title: "CLIENT", isWide: true),
                .init(key: "latency_seconds", title: "TOOK", show: { Report.duration($0) }),
                .init(key: "time_to_first_token_seconds", title: nil),
                .init(key: "prompt_tokens", title: "IN"), .init(key: "response_tokens", title: "OUT"),
                .init(key: "finish_reason", title: "FINISH", isWide: true),
                .init(key: "findings", title: "FOUND"), .init(key: "fault", title: nil),
                .init(key: "system", title: nil), .init(key: "prompt", title: "PROMPT", show: { start($0, 40) }),
                .init(key: "response", title: "RESPONSE", show: { start($0, 60) }),
                .init(key: "cut_from_bytes", title: nil), .init(key: "attributes", title: nil),
                .init(key: "features", title: nil),
            ],
            rows: exchanges.map(row), emptyText: "no exchanges are kept that fit")
    }

    private static func row(_ kept: KeptInteraction) -> [Report.Value] {
        let exchange = kept.interaction
        var attributes = exchange.attributes
        attributes[Interaction.cutAttribute] = nil
        return [
            .time(exchange.at), .optional(exchange.model?.description), .optional(exchange.servedModel),
            .text(exchange.connection.description), .text(exchange.id), .optional(exchange.client),
            .optional(exchange.latency), .optional(exchange.timeToFirstToken), count(exchange.promptTokens),
            count(exchange.responseTokens), .optional(exchange.finishReason),
            .list(kept.findings.map { "\($0.finding.detector)/\($0.finding.kind)" }), .optional(exchange.fault),
            .optional(exchange.system), .text(exchange.prompt), .optional(exchange.response), count(exchange.cutFrom),
            words(attributes), words(kept.features),
        ]
    }

    static func findings(_ exchanges: [KeptInteraction], of wanted: String?) -> Report {
        Report(
            columns: [
                .init(key: "at", title: "AT"), .init(key: "model", title: "MODEL"),
                .init(key: "detector", title: "DETECTOR"), .init(key: "kind", title: "KIND"),
                .init(key: "owasp", title: "OWASP"), .init(key: "side", title: "IN"),
                .init(key: "score", title: "SCORE"), .init(key: "label", title: "LABEL"),
                .init(key: "labelled_by", title: "BY", isWide: true),
                .init(key: "client", title: "CLIENT", isWide: true),
                .init(key: "connection", title: "FROM", isWide: true), .init(key: "id", title: "ID", isWide: true),
                .init(key: "evidence", title: "EVIDENCE", show: { start($0, 60) }),
            ],
            rows: exchanges.flatMap { kept in
                kept.findings.filter { fits($0.finding, wanted) }.map { row($0, kept.interaction) }
            }, emptyText: "nothing was found in the exchanges that are kept")
    }

    static func detectors(_ snapshot: Snapshot) -> Report {
        Report(
            columns: [
                .init(key: "detector", title: "DETECTOR"), .init(key: "model", title: "MODEL"),
                .init(key: "hits_last_hour", title: "HITS 1H"), .init(key: "hits_last_day", title: "HITS 1D"),
                .init(key: "exchanges_last_hour", title: nil), .init(key: "exchanges_last_day", title: nil),
                .init(key: "labelled_true", title: "TRUE"), .init(key: "labelled_false", title: "FALSE"),
                .init(key: "precision", title: "PRECISION", show: { two($0) }),
                .init(key: "precision_low", title: "LOW", show: { two($0) }),
                .init(key: "precision_high", title: "HIGH", show: { two($0) }),
            ],
            rows: snapshot.findings.map { tally in
                [
                    .text(tally.detector), .optional(tally.model?.description), .count(tally.lastHour),
                    .count(tally.lastDay), .count(tally.exchangesLastHour), .count(tally.exchangesLastDay),
                    .count(tally.right), .count(tally.wrong), .optional(tally.precision?.share),
                    .optional(tally.precision?.low), .optional(tally.precision?.high),
                ]
            }, emptyText: "no detector has found anything in the exchanges that are kept")
    }

    private static func two(_ value: Report.Value) -> String {
        if case .number(let share) = value { Figures.fixed(share, 2) } else { Report.plain(value) }
    }

    private static func row(_ found: KeptFinding, _ exchange: Interaction) -> [Report.Value] {
        let finding = found.finding
        return [
            .time(exchange.at), .optional(exchange.model?.description), .text(finding.detector), .text(finding.kind),
            .text(finding.owasp), .text(finding.side.rawValue), .number(finding.score),
            .optional(found.label?.isTrue.map { $0 ? "true" : "false" }), .optional(found.label?.author),
            .optional(exchange.client), .text(exchange.connection.description), .text(exchange.id),
            .text(finding.evidence),
        ]
    }

    private static func fits(_ finding: Finding, _ wanted: String?) -> Bool {
        guard let wanted, !wanted.isEmpty else { return true }
        return wanted == finding.detector || wanted == "\(finding.detector)/\(finding.kind)"
    }

    private static func count(_ value: Int?) -> Report.Value { value.map { .count($0) } ?? .none }

    private static func words(_ values: [String: Interaction.Attribute]) -> Report.Value {
        .map(
            values.mapValues { value in
                switch value {
                case .number(let number): Figures.short(number)
                case .text(let text): text
                }
            })
    }

    /// The beginning of a text, on one line.
    private static func start(_ value: Report.Value, _ limit: Int) -> String {
        let line = Report.plain(value).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > limit ? line.prefix(limit - 1) + "…" : line
    }
}
