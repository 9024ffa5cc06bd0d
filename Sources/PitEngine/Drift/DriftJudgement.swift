import PitModel
import PitStatistics

/// From what two windows counted to a verdict on every feature.
enum DriftJudgement {
    /// The share of false discoveries that is accepted among a model's features.
    static let significance = 0.001

    /// A feature as compared, before it is seen among the others.
    struct Candidate: Sendable {
        /// Its verdict is what its score says alone.
        var drift: FeatureDrift
        /// Nil where nothing was compared.
        var p: Double?
    }

    /// What histograms tell.
    ///
    /// - Parameter why: why there is no reference, where there is none.
    static func candidates(
        reference: [TrafficFeature: FeatureCounts], current: [TrafficFeature: FeatureCounts], limit: Double, why: String
    ) -> [Candidate] {
        var found: [Candidate] = []
        for traffic in TrafficFeature.allCases {
            guard let now = current[traffic], !now.isEmpty else { continue }
            let feature = DriftFeature(traffic)
            guard let before = reference[traffic], !before.isEmpty else {
                let drift = FeatureDrift(
                    feature: feature, method: Self.method, limit: limit, currentCount: now.total,
                    verdict: .notEnoughData, why: why)
                found.append(Candidate(drift: drift))
                continue
            }
            let (drift, p) = judge(feature, before, now, limit)
            found.append(Candidate(drift: drift, p: p))
        }
        return found
    }

    /// Corrects the probabilities for the number of features, whatever they were read from: drift is what is both large
    /// enough and too improbable.
    static func settle(_ candidates: [Candidate]) -> [FeatureDrift] {
        var found = candidates
        let judged = found.indices.filter { found[$0].drift.verdict != .notEnoughData && found[$0].p != nil }
        let adjusted = BenjaminiHochberg.adjusted(judged.map { found[$0].p ?? 1 })
        for (place, index) in judged.enumerated() {
            found[index].drift.pValue = adjusted[place]
            if adjusted[place] >= significance { found[index].drift.verdict = .same }
        }
        return found.map(\.drift)
    }

    private static let method = "PSI (hist)"

    private static func judge(
        _ feature: DriftFeature, _ before: FeatureCounts, _ now: FeatureCounts, _ limit: Double
    ) -> (FeatureDrift, Double?) {
        let comparison = before.compared(with: now)
        var drift = FeatureDrift(
            feature: feature, method: method, limit: limit, referenceCount: comparison.nReference,
            currentCount: comparison.nCurrent, verdict: .same)
        drift.buckets = buckets(comparison)
        if comparison.categories.isEmpty, comparison.edges.count < 2 {
            (drift.verdict, drift.why) = (.notEnoughData, "the two have no buckets in common")
            return (drift, nil)
        }
        switch comparison.verdict(limit: limit, significance: 1) {
        case .notEnoughData(let words):
            (drift.verdict, drift.why) = (.notEnoughData, words)
            return (drift, nil)
        case .drifted: drift.verdict = .drifted
        case .same: drift.verdict = .same
        }
        drift.score = comparison.psi
        return (drift, comparison.gTest?.pValue ?? 1)
    }

    /// What either side has something in, from the first such bucket to the last.
    static func buckets(_ comparison: BinnedComparison) -> [DriftBucket] {
        let (n, m) = (max(comparison.nReference, 1e-9), max(comparison.nCurrent, 1e-9))
        let contributions = comparison.contributions
        let used = comparison.reference.indices.filter { comparison.reference[$0] + comparison.current[$0] > 0 }
        guard let first = used.first, let last = used.last else { return [] }
        return (first...last).map { index in
            DriftBucket(
                upper: comparison.edges.isEmpty ? nil : comparison.edges[index],
                name: comparison.edges.isEmpty ? comparison.categories[index] : "",
                reference: comparison.reference[index] / n, current: comparison.current[index] / m,
                contribution: contributions[index])
        }
    }

    /// Says when a drift began, as far as the scores tell, and puts the trend beside it.
    static func date(_ drift: inout FeatureDrift, _ scores: [(at: Timestamp, score: Double?)], _ now: Timestamp) {
        let all = scores.filter { $0.at < now } + [(now, drift.score)]
        drift.trend = all.suffix(DriftBook.trendLength).map(\.score)
        guard drift.verdict == .drifted else { return }
        let kept = Array(all.suffix(DriftBook.trendLength))
        if let onset = ChangeOnset(kept.map(\.score)) {
            drift.since = kept[onset.index].at
            drift.onset = onset.kind == .sudden ? .sudden : .gradual
        } else {
            // Above the limit for as long as scores go back without a break.
            drift.since = kept.lastIndex { ($0.score ?? 0) <= drift.limit }.map { kept[min($0 + 1, kept.count - 1)].at }
        }
    }
}

extension FeatureCounts {
    var total: Double { categories.isEmpty ? buckets.last?.count ?? 0 : categories.values.reduce(0, +) }
    var isEmpty: Bool { total <= 0 }

    func compared(with current: FeatureCounts) -> BinnedComparison {
        guard categories.isEmpty, current.categories.isEmpty else {
            let names = Set(categories.keys).union(current.categories.keys).sorted()
            return BinnedComparison(
                categories: names, reference: names.map { categories[$0] ?? 0 },
                current: names.map { current.categories[$0] ?? 0 })
        }
        return BinnedComparison.shared(buckets, current.buckets)
    }
}
