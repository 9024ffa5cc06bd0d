import ArgumentParser
import PitData
import PitGrid
import PitModel
import PitParse

extension DataCommand {
    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What differs between two files of rows, and what of the second stands in the first.",
            discussion: """
                Name the training set first and the test set second: columns that only one has, drift of each column, rows \
                that are the same or nearly the same, and rows that share runs of words, the worst with their lines. Rows \
                are compared by all their texts: with --column by those that say something, not by an id. Exits with 1 \
                when lines could not be read.
                """)
        @Argument(help: "The file compared with: a training set.") var first: String
        @Argument(help: "The file compared: a test set.") var second: String
        @Option(help: "Only this column, a star for every place of a list: messages.*.content. Repeat it for more.")
        var column: [String] = []
        @Option(help: "Words of a run that both share.") var words = 13
        @Option(help: "How alike rows are (Jaccard of pairs of words) from which on they are nearly the same.")
        var near =
            0.8
        @Option(name: .shortAndLong, help: "text or json.") var output: Output = .text

        func validate() throws {
            if !(2...100).contains(words) { throw ValidationError("--words wants 2 to 100") }
            if !(0.1...1).contains(near) { throw ValidationError("--near wants 0.1 to 1") }
        }

        func run() throws {
            let (first, second, meter) = (try DatasetShelf.file(first), try DatasetShelf.file(second), DataMeter())
            let columns = column.isEmpty ? nil : column
            let options = DatasetOverlap.Options(columns: columns, words: words, near: near)
            let found: Result<DatasetComparison, DataFault> = try Blocking.run {
                do throws(DataFault) {
                    return .success(
                        try await DatasetComparison.run(first: first, second: second, options) {
                            meter.tell($0, of: $1)
                        })
                } catch { return .failure(error) }
            }
            meter.end()
            let comparison = try DataCommand.open(found)
            Terminal.put(output == .json ? comparison.json.pretty + "\n" : CompareWords.text(comparison, first, second))
            let overlap = comparison.overlap
            for (path, bad) in [(first, overlap.badInFirst), (second, overlap.bad)] {
                DataCommand.tell(bad, in: path)
            }
            if overlap.badInFirst.count + overlap.bad.count > 0 { throw ExitCode.notWell }
        }
    }
}

/// What a comparison came to, for people.
private enum CompareWords {
    static func text(_ comparison: DatasetComparison, _ first: String, _ second: String) -> String {
        schema(comparison, first, second) + drift(comparison) + overlap(comparison.overlap, first, second)
    }

    private static func schema(_ comparison: DatasetComparison, _ first: String, _ second: String) -> String {
        let rows = comparison.columns.filter { $0.first?.kind != $0.second?.kind }.map { column -> [Report.Value] in
            [.text(column.name), kind(column.first), kind(column.second)]
        }
        return Report(
            columns: [
                .init(key: "column", title: "COLUMN THAT DIFFERS"), .init(key: "first", title: "FIRST"),
                .init(key: "second", title: "SECOND"),
            ], rows: rows, emptyText: "both have the same \(comparison.columns.count) columns"
        ).render(.table) + "\n"
    }

    private static func kind(_ side: DatasetComparison.Side?) -> Report.Value { side.map { .text($0.kind) } ?? .none }

    private static func drift(_ comparison: DatasetComparison) -> String {
        guard !comparison.drift.isEmpty else { return "" }
        return DriftCommand.Compare.report(comparison.drift).render(.table) + "\n"
    }

    private static func overlap(_ overlap: DatasetOverlap, _ first: String, _ second: String) -> String {
        func share(_ count: Int) -> String {
            "\(count) (\(Figures.percent(Double(count) / Double(max(1, overlap.rows)))))"
        }
        var lines = [
            "of \(overlap.rows) rows in \(second), \(first) with its \(overlap.rowsInFirst) rows has",
            "  the same         \(share(overlap.exact))", "  nearly the same  \(share(overlap.near))",
            "  a run of \(overlap.options.words) words  \(share(overlap.shared)), half of its runs "
                + "\(share(overlap.sharedHalf)), nine in ten \(share(overlap.sharedMost))",
        ]
        if overlap.short > 0 { lines.append("  \(overlap.short) rows are too short to share a run") }
        if overlap.nearCompared < overlap.rows {
            lines.append("  nearly the same was looked for among the first \(overlap.nearCompared) rows alone")
        }
        if overlap.sampled < 1 { lines.append("  \(Figures.percent(overlap.sampled)) of the runs were looked at") }
        for example in overlap.examples.prefix(10) {
            lines.append(
                "line \(example.line) and line \(example.lineInFirst): \(word(example.kind)), "
                    + "\(Figures.percent(example.share))")
            lines.append("  \(example.passage.split(whereSeparator: \.isNewline).joined(separator: "\u{23CE}"))")
        }
        return lines.map(Terminal.safe).joined(separator: "\n") + "\n"
    }

    private static func word(_ kind: DatasetOverlap.Kind) -> String {
        switch kind {
        case .exact: "the same"
        case .near: "nearly the same"
        case .shared: "runs shared"
        }
    }
}
