import PitGrid
import PitModel

/// Golden laps as rows.
enum GoldenReport {
    private static func two(_ value: Report.Value) -> String {
        if case .number(let share) = value { Figures.fixed(share, 2) } else { Report.plain(value) }
    }

    static func list(_ states: [GoldenState]) -> Report {
        Report(
            columns: [
                .init(key: "model", title: "MODEL"), .init(key: "connection", title: "AT"),
                .init(key: "verdict", title: "VERDICT"),
                .init(key: "similarity", title: "SIMILARITY", show: two),
                .init(key: "usual", title: "USUAL", show: two), .init(key: "exact", title: "EXACT", show: two),
                .init(key: "length", title: "LENGTH", show: two),
                .init(key: "new_refusals", title: "REFUSALS"),
                .init(key: "broken_json", title: "BROKEN JSON", isWide: true),
                .init(key: "laps", title: "LAPS"), .init(key: "release", title: "RELEASE"),
                .init(key: "at", title: "LAST"),
            ],
            rows: states.map { state in
                [
                    .text(state.model.description), .text(state.connection.description), .text(state.verdict.rawValue),
                    .optional(state.similarity), .optional(state.usual), .optional(state.exact),
                    .optional(state.length), .count(state.newRefusals), .count(state.brokenJSON), .count(state.laps),
                    state.release.map { .text($0) } ?? .none, .time(state.at),
                ]
            },
            emptyText:
                "no lap was run yet; add `golden: {prompts: [...]}` to the configuration, then: pitwall golden lap")
    }

    static func lines(_ states: [GoldenState]) -> Report {
        let all = states.flatMap { state in state.lines.map { (state, $0) } }
        return Report(
            columns: [
                .init(key: "connection", title: "AT"), .init(key: "prompt", title: "PROMPT"),
                .init(key: "similarity", title: "SIMILARITY", show: two),
                .init(key: "usual", title: "USUAL", show: two), .init(key: "answer", title: "ANSWER"),
                .init(key: "reference", title: "REFERENCE"),
            ],
            rows: all.sorted { ($0.1.similarity ?? 2) < ($1.1.similarity ?? 2) }.map { state, line in
                [
                    .text(state.connection.description), .text(line.prompt), .optional(line.similarity),
                    .optional(line.usual), line.answer.map { .text($0) } ?? .none,
                    line.reference.map { .text($0) } ?? .none,
                ]
            }, emptyText: "no prompt was asked")
    }
}
