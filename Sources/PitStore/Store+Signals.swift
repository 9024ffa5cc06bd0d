public import PitModel

extension Store {
    private static func source(of model: ModelName) -> String { "model:\(model)" }

    /// Stands in the labels of values that are known to be at least so large, and not more.
    private static let atLeast = "at_least"

    private static func key(_ signal: Signal, isAtLeast: Bool) -> SeriesKey {
        SeriesKey(signal.rawValue, isAtLeast ? [Label(atLeast, "1")] : [])
    }

    /// Keeps what a model's signals were at a moment, rounded to six digits, which is more than a chart shows.
    public func record(_ signals: [Signal: Measure], of model: ModelName, at: Timestamp) throws(StoreFault) {
        let source = Self.source(of: model)
        var values: [(SeriesID, Double)] = []
        for (signal, measure) in signals where measure.value.isFinite {
            let id = try seriesID(for: Self.key(signal, isAtLeast: measure.isAtLeast), source: source)
            values.append((id, Self.rounded(measure.value)))
        }
        guard !values.isEmpty else { return }
        try append(source: source, at: at, values)
    }

    /// A model's signals over the query's span: one value a step, nil where nothing was known. A step's value is the
    /// mean of what was recorded in it; of times, where a spike must not vanish, the largest. `now` ends a live query.
    public func history(_ query: HistoryQuery, now: Timestamp) throws(StoreFault) -> History {
        let end = query.end ?? now
        let span = query.span.isFinite ? min(max(1, query.span), Self.longestSpan) : 1
        let points = max(1, min(query.points, 4000))
        let step = span / Double(points)
        let start = end.advanced(by: -span)
        let recorded = try recorded(query.model, Set(query.signals), from: start, to: end)
        var values: [Signal: [Double?]] = [:]
        for signal in query.signals {
            values[signal] = Self.steps(
                recorded[signal] ?? [], start: start, step: step, count: points, signal.info.unit == .seconds)
        }
        let events = try events(from: start, to: end, model: query.model, limit: 500)
        return History(start: start, step: step, values: values, events: events)
    }

    /// The last values known at a moment, no older than `within` seconds.
    public func signals(of model: ModelName, at: Timestamp, within: Double) throws(StoreFault) -> (
        Timestamp, [Signal: Measure]
    )? {
        let recorded = try recorded(model, nil, from: at.advanced(by: -within), to: at)
        guard let latest = recorded.values.compactMap({ $0.last?.at }).max() else { return nil }
        return (latest, recorded.compactMapValues { $0.last.flatMap { $0.at == latest ? $0.measure : nil } })
    }

    // MARK: -

    /// A year: no cache goes further back.
    private static let longestSpan = 366.0 * 86400

    private typealias Reading = (at: Timestamp, measure: Measure)

    /// What was recorded of some signals (nil: all), oldest first.
    private func recorded(
        _ model: ModelName, _ signals: Set<Signal>?, from: Timestamp, to: Timestamp
    ) throws(StoreFault) -> [Signal: [Reading]] {
        let source = Self.source(of: model)
        var wanted: [SeriesID: (signal: Signal, isAtLeast: Bool)] = [:]
        for (key, id) in try series(source: source) {
            guard let signal = Signal(rawValue: key.name), signals?.contains(signal) ?? true else { continue }
            wanted[id] = (signal, key[Self.atLeast] != nil)
        }
        var result: [Signal: [Reading]] = [:]
        for (id, points) in try columns(source: source, Set(wanted.keys), from: from, to: to) {
            guard let (signal, isAtLeast) = wanted[id] else { continue }
            let readings = points.map { ($0.at, Measure($0.value, isAtLeast: isAtLeast)) }
            result[signal] = result[signal].map { ($0 + readings).sorted { $0.at < $1.at } } ?? readings
        }
        return result
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
        _ points: [Reading], start: Timestamp, step: Double, count: Int, _ keepsLargest: Bool
    ) -> [Double?] {
        var sums = [Double](repeating: 0, count: count)
        var seen = [Int](repeating: 0, count: count)
        for point in points {
            let index = min(count - 1, max(0, Int(point.at.since(start) / step)))
            if keepsLargest {
                sums[index] = seen[index] == 0 ? point.measure.value : max(sums[index], point.measure.value)
                seen[index] = 1
            } else {
                sums[index] += point.measure.value
                seen[index] += 1
            }
        }
        return zip(sums, seen).map { $1 == 0 ? nil : $0 / Double($1) }
    }
}
