import PitModel

extension Console {
    /// Seconds after which runs are read again: one may be under way.
    private static let evaluationPatience = 5.0

    mutating func evaluationLoads() -> [Effect] {
        guard let query = top.evaluates(world) else { return [] }
        let patience = Self.evaluationPatience
        let isTime = evaluated.noteIfDue(query, at: world.now, patience: patience, memory: patience)
        return isTime ? [.evaluate(query)] : []
    }

    mutating func take(_ query: EvaluationQuery, _ page: EvaluationPage) {
        world.evaluations[query] = page
        if world.evaluations.count > 8 { world.evaluations = [query: page] }
        settle()
    }
}

extension EvaluationRun {
    /// The thresholds' word, and how it is coloured: what is not over is no verdict.
    var outcome: (word: String, isBad: Bool, isGood: Bool) {
        switch state {
        case .running: return ("unfinished", false, false)
        case .stopped: return ("stopped", true, false)
        case .finished:
            guard let outcome = verdict?.outcome else { return ("no thresholds", false, false) }
            return (outcome.rawValue, outcome == .breached, outcome == .held)
        }
    }
}

/// A figure of an evaluation as cells show it: three decimals below 10, then one.
enum EvaluationFigures {
    static func short(_ value: Double?) -> String {
        guard let value, value.isFinite, abs(value) < 1e12 else { return "--" }
        let places = abs(value) < 10 ? 3 : 1
        let scale = places == 3 ? 1000.0 : 10
        let whole = Int64((abs(value) * scale).rounded())
        let digits = String(whole % Int64(scale))
        let sign = value < 0 && whole != 0 ? "-" : ""
        return "\(sign)\(whole / Int64(scale))." + String(repeating: "0", count: places - digits.count) + digits
    }

    static func interval(_ interval: ClosedRange<Double>?) -> String {
        interval.map { "[\(short($0.lowerBound)), \(short($0.upperBound))]" } ?? "--"
    }
}
