import PitParse

/// README.md and manifest.json of an export of rows: what Hugging Face reads in the front matter, and where it comes from.
struct RowExportCard {
    var about: LabelFormatInfo
    var options: LabelExportOptions
    var input: CleaningReport.File
    var rowsIn: Int
    var tables: [LabelSink.Table]

    var text: String {
        var lines = ["---", "license: \(options.license)", "task_categories:"]
        lines += about.tasks.map { "- \($0)" } + ["tags:"] + about.tags.map { "- \($0)" }
        if about.isTable, !tables.isEmpty {
            lines.append("configs:")
            var parts: [String] = []
            for table in tables where !parts.contains(table.part) { parts.append(table.part) }
            for (place, part) in parts.enumerated() {
                lines.append("- config_name: \(parts.count > 1 ? part : "default")")
                if parts.count > 1, place == 0 { lines.append("  default: true") }
                lines.append("  data_files:")
                for table in tables where table.part == part {
                    lines += ["  - split: \(table.split)", "    path: \(table.file.path)"]
                }
            }
        }
        lines += ["---", "", "# Rows of `\(Self.line(input.name))`", ""]
        lines.append("\(about.id): \(about.summary). From \(rowsIn) rows of a file with the SHA-256 `\(input.sha256)`.")
        if about.isTable {
            lines += ["", "| file | rows | split |", "|---|---|---|"]
            lines += tables.map { "| `\($0.file.path)` | \($0.file.rows) | \($0.split) |" }
        }
        return (lines + ["", "Made by pitwall \(options.version). See `manifest.json`."]).joined(separator: "\n") + "\n"
    }

    private static func line(_ text: String) -> String {
        text.split(whereSeparator: { $0.isNewline || $0 == "`" }).joined(separator: " ")
    }

    func manifest(
        _ columns: RowExport.Columns, _ files: [LabelFile.Written], _ leftOut: LeftOut, _ bad: BadRows
    ) -> JSONValue {
        func count(_ value: Int) -> JSONValue { .number(Double(value)) }
        let named: [(String, String?)] = [
            ("messages", columns.messages), ("prompt", columns.prompt), ("system", columns.system),
            ("context", columns.context), ("response", columns.response), ("chosen", columns.chosen),
            ("rejected", columns.rejected), ("group", columns.group),
        ]
        let written = files.sorted { $0.path < $1.path }.map { file in
            JSONValue.object([
                ("path", .text(file.path)), ("rows", count(file.rows)), ("bytes", count(file.bytes)),
                ("sha256", .text(file.sha256)),
            ])
        }
        return .object([
            ("pitwall", .text(options.version)), ("format", .text(about.id)), ("license", .text(options.license)),
            (
                "input",
                .object([("name", .text(input.name)), ("bytes", count(input.bytes)), ("sha256", .text(input.sha256))])
            ),
            ("columns", .object(named.map { (key: $0.0, value: $0.1.map(JSONValue.text) ?? .null) })),
            ("split", .text(options.split.words)), ("rows_in", count(rowsIn)),
            ("left_out", .object(leftOut.all.map { (key: $0.reason.key, value: count($0.count)) })),
            ("bad", count(bad.count)), ("files", .list(written)),
        ])
    }
}
