import PitGrid
import PitModel

extension DriftScreen {
    static func driftTable(_ world: World) -> Table<Row> {
        Table(
            [
                TableColumn(
                    "model", "MODEL", width: .flex(min: 12), priority: 100, sortKey: { .text($0.model.description) }
                ) { TableCell(SafeText($0.model.description)) },
                TableColumn(
                    "feature", "FEATURE", width: .fixed(20), priority: 99, sortKey: { .text($0.drift.feature.title) }
                ) { TableCell(SafeText($0.drift.feature.title)) },
                TableColumn(
                    "source", "FROM", width: .fixed(9), priority: 15, isWide: true,
                    sortKey: { .text($0.drift.feature.source.rawValue) }
                ) { TableCell(SafeText($0.drift.feature.source.rawValue), .dim) },
                TableColumn("method", "METHOD", width: .fixed(11), priority: 20, isWide: true) {
                    TableCell(SafeText($0.drift.method), .dim)
                },
                TableColumn(
                    "score", "SCORE", width: .fixed(6), align: .right, priority: 90, sortsDescendingFirst: true,
                    sortKey: { .number($0.drift.score) }
                ) { row in TableCell(SafeText(Figures.score(row.drift.score)), Ink(row.drift.verdict.role)) },
                TableColumn("limit", "LIMIT", width: .fixed(6), align: .right, priority: 50) {
                    TableCell(SafeText(Figures.score($0.drift.limit)), .dim)
                },
                TableColumn("trend", "TREND", width: .fixed(9), priority: 60) { row in
                    let limit = max(row.drift.limit, 1e-9)
                    let values = row.drift.trend.suffix(9).map { $0.map { min(1, max(0, $0 / (2 * limit))) } }
                    return TableCell([.sparkline(Sparkline(Array(values), max: 1, ink: Ink(.series1)), columns: 9)])
                },
                TableColumn(
                    "verdict", "VERDICT", width: .fixed(11), priority: 95,
                    sortKey: { .number(-$0.rank) }
                ) { row in
                    let mark = row.drift.verdict.glyph(world.settings.glyphs)
                    return TableCell([
                        Segment(mark, row.drift.verdict.role, strong: true), Segment(" "),
                        Segment(SafeText(row.drift.verdict.word), row.drift.verdict.role),
                    ])
                },
                TableColumn(
                    "count", "N", width: .fixed(7), align: .right, priority: 40, sortsDescendingFirst: true,
                    sortKey: { .number($0.drift.currentCount) }
                ) { TableCell(SafeText(Figures.count($0.drift.currentCount)), .dim) },
                TableColumn("reference", "N REF", width: .fixed(7), align: .right, priority: 30, isWide: true) {
                    TableCell(SafeText(Figures.count($0.drift.referenceCount)), .dim)
                },
            ],
            prefix: "drift", identity: { $0.id }, isDimmed: { $0.drift.verdict == .notEnoughData })
    }

    /// Both distributions, and what of them moved; the whole screen adds the score over time.
    func drawFeature(_ row: Row, _ world: World, isWhole: Bool, in area: Rect, on frame: inout Frame) {
        let drift = row.drift
        let title = "\(row.model): \(drift.feature.title)"
        frame.text(SafeText(title), in: area.row(0), ink: Ink(.title, strong: true))
        frame.text(SafeText(Self.verdict(drift, world)), in: area.row(1), ink: Ink(drift.verdict.role))
        var room = Rect(area.x, area.y + 2, area.width, max(0, area.height - 2))
        let moved = drift.buckets.filter { $0.contribution > 0 }.sorted { $0.contribution > $1.contribution }.prefix(3)
        if !moved.isEmpty, drift.verdict != .notEnoughData, room.height >= 6 {
            let (above, below) = room.splitBottom(isWhole ? moved.count + 1 : 1)
            room = above
            let words = moved.map { Self.words(of: $0, drift) }
            if isWhole {
                frame.text("What moved most:", in: below.row(0), ink: Ink(.dim))
                for (line, text) in words.enumerated() {
                    frame.text(SafeText(text), in: below.row(line + 1), ink: Ink())
                }
            } else {
                frame.text(SafeText("moved most: \(words[0])"), in: below.row(0), ink: Ink(.dim))
            }
        }
        if isWhole, room.height >= 14 {
            let (above, below) = room.splitBottom(room.height / 2)
            room = above
            drawTrend(row, world, in: below, on: &frame)
        }
        guard !drift.buckets.isEmpty else {
            frame.text(SafeText(drift.why), in: room.row(0), ink: Ink(.dim))
            return
        }
        let chosen = isWhole ? chosenBucket(row) : nil
        let buckets = drift.buckets.enumerated().map { place, bucket in
            Histogram.Bucket(
                SafeText((place == chosen ? "> " : "") + Self.edge(bucket, drift.feature)),
                reference: bucket.reference, current: bucket.current)
        }
        let reference = row.whole.referenceWords.isEmpty ? "reference" : row.whole.referenceWords
        Histogram(buckets, reference: SafeText(reference)).draw(in: room, on: &frame)
    }

    private func drawTrend(_ row: Row, _ world: World, in area: Rect, on frame: inout Frame) {
        let drift = row.drift
        let step = row.whole.interval
        let end = row.whole.at.seconds
        let start = end - step * Double(max(1, drift.trend.count - 1))
        let points = drift.trend.enumerated().compactMap { index, score in
            score.map { ChartPoint(start + Double(index) * step, $0) }
        }
        var chart = LineChart(
            "score", [ChartSeries("score", points, role: .series1, isArea: true)], from: start, to: end,
            utcOffset: world.settings.utcOffset
        ) { Figures.score($0) }
        chart.thresholds = [ChartThreshold(drift.limit, "limit \(Figures.score(drift.limit))")]
        chart.emptyText = "no scores yet"
        let (plotArea, line) = area.splitBottom(1)
        chart.draw(in: plotArea, on: &frame)
        let marks = world.snapshot.events.filter { $0.model == nil || $0.model == row.model }.map {
            ChartMark(at: $0.at.seconds, $0.kind.shape, role: $0.kind.role)
        }
        ChangeLine(marks, from: start, to: end, prefix: "drift", cursor: nil).draw(
            in: line, under: chart.plot(in: plotArea), label: "", on: &frame)
    }

    private static func verdict(_ drift: FeatureDrift, _ world: World) -> String {
        let sizes = "n \(Figures.count(drift.currentCount)) against \(Figures.count(drift.referenceCount))"
        let interval = drift.interval.map {
            " [\(Figures.score($0.lowerBound)), \(Figures.score($0.upperBound))]"
        }
        let score = Figures.score(drift.score) + (interval ?? "")
        let p = drift.pValue.map { "   p \($0 < 0.001 ? "< 0.001" : Figures.score($0))" } ?? ""
        switch drift.verdict {
        case .notEnoughData: return "not enough data: \(drift.why)   \(sizes)"
        case .same:
            return "\(drift.method) \(score) of \(Figures.score(drift.limit))   \(sizes)\(p)"
        case .drifted:
            let since = drift.since.map { "   since \(world.clock($0, seconds: false))" } ?? ""
            let onset = drift.onset.map { " (\($0.rawValue))" } ?? ""
            return
                "\(drift.method) \(score), limit \(Figures.score(drift.limit))\(since)\(onset)"
                + "   \(sizes)\(p)"
        }
    }

    private static func words(of bucket: DriftBucket, _ drift: FeatureDrift) -> String {
        let (before, now) = (Figures.percent(bucket.reference), Figures.percent(bucket.current))
        return "\(range(bucket, drift)): \(before) -> \(now)"
    }

    /// From the edge before to this one.
    private static func range(_ bucket: DriftBucket, _ drift: FeatureDrift) -> String {
        guard let upper = bucket.upper else { return bucket.name }
        let place = drift.buckets.firstIndex(of: bucket) ?? 0
        let lower = place > 0 ? drift.buckets[place - 1].upper : nil
        guard let lower else { return "up to \(edge(bucket, drift.feature))" }
        let from = edge(DriftBucket(upper: lower, reference: 0, current: 0, contribution: 0), drift.feature)
        return upper.isFinite ? "\(from) to \(edge(bucket, drift.feature))" : "above \(from)"
    }

    private static func edge(_ bucket: DriftBucket, _ feature: DriftFeature) -> String {
        guard let upper = bucket.upper else { return bucket.name }
        guard upper.isFinite else { return "more" }
        return feature.unit == .seconds ? Figures.duration(upper) : Figures.short(upper)
    }

    func drawExplanation(in area: Rect, on frame: inout Frame) {
        let lines = [
            "From histograms: lengths, truncation, the mix of finish reasons, and timing; not meaning. From exchanges, where",
            "a connection tells of them: what texts are like (language, refusals, repetition, JSON, code), whether they can be",
            "told apart from those before (AUC; 0.5 is chance), and what the source says beside them; not whether an answer is",
            "right. PSI is corrected for the bias of small samples. A feature drifts when its score is beyond the limit and its",
            "p-value, corrected for the number of features (Benjamini-Hochberg), is below 0.001. `e` reads the exchanges.",
        ]
        frame.line(area.row(0))
        for (line, text) in lines.enumerated() where line + 1 < area.height {
            frame.text(SafeText(text), in: area.row(line + 1).inset(x: 1, y: 0), ink: Ink())
        }
    }
}

extension FeatureDrift.Verdict {
    var word: String {
        switch self {
        case .same: "ok"
        case .drifted: "drift"
        case .notEnoughData: "too few"
        }
    }

    var role: Role {
        switch self {
        case .same: .ok
        case .drifted: .warn
        case .notEnoughData: .dim
        }
    }

    func glyph(_ glyphs: Glyphs) -> SafeText {
        switch self {
        case .same: glyphs == .unicode ? "●" : "+"
        case .drifted: glyphs == .unicode ? "◆" : "!"
        case .notEnoughData: "?"
        }
    }
}
