import PitModel

/// Decides how a model does, and says why, from what is known of it.
enum HealthRule {
    static func judge(_ state: ModelState, isConfigured: Bool, faults: [ConnectorFault]) -> (Health, String) {
        if !isConfigured { return (.unknown, "no metrics and no endpoints configured") }
        if state.replicasKnown > 0, state.replicasUp == 0 {
            return (.down, faults.first?.summary ?? "no replica answers")
        }
        if state.replicasKnown == 0 {
            return faults.first.map { (.down, $0.summary) } ?? (.unknown, "waiting for the first samples")
        }
        if let broken = promise(.errorRatio, in: state) { return (.erring, broken) }
        for signal in [Signal.ttftP95, .itlP95, .e2eP95] {
            if let broken = promise(signal, in: state) { return (.slow, broken) }
        }
        if state.replicasUp < state.replicasKnown {
            let why = faults.first.map { ": \($0.summary)" } ?? ""
            return (
                .degraded, "\(state.replicasKnown - state.replicasUp) of \(state.replicasKnown) replicas down\(why)"
            )
        }
        if state.isStale { return (.stale, "no fresh samples") }
        return (.ok, "")
    }

    /// The broken promise in words, or nil when it is kept, not made, or not measured.
    private static func promise(_ signal: Signal, in state: ModelState) -> String? {
        guard !state.isStale, let limit = state.slo.limit(for: signal), let seen = state.signals[signal],
            seen.value > limit
        else { return nil }
        let value = words(seen.value, signal.info.unit)
        return "\(signal.info.short) \(seen.isAtLeast ? ">= " : "")\(value), promised \(words(limit, signal.info.unit))"
    }

    static func words(_ value: Double, _ unit: SignalUnit) -> String {
        switch unit {
        case .seconds: value < 1 ? "\(Int((value * 1000).rounded())) ms" : "\((value * 10).rounded() / 10) s"
        case .ratio: "\((value * 1000).rounded() / 10)%"
        default: "\((value * 10).rounded() / 10)"
        }
    }
}
