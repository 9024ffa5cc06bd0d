import PitModel

/// From a feature to the bucket that moved, and to the very exchanges in it.
extension DriftScreen {
    /// What opens the exchanges of a bucket, or why nothing does.
    enum DrillDown {
        case query(InteractionQuery)
        case refused(String)

        var query: InteractionQuery? { if case .query(let query) = self { query } else { nil } }
        var availability: Availability {
            if case .refused(let why) = self { .refused(because: why) } else { .available }
        }
    }

    /// The bucket that is meant: the chosen one, or else the one that moved most.
    func chosenBucket(_ row: Row) -> Int? {
        let buckets = row.drift.buckets
        if bucketRow == row.id, let bucket, buckets.indices.contains(bucket) { return bucket }
        return buckets.indices.max { buckets[$0].contribution < buckets[$1].contribution }
    }

    static func needsBuckets(_ screen: Self, _ world: World) -> Availability {
        guard let row = screen.selected else { return .refused(because: "no feature is selected") }
        return row.drift.buckets.isEmpty ? .refused(because: "this feature has no buckets") : .available
    }

    mutating func choose(_ step: Int) {
        guard let row = selected, let now = chosenBucket(row) else { return }
        (bucket, bucketRow) = (max(0, min(row.drift.buckets.count - 1, now + step)), row.id)
    }

    func drillDown(_ row: Row, _ world: World) -> DrillDown {
        let feature = row.drift.feature
        guard feature.source != .service else {
            return .refused("a service's statistic does not say which exchanges it is of")
        }
        guard let key = Self.descriptor(feature) else {
            return .refused("exchanges do not tell of the \(feature.title)")
        }
        guard world.snapshot.interactions.contains(where: { $0.model == row.model && $0.kept > 0 }) else {
            return .refused("no exchange with \(row.model) is kept; `interactions` in the configuration names a source")
        }
        var query = InteractionQuery(model: row.model, from: row.whole.current?.from, to: row.whole.current?.to)
        guard let place = chosenBucket(row) else { return .query(query) }
        let bucket = row.drift.buckets[place]
        guard let upper = bucket.upper else {
            // Words of a text are looked for in the text; the rest of rare categories has no name to ask for.
            if key.hasSuffix("_text") {
                query.text = bucket.name
            } else if bucket.name != "(other)" {
                (query.feature, query.word) = (key, bucket.name)
            }
            return .query(query)
        }
        guard !Self.comparedOnly.contains(key) else { return .query(query) }
        query.feature = key
        if place > 0 { query.least = row.drift.buckets[place - 1].upper?.nextUp }
        if upper.isFinite { query.most = upper }
        return .query(query)
    }

    /// Features that only a comparison of two sides has: no exchange has a value of its own.
    private static let comparedOnly: Set<String> = ["oov_share", "embedding_centroid", "embedding_mmd"]

    /// The descriptor of exchanges that tells of the same; nil where none does.
    private static func descriptor(_ feature: DriftFeature) -> String? {
        guard feature.source == .histogram else { return feature.key }
        switch feature.key {
        case TrafficFeature.promptTokens.jsonKey: return "prompt_tokens"
        case TrafficFeature.responseTokens.jsonKey: return "response_tokens"
        case TrafficFeature.finishReason.jsonKey: return "finish_reason"
        case TrafficFeature.ttft.jsonKey: return "time_to_first_token"
        case TrafficFeature.e2e.jsonKey: return "latency"
        default: return nil
        }
    }
}
