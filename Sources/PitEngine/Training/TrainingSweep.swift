public import PitModel
public import PitStatistics

/// Runs the trials of a sweep, so many at once, and ends those early that do badly.
public struct TrainingSweep: Sendable {
    private let desk: TrainingDesk
    private let template: String
    private let atOnce: Int
    private let rule: (metric: String, halving: SuccessiveHalving)?
    private let tell: @Sendable (String) -> Void
    /// Seconds between two looks.
    private let pause: Double

    public init(
        desk: TrainingDesk, template: String, atOnce: Int, rule: (metric: String, halving: SuccessiveHalving)? = nil,
        pause: Double = 0.3, tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        (self.desk, self.template, self.atOnce, self.rule) = (desk, template, max(1, atOnce), rule)
        (self.pause, self.tell) = (pause, tell)
    }

    /// All trials, once each has ended; the best by the rule's metric first.
    public func run(_ trials: [[String: String]], now: Timestamp) async throws -> [Training] {
        let name = "\(template)-sweep-\(now.milliseconds / 1000)"
        tell("\(name): \(trials.count) trials, \(atOnce) at once")
        var (waiting, running, ended): ([[String: String]], [Training], [Training]) = (trials.reversed(), [], [])
        var halving = rule?.halving
        while !waiting.isEmpty || !running.isEmpty {
            while running.count < atOnce, let values = waiting.popLast() {
                let trial = try await desk.start(template, values, sweep: name)
                tell(
                    "\(trial.id): \(values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "))"
                )
                running.append(trial)
            }
            try await Task.sleep(for: .seconds(pause))
            var still: [Training] = []
            for trial in running {
                let seen = try desk.training(trial.id)
                if let metric = rule?.metric, var rule = halving {
                    try judge(seen, metric, &rule)
                    halving = rule
                }
                if let end = seen.end {
                    tell("\(seen.id): \(end.kind.rawValue)\(end.words.isEmpty ? "" : ", \(end.words)")")
                    ended.append(seen)
                    continue
                }
                still.append(seen)
            }
            running = still
        }
        return ranked(ended)
    }

    /// Notes what a trial has reached. One that runs is held against the others at the farthest rung it has come to, again
    /// whenever another comes as far: whoever came first was the best then.
    private func judge(_ trial: Training, _ metric: String, _ halving: inout SuccessiveHalving) throws {
        guard let points = desk.curves(trial.id)[metric], let last = points.last,
            let farthest = halving.rung(at: last.step)
        else { return }
        for rung in 0...farthest {
            let step = halving.step(of: rung)
            guard let point = points.first(where: { $0.step >= step }) else { continue }
            let goesOn = halving.goesOn(trial.id, at: rung, value: point.value)
            guard rung == farthest, !goesOn, trial.end == nil, trial.stopAsked == nil else { continue }
            let words = "\(metric) \(point.value) at step \(step) is not among the best of those that came as far"
            _ = try desk.stop(trial.id, why: words)
            tell("\(trial.id): ended early: \(words)")
        }
    }

    private func ranked(_ all: [Training]) -> [Training] {
        guard let rule else { return all }
        func value(_ training: Training) -> Double? {
            desk.curves(training.id)[rule.metric]?.last?.value
        }
        let values = all.map { ($0, value($0).flatMap { $0.isNaN ? nil : $0 }, $0.end?.kind == .finished) }
        return values.sorted { a, b in
            if a.2 != b.2 { return a.2 }
            guard let one = a.1, let other = b.1 else { return a.1 != nil && b.1 == nil }
            return rule.halving.isHigherBetter ? one > other : one < other
        }.map(\.0)
    }
}
