import PitModel
import PitStatistics
import PitStore

/// Compares a canary with the stable release beside it.
extension Engine {
    /// Seconds of one value that is compared, and how long back.
    private static let canaryStep = 30.0
    private static let canarySpan = 1800.0

    func adviseCanaries(_ now: Timestamp) {
        for state in desk.sorted() where state.deployment.traffic.count > 1 || state.deployment.status == .canary {
            let advice = advice(state, now)
            guard advice != state.advice else { continue }
            desk[state.id]?.advice = advice
            needsPublishing = true
        }
    }

    private func advice(_ state: DeploymentState, _ now: Timestamp) -> CanaryAdvice? {
        let deployment = state.deployment
        guard let name = deployment.model, let current = deployment.current else { return nil }
        let marks = Self.marks(state)
        let canary = current.hash.isEmpty ? current.name : current.hash
        guard let stable = marks.first(where: { $0 != canary }), marks.contains(canary) else {
            return CanaryAdvice(.hold, reasons: ["the canary's revision and the stable one cannot be told apart"])
        }
        let from = max(deployment.since ?? now.advanced(by: -Self.canarySpan), now.advanced(by: -Self.canarySpan))
        var history = OutcomeHistory([:])
        keep { history = OutcomeHistory(try store.outcomes(of: name, from: from.advanced(by: -60), to: now)) }
        func side(_ group: String) -> CanaryJudgement.Side {
            CanaryJudgement.Side(
                counts: history.counts(from: from, to: now, group: group),
                latencies: history.steps(from: from, to: now, seconds: Self.canaryStep, group: group)
                    .compactMap(\.meanLatency))
        }
        return CanaryJudgement(canary: side(canary), stable: side(stable)).advice
    }
}

/// What the two sides of a canary say.
struct CanaryJudgement {
    struct Side {
        var counts: OutcomeCounts
        /// Mean seconds to the first token, step by step.
        var latencies: [Double]
    }
    var canary: Side
    var stable: Side

    /// Requests of the canary, and steps, below which nothing is advised but to wait.
    static let leastRequests = 200.0
    static let leastSteps = 8
    private static let alpha = 0.025
    /// How many times slower is worth a word.
    private static let material = 1.05

    var advice: CanaryAdvice {
        var reasons: [String] = []
        var isWorse = false
        var isKnown = false
        if let a = stable.counts.errors, let b = canary.counts.errors {
            let rates =
                "errors \(Self.percent(b.rate)) of \(Int(b.count)), stable \(Self.percent(a.rate)) of \(Int(a.count))"
            if b.count >= Self.leastRequests {
                isKnown = true
                let p = SequentialProportions.difference(a, b)
                let differs = (p ?? 1) <= Self.alpha && (b.rate ?? 0) > (a.rate ?? 0)
                if differs { isWorse = true }
                reasons.append(rates + (p.map { ", always-valid p \(Self.short($0))" } ?? ""))
            } else {
                reasons.append("\(rates): fewer than \(Int(Self.leastRequests)) requests")
            }
        } else {
            reasons.append("errors are not counted by revision")
        }
        let (x, y) = (stable.latencies, canary.latencies)
        if min(x.count, y.count) >= Self.leastSteps,
            let result = MannWhitney.compare(OrderedValues(y), OrderedValues(x))
        {
            // The share of pairs in which the canary is the slower one.
            let share = result.u / Double(x.count * y.count)
            let slower = result.pValue <= Self.alpha && share > 0.5 && Self.median(y) > Self.median(x) * Self.material
            if slower { isWorse = true }
            reasons.append(
                "first token slower in \(Self.percent(share)) of the pairs of steps (Mann-Whitney p \(Self.short(result.pValue)))"
            )
        } else {
            reasons.append("latency: \(y.count) steps of the canary, \(Self.leastSteps) are needed")
            isKnown = false
        }
        if isWorse { return CanaryAdvice(.rollback, reasons: reasons) }
        return CanaryAdvice(isKnown ? .promote : .hold, reasons: reasons)
    }

    private static func median(_ values: [Double]) -> Double { Quantiles.median(values) ?? 0 }

    private static func percent(_ rate: Double?) -> String {
        rate.map { "\(($0 * 10000).rounded() / 100) %" } ?? "--"
    }
    private static func short(_ p: Double) -> String { p < 0.0001 ? "< 0.0001" : "\((p * 10000).rounded() / 10000)" }
}
