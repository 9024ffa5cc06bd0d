import PitData
import PitGrid

/// What is in files of data, as rows.
enum DataReport {
    static func profile(_ profile: FileProfile) -> Report {
        Report(
            columns: [
                .init(key: "name", title: "MEMBER"), .init(key: "kind", title: "KIND"),
                .init(key: "count", title: "COUNT"), .init(key: "missing", title: "MISSING"),
                .init(key: "empty", title: "EMPTY", isWide: true), .init(key: "distinct", title: "DISTINCT"),
                .init(key: "distinct_exact", title: nil), .init(key: "mean", title: "MEAN"),
                .init(key: "min", title: "MIN"), .init(key: "max", title: "MAX"),
                .init(key: "length_mean", title: "LENGTH"), .init(key: "length_min", title: "SHORTEST", isWide: true),
                .init(key: "length_max", title: "LONGEST", isWide: true), .init(key: "p05", title: nil),
                .init(key: "p50", title: "MEDIAN", isWide: true), .init(key: "p95", title: "P95", isWide: true),
                .init(key: "words_mean", title: "WORDS", isWide: true),
                .init(key: "outlier_share", title: "OUTLIERS", isWide: true),
                .init(key: "languages", title: "LANGUAGES", isWide: true),
                .init(key: "private_text", title: "PRIVATE"), .init(key: "sampled", title: nil),
                .init(key: "top", title: "MOST FREQUENT", isWide: true),
                .init(key: "balance", title: "BALANCE", isWide: true),
                .init(key: "phrases", title: "PHRASES", isWide: true),
                .init(key: "perplexity", title: "PERPLEXITY", isWide: true), .init(key: "odd_share", title: nil),
                .init(key: "odd_lines", title: nil), .init(key: "correlations", title: nil),
                .init(key: "strings", title: nil),
                .init(key: "numbers", title: nil), .init(key: "flags", title: nil), .init(key: "nested", title: nil),
            ],
            rows: profile.columns.map { row($0, profile.correlations) }, emptyText: "no row has a member")
    }

    /// Texts that are unlike the others, and columns that go together, for people.
    static func more(_ profile: FileProfile) -> String {
        let odd = profile.columns.flatMap { column in column.odd.map { (column.name, $0) } }
        let pairs = profile.correlations.filter { abs($0.strength) >= 0.3 }.prefix(12)
        var text = ""
        if !odd.isEmpty {
            text += "\n"
            text += Report(
                columns: [
                    .init(key: "line", title: "UNLIKE THE OTHERS: LINE"), .init(key: "name", title: "MEMBER"),
                    .init(key: "perplexity", title: "PERPLEXITY"), .init(key: "text", title: "BEGINS"),
                ], rows: odd.map { [.count($1.line), .text($0), .optional($1.perplexity), .text($1.excerpt)] },
                emptyText: ""
            ).render(.table)
        }
        if !pairs.isEmpty {
            text += "\n"
            text += Report(
                columns: [
                    .init(key: "first", title: "GO TOGETHER"), .init(key: "second", title: "AND"),
                    .init(key: "strength", title: "HOW MUCH"), .init(key: "measure", title: "BY"),
                    .init(key: "rows", title: "ROWS"),
                ],
                rows: pairs.map {
                    [
                        .text($0.first), .text($0.second), .optional($0.strength), .text($0.measure.words),
                        .count($0.rows),
                    ]
                }, emptyText: ""
            ).render(.table)
        }
        return text
    }

    private static func row(
        _ column: FileProfile.Column, _ correlations: [FileProfile.Correlation]
    ) -> [Report.Value] {
        let related = correlations.filter { $0.first == column.name || $0.second == column.name }.map {
            ($0.first == column.name ? $0.second : $0.first, "\($0.measure.rawValue) \(Figures.short($0.strength))")
        }
        let top = column.top.map { ($0.value, "\($0.count)") }
        func quantile(_ place: Int) -> Report.Value { .optional(column.quantiles.map { $0[place] }) }
        return [
            .text(column.name), .text(column.kind), .count(column.count), .count(column.missing),
            .count(column.empty), .count(column.distinct), .flag(column.distinctIsExact), .optional(column.mean),
            .optional(column.least), .optional(column.most), .optional(column.lengthMean),
            .optional(column.lengthLeast.map(Double.init)), .optional(column.lengthMost.map(Double.init)),
            quantile(0), quantile(1), quantile(2), .optional(column.wordsMean), .optional(column.outlierShare),
            .map(
                Dictionary(
                    column.languages.map { ($0.language, Figures.percent($0.share)) }, uniquingKeysWith: { a, _ in a })),
            .map(
                Dictionary(column.findings.map { ($0.kind, "\($0.count)") }, uniquingKeysWith: { a, _ in a })),
            .count(column.sampled), .map(Dictionary(top, uniquingKeysWith: { a, _ in a })), .optional(column.balance),
            .map(Dictionary(column.phrases.map { ($0.words, "\($0.count)") }, uniquingKeysWith: { a, _ in a })),
            .optional(column.perplexity), .optional(column.oddShare),
            .map(Dictionary(column.odd.map { ("\($0.line)", $0.excerpt) }, uniquingKeysWith: { a, _ in a })),
            .map(Dictionary(related, uniquingKeysWith: { a, _ in a })), .count(column.strings),
            .count(column.numbers), .count(column.flags), .count(column.nested),
        ]
    }

    static func duplicates(_ found: RowDuplicates.Found) -> Report {
        Report(
            columns: [
                .init(key: "rows", title: "ROWS"), .init(key: "kept", title: "KEPT"),
                .init(key: "exact", title: "THE SAME"), .init(key: "near", title: "NEARLY"),
                .init(key: "bad", title: "NOT READ"), .init(key: "largest", title: "LARGEST (LINE: ROWS)"),
            ],
            rows: [
                [
                    .count(found.rows), .count(found.kept), .count(found.exact), .count(found.near),
                    .count(found.bad.count),
                    .list(found.largest.map { "\($0.line): \($0.count)" }),
                ]
            ], emptyText: "")
    }

    static func parts(_ parts: [RowSplit.Part]) -> Report {
        Report(
            columns: [
                .init(key: "part", title: "PART"), .init(key: "rows", title: "ROWS"),
                .init(key: "groups", title: "GROUPS"), .init(key: "file", title: "FILE"),
            ],
            rows: parts.map { [.text($0.name), .count($0.rows), .count($0.groups), .text($0.path)] },
            emptyText: "no parts")
    }
}
