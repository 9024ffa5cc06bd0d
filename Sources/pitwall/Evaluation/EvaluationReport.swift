import Foundation
import PitEngine
import PitModel
import PitStatistics

/// Evaluations as tables and for scripts.
enum EvaluationReport {
    private static func short(_ value: Report.Value) -> String {
        if case .number(let number) = value { EvaluationScoring.short(number) } else { "--" }
    }

    private static func number(_ value: Double?) -> Report.Value { value.map(Report.Value.number) ?? .none }

    static func runs(_ runs: [EvaluationRun]) -> Report {
        Report(
            columns: [
                .init(key: "run", title: "RUN"), .init(key: "at", title: "AT"), .init(key: "state", title: "STATE"),
                .init(key: "answered", title: "ANSWERED"), .init(key: "total", title: "OF"),
                .init(key: "failed", title: "FAILED"), .init(key: "figures", title: "FIGURES"),
                .init(key: "verdict", title: "VERDICT"), .init(key: "baseline", title: "BASELINE", isWide: true),
                .init(key: "author", title: "BY", isWide: true), .init(key: "suite", title: nil),
            ],
            rows: runs.map { run in
                [
                    .text(run.id), .time(run.at), .text(state(run)), .count(run.answered), .count(run.total),
                    .count(run.failed), .text(summary(run)),
                    run.verdict?.outcome.map { .text($0.rawValue) } ?? .none,
                    run.verdict?.baseline.map { .text($0) } ?? .none, .text(run.author), .text(run.suite.name),
                ]
            }, emptyText: "nothing was evaluated yet; begin with: pitwall eval run SUITE.yaml")
    }

    /// A run that a process is at, or that one left: which, only the process knows.
    static func state(_ run: EvaluationRun) -> String {
        switch run.state {
        case .running: "unfinished"
        case .finished: "finished"
        case .stopped: "stopped"
        }
    }

    /// The first metric of each system.
    private static func summary(_ run: EvaluationRun) -> String {
        guard let metric = run.suite.metrics.first?.name else { return "--" }
        let parts = run.suite.systems.prefix(3).map { system in
            "\(system.name) \(metric) "
                + (run.figure(metric, of: system.name)?.value.map(EvaluationScoring.short) ?? "--")
        }
        return parts.joined(separator: ", ")
    }

    /// - Parameter field: figures by the values of that field instead of those over all cases.
    static func figures(_ run: EvaluationRun, slices: (EvaluationSlice?) -> Bool) -> Report {
        Report(
            columns: [
                .init(key: "system", title: "SYSTEM"), .init(key: "metric", title: "METRIC"),
                .init(key: "slice", title: "SLICE"), .init(key: "value", title: "VALUE", show: short),
                .init(key: "low", title: "LOW", show: short), .init(key: "high", title: "HIGH", show: short),
                .init(key: "cases", title: "CASES"), .init(key: "signature", title: "SIGNATURE", isWide: true),
            ],
            rows: run.figures.filter { slices($0.slice) }.map { figure in
                [
                    .text(figure.system), .text(figure.metric), figure.slice.map { .text($0.description) } ?? .none,
                    number(figure.value), number(figure.interval?.lowerBound), number(figure.interval?.upperBound),
                    .count(figure.cases), figure.signature.map { .text($0) } ?? .none,
                ]
            }, emptyText: "no figures yet")
    }

    /// A line for each judge, or nothing.
    static func calibrations(_ run: EvaluationRun) -> String {
        (run.calibrations ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key): judged by \($0.value.words)" }
            .map(Terminal.safe).joined(separator: "\n")
    }

    static func verdict(_ verdict: EvaluationVerdict) -> String {
        verdict.lines.map { "\($0.outcome.rawValue): \($0.system): \($0.threshold): \($0.words)" }
            .map(Terminal.safe).joined(separator: "\n")
    }

    static func worst(_ ranked: [EvaluationScoring.Ranked], metric: String) -> Report {
        Report(
            columns: [
                .init(key: "case", title: "CASE"), .init(key: "system", title: "SYSTEM"),
                .init(key: "value", title: metric.uppercased(), show: short),
                .init(key: "question", title: "QUESTION"), .init(key: "answer", title: "ANSWER"),
                .init(key: "reference", title: "REFERENCE"), .init(key: "fault", title: "FAULT"),
            ],
            rows: ranked.map { each in
                [
                    .text(each.one.id), .text(each.result.system), number(each.value), .text(each.one.question),
                    each.result.answer.map { .text($0.text) } ?? .none,
                    each.one.references.first.map { .text($0) } ?? .none,
                    each.result.fault.map { .text($0.summary) } ?? .none,
                ]
            }, emptyText: "no case has what the metric needs")
    }

    struct Compared {
        var system: String
        var metric: String
        var slice: EvaluationSlice?
        var difference: Resampling.Difference?
        var isHigherBetter: Bool?

        /// Whether the second is better or worse, where chance does not make such a difference often.
        var word: String {
            guard let difference, difference.p < 0.05, difference.value != 0 else { return "no difference shown" }
            guard let isHigherBetter else { return "different" }
            return (difference.value > 0) == isHigherBetter ? "better" : "worse"
        }
    }

    static func compared(_ all: [Compared]) -> Report {
        Report(
            columns: [
                .init(key: "system", title: "SYSTEM"), .init(key: "metric", title: "METRIC"),
                .init(key: "slice", title: "SLICE"), .init(key: "difference", title: "DIFFERENCE", show: short),
                .init(key: "low", title: "LOW", show: short), .init(key: "high", title: "HIGH", show: short),
                .init(key: "p", title: "P", show: short), .init(key: "cases", title: "CASES"),
                .init(key: "word", title: "SECOND IS"),
            ],
            rows: all.map { each in
                let found = each.difference
                return [
                    .text(each.system), .text(each.metric), each.slice.map { .text($0.description) } ?? .none,
                    number(found?.value), number(found?.interval?.lowerBound), number(found?.interval?.upperBound),
                    number(found?.p), .count(found?.cases ?? 0), .text(each.word),
                ]
            }, emptyText: "the two have no system, metric and case in common")
    }

    /// A run for scripts.
    static func object(_ run: EvaluationRun) -> [String: Any] {
        func optional(_ value: Any?) -> Any { value ?? NSNull() }
        var object: [String: Any] = [
            "run": run.id, "suite": run.suite.name, "at": run.at.rfc3339, "author": run.author, "state": state(run),
            "cases": run.cases, "answered": run.answered, "failed": run.failed, "total": run.total,
        ]
        if case .stopped(_, let why) = run.state { object["stopped"] = why }
        object["figures"] = run.figures.map { figure -> [String: Any] in
            [
                "system": figure.system, "metric": figure.metric, "slice": optional(figure.slice?.description),
                "value": optional(figure.value), "low": optional(figure.interval?.lowerBound),
                "high": optional(figure.interval?.upperBound), "cases": figure.cases,
                "signature": optional(figure.signature),
            ]
        }
        object["verdict"] = optional(run.verdict?.outcome?.rawValue)
        object["baseline"] = optional(run.verdict?.baseline)
        object["thresholds"] = (run.verdict?.lines ?? []).map { line -> [String: Any] in
            [
                "threshold": line.threshold.description, "system": line.system, "outcome": line.outcome.rawValue,
                "words": line.words,
            ]
        }
        return object
    }

    static func json(_ run: EvaluationRun) throws -> String {
        let data = try JSONSerialization.data(
            withJSONObject: object(run), options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }
}
