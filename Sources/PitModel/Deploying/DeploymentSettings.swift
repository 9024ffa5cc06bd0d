/// How deployments are watched and acted on, as configured.
public struct DeploymentSettings: Equatable, Sendable {
    /// Who must agree before something is sent: 1 is who asks, 2 wants a second person.
    public var approvals = 1
    public var freezes: [FreezeWindow] = []
    public var proof = ProofSettings()
    public var guards: [GuardRule] = []
    /// Seconds after which a rollout that neither ends nor fails is said not to have been seen.
    public var patience = 3600.0
    public init() {}
}

/// A time in which nothing is to be changed.
public struct FreezeWindow: Equatable, Sendable {
    public var reason: String
    /// Deployments that it is for, `prod/*`; empty: all.
    public var names: [String]
    /// From one moment to another.
    public var span: TimeRange?
    /// Or each week: days from Monday, 0...6; empty: every day.
    public var days: Set<Int>
    /// Seconds of the day, UTC; an end before the beginning is on the next day.
    public var from: Double
    public var to: Double
    public init(
        reason: String, names: [String] = [], span: TimeRange? = nil, days: Set<Int> = [], from: Double = 0,
        to: Double = 86400
    ) {
        (self.reason, self.names, self.span) = (reason, names, span)
        (self.days, self.from, self.to) = (days, from, to)
    }

    public func holds(at: Timestamp) -> Bool {
        if let span { return at >= span.from && at < span.to }
        let day = (at.seconds / 86400).rounded(.down)
        let second = at.seconds - day * 86400
        // The epoch began on a Thursday.
        let weekday = ((Int(day) + 3) % 7 + 7) % 7
        func isOn(_ weekday: Int) -> Bool { days.isEmpty || days.contains((weekday + 7) % 7) }
        if from <= to { return isOn(weekday) && second >= from && second < to }
        return isOn(weekday) && second >= from || isOn(weekday - 1) && second < to
    }
}

/// How it is proved that an operation helped.
public struct ProofSettings: Equatable, Sendable {
    /// Seconds after the rollout in which it is decided at the latest.
    public var window = 600.0
    /// Seconds before that are compared with, at most.
    public var before = 1800.0
    /// The share of proofs that may call equal releases better or worse.
    public var alpha = 0.05
    public init() {}
}

/// Rolls back by itself after a release that burns the error budget. There is none unless somebody configures it.
public struct GuardRule: Equatable, Sendable {
    /// Deployments that it is for: `prod/*`.
    public var names: [String]
    /// How many times faster than promised the budget burns.
    public var burnRate: Double
    /// Seconds that it must burn so.
    public var duration: Double
    /// Seconds after a release in which the guard looks.
    public var watch: Double
    /// Seconds in which a person can say no.
    public var countdown: Double
    /// Times in a span of seconds at most, over all deployments of the rule.
    public var limit: Int
    public var limitSpan: Double
    public init(
        names: [String], burnRate: Double, duration: Double = 120, watch: Double = 3600, countdown: Double = 60,
        limit: Int = 1, limitSpan: Double = 86400
    ) {
        (self.names, self.burnRate, self.duration, self.watch) = (names, burnRate, duration, watch)
        (self.countdown, self.limit, self.limitSpan) = (countdown, limit, limitSpan)
    }

    /// Who acts in its name.
    public static let author = "pitwall guard"
}

/// Names with `*` for anything: `prod/*`.
public enum NamePattern {
    public static func matches(_ pattern: String, _ name: String) -> Bool {
        let (pattern, name) = (Array(pattern.utf8), Array(name.utf8))
        var (p, n, star, mark) = (0, 0, -1, 0)
        while n < name.count {
            if p < pattern.count, pattern[p] == 0x2A {
                (star, mark) = (p, n)
                p += 1
            } else if p < pattern.count, pattern[p] == name[n] {
                (p, n) = (p + 1, n + 1)
            } else if star >= 0 {
                mark += 1
                (p, n) = (star + 1, mark)
            } else {
                return false
            }
        }
        while p < pattern.count, pattern[p] == 0x2A { p += 1 }
        return p == pattern.count
    }

    /// Whether one of them is about the deployment, by its path or its full name. None: all are.
    public static func any(_ patterns: [String], _ id: DeploymentID) -> Bool {
        patterns.isEmpty || patterns.contains { matches($0, id.path) || matches($0, id.description) }
    }
}
