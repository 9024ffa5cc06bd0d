import PitEngine
import PitGrid
import PitModel

/// Pipelines and their runs as rows.
enum PipelineReport {
    static func pipelines(_ pipelines: [Pipeline], hasSource: Bool) -> Report {
        Report(
            columns: [
                .init(key: "name", title: "PIPELINE"), .init(key: "parameters", title: "PARAMETERS"),
                .init(key: "description", title: "ABOUT", isWide: true),
                .init(key: "refusal", title: "NOT NOW", isWide: true), .init(key: "changed", title: nil),
                .init(key: "choices", title: "CHOICES", isWide: true), .init(key: "required", title: nil),
                .init(key: "kinds", title: nil),
                .init(key: "connection", title: "FROM"), .init(key: "id", title: "ID", isWide: true),
            ],
            rows: pipelines.map { pipeline in
                let all = pipeline.parameters ?? []
                func map(_ value: (PipelineParameter) -> String?) -> [String: String] {
                    Dictionary(
                        all.compactMap { each in value(each).map { (each.name, $0) } }, uniquingKeysWith: { $1 })
                }
                return [
                    .text(pipeline.name), .map(map { $0.standard ?? "(\($0.kind.rawValue))" }),
                    .text(pipeline.words), .optional(pipeline.refusal), .optional(pipeline.changedAt),
                    .map(map { $0.choices.isEmpty ? nil : $0.choices.joined(separator: "|") }),
                    .list(all.filter(\.isRequired).map(\.name)), .map(map { $0.kind.rawValue }),
                    .optional(pipeline.key.connection?.description), .text(pipeline.key.description),
                ]
            },
            emptyText: hasSource
                ? "the servers have no pipelines"
                : "no pipelines; an engine is a connection of kind jenkins or kubeflow")
    }

    static func runs(_ runs: [PipelineRun], hasSource: Bool, now: Timestamp) -> Report {
        Report(
            columns: [
                .init(key: "run", title: "RUN"), .init(key: "state", title: "STATE"),
                .init(key: "pipeline", title: "PIPELINE", isWide: true),
                .init(key: "parameters", title: "PARAMETERS", isWide: true),
                .init(key: "note", title: "NOTE"),
                .init(key: "created", title: nil), .init(key: "started", title: nil), .init(key: "ended", title: nil),
                .init(key: "age_seconds", title: "AGE", show: { Report.duration($0) }),
                .init(key: "duration_seconds", title: "TOOK", show: { Report.duration($0) }),
                .init(key: "author", title: "BY"), .init(key: "cause", title: "CAUSE", isWide: true),
                .init(key: "steps", title: nil), .init(key: "stuck", title: nil),
                .init(key: "connection", title: "FROM", isWide: true), .init(key: "id", title: "ID"),
            ],
            rows: runs.map { run in
                [
                    .text(run.name), .text(run.state.rawValue), .text(run.pipeline), .map(run.parameters),
                    .text(run.note), .optional(run.createdAt), .optional(run.startedAt), .optional(run.endedAt),
                    .optional((run.createdAt ?? run.startedAt).map { now.since($0) }),
                    .optional(run.duration(at: now)), .text(run.author), .text(run.cause),
                    .map(
                        Dictionary(
                            run.steps.map { ("\($0.id) \($0.name)", $0.state.rawValue) }, uniquingKeysWith: { $1 })),
                    .map(
                        Dictionary(
                            run.steps.filter { !$0.note.isEmpty }.map { ("\($0.id) \($0.name)", $0.note) },
                            uniquingKeysWith: { $1 })),
                    .optional(run.key.connection?.description), .text(run.key.description),
                ]
            },
            emptyText: hasSource
                ? "no runs" : "no runs; a pipeline engine is a connection of kind jenkins or kubeflow")
    }

    static func page(_ run: PipelineRun, now: Timestamp) -> String {
        var lines = ["\(run.name): \(run.state.rawValue)"]
        if !run.note.isEmpty { lines.append("  \(run.note)") }
        let facts = [
            run.author.isEmpty ? nil : "by \(run.author)", run.cause.isEmpty ? nil : run.cause,
            (run.startedAt ?? run.createdAt)?.rfc3339,
            run.duration(at: now).map { "took \(Figures.duration($0))" },
        ].compactMap { $0 }
        lines.append("  " + facts.joined(separator: ", "))
        lines.append("  \(run.key)")
        lines += run.parameters.sorted { $0.key < $1.key }.map { "  \($0.key) = \($0.value)" }
        for (step, depth) in run.outline {
            let took = step.duration(at: now).map { " " + Figures.duration($0) } ?? ""
            lines.append(
                "  " + String(repeating: "  ", count: min(depth, 20)) + "- \(step.name): \(step.state.rawValue)\(took)"
                    + (step.note.isEmpty ? "" : ": \(step.note)"))
        }
        return lines.map(Terminal.safe).joined(separator: "\n") + "\n"
    }
}
