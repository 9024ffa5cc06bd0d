import PitConsole
import PitEngine
import PitGrid
import PitModel

/// Trainings as rows.
enum TrainingReport {
    typealias Row = (Training, [String: [MetricPoint]])

    static func templates(_ templates: [TrainingTemplate]) -> Report {
        Report(
            columns: [
                .init(key: "name", title: "TEMPLATE"), .init(key: "command", title: "COMMAND"),
                .init(key: "parameters", title: "PARAMETERS"), .init(key: "directory", title: "IN", isWide: true),
                .init(key: "timeout_seconds", title: "AT MOST", isWide: true, show: { Report.duration($0) }),
                .init(key: "connection", title: "LOGS TO"),
            ],
            rows: templates.map { template in
                [
                    .text(template.name), .text(template.words),
                    .map(
                        Dictionary(
                            template.parameters.map { ($0.name, $0.standard ?? "(\($0.kind.rawValue))") },
                            uniquingKeysWith: { first, _ in first })),
                    .optional(template.directory), .number(template.timeout),
                    .optional(template.connection?.description),
                ]
            },
            emptyText: "nothing can be started: write a template under `training` in the configuration")
    }

    static func trainings(_ rows: [Row], now: Timestamp) -> Report {
        Report(
            columns: [
                .init(key: "id", title: "TRAINING"), .init(key: "status", title: "STATUS"),
                .init(key: "template", title: "TEMPLATE", isWide: true), .init(key: "values", title: "PARAMETERS"),
                .init(key: "metrics", title: "METRICS"),
                .init(key: "started", title: nil), .init(key: "ended", title: nil),
                .init(key: "duration_seconds", title: "TOOK", show: { Report.duration($0) }),
                .init(key: "exit_status", title: "EXIT", isWide: true), .init(key: "words", title: "NOTE"),
                .init(key: "sweep", title: "SWEEP", isWide: true), .init(key: "author", title: "BY", isWide: true),
                .init(key: "gpus", title: "GPUS", isWide: true),
                .init(key: "gpu_hours", title: "GPU HOURS", isWide: true),
                .init(key: "gpu_use_ratio", title: "GPU USE", isWide: true, show: { Report.percent($0) }),
                .init(key: "gpu_memory_bytes", title: "GPU MEMORY", isWide: true, show: bytes),
                .init(key: "gpu_memory_use_ratio", title: nil),
                .init(key: "gpu_energy_kwh", title: "KWH", isWide: true),
                .init(key: "cost", title: "COST", isWide: true), .init(key: "currency", title: nil),
                .init(key: "place", title: "RUNS AS", isWide: true), .init(key: "model", title: nil),
                .init(key: "run", title: "RUN", isWide: true), .init(key: "revision", title: nil),
                .init(key: "registered", title: "REGISTERED", isWide: true),
            ],
            rows: rows.map { training, curves in
                let run = training.run(curves, at: now)
                let used = run.usage
                let first = run.metricNames.prefix(3)
                return [
                    .text(training.id), .text(training.end?.kind.rawValue ?? run.status.rawValue),
                    .text(training.template.name), .map(training.values),
                    .map(
                        Dictionary(
                            first.map { ($0, Figures.short(run.metrics[$0]?.value)) },
                            uniquingKeysWith: { first, _ in first })),
                    .time(training.at), .optional(training.end?.at), .optional(run.duration(at: now)),
                    training.end?.status.map { .count(Int($0)) } ?? .none, .text(run.note),
                    .optional(training.sweep), .text(training.author),
                    .optional(used?.gpus), .optional(used?.gpuHours), .optional(used?.utilisation),
                    .optional(used?.memory?.used), .optional(used?.memory?.ratio), .optional(used?.energy),
                    .optional(used?.cost), .optional(used.flatMap { $0.cost == nil ? nil : $0.currency }),
                    .optional(training.reference?.description), .optional(training.template.model?.description),
                    .optional(training.tracked?.description),
                    .optional(training.revision), .optional(training.registered),
                ]
            }, emptyText: "nothing was trained yet; see what can be: pitwall train templates")
    }

    private static func bytes(_ value: Report.Value) -> String {
        if case .number(let bytes) = value { Figures.bytes(bytes) } else { Figures.missing }
    }

    static func page(_ training: Training, _ curves: [String: [MetricPoint]], now: Timestamp) -> String {
        let run = training.run(curves, at: now)
        var lines = ["\(training.id): \(training.end?.kind.rawValue ?? run.status.rawValue)"]
        if !run.note.isEmpty { lines.append("  \(run.note)") }
        lines.append("  by \(training.author), \(training.at.rfc3339), took \(Figures.duration(run.duration(at: now)))")
        lines += training.values.sorted { $0.key < $1.key }.map { "  \($0.key) = \($0.value)" }
        for name in run.metricNames {
            let points = curves[name] ?? []
            lines.append(
                "  \(name): \(Figures.short(points.last?.value)) at step \(points.last?.step ?? 0), began at "
                    + "\(Figures.short(points.first?.value)), \(points.count) points")
        }
        if let reference = training.reference { lines.append("  runs as \(reference)") }
        lines.append("  \(RunUsage.words(run.usage))")
        if let tracked = training.tracked { lines.append("  logs to \(tracked)") }
        if let revision = training.revision { lines.append("  code \(revision)") }
        if let registered = training.registered { lines.append("  registered: \(registered)") }
        return lines.map(Terminal.safe).joined(separator: "\n") + "\n"
    }
}
