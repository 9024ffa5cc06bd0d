/// A rule of pitwall's own: what is wrong when it holds, for how long, and how bad that is.
public struct Rule: Equatable, Sendable {
    /// The alert's name.
    public var name: String
    /// As written: an expression and a comparison, or `absent(...)`.
    public var expression: String
    /// Seconds that it must hold before it fires (`for`).
    public var pending: Double
    /// Seconds that it goes on firing after it has ceased to hold (`keep_firing_for`).
    public var keepFiring: Double
    /// Once it fires, the value that is compared with instead: nearer to what is usual, so that nothing flaps.
    public var clearsAt: Double?
    /// Put onto the alert, beside those of its series.
    public var labels: [String: String]
    /// May name `{{ $value }}` and `{{ $labels.NAME }}`.
    public var annotations: [String: String]
    /// Names of rules whose alerts about the same model are inhibited while this one fires; `*` is all others.
    public var inhibits: [String]
    /// Where the series are looked for; nil: everywhere.
    public var connection: ConnectionName?

    public init(
        _ name: String, _ expression: String, pending: Double = 0, keepFiring: Double = 0, clearsAt: Double? = nil,
        labels: [String: String] = [:], annotations: [String: String] = [:], inhibits: [String] = [],
        connection: ConnectionName? = nil
    ) {
        (self.name, self.expression, self.pending, self.keepFiring) = (name, expression, pending, keepFiring)
        (self.clearsAt, self.labels, self.annotations) = (clearsAt, labels, annotations)
        (self.inhibits, self.connection) = (inhibits, connection)
    }
}

/// Which rules are looked at, and how often.
public struct RuleSettings: Equatable, Sendable {
    /// Seconds between two evaluations.
    public var interval: Double
    public var rules: [Rule]

    public init(interval: Double = 15, rules: [Rule] = []) { (self.interval, self.rules) = (interval, rules) }
}

/// How a rule does.
public struct RuleState: Equatable, Sendable, Identifiable {
    public var rule: Rule
    /// Series that it looks at.
    public var series: Int
    public var pending: Int
    public var firing: Int
    /// Of those, how many are inhibited or silenced.
    public var suppressed: Int
    public var lastEvaluation: Timestamp?
    /// Why it says nothing: no series has its metric's name, or there are too many alerts.
    public var problem: String?
    public var id: String { rule.name }

    public init(
        _ rule: Rule, series: Int = 0, pending: Int = 0, firing: Int = 0, suppressed: Int = 0,
        lastEvaluation: Timestamp? = nil, problem: String? = nil
    ) {
        (self.rule, self.series, self.pending, self.firing) = (rule, series, pending, firing)
        (self.suppressed, self.lastEvaluation, self.problem) = (suppressed, lastEvaluation, problem)
    }

    /// The worst that it says: `firing`, `pending`, `no data` or `ok`.
    public var word: String { firing > 0 ? "firing" : pending > 0 ? "pending" : problem != nil ? "no data" : "ok" }
}

extension ConnectionName {
    /// Stands where pitwall itself is the source: its own alerts, and the silences that it holds.
    public static let pitwall = ConnectionName("pitwall")
}
