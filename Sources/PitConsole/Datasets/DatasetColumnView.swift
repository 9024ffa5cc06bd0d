import PitGrid
import PitModel

/// What one member is like: how its values or lengths lie, what is frequent, which languages, what is private.
struct DatasetColumnView {
    private let column: DatasetProfile.Column
    /// Those of this column.
    private let related: [DatasetProfile.Correlation]

    /// What a served model says of its length.
    private let tokens: [(String, Role)]

    init(
        _ column: DatasetProfile.Column, _ correlations: [DatasetProfile.Correlation], tokens: [(String, Role)] = []
    ) {
        (self.column, self.tokens) = (column, tokens)
        related = correlations.filter {
            ($0.first == column.name || $0.second == column.name) && abs($0.strength) >= 0.3
        }
    }

    func draw(in area: Rect, on frame: inout Frame) {
        let (left, right) = area.splitLeft(area.width / 2)
        let chart = Rect(left.x, left.y, max(0, left.width - 2), left.height)
        if column.buckets.isEmpty {
            frame.text("too few different values for a chart", in: chart.row(chart.height / 2), ink: Ink(.dim))
        } else {
            let what = column.kind.contains("number") ? "values" : "characters"
            frame.text(SafeText("\(what), share of rows"), in: chart.row(0), ink: Ink(.dim))
            let bars = Self.joined(column.buckets, to: chart.width / Self.barWidth).map {
                Bar(SafeText(Figures.short($0.upTo)), $0.share)
            }
            BarChart(bars, direction: .up, format: { Figures.percent($0) })
                .draw(in: Rect(chart.x, chart.y + 1, chart.width, max(0, chart.height - 1)), on: &frame)
        }
        for (row, line) in lines.prefix(right.height).enumerated() {
            frame.text(SafeText(line.0), in: right.row(row), ink: Ink(line.1))
        }
    }

    /// Columns of a bar whose figures can be read.
    private static let barWidth = 5

    /// Neighbours together, so that each that is left has room for its figures.
    static func joined(_ buckets: [DatasetProfile.Bucket], to most: Int) -> [DatasetProfile.Bucket] {
        guard most > 0, buckets.count > most else { return buckets }
        let each = (buckets.count + most - 1) / most
        return stride(from: 0, to: buckets.count, by: each).map { start in
            let some = buckets[start..<min(buckets.count, start + each)]
            return .init(upTo: some.last?.upTo ?? 0, share: some.reduce(0) { $0 + $1.share })
        }
    }

    private var lines: [(String, Role)] {
        var lines = tokens
        if !column.findings.isEmpty {
            let found = column.findings.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
            lines.append(("private: \(found), of \(column.sampled) looked at", .fail))
        } else if column.sampled > 0 {
            lines.append(("private: nothing found in \(column.sampled) looked at", .ok))
        }
        if !column.languages.isEmpty {
            let said = column.languages.map { "\($0.name) \(Figures.percent($0.share))" }.joined(separator: ", ")
            lines.append(("languages: \(said)", .text))
        }
        if let share = column.outlierShare {
            lines.append(("outliers by length: \(Figures.percent(share))", share > 0.05 ? .warn : .dim))
        }
        if !related.isEmpty {
            let words = related.prefix(3).map {
                "\($0.first == column.name ? $0.second : $0.first) \(Figures.short($0.strength)) (\($0.measure))"
            }
            lines.append(("goes with: \(words.joined(separator: ", "))", .text))
        }
        if let perplexity = column.perplexity {
            lines.append(("perplexity of a character: \(Figures.short(perplexity))", .dim))
        }
        lines += column.odd.prefix(2).map {
            ("unlike the others: row \($0.line), \(Figures.short($0.perplexity)): \($0.excerpt)", .warn)
        }
        if !column.top.isEmpty { lines.append(("most frequent:", .dim)) }
        lines += column.top.map { ("\($0.count)  \($0.name.split { $0.isNewline }.joined(separator: " "))", .text) }
        return lines
    }
}
