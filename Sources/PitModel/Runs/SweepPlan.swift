/// A sweep as it was planned: on the disk before its first trial begins, so that it can be gone on with.
public struct SweepPlan: Equatable, Codable, Sendable {
    /// When a trial ends early.
    public struct Rule: Equatable, Codable, Sendable {
        public var metric: String
        public var first: Int
        public var factor: Int
        public var isHigherBetter: Bool
        public init(metric: String, first: Int, factor: Int, isHigherBetter: Bool) {
            (self.metric, self.first, self.factor) = (metric, first, factor)
            self.isHigherBetter = isHigherBetter
        }
    }

    /// What all trials together may take. What has been taken is seen; nothing is foretold, so that the last trials may
    /// take a little more.
    public struct Budget: Equatable, Codable, Sendable {
        public var gpuHours: Double?
        public var cost: Double?
        public init(gpuHours: Double? = nil, cost: Double? = nil) { (self.gpuHours, self.cost) = (gpuHours, cost) }

        /// In words, what of it is used up; nil while nothing is.
        public func exhausted(_ used: [RunUsage]) -> String? {
            let hours = used.reduce(0) { $0 + ($1.gpuHours ?? 0) }
            if let gpuHours, hours >= gpuHours { return "the sweep's budget of \(gpuHours) GPU hours is used up" }
            let spent = used.reduce(0) { $0 + ($1.cost ?? 0) }
            if let cost, spent >= cost {
                let currency = used.map(\.currency).first { !$0.isEmpty }.map { " \($0)" } ?? ""
                return "the sweep's budget of \(cost)\(currency) is used up"
            }
            return nil
        }
    }

    public var name: String
    public var template: String
    /// The values of each trial.
    public var trials: [[String: String]]
    public var atOnce: Int
    public var rule: Rule?
    public var budget: Budget?
    public init(
        name: String, template: String, trials: [[String: String]], atOnce: Int, rule: Rule? = nil,
        budget: Budget? = nil
    ) {
        (self.name, self.template, self.trials, self.atOnce) = (name, template, trials, max(1, atOnce))
        (self.rule, self.budget) = (rule, budget)
    }
}
