public import PitModel

/// What became of a model's requests, kept as running totals of a source of their own.
extension Store {
    private static func source(outcomesOf model: ModelName) -> String { "outcome:\(model)" }

    public func recordOutcomes(
        _ values: [(key: SeriesKey, value: Double)], of model: ModelName, at: Timestamp
    ) throws(StoreFault) {
        try record(values, source: Self.source(outcomesOf: model), at: at)
    }

    /// All that was kept in a span, oldest first.
    public func outcomes(
        of model: ModelName, from: Timestamp, to: Timestamp
    ) throws(StoreFault) -> [SeriesKey: [DataPoint]] {
        try kept(source: Self.source(outcomesOf: model), from: from, to: to)
    }
}
