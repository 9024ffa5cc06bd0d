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
                .init(key: "phrases", title: "PHRASES", isWide: true), .init(key: "strings", title: nil),
                .init(key: "numbers", title: nil), .init(key: "flags", title: nil), .init(key: "nested", title: nil),
            ],
            rows: profile.columns.map(row), emptyText: "no row has a member")
    }

    private static func row(_ column: FileProfile.Column) -> [Report.Value] {
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
            .count(column.strings),
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
