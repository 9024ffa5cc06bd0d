/// How fast an error budget is spent (Google's SRE Workbook, chapter 5: multiwindow, multi-burn-rate alerts).
public enum ErrorBudget {
    public enum Speed: String, Sendable { case fast, slow }

    /// How many times faster than allowed: 1 spends the whole budget in the whole period. Nil without requests.
    /// `objective` is the promised share of good ones, 0.999.
    public static func burnRate(bad: Double, total: Double, objective: Double) -> Double? {
        guard total > 0, total.isFinite, bad.isFinite, objective < 1, objective >= 0 else { return nil }
        return max(0, bad) / total / (1 - objective)
    }

    /// Fast when both the hour and the last five minutes burn at 14.4 or more (2 % of 30 days in an hour), slow when
    /// both six hours and the last thirty minutes burn at 6 or more (5 % in six hours).
    public static func speed(hour: Double?, fiveMinutes: Double?, sixHours: Double?, thirtyMinutes: Double?) -> Speed? {
        if let hour, let fiveMinutes, hour >= 14.4, fiveMinutes >= 14.4 { return .fast }
        if let sixHours, let thirtyMinutes, sixHours >= 6, thirtyMinutes >= 6 { return .slow }
        return nil
    }

    /// The two windows of each speed, and of what goes on for days, in seconds.
    public static let windowPairs: [(words: String, pair: (long: Double, short: Double))] = [
        ("fast", (3600, 300)), ("slow", (21600, 1800)), ("steady", (259200, 21600)),
    ]

    /// The lesser of two windows' rates: what both exceed. Nil while one is not known.
    public static func lesser(_ long: Double?, _ short: Double?) -> Double? {
        long.flatMap { a in short.map { min(a, $0) } }
    }

    /// The share of the period's budget that is left, never below 0; `spent` is the share of bad requests so far.
    public static func left(badShare: Double, objective: Double) -> Double? {
        guard objective < 1, objective >= 0, badShare >= 0 else { return nil }
        return max(0, 1 - badShare / (1 - objective))
    }
}
