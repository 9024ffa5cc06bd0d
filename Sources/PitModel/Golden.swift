/// Golden laps: the same few prompts at every endpoint, again and again, at temperature 0. What a model answers to them is
/// compared with what it answered before, against how far its laps lie apart anyway.
public struct GoldenSettings: Equatable, Sendable {
    /// Nothing is asked where there are none.
    public var prompts: [String]
    /// Seconds from one lap to the next.
    public var interval: Double
    /// Models that are asked; empty: all with an endpoint.
    public var models: [ModelName]
    /// Tokens of an answer at most.
    public var maxTokens: Int
    public init(prompts: [String] = [], interval: Double = 600, models: [ModelName] = [], maxTokens: Int = 200) {
        (self.prompts, self.interval, self.models, self.maxTokens) = (prompts, interval, models, maxTokens)
    }

    /// So many at most: each lap costs as many answers.
    public static let mostPrompts = 50
}

/// One time that all prompts were asked.
public struct GoldenLap: Equatable, Codable, Sendable {
    public var model: ModelName
    public var connection: ConnectionName
    public var at: Timestamp
    /// The release that answered, where it is known.
    public var release: String?
    public var prompts: [String]
    /// As many; nil where none came.
    public var answers: [String?]
    /// Seconds that all of it took.
    public var seconds: Double
    public init(
        model: ModelName, connection: ConnectionName, at: Timestamp, release: String? = nil, prompts: [String],
        answers: [String?], seconds: Double = 0
    ) {
        (self.model, self.connection, self.at, self.release) = (model, connection, at, release)
        (self.prompts, self.answers, self.seconds) = (prompts, answers, seconds)
    }
    public var isWhole: Bool { answers.allSatisfy { $0 != nil } }
}

/// How the latest lap of a model at an endpoint stands to those before.
public struct GoldenState: Equatable, Codable, Sendable {
    public enum Verdict: String, Codable, Sendable {
        case same, apart
        /// Too few laps are known yet to tell how far they lie apart.
        case learning
        /// Not every prompt was answered.
        case incomplete
    }
    /// One prompt: how much its answer is like the nearest of the reference laps, and how much those are like each other.
    public struct Line: Equatable, Codable, Sendable {
        public var prompt: String
        public var answer: String?
        /// The reference answer nearest to it.
        public var reference: String?
        public var similarity: Double?
        public var usual: Double?
        public init(
            prompt: String, answer: String?, reference: String?, similarity: Double?, usual: Double?
        ) {
            (self.prompt, self.answer, self.reference) = (prompt, answer, reference)
            (self.similarity, self.usual) = (similarity, usual)
        }
    }
    public var model: ModelName
    public var connection: ConnectionName
    public var at: Timestamp
    public var release: String?
    /// Laps that it is compared with, and the first of them.
    public var laps: Int
    public var since: Timestamp?
    /// The mean over prompts of ROUGE-L's F, 0...1, with the nearest reference answer; nil without a reference.
    public var similarity: Double?
    /// The least that a reference lap has with the others: what lies below by more than `margin` is apart.
    public var usual: Double?
    /// The share of answers that are a reference answer, character by character.
    public var exact: Double?
    /// Characters of the answers for each of the nearest reference answers'.
    public var length: Double?
    /// Prompts that are refused and were not before, and those whose answer is no JSON any more.
    public var newRefusals: Int
    public var brokenJSON: Int
    public var verdict: Verdict
    public var lines: [Line]
    /// Earlier laps' similarities, the oldest first.
    public var trend: [Double?]

    /// Below the usual by this: apart.
    public static let margin = 0.05
    /// Fewer laps tell nothing of how far they lie apart.
    public static let leastLaps = 4
    /// Laps that are compared with: the first since a person accepted the model as it is.
    public static let referenceLaps = 8

    public init(
        model: ModelName, connection: ConnectionName, at: Timestamp, release: String? = nil, laps: Int = 0,
        since: Timestamp? = nil, verdict: Verdict
    ) {
        (self.model, self.connection, self.at, self.release) = (model, connection, at, release)
        (self.laps, self.since, self.verdict) = (laps, since, verdict)
        (newRefusals, brokenJSON, lines, trend) = (0, 0, [], [])
    }
}

extension GoldenState {
    /// `similarity 0.41, usually 0.93; 2 new refusals`.
    public var words: String {
        func two(_ value: Double) -> String {
            let hundredths = Int((value * 100).rounded())
            return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
        }
        guard let similarity else {
            return verdict == .learning ? "\(laps) laps known, \(Self.leastLaps) are needed" : "no whole lap"
        }
        var words = "similarity \(two(similarity))"
        if let usual { words += ", usually \(two(usual)) at least" }
        if newRefusals > 0 { words += "; \(newRefusals) new \(newRefusals == 1 ? "refusal" : "refusals")" }
        if brokenJSON > 0 { words += "; \(brokenJSON) no longer JSON" }
        return words
    }

    /// As a feature that can drift: how unlike the reference it is, by prompt.
    public var drift: FeatureDrift {
        let feature = DriftFeature(
            key: "golden_laps:\(connection)", title: "golden laps at \(connection)", unit: .ratio, source: .laps)
        var drift = FeatureDrift(
            feature: feature, method: "1 - ROUGE-L", score: similarity.map { 1 - $0 },
            limit: usual.map { max(0.01, 1 - $0 + Self.margin) } ?? Self.margin, referenceCount: Double(laps),
            currentCount: Double(lines.count { $0.answer != nil }),
            verdict: verdict == .apart ? .drifted : verdict == .same ? .same : .notEnoughData, why: words)
        drift.trend = trend.map { $0.map { 1 - $0 } }
        drift.buckets = lines.compactMap { line in
            guard let similarity = line.similarity, let usual = line.usual else { return nil }
            return DriftBucket(
                upper: nil, name: String(line.prompt.prefix(40)), reference: usual, current: similarity,
                contribution: max(0, usual - similarity))
        }
        return drift
    }
}
