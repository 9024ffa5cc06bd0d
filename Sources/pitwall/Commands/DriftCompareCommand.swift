import ArgumentParser
import PitData
import PitGrid
import PitStatistics

extension DriftCommand {
    /// What differs between two files, column by column.
    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What differs between two files of JSON Lines or CSV, column by column.",
            discussion: """
                Each column is compared by what suits its type and size: tests up to 1,000 rows of reference, distances \
                beyond, a classifier for free text. Exits with 1 when a column drifted.
                """)
        @Argument(help: "The file compared with, or a dataset.") var reference: String
        @Argument(help: "The file compared, or a dataset.") var current: String
        @Option(help: "Only this column; may be given several times.") var column: [String] = []
        @Option(help: "For every column: \(Self.methods).") var method: String?
        @Flag(help: "Correct p-values for the number of columns (Benjamini-Hochberg) before they are judged.")
        var adjust = false
        @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

        private static let methods = driftCatalog.map { $0.about.id }.joined(separator: ", ")

        func run() throws {
            if let method, !driftCatalog.contains(where: { $0.about.id == method }) {
                throw Stop(.usage, "there is no method `\(method)`", hint: "There are: \(Self.methods).")
            }
            let (reference, current) = (try DatasetShelf.file(reference), try DatasetShelf.file(current))
            let method = method
            let wanted = column.isEmpty ? nil : column
            let found: Result<(comparison: TableComparison, reference: DataTable, current: DataTable), DataFault>
            found = try Blocking.run {
                do throws(DataFault) {
                    return .success(
                        try await TableComparison.run(
                            reference: reference, current: current, columns: wanted, method: method))
                } catch { return .failure(error) }
            }
            let result: (comparison: TableComparison, reference: DataTable, current: DataTable)
            do throws(DataFault) { result = try found.get() } catch {
                if case .noSuchColumn = error { throw Stop(.usage, error.summary, hint: error.hint) }
                throw Stop(error)
            }
            var comparison = result.comparison
            if adjust { comparison.adjust() }
            say(comparison, result.reference, result.current)
            Terminal.put(Self.report(comparison.columns).render(output))
            if comparison.columns.contains(where: { $0.drifted ?? false }) { throw ExitCode.notWell }
        }

        /// What is not in the rows: on the error output, so that scripts get rows alone.
        private func say(_ comparison: TableComparison, _ first: DataTable, _ second: DataTable) {
            for (path, table) in [(reference, first), (current, second)] where table.badLineCount > 0 {
                let one = table.badLines.first.map { " (the first is line \($0.number): \($0.reason))" } ?? ""
                let noun = table.badLineCount == 1 ? "line" : "lines"
                Terminal.complain("\(path): \(table.badLineCount) \(noun) could not be read and were left out\(one)")
            }
            for (path, names) in [(reference, comparison.onlyInReference), (current, comparison.onlyInCurrent)]
            where !names.isEmpty {
                let list = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", ..." : "")
                Terminal.complain("only in \(path): \(list)")
            }
            let judged = comparison.columns.filter { $0.drifted != nil }
            let drifted = judged.count { $0.drifted ?? false }
            guard output == .table || output == .wide else { return }
            let tests = judged.count { $0.pValue != nil }
            let words =
                tests > 1 && !adjust
                ? "; \(tests) p-values stand for themselves, --adjust corrects them for their number" : ""
            Terminal.complain("\(drifted) of \(judged.count) columns drifted\(words)")
        }

        static func report(_ columns: [ColumnDrift]) -> Report {
            Report(
                columns: [
                    .init(key: "column", title: "COLUMN"), .init(key: "method", title: "METHOD"),
                    .init(key: "statistic", title: "STATISTIC", show: figure),
                    .init(key: "p_value", title: "P", show: figure), .init(key: "limit", title: "LIMIT", show: figure),
                    .init(key: "drifted", title: "DRIFTED"), .init(key: "n_reference", title: "N REF"),
                    .init(key: "n_current", title: "N"),
                ],
                rows: columns.map { drift in
                    [
                        .text(drift.column), .text(drift.method), .optional(drift.statistic), .optional(drift.pValue),
                        .number(drift.limit), drift.drifted.map { .flag($0) } ?? .none,
                        .count(drift.nReference), .count(drift.nCurrent),
                    ]
                }, emptyText: "the two files have no column in common")
        }

        private static func figure(_ value: Report.Value) -> String {
            guard case .number(let number) = value else { return "--" }
            return Figures.short(number)
        }
    }
}
