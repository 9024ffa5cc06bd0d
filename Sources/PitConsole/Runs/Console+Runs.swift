import PitGrid
import PitModel

extension Console {
    /// Seconds after which runs are read again: the list, one that goes on, and what is over.
    private static let (listPatience, openPatience, closedPatience) = (15.0, 5.0, 120.0)

    mutating func runLoads() -> [Effect] {
        guard let query = top.wantsRuns(world) else { return [] }
        let page = world.runs[query]
        let isOver = page?.runs.allSatisfy { !$0.status.isOpen } == true && page?.faults.isEmpty == true
        let patience = query.runs.isEmpty ? Self.listPatience : isOver ? Self.closedPatience : Self.openPatience
        let isTime = runsAsked.noteIfDue(query, at: world.now, patience: patience, memory: Self.closedPatience)
        return isTime ? [.loadRuns(query)] : []
    }

    mutating func take(_ query: RunQuery, _ page: RunPage) {
        world.runs[query] = page
        if world.runs.count > 8 { world.runs = world.runs.filter { $0.key == query || $0.key.runs.isEmpty } }
        settle()
    }
}

extension TrainingRun {
    var role: Role {
        switch status {
        case .running: .ok
        case .scheduled: .notice
        case .finished: diverged ? .warn : .text
        case .failed, .lost: .fail
        case .stopped: .warn
        case .unknown: .unknown
        }
    }

    /// Whether a loss of it is no number any more.
    var diverged: Bool { metrics.contains { $0.key.lowercased().contains("loss") && !$0.value.value.isFinite } }

    /// Parameters on one line, those that matter for telling runs apart first.
    func parameterLine(first: [String]) -> String {
        let rest = parameters.keys.sorted().filter { !first.contains($0) }
        return (first + rest).compactMap { name in parameters[name].map { "\(name)=\(RunFigures.line($0))" } }
            .joined(separator: " ")
    }
}

/// How figures of runs are written.
enum RunFigures {
    /// Four figures; what is no number says so.
    static func value(_ value: Double?) -> String {
        guard let value else { return "--" }
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        let size = abs(value)
        if size != 0, size < 0.001 || size >= 100_000 { return Figures.short(value) }
        return Figures.fixed(value, size < 1 ? 4 : size < 100 ? 3 : 1)
    }

    static func line(_ text: String) -> String { text.split { $0.isNewline }.joined(separator: " ") }

    /// A run's name where there is little room for it.
    static func short(_ name: String) -> String { String(line(name).prefix(24)) }

    /// An exponential average with the weight of the past, and without the start's pull to 0 (as TensorBoard draws it).
    /// What is no number stays out of it, and stays where it is.
    static func smoothed(_ points: [MetricPoint], weight: Double) -> [MetricPoint] {
        guard weight > 0 else { return points }
        var (sum, share) = (0.0, 1.0)
        return points.map { point in
            guard point.value.isFinite else { return point }
            sum = sum * weight + point.value * (1 - weight)
            share *= weight
            return MetricPoint(step: point.step, at: point.at, value: sum / (1 - share))
        }
    }
}
