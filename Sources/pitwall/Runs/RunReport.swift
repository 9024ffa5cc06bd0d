import PitEngine
import PitGrid
import PitModel

/// Runs as rows.
enum RunReport {
    static func runs(_ runs: [TrainingRun], metric: String?, emptyText: String, now: Timestamp) -> Report {
        let shown = metric ?? RunDesk.sharedMetric(runs)
        return Report(
            columns: [
                .init(key: "name", title: "RUN"), .init(key: "status", title: "STATUS"),
                .init(key: "experiment", title: "EXPERIMENT"),
                .init(key: "metric", title: nil),
                .init(key: "value", title: (shown ?? "metric").uppercased(), show: { figure($0) }),
                .init(key: "parameters", title: "PARAMETERS", isWide: true),
                .init(key: "metrics", title: nil), .init(key: "tags", title: nil),
                .init(key: "started", title: nil), .init(key: "ended", title: nil),
                .init(key: "age_seconds", title: "AGE", show: { Report.duration($0) }),
                .init(key: "duration_seconds", title: "TOOK", show: { Report.duration($0) }),
                .init(key: "author", title: "BY", isWide: true),
                .init(key: "connection", title: "FROM", isWide: true),
                .init(key: "artifacts", title: nil),
                .init(key: "id", title: "ID"),
            ],
            rows: runs.map { run in
                [
                    .text(run.name), .text(run.status.rawValue), .text(run.experiment), .optional(shown),
                    .optional(shown.flatMap { run.metrics[$0]?.value }), .map(run.parameters),
                    .map(run.metrics.mapValues { "\($0.value)" }), .map(run.tags),
                    .optional(run.startedAt), .optional(run.endedAt),
                    .optional(run.startedAt.map { now.since($0) }), .optional(run.duration(at: now)),
                    .text(run.author), .optional(run.key.connection?.description), .text(run.artifacts),
                    .text(run.key.description),
                ]
            }, emptyText: emptyText)
    }

    private static func figure(_ value: Report.Value) -> String {
        guard case .number(let number) = value else { return "--" }
        return number.isFinite ? Figures.short(number) : number.isNaN ? "NaN" : "\(number)"
    }

    /// A line for each metric and parameter, a column for each run; what differs first.
    static func comparison(_ page: RunPage, metric: String?) -> Report {
        var columns: [Report.Column] = [
            .init(key: "kind", title: "KIND"), .init(key: "name", title: "NAME"),
            .init(key: "rank_correlation", title: "RHO", show: { figure($0) }),
            .init(key: "p_value", title: "P", show: { figure($0) }),
            .init(key: "runs_counted", title: "N", isWide: true),
        ]
        for (place, run) in page.runs.enumerated() {
            columns.append(.init(key: "run_\(place + 1)", title: run.name))
        }
        func row(_ kind: String, _ name: String, _ found: ParameterInfluence?, _ cells: [Report.Value]) -> [Report
            .Value]
        {
            [
                .text(kind), .text(name), .optional(found?.correlation), .optional(found?.pValue),
                found.map { .count($0.runs) } ?? .none,
            ] + cells
        }
        var rows = [
            row("run", "id", nil, page.runs.map { .text($0.key.description) }),
            row("run", "status", nil, page.runs.map { .text($0.status.rawValue) }),
        ]
        if let metric {
            rows.append(row("metric", metric, nil, page.runs.map { .optional($0.metrics[metric]?.value) }))
        }
        for other in Set(page.runs.flatMap(\.metrics.keys)).sorted() where other != metric {
            rows.append(row("metric", other, nil, page.runs.map { .optional($0.metrics[other]?.value) }))
        }
        let found = Dictionary(page.influences.map { ($0.parameter, $0) }, uniquingKeysWith: { first, _ in first })
        let names =
            page.influences.map(\.parameter) + RunComparison.parameters(page.runs).filter { !$0.differs }.map(\.name)
        for name in names {
            rows.append(row("parameter", name, found[name], page.runs.map { .optional($0.parameters[name]) }))
        }
        return Report(columns: columns, rows: rows, emptyText: "no runs")
    }
}
