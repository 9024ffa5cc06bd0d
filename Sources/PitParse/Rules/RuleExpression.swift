public import PitModel

/// What a rule computes, in a small part of PromQL: selectors, `rate`, `increase`, `quantile`, sums over labels, and
/// arithmetic.
public indirect enum RuleExpression: Equatable, Sendable {
    /// How series are made into one.
    public enum Aggregate: String, Sendable, CaseIterable { case sum, min, max, avg, count }
    public enum Operator: String, Sendable, CaseIterable {
        case add = "+", subtract = "-", multiply = "*", divide = "/"
    }

    /// The series' last values. The matchers hold the metric's name, too.
    case latest([Matcher])
    /// A counter's increase per second over so many seconds.
    case rate([Matcher], seconds: Double)
    /// The same, not per second.
    case increase([Matcher], seconds: Double)
    /// The quantile of a classic histogram over so many seconds; the matchers name it with or without `_bucket`.
    case quantile(Double, [Matcher], seconds: Double)
    /// One value for each combination of the labels named; without any, one for all.
    case aggregate(Aggregate, by: [String], RuleExpression)
    /// Between series of the same labels, or with a number.
    case arithmetic(Operator, RuleExpression, RuleExpression)
    case number(Double)

    /// Seconds that it looks back at most.
    public var range: Double {
        switch self {
        case .latest, .number: 0
        case .rate(_, let seconds), .increase(_, let seconds), .quantile(_, _, let seconds): seconds
        case .aggregate(_, _, let inner): inner.range
        case .arithmetic(_, let a, let b): max(a.range, b.range)
        }
    }

    /// Every selector in it.
    public var selectors: [[Matcher]] {
        switch self {
        case .number: []
        case .latest(let matchers), .rate(let matchers, _), .increase(let matchers, _), .quantile(_, let matchers, _):
            [matchers]
        case .aggregate(_, _, let inner): inner.selectors
        case .arithmetic(_, let a, let b): a.selectors + b.selectors
        }
    }
}

/// What makes a rule hold.
public enum RuleCondition: Equatable, Sendable {
    public enum Comparison: String, Sendable, CaseIterable {
        case atLeast = ">=", atMost = "<=", equal = "==", unequal = "!=", above = ">", below = "<"

        public func holds(_ a: Double, _ b: Double) -> Bool {
            switch self {
            case .above: a > b
            case .atLeast: a >= b
            case .below: a < b
            case .atMost: a <= b
            case .equal: a == b
            case .unequal: a != b
            }
        }
    }

    case compare(RuleExpression, Comparison, Double)
    /// No series matches.
    case absent([Matcher])

    public var range: Double { if case .compare(let expression, _, _) = self { expression.range } else { 0 } }
    public var selectors: [[Matcher]] {
        switch self {
        case .compare(let expression, _, _): expression.selectors
        case .absent(let matchers): [matchers]
        }
    }
}
