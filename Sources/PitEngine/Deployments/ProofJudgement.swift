import PitModel
import PitStatistics

/// Holds what came after an operation against what was before it, and against what it is to be like.
struct ProofJudgement {
    /// While the bad release served.
    var before: OutcomeCounts
    /// Before the bad release came; nil where nothing of that is kept.
    var calm: OutcomeCounts?
    var after: OutcomeCounts
    var promised: ServiceLevels
    /// Seconds up to which a request is fast enough.
    var limit: Double?
    var alpha = 0.05
    /// How much more errors, and slow requests, vary from step to step than by chance.
    var dispersion: (errors: Double, slow: Double) = (1, 1)

    struct Outcome: Equatable {
        var verdict: Proof.Verdict
        var words: String
        var evidence: [Proof.Evidence]
    }

    private struct Measure {
        var name: String
        var before: Proportion?
        var calm: Proportion?
        var after: Proportion?
        var promised: Double?
        /// What of the error that is allowed it may spend, on each side.
        var alpha: Double
        var dispersion: Double

        /// What it is compared with to see whether it is still bad: how it was in calm times, else the promise itself.
        var expected: Proportion? {
            if let calm, calm.count >= 200 { return calm }
            return promised.map { Proportion($0 * 1e6, of: 1e6) }
        }
        var tested: (worse: Double?, better: Double?) {
            guard let after else { return (nil, nil) }
            let worse = expected.flatMap {
                SequentialProportions.pValues(before: $0, after: after, dispersion: dispersion)?.more
            }
            let better = before.flatMap {
                SequentialProportions.pValues(before: $0, after: after, dispersion: dispersion)?.less
            }
            return (worse, better)
        }
        /// Worse than in calm times beyond chance, and not within what is promised.
        var isBad: Bool {
            guard let worse = tested.worse, let rate = after?.rate else { return false }
            return worse <= alpha && rate > promised ?? 0
        }
        var isBetter: Bool { tested.better.map { $0 <= alpha } ?? false }
        /// Nothing so far speaks against it being as it is to be.
        var looksFine: Bool {
            guard let rate = after?.rate, let expected = expected?.rate else { return true }
            return rate <= max(promised ?? 0, 2 * expected, 0.001)
        }
        var evidence: Proof.Evidence {
            let (worse, better) = tested
            let words = isBetter ? "better than before" : isBad ? "worse than it is to be" : ""
            return Proof.Evidence(
                name, before: before?.rate, after: after?.rate, countBefore: Int(before?.count ?? 0),
                countAfter: Int(after?.count ?? 0), expected: expected?.rate,
                pValue: isBad ? worse : [worse, better].compactMap { $0 }.min(), words: words)
        }
    }

    private var measures: [Measure] {
        let limit =
            limit.map { $0 < 1 ? "\(Int(($0 * 1000).rounded())) ms" : "\(($0 * 10).rounded() / 10) s" } ?? "the limit"
        return [
            Measure(
                name: "error ratio", before: before.errors, calm: calm?.errors, after: after.errors,
                promised: promised.errorRatio ?? promised.availability.map { 1 - $0 }, alpha: alpha * 0.4,
                dispersion: dispersion.errors),
            Measure(
                name: "share slower than \(limit)", before: before.slow, calm: calm?.slow, after: after.slow,
                // A promised 95th percentile lets one in twenty be slower.
                promised: promised.ttftP95.map { _ in 0.05 }, alpha: alpha * 0.1, dispersion: dispersion.slow),
        ]
    }

    /// Requests after, below which an outage is not called over.
    static let leastServed = 50.0

    /// - Parameter isLast: whether no more will come.
    func judge(isLast: Bool) -> Outcome {
        let measures = measures.filter { $0.after != nil || $0.before != nil }
        let evidence = measures.map(\.evidence) + [downEvidence].compactMap { $0 }
        func outcome(_ verdict: Proof.Verdict, _ words: String) -> Outcome {
            Outcome(verdict: verdict, words: words, evidence: evidence)
        }
        if let bad = measures.first(where: \.isBad) { return outcome(.notRecovered, Self.words(bad.evidence)) }
        let isFine = measures.allSatisfy(\.looksFine) && (after.downShare ?? 0) < 0.5
        if isFine, let better = measures.first(where: \.isBetter) {
            return outcome(.recovered, Self.words(better.evidence))
        }
        if isFine, (before.downShare ?? 0) >= 0.5, after.requests >= Self.leastServed {
            return outcome(.recovered, "it was down, and has served \(Int(after.requests)) requests since")
        }
        guard isLast else { return outcome(.open, "") }
        if (after.downShare ?? 0) >= 0.5 { return outcome(.notRecovered, "it is down") }
        if measures.isEmpty || after.requests < Self.leastServed {
            return outcome(.notEnoughData, "only \(Int(after.requests)) requests were counted since")
        }
        let shown = measures.map { Self.words($0.evidence) }.joined(separator: "; ")
        return outcome(.notEnoughData, "no difference beyond chance: \(shown)")
    }

    private var downEvidence: Proof.Evidence? {
        guard (before.downShare ?? 0) > 0 || (after.downShare ?? 0) > 0 else { return nil }
        return Proof.Evidence(
            "share of looks when down", before: before.downShare, after: after.downShare,
            countBefore: Int(before[.looks]), countAfter: Int(after[.looks]))
    }

    private static func words(_ evidence: Proof.Evidence) -> String {
        let p = evidence.pValue.map { $0 < 0.0001 ? ", p < 0.0001" : ", p \(($0 * 10000).rounded() / 10000)" } ?? ""
        return "\(evidence.name) \(percent(evidence.before)) -> \(percent(evidence.after)) of "
            + "\(evidence.countAfter)\(p)"
    }

    private static func percent(_ rate: Double?) -> String {
        rate.map { "\(($0 * 10000).rounded() / 100) %" } ?? "--"
    }
}
