import PitModel
import PitParse

/// What part of a source's value a series holds.
enum SeriesPart: Equatable {
    case value
    case bucket(upper: Double)
    case sum
    case count
}

/// A series of a target that feeds a quantity of a model.
struct BoundSeries {
    let quantity: Quantity
    /// Index in the profile's sources.
    let source: Int
    /// Index in the source's names: the first present wins.
    let rank: Int
    let part: SeriesPart
    let isGauge: Bool
    let scale: Double
    let merge: QuantitySource.Merge
    /// Tells replicas apart within the model.
    let replica: String
    /// Index of the series in its target.
    let slot: Int
    /// Why the requests that a counter counts ended, where its labels say so; what a service's statistic is about.
    var category: String?
}

/// Decides which quantity of which model a series feeds. Asked once for each new series.
struct SeriesBinder {
    let profile: MetricProfile
    let matching: MatcherSet
    /// The model's own name, by which its series are told from others' when the binding says nothing.
    let model: ModelName
    private let lookup: [String: [(source: Int, rank: Int, part: Character)]]

    init(profile: MetricProfile, matching: [Matcher], model: ModelName) {
        (self.profile, self.matching, self.model) = (profile, MatcherSet(matching), model)
        var lookup: [String: [(source: Int, rank: Int, part: Character)]] = [:]
        for (index, source) in profile.sources.enumerated() {
            for (rank, name) in source.names.enumerated() {
                switch source.kind {
                case .gauge, .counter: lookup[name, default: []].append((index, rank, "v"))
                case .histogram:
                    for (suffix, part) in [("_bucket", "b"), ("_sum", "s"), ("_count", "c")] as [(String, Character)] {
                        lookup[name + suffix, default: []].append((index, rank, part))
                    }
                }
            }
        }
        self.lookup = lookup
    }

    /// The series' places in the model; empty when it is none of the model's.
    func bind(_ key: SeriesKey, slot: Int, connection: ConnectionName, otherModels: Bool) -> [BoundSeries] {
        guard let places = lookup[Self.normal(key.name)] else { return [] }
        guard matching.matches(key.labels) else { return [] }
        if otherModels, matching.isEmpty, let label = profile.modelLabel, let named = key[label],
            named != model.description
        {
            return []
        }
        return places.compactMap { place in
            let source = profile.sources[place.source]
            guard source.matching.isEmpty || MatcherSet(source.matching).matches(key.labels),
                let part = part(place.part, of: key)
            else { return nil }
            var category: String?
            switch source.quantity {
            case .requests: category = key["finished_reason"] ?? key["finish_reason"]
            case .serviceStatistic:
                guard let statistic = ServiceStatistic(key, model: model) else { return nil }
                category = statistic.category
            default: break
            }
            return BoundSeries(
                quantity: source.quantity, source: place.source, rank: place.rank, part: part,
                isGauge: source.kind == .gauge, scale: source.scale,
                merge: source.merge, replica: replica(of: key, connection), slot: slot,
                category: category)
        }
    }

    private func part(_ part: Character, of key: SeriesKey) -> SeriesPart? {
        switch part {
        case "b": key["le"].flatMap(Self.edge).map(SeriesPart.bucket)
        case "s": .sum
        case "c": .count
        default: .value
        }
    }

    private func replica(of key: SeriesKey, _ connection: ConnectionName) -> String {
        let parts = (["instance", "pod"] + profile.replicaLabels).compactMap { key[$0] }
        return parts.isEmpty ? connection.description : "\(connection) \(parts.joined(separator: " "))"
    }

    static func edge(_ text: String) -> Double? {
        text == "+Inf" || text == "Inf" || text == "inf" ? .infinity : Double(text)
    }

    /// Ray Serve's agent prefixes `ray_` and writes `_` for the colon of an engine's prefix.
    static func normal(_ name: String) -> String {
        guard name.hasPrefix("ray_") else { return name }
        let bare = name.dropFirst(4)
        for engine in ["vllm", "sglang"] where bare.hasPrefix(engine + "_") || bare.hasPrefix(engine + ":") {
            return "\(engine):\(bare.dropFirst(engine.count + 1))"
        }
        return String(bare)
    }
}
