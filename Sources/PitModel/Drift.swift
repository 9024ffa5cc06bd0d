/// What of a model's traffic is compared between two spans of time: whatever inference servers count in histograms,
/// so that nothing need be instrumented.
public enum TrafficFeature: String, Codable, Sendable, CaseIterable, Hashable {
    case promptTokens, responseTokens, finishReason, ttft, itl, e2e, queueTime

    /// What people call it.
    public var title: String {
        switch self {
        case .promptTokens: "prompt tokens"
        case .responseTokens: "response tokens"
        case .finishReason: "finish reason"
        case .ttft: "time to first token"
        case .itl: "inter-token latency"
        case .e2e: "end-to-end time"
        case .queueTime: "queue time"
        }
    }

    /// snake_case: a contract with scripts.
    public var jsonKey: String {
        switch self {
        case .promptTokens: "prompt_tokens"
        case .responseTokens: "response_tokens"
        case .finishReason: "finish_reason"
        case .ttft: "ttft"
        case .itl: "itl"
        case .e2e: "e2e"
        case .queueTime: "queue_time"
        }
    }

    /// The histogram it is read from; the finish reasons are a counter's labels.
    public var quantity: Quantity {
        switch self {
        case .promptTokens: .promptLength
        case .responseTokens: .generationLength
        case .finishReason: .requests
        case .ttft: .ttft
        case .itl: .itl
        case .e2e: .e2e
        case .queueTime: .queueTime
        }
    }

    public var unit: SignalUnit {
        switch self {
        case .promptTokens, .responseTokens: .tokens
        case .finishReason: .count
        default: .seconds
        }
    }

    /// Whether it tells of what people ask and get, and not of how fast the server is.
    public var isContent: Bool { self == .promptTokens || self == .responseTokens || self == .finishReason }
}

/// Something of a model's traffic that can drift, wherever it is known from.
public struct DriftFeature: Hashable, Codable, Sendable {
    public enum Source: String, Codable, Sendable, CaseIterable {
        /// The servers' histograms and counters.
        case histogram
        /// The exchanges themselves.
        case responses
        /// A service that publishes its own statistics.
        case service
        /// The same prompts, asked again and again.
        case laps
    }

    /// snake_case: a contract with scripts.
    public var key: String
    /// What people call it.
    public var title: String
    public var unit: SignalUnit
    public var source: Source

    public init(key: String, title: String, unit: SignalUnit = .count, source: Source) {
        (self.key, self.title, self.unit, self.source) = (key, title, unit, source)
    }

    public init(_ traffic: TrafficFeature) {
        self.init(key: traffic.jsonKey, title: traffic.title, unit: traffic.unit, source: .histogram)
    }
}

/// What the present is compared with.
public enum DriftReference: Equatable, Codable, Sendable {
    /// The same time of day on the days of the week before, once two of them are known; what came before until then.
    case automatic
    /// The seconds that end where the current window begins.
    case before(Double)
    /// The same time of day on as many days before.
    case sameHour(days: Int)
    /// What came before the model's latest release; then the current window begins with the release.
    case release
    /// A distribution that a person saved under a name.
    case baseline(String)
}

extension DriftReference {
    /// How it is written: `auto`, `before 7d`, `same-hour 7`, `release`, `baseline NAME`, or only a time such as `7d`.
    ///
    /// - Parameter seconds: reads a time.
    public init?(words text: String, seconds: (String) -> Double?) {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        switch (words.first, words.count) {
        case ("auto", 1): self = .automatic
        case ("release", 1): self = .release
        case ("baseline", 2): self = .baseline(words[1])
        case ("same-hour", 2):
            guard let days = Int(words[1]), (1...31).contains(days) else { return nil }
            self = .sameHour(days: days)
        case ("before", 2):
            guard let span = seconds(words[1]), span > 0 else { return nil }
            self = .before(span)
        default:
            guard let span = seconds(text), span > 0 else { return nil }
            self = .before(span)
        }
    }

    public static let usage = "auto, before 7d, same-hour 7, release, or baseline NAME"
}

/// How drift is looked for. Times in seconds.
public struct DriftSettings: Equatable, Sendable {
    public var isOn: Bool
    public var window: Double
    public var reference: DriftReference
    /// Seconds from one comparison to the next.
    public var interval: Double
    /// The corrected PSI above which a feature has drifted.
    public var limit: Double
    /// What turns texts into vectors; nil where nothing does.
    public var embeddings: EmbeddingSource?

    public init(
        isOn: Bool = true, window: Double = 3600, reference: DriftReference = .automatic, interval: Double = 60,
        limit: Double = 0.2
    ) {
        (self.isOn, self.window, self.reference) = (isOn, window, reference)
        (self.interval, self.limit) = (interval, limit)
    }
}

/// A server with `/v1/embeddings`, and the model that it is asked for.
public struct EmbeddingSource: Equatable, Sendable {
    public var connection: ConnectionName
    public var model: String
    public init(_ connection: ConnectionName, model: String) { (self.connection, self.model) = (connection, model) }
}

/// One bucket of two distributions.
public struct DriftBucket: Equatable, Codable, Sendable {
    /// The upper edge, in the feature's unit; nil for a category.
    public var upper: Double?
    /// The category; empty for a bucket.
    public var name: String
    /// Shares of the whole, 0...1.
    public var reference: Double
    public var current: Double
    /// What it adds to the score.
    public var contribution: Double

    public init(upper: Double?, name: String = "", reference: Double, current: Double, contribution: Double) {
        (self.upper, self.name, self.reference) = (upper, name, reference)
        (self.current, self.contribution) = (current, contribution)
    }
}

/// How one feature of one model has changed. Too little data is an answer.
public struct FeatureDrift: Equatable, Codable, Sendable, Identifiable {
    public enum Verdict: String, Codable, Sendable { case same, drifted, notEnoughData }
    /// How it began, once it has drifted.
    public enum Onset: String, Codable, Sendable { case sudden, gradual }

    public var feature: DriftFeature
    /// The statistic: `PSI (hist)`.
    public var method: String
    public var score: Double?
    public var limit: Double
    public var pValue: Double?
    /// Where the true score lies with a probability of 95 %, where that is known.
    public var interval: ClosedRange<Double>?
    public var referenceCount: Double
    public var currentCount: Double
    public var verdict: Verdict
    /// Why it is not known, or what is to be kept in mind.
    public var why: String
    /// Earlier scores, oldest first, one a comparison.
    public var trend: [Double?]
    public var buckets: [DriftBucket]
    /// When it began, as far as the scores tell.
    public var since: Timestamp?
    public var onset: Onset?

    public var id: String { "\(feature.source.rawValue)/\(feature.key)" }

    /// How far it is from no change, in limits: beyond 1 is drift. Nil without a score.
    public var excess: Double? {
        guard let score, limit > 0 else { return nil }
        switch method {
        case "AUC": return max(0, score - 0.5) / max(1e-9, limit - 0.5)
        case "DIR": return abs(1 - score) / limit
        case _ where feature.source == .service && pValue == score: return limit / max(score, 1e-9)
        default: return abs(score) / limit
        }
    }

    public init(
        feature: DriftFeature, method: String, score: Double? = nil, limit: Double, pValue: Double? = nil,
        referenceCount: Double = 0, currentCount: Double = 0, verdict: Verdict, why: String = "",
        trend: [Double?] = [], buckets: [DriftBucket] = [], since: Timestamp? = nil, onset: Onset? = nil
    ) {
        (self.feature, self.method, self.score, self.limit) = (feature, method, score, limit)
        (self.pValue, self.referenceCount, self.currentCount) = (pValue, referenceCount, currentCount)
        (self.verdict, self.why, self.trend, self.buckets) = (verdict, why, trend, buckets)
        (self.since, self.onset) = (since, onset)
    }
}

/// All features of a model, as last compared.
public struct ModelDrift: Equatable, Codable, Sendable {
    public var at: Timestamp
    /// The spans compared; nil while there is nothing to compare with.
    public var current: TimeRange?
    public var reference: TimeRange?
    /// What the reference is, in words: `the 7 d before`.
    public var referenceWords: String
    /// Seconds from one comparison to the next, as in the features' trends.
    public var interval: Double
    public var features: [FeatureDrift]

    public init(
        at: Timestamp, current: TimeRange? = nil, reference: TimeRange? = nil, referenceWords: String = "",
        interval: Double = 60, features: [FeatureDrift] = []
    ) {
        (self.at, self.current, self.reference) = (at, current, reference)
        (self.referenceWords, self.interval, self.features) = (referenceWords, interval, features)
    }

    public var drifted: Int { features.filter { $0.verdict == .drifted }.count }
    /// Features that could be judged.
    public var judged: Int { features.filter { $0.verdict != .notEnoughData }.count }
    /// The largest score over its limit: 1 and more is drift. Nil while nothing can be judged.
    public var worst: FeatureDrift? {
        features.filter { $0.verdict != .notEnoughData && $0.excess != nil }
            .max { ($0.excess ?? 0) < ($1.excess ?? 0) }
    }
}

/// From one moment to another.
public struct TimeRange: Equatable, Codable, Sendable {
    public var from: Timestamp
    public var to: Timestamp
    public init(from: Timestamp, to: Timestamp) { (self.from, self.to) = (from, to) }
    /// Seconds.
    public var length: Double { to.since(from) }
}

/// A distribution that a person saved, to compare with later.
public struct DriftBaseline: Equatable, Codable, Sendable {
    /// What one feature counted.
    public struct Counts: Equatable, Codable, Sendable {
        /// Upper edges, ascending, and how many were at most that.
        public var edges: [Double]
        public var counts: [Double]
        public var categories: [String: Double]
        public init(edges: [Double], counts: [Double], categories: [String: Double]) {
            (self.edges, self.counts, self.categories) = (edges, counts, categories)
        }
    }
    /// Values of one descriptor: numbers, some hundred that stand for all, or how often each word was met.
    public struct Sample: Equatable, Codable, Sendable {
        public var numbers: [Double]
        public var words: [String: Double]
        public init(numbers: [Double] = [], words: [String: Double] = [:]) {
            (self.numbers, self.words) = (numbers, words)
        }
    }
    public var name: String
    public var model: ModelName
    public var range: TimeRange
    public var author: String
    public var at: Timestamp
    public var counts: [TrafficFeature: Counts]
    /// What exchanges were like, by descriptor; nil in baselines of before these were kept.
    public var responses: [String: Sample]?
    public init(
        name: String, model: ModelName, range: TimeRange, author: String, at: Timestamp,
        counts: [TrafficFeature: Counts], responses: [String: Sample]? = nil
    ) {
        (self.name, self.model, self.range) = (name, model, range)
        (self.author, self.at, self.counts, self.responses) = (author, at, counts, responses)
    }
}
