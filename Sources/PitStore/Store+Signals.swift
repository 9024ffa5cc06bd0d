public import PitModel

extension Store {
    private static func source(of model: ModelName) -> String { "model:\(model)" }

    /// Keeps what a model's signals were at a moment, rounded to six digits, which is more than a chart shows.
    public func record(_ signals: [Signal: Measure], of model: ModelName, at: Timestamp) throws(StoreFault) {
        let source = Self.source(of: model)
        var values: [(SeriesID, Double)] = []
        for (signal, measure) in signals where measure.value.isFinite {
            values.append((try seriesID(for: SeriesKey(signal.rawValue), source: source), Self.rounded(measure.value)))
        }
        guard !values.isEmpty else { return }
        try append(source: source, at: at, values)
    }

    /// A model's signals over the query's span: one value a step, nil where nothing was known. A step's value is the
    /// mean of what was recorded in it; of times, where a spike must not vanish, the largest. `now` ends a live query.
    public func history(_ query: HistoryQuery, now: Timestamp) throws(StoreFault) -> History {
        let end = query.end ?? now
        let span = max(1, query.span)
        let points = max(1, min(query.points, 4000))
        let step = span / Double(points)
        let start = end.advanced(by: -span)
        let source = Self.source(of: query.model)
        var ids: [SeriesID: Signal] = [:]
        for signal in query.signals { ids[try seriesID(for: SeriesKey(signal.rawValue), source: source)] = signal }
        let columns = try columns(source: source, Set(ids.keys), from: start, to: end)
        var values: [Signal: [Double?]] = [:]
        for (id, signal) in ids {
            values[signal] = Self.steps(
                columns[id] ?? [], start: start, step: step, count: points, signal.info.unit == .seconds)
        }
        let events = try events(from: start, to: end, model: query.model, limit: 500)
        return History(start: start, step: step, values: values, events: events)
    }

    /// The last values known at a moment, no older than `within` seconds.
    public func signals(of model: ModelName, at: Timestamp, within: Double) throws(StoreFault) -> (
        Timestamp, [Signal: Measure]
    )? {
        let source = Self.source(of: model)
        var ids: [SeriesID: Signal] = [:]
        for (key, id) in try series(source: source) { ids[id] = Signal(rawValue: key.name) }
        var latest: Timestamp?
        var result: [Signal: Measure] = [:]
        let columns = try columns(source: source, Set(ids.keys), from: at.advanced(by: -within), to: at)
        latest = columns.values.compactMap { $0.last?.at }.max()
        for (id, points) in columns {
            if let signal = ids[id], let last = points.last, last.at == latest { result[signal] = Measure(last.value) }
        }
        return latest.map { ($0, result) }
    }

    private static func rounded(_ value: Double) -> Double {
        guard value != 0 else { return 0 }
        var scale = 1.0
        var size = abs(value)
        while size >= 1e6, scale > 1e-12 { (size, scale) = (size / 10, scale / 10) }
        while size < 1e5, scale < 1e6 { (size, scale) = (size * 10, scale * 10) }
        return (value * scale).rounded() / scale
    }

    private static func steps(
        _ points: [DataPoint], start: Timestamp, step: Double, count: Int, _ keepsLargest: Bool
    ) -> [Double?] {
        var sums = [Double](repeating: 0, count: count)
        var seen = [Int](repeating: 0, count: count)
        for point in points {
            let index = min(count - 1, max(0, Int(point.at.since(start) / step)))
            if keepsLargest {
                sums[index] = seen[index] == 0 ? point.value : max(sums[index], point.value)
                seen[index] = 1
            } else {
                sums[index] += point.value
                seen[index] += 1
            }
        }
        return zip(sums, seen).map { $1 == 0 ? nil : $0 / Double($1) }
    }
}
