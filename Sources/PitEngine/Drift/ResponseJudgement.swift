import PitModel
import PitStatistics

/// From the exchanges of two spans to what of them has changed.
enum ResponseJudgement {
    typealias Row = [String: Interaction.Attribute]

    /// Values that each side must have.
    static let minimum = 30
    /// Texts that each side must have, to be told apart by a classifier that learns from half of them.
    static let leastTexts = 60
    /// Features of one model: a source that makes up attributes stops there.
    private static let mostFeatures = 64

    /// One side's values by feature.
    typealias Side = [String: FeatureValues]

    /// Both sides of exchanges, oldest first.
    static func judge(_ reference: [Row], _ current: [Row], why: String) -> [DriftJudgement.Candidate] {
        judge(side(reference), side(current), why: why)
    }

    static func judge(_ reference: Side, _ current: Side, why: String) -> [DriftJudgement.Candidate] {
        let catalog = responseCatalog.map { $0.key }
        let rest = Set(reference.keys).union(current.keys).subtracting(catalog).sorted()
        return (catalog + rest).filter { current[$0] != nil }.prefix(mostFeatures).compactMap { key in
            guard let now = current[key], !isIdentifier(key, reference[key], now) else { return nil }
            return judge(ResponseDescriptors.feature(key), reference[key], now, why)
        }
    }

    /// The values of each feature, of numbers and words.
    static func side(_ rows: [Row]) -> Side {
        var numbers: [String: [Double]] = [:]
        var words: [String: [String: Double]] = [:]
        for row in rows {
            for (key, value) in row {
                switch value {
                case .number(let number): numbers[key, default: []].append(number)
                case .text(let text): words[key, default: [:]][text, default: 0] += 1
                }
            }
        }
        var side: Side = [:]
        for (key, values) in numbers where words[key] == nil && !isCounter(key, values) {
            side[key] = .numbers(OrderedValues(values))
        }
        for (key, counts) in words {
            let more = (numbers[key] ?? []).map { ("\($0)", 1.0) }
            side[key] = .categories(counts.merging(more, uniquingKeysWith: +))
        }
        return side
    }

    /// A time or a running number among the attributes: it never comes back, which is no drift.
    private static func isCounter(_ key: String, _ values: [Double]) -> Bool {
        guard key.hasPrefix(ResponseDescriptors.attributePrefix), values.count >= 8 else { return false }
        let rises = zip(values, values.dropFirst()).count { $0 < $1 }
        return Double(rises) >= 0.95 * Double(values.count - 1)
    }

    /// An attribute that is another with nearly every exchange names it, and says nothing of what it is like.
    private static func isIdentifier(_ key: String, _ a: FeatureValues?, _ b: FeatureValues) -> Bool {
        guard key.hasPrefix(ResponseDescriptors.attributePrefix) || key == ClientName.key else { return false }
        return [a, b].contains { side in
            guard case .categories(let counts)? = side, let count = side?.count else { return false }
            return counts.count > 50 && counts.count * 2 > count
        }
    }

    private static func judge(
        _ feature: DriftFeature, _ before: FeatureValues?, _ now: FeatureValues, _ why: String
    ) -> DriftJudgement.Candidate {
        let (n, m) = (before?.count ?? 0, now.count)
        var drift = FeatureDrift(
            feature: feature, method: "--", limit: 0, referenceCount: Double(n), currentCount: Double(m),
            verdict: .notEnoughData)
        guard n >= minimum, m >= minimum, let before,
            let found = SampleComparison(before, now, significance: DriftJudgement.significance)
        else {
            drift.why = n == 0 && !why.isEmpty ? why : words(n, m, minimum)
            return DriftJudgement.Candidate(drift: drift)
        }
        (drift.method, drift.score, drift.limit) = (found.method, found.score, found.limit)
        drift.buckets = DriftJudgement.buckets(found.bins)
        drift.verdict = found.score >= found.limit ? .drifted : .same
        return DriftJudgement.Candidate(drift: drift, p: found.pValue)
    }

    private static func words(_ n: Int, _ m: Int, _ wanted: Int) -> String {
        n < wanted ? "\(n) in the reference, \(wanted) wanted" : "\(m) in the window, \(wanted) wanted"
    }

    // MARK: - Texts

    struct Text: Sendable {
        var prompt: String
        var response: String?
    }

    /// What only the texts themselves tell: whether prompts and responses can be told apart from those before, and how
    /// many of the responses' words are new.
    static func judge(_ reference: [Text], _ current: [Text]) -> [DriftJudgement.Candidate] {
        let (before, now) = (reference.compactMap(\.response), current.compactMap(\.response))
        var found: [DriftJudgement.Candidate] = []
        found.append(classify("prompt_text", "prompt text", reference.map(\.prompt), current.map(\.prompt)))
        found.append(classify("response_text", "response text", before, now))
        let shares = OutOfVocabulary.shares(before, now)
        if shares.reference.count >= minimum, shares.current.count >= minimum {
            let feature = DriftFeature(key: "oov_share", title: "new words", unit: .ratio, source: .responses)
            found.append(
                judge(
                    feature, .numbers(OrderedValues(shares.reference)), .numbers(OrderedValues(shares.current)), ""))
        }
        return found
    }

    private static func classify(
        _ key: String, _ title: String, _ before: [String], _ now: [String]
    ) -> DriftJudgement.Candidate {
        let info = DomainClassifier.about
        var drift = FeatureDrift(
            feature: DriftFeature(key: key, title: title, unit: .ratio, source: .responses), method: "AUC",
            limit: info.limit, referenceCount: Double(before.count), currentCount: Double(now.count),
            verdict: .notEnoughData)
        guard before.count >= leastTexts, now.count >= leastTexts, let found = DomainClassifier.compare(before, now)
        else {
            drift.why = words(before.count, now.count, leastTexts)
            return DriftJudgement.Candidate(drift: drift)
        }
        (drift.score, drift.interval) = (found.auc, found.interval)
        drift.verdict = found.auc >= info.limit ? .drifted : .same
        drift.buckets = WordShift.moved(before, now, most: 12).map {
            DriftBucket(
                upper: nil, name: $0.word, reference: $0.reference, current: $0.current, contribution: $0.contribution)
        }
        return DriftJudgement.Candidate(drift: drift, p: found.pValue)
    }

    // MARK: - Embeddings

    /// Evidently's limits for embeddings: of a cosine distance, and of the discrepancy.
    private static let embeddingLimits = (centroid: 0.2, discrepancy: 0.015)

    static func judge(embeddings before: [[Double]], _ now: [[Double]]) -> [DriftJudgement.Candidate] {
        let result =
            before.count >= minimum && now.count >= minimum ? EmbeddingDrift.compare(before, now) : nil
        func candidate(
            _ key: String, _ method: String, _ limit: Double, _ score: Double?, _ p: Double?
        ) -> DriftJudgement.Candidate {
            let feature = DriftFeature(
                key: key, title: "response embeddings", unit: .ratio, source: .responses)
            var drift = FeatureDrift(
                feature: feature, method: method, score: score, limit: limit, referenceCount: Double(before.count),
                currentCount: Double(now.count), verdict: .notEnoughData)
            guard let score else {
                drift.why = words(before.count, now.count, minimum)
                return DriftJudgement.Candidate(drift: drift)
            }
            drift.verdict = score >= limit ? .drifted : .same
            return DriftJudgement.Candidate(drift: drift, p: p)
        }
        return [
            candidate(
                "embedding_centroid", "cosine", embeddingLimits.centroid, result?.centroid, result?.centroidP),
            candidate(
                "embedding_mmd", "MMD", embeddingLimits.discrepancy, result?.discrepancy, result?.discrepancyP),
        ]
    }
}
