import Glibc
public import PitModel
public import PitStatistics
import PitStore

/// Runs the trials of a sweep, so many at once, and ends those early that do badly. The plan is on the disk before the
/// first trial begins; after a crash it is gone on with from what became of the trials.
public struct TrainingSweep: Sendable {
    private let desk: TrainingDesk
    private let tell: @Sendable (String) -> Void
    /// Seconds between two looks.
    private let pause: Double
    private let template: String
    private let atOnce: Int
    private let rule: SweepPlan.Rule?
    private let budget: SweepPlan.Budget?

    public init(
        desk: TrainingDesk, template: String, atOnce: Int, rule: (metric: String, halving: SuccessiveHalving)? = nil,
        budget: SweepPlan.Budget? = nil, pause: Double = 0.3, tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        (self.desk, self.template, self.atOnce, self.budget) = (desk, template, max(1, atOnce), budget)
        (self.pause, self.tell) = (pause, tell)
        self.rule = rule.map {
            .init(
                metric: $0.metric, first: $0.halving.first, factor: $0.halving.factor,
                isHigherBetter: $0.halving.isHigherBetter)
        }
    }

    /// All trials, once each has ended; the best by the rule's metric first.
    public func run(_ trials: [[String: String]], now: Timestamp) async throws -> [Training] {
        let plan = try desk.plan(
            SweepPlan(
                name: "\(template)-sweep-\(now.milliseconds / 1000)", template: template, trials: trials,
                atOnce: atOnce, rule: rule, budget: budget))
        tell("\(plan.name): \(trials.count) trials, \(atOnce) at once")
        tell("if this ends early, go on with: pitwall train sweep --resume \(plan.name)")
        var course = Course(plan, desk, pause, tell)
        return try await course.run()
    }

    /// Goes on with a sweep whose command ended early: trials that run are taken up, those that were never begun, or whose
    /// end nobody saw, are begun.
    public static func resume(
        _ name: String, desk: TrainingDesk, pause: Double = 0.3, tell: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> [Training] {
        let plan = try desk.plan(named: name)
        var course = Course(plan, desk, pause, tell)
        try course.takeUp()
        return try await course.run()
    }
}

/// A sweep under way.
private struct Course {
    private let plan: SweepPlan
    private let desk: TrainingDesk
    private let pause: Double
    private let tell: @Sendable (String) -> Void
    private var halving: SuccessiveHalving?
    /// Trials that are to begin, the next one last.
    private var waiting: [Int]
    private var running: [Training] = []
    private var ended: [Training] = []
    /// Trainings that another process began: one of them that never did begins anew.
    private var found: Set<String> = []
    private var isSpent = false

    init(_ plan: SweepPlan, _ desk: TrainingDesk, _ pause: Double, _ tell: @escaping @Sendable (String) -> Void) {
        (self.plan, self.desk, self.pause, self.tell) = (plan, desk, pause, tell)
        waiting = plan.trials.indices.reversed()
        halving = plan.rule.map {
            SuccessiveHalving(first: $0.first, factor: $0.factor, isHigherBetter: $0.isHigherBetter)
        }
    }

    mutating func takeUp() throws {
        // The newest of each trial is the one that counts.
        var latest: [Int: Training] = [:]
        for training in try desk.trainings(sweep: plan.name, limit: 10_000) {
            guard let trial = training.trial, plan.trials.indices.contains(trial), latest[trial] == nil else {
                continue
            }
            latest[trial] = training
        }
        let known = latest.values.sorted { ($0.trial ?? 0) < ($1.trial ?? 0) }
        for training in known {
            if training.end == nil {
                running.append(training)
                found.insert(training.id)
            } else if !Self.isToRepeat(training) {
                ended.append(training)
                try judge(training)
            }
        }
        let over = Set((running + ended).compactMap(\.trial))
        waiting.removeAll { over.contains($0) }
        tell(
            "\(plan.name): \(ended.count) of \(plan.trials.count) trials have ended, \(running.count) run, "
                + "\(waiting.count) are to begin")
    }

    /// Whether nothing came of it, for reasons that lie outside it.
    private static func isToRepeat(_ training: Training) -> Bool {
        training.end?.kind == .notStarted || training.end?.kind == .lost
    }

    mutating func run() async throws -> [Training] {
        guard let lock = desk.hold(sweep: plan.name) else {
            throw TrainingDesk.Fault(
                "\(plan.name) is run by another pitwall", hint: "See it: pitwall train list --sweep \(plan.name)")
        }
        defer { close(lock) }
        while !waiting.isEmpty || !running.isEmpty {
            while running.count < plan.atOnce, let trial = waiting.popLast() { try await begin(trial) }
            try await Task.sleep(for: .seconds(pause))
            try look()
            try spend()
        }
        return ranked()
    }

    private mutating func begin(_ trial: Int) async throws {
        let values = plan.trials[trial]
        let training = try await desk.start(plan.template, values, sweep: plan.name, trial: trial)
        let words = values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        tell("\(training.id): \(words)")
        running.append(training)
    }

    private mutating func look() throws {
        var still: [Training] = []
        for trial in running {
            let seen = try desk.training(trial.id)
            try judge(seen)
            guard let end = seen.end else {
                still.append(seen)
                continue
            }
            if found.contains(seen.id), Self.isToRepeat(seen), !isSpent, let number = seen.trial {
                waiting.append(number)
                continue
            }
            tell("\(seen.id): \(end.kind.rawValue)\(end.words.isEmpty ? "" : ", \(end.words)")")
            ended.append(seen)
        }
        running = still
    }

    /// Nothing more begins once the budget is used up, and what runs is stopped.
    private mutating func spend() throws {
        guard let budget = plan.budget else { return }
        let now = desk.clock.now()
        guard let words = budget.exhausted((running + ended).compactMap { $0.used(at: now) }) else { return }
        if !isSpent { tell("\(words): \(waiting.count) trials do not begin, \(running.count) are stopped") }
        (isSpent, waiting) = (true, [])
        for trial in running where trial.stopAsked == nil {
            let seen = try desk.training(trial.id)
            if seen.end == nil, seen.stopAsked == nil { _ = try desk.stop(trial.id, why: words) }
        }
    }

    /// Notes what a trial has reached. One that runs is held against the others at the farthest rung it has come to, again
    /// whenever another comes as far: whoever came first was the best then.
    private mutating func judge(_ trial: Training) throws {
        guard let metric = plan.rule?.metric, var halving, let points = desk.curves(trial.id)[metric],
            let last = points.last, let farthest = halving.rung(at: last.step)
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
        self.halving = halving
    }

    private func ranked() -> [Training] {
        guard let rule = plan.rule else { return ended }
        func value(_ training: Training) -> Double? {
            desk.curves(training.id)[rule.metric]?.last?.value
        }
        let values = ended.map { ($0, value($0).flatMap { $0.isNaN ? nil : $0 }, $0.end?.kind == .finished) }
        return values.sorted { a, b in
            if a.2 != b.2 { return a.2 }
            guard let one = a.1, let other = b.1 else { return a.1 != nil && b.1 == nil }
            return rule.isHigherBetter ? one > other : one < other
        }.map(\.0)
    }
}

extension TrainingDesk {
    /// Writes a sweep's plan down.
    func plan(_ plan: SweepPlan) throws(Fault) -> SweepPlan {
        try refuseReading()
        let template = templates.first { $0.name == plan.template }
        if let budget = plan.budget, let template {
            // Pods tell what they hold; of what else runs only the template can.
            let isTold = if case .object? = template.place?.work { true } else { template.gpus != nil }
            guard isTold else {
                throw Fault(
                    "nobody tells how many GPUs `\(template.name)` takes, so that a budget cannot hold",
                    hint: "Write `gpus: 1` into the template.")
            }
            if budget.cost != nil, template.price == nil {
                throw Fault(
                    "what a GPU costs is not known, so that a budget of money cannot hold",
                    hint: "Write `gpu_price: 2.80 EUR` (an hour of one GPU) into the template.")
            }
        }
        return try told { () throws(StoreFault) in try store.begin(plan, author: author, at: clock.now()) }
    }

    func plan(named name: String) throws(Fault) -> SweepPlan {
        try refuseReading()
        if let plan = try told({ () throws(StoreFault) in try store.sweep(name) }) { return plan }
        let known = try told { () throws(StoreFault) in try store.sweeps() }
        throw Fault(
            "there is no sweep `\(name)`",
            hint: known.isEmpty ? "None was begun here." : "The last ones: \(known.prefix(5).joined(separator: ", ")).")
    }

    /// Held by the process that runs a sweep; nil when another does.
    func hold(sweep name: String) -> Int32? { folder(name).holdLock(making: true) }
}
