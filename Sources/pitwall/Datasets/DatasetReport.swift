import PitGrid
import PitModel

/// Datasets as rows.
enum DatasetReport {
    static func list(_ datasets: [Dataset], now: Timestamp) -> Report {
        Report(
            columns: [
                .init(key: "name", title: "NAME"), .init(key: "version", title: "VERSION"),
                .init(key: "rows", title: "ROWS"), .init(key: "bytes", title: "SIZE", show: size),
                .init(key: "sources", title: "FROM"), .init(key: "at", title: "AGE", show: { age($0, now) }),
                .init(key: "author", title: "BY"), .init(key: "skipped", title: "LEFT OUT", isWide: true),
                .init(key: "hash", title: "SHA-256", isWide: true),
            ], rows: datasets.map(row),
            emptyText: "no dataset was collected yet: pitwall data collect NAME --from FILE_OR_FOLDER")
    }

    private static func size(_ value: Report.Value) -> String {
        if case .count(let bytes) = value { Figures.bytes(Double(bytes)) } else { Figures.missing }
    }

    private static func age(_ value: Report.Value, _ now: Timestamp) -> String {
        if case .time(let at) = value { Figures.age(max(0, now.since(at))) } else { Figures.missing }
    }

    private static func row(_ each: Dataset) -> [Report.Value] {
        [
            .text(each.name), .count(each.version), .count(each.rows), .count(each.bytes),
            .list(each.sources.map(\.words)), .time(each.at), .text(each.author),
            .count(each.sources.reduce(0) { $0 + $1.skipped }), .text(each.hash),
        ]
    }

    /// One dataset, a line a fact.
    static func text(_ each: Dataset, file: String, now: Timestamp) -> String {
        var lines = [
            "\(each.id)  \(each.rows) rows, \(Figures.bytes(Double(each.bytes)))",
            "collected \(each.at.rfc3339) by \(each.author)", "sha256 \(each.hash)", "file \(file)",
        ]
        for source in each.sources {
            lines.append(
                "from \(source.words): \(source.rows) rows" + (source.skipped > 0 ? ", \(source.skipped) left out" : "")
            )
            if let languages = source.languages, !languages.isEmpty {
                let most = languages.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                lines.append("  files: " + most.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
            }
            lines += source.notes.prefix(5).map { "  left out: \($0)" }
        }
        return lines.map(Terminal.safe).joined(separator: "\n") + "\n"
    }
}
