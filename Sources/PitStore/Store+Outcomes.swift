public import PitModel

/// What became of a model's requests, kept as running totals of a source of their own.
extension Store {
    private static func source(outcomesOf model: ModelName) -> String { "outcome:\(model)" }

    public func recordOutcomes(
        _ values: [(key: SeriesKey, value: Double)], of model: ModelName, at: Timestamp
    ) throws(StoreFault) {
        let source = Self.source(outcomesOf: model)
        var known: [(SeriesID, Double)] = []
        for (key, value) in values where value.isFinite {
            known.append((try seriesID(for: key, source: source), value))
        }
        guard !known.isEmpty else { return }
        try append(source: source, at: at, known)
    }

    /// All that was kept in a span, oldest first.
    public func outcomes(
        of model: ModelName, from: Timestamp, to: Timestamp
    ) throws(StoreFault) -> [SeriesKey: [DataPoint]] {
        let source = Self.source(outcomesOf: model)
        let series = try series(source: source)
        let columns = try columns(source: source, Set(series.map(\.id)), from: from, to: to)
        var result: [SeriesKey: [DataPoint]] = [:]
        for (key, id) in series { if let points = columns[id], !points.isEmpty { result[key] = points } }
        return result
    }
}
