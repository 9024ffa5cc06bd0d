public import PitModel
import PitStatistics

extension EvaluationScoring {
    /// Above this a difference is one that chance makes often.
    static let significance = 0.05

    /// What the suite's thresholds say.
    public func verdict(_ figures: [EvaluationFigure], baseline: EvaluationScoring?) -> EvaluationVerdict {
        let lines = run.suite.thresholds.flatMap { threshold in
            run.suite.systems.map(\.name).filter { threshold.system == nil || threshold.system == $0 }.map {
                line(threshold, $0, figures, baseline)
            }
        }
        return EvaluationVerdict(lines: lines, baseline: baseline?.run.id)
    }

    private func line(
        _ threshold: EvaluationThreshold, _ system: String, _ figures: [EvaluationFigure],
        _ baseline: EvaluationScoring?
    ) -> EvaluationVerdict.Line {
        func said(_ outcome: EvaluationVerdict.Outcome, _ words: String) -> EvaluationVerdict.Line {
            .init(threshold, system: system, outcome, words)
        }
        let missing = run.suite.cases.count - answered(system)
        if Double(missing) > run.suite.mostMissing * Double(run.suite.cases.count) {
            return said(.unknown, "\(missing) of \(run.suite.cases.count) cases have no answer")
        }
        let figure = figures.first {
            $0.metric == threshold.metric && $0.system == system && $0.slice == threshold.slice
        }
        guard let figure, let value = figure.value else { return said(.unknown, "no case has what it needs") }
        let words = Self.words(value, figure.interval) + ", n \(figure.cases)"
        if let judge = run.suite.judges?[threshold.metric] {
            guard let calibration = run.calibrations?[threshold.metric], calibration.isTrusted else {
                let said = run.calibrations?[threshold.metric]?.words ?? "judge \(judge.name) was not calibrated"
                return .init(threshold, system: system, .untrusted, "\(words); \(said)")
            }
            let unsaid = run.suite.cases.count - figure.cases
            if threshold.slice == nil, Double(unsaid) > run.suite.mostMissing * Double(run.suite.cases.count) {
                return said(.unknown, "\(unsaid) of \(run.suite.cases.count) answers have no word of the judge")
            }
        }
        switch threshold.bound {
        case .atLeast(let least): return said(value >= least ? .held : .breached, words)
        case .atMost(let most): return said(value <= most ? .held : .breached, words)
        case .worseBy(let allowed): return compared(threshold, system, words, allowed, baseline)
        }
    }

    private func compared(
        _ threshold: EvaluationThreshold, _ system: String, _ own: String, _ allowed: Double,
        _ baseline: EvaluationScoring?
    ) -> EvaluationVerdict.Line {
        func said(_ outcome: EvaluationVerdict.Outcome, _ words: String) -> EvaluationVerdict.Line {
            .init(threshold, system: system, outcome, "\(own); \(words)")
        }
        // The first run of a suite is what later ones are held against.
        guard let baseline else { return said(.unclear, "there is no run to compare with yet") }
        guard let partner = partner(of: system, in: baseline.run),
            let found = difference(threshold.metric, system, with: baseline, partner, slice: threshold.slice)
        else { return said(.unknown, "\(baseline.run.id) has no case in common") }
        // Theirs less ours: what we lost where more is better.
        let isHigherBetter = metrics[threshold.metric]?.info.isHigherBetter ?? true
        let loss = isHigherBetter ? found.value : -found.value
        let words =
            "\(Self.words(-found.value, found.interval.map { -$0.upperBound ... -$0.lowerBound }, isSigned: true)) "
            + "against \(baseline.run.id), p \(Self.short(found.p)), n \(found.cases)"
        guard loss > allowed else { return said(.held, words) }
        return said(found.p < Self.significance ? .breached : .unclear, words)
    }

    /// A figure and its interval: `0.812 [0.790, 0.834]`.
    public static func words(_ value: Double, _ interval: ClosedRange<Double>?, isSigned: Bool = false) -> String {
        let sign = isSigned && value > 0 ? "+" : ""
        guard let interval else { return sign + short(value) }
        return "\(sign)\(short(value)) [\(short(interval.lowerBound)), \(short(interval.upperBound))]"
    }

    /// Three decimals below 10, then one.
    public static func short(_ value: Double) -> String {
        guard value.isFinite else { return "--" }
        let scale = abs(value) < 10 ? 1000.0 : 10
        let whole = (value * scale).rounded()
        guard abs(whole) < 1e15 else { return "\(value)" }
        let number = Int64(abs(whole))
        let digits = String(number % Int64(scale))
        let padded = String(repeating: "0", count: (scale == 1000 ? 3 : 1) - digits.count) + digits
        return (whole < 0 ? "-" : "") + "\(number / Int64(scale)).\(padded)"
    }
}

extension JudgeCalibration {
    /// `critic: kappa 0.31 [0.10, 0.52] with people, n 40, base rate 0.80: under 0.4, gates nothing`.
    public var words: String {
        guard items > 0 else { return "\(judge): people have judged nothing under this rubric: it gates nothing" }
        var text = "\(judge): kappa "
        text +=
            kappa.map { value in
                EvaluationScoring.words(value, low.flatMap { low in high.map { min(low, $0)...max(low, $0) } })
            } ?? "--"
        text += " with people, n \(items), base rate \(baseRate.map(EvaluationScoring.short) ?? "--")"
        if isTrusted { return text }
        return text + (items < leastItems ? ": fewer than \(leastItems)" : ": under \(EvaluationScoring.short(floor))")
            + ", gates nothing"
    }
}
