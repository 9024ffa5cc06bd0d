public import PitModel
import PitParse

/// Rules over series that are written down: what a unit test of rules runs.
public struct RuleTrial {
    /// One series; an entry each `interval` seconds from 0 on, nil where it has no value.
    public struct Input: Sendable {
        public var series: SeriesKey
        public var values: [Double?]
        public init(_ series: SeriesKey, _ values: [Double?]) { (self.series, self.values) = (series, values) }
    }

    private final class Written: RuleSource {
        let values: [[DataPoint?]]
        let interval: Double

        init(_ inputs: [Input], interval: Double) {
            self.interval = interval
            values = inputs.map { input in
                input.values.enumerated().map { index, value in
                    value.map { DataPoint(Timestamp(seconds: Double(index) * interval), $0) }
                }
            }
        }

        func value(_ slot: Int, now: Timestamp) -> Double? {
            let index = Int((now.seconds / interval).rounded(.down))
            return values[slot].indices.contains(index) ? values[slot][index]?.value : nil
        }

        func points(_ slot: Int, from: Timestamp, into points: inout [DataPoint]) {
            points.removeAll(keepingCapacity: true)
            for case let point? in values[slot] where point.at >= from { points.append(point) }
        }
    }

    private let rules: [Rule]
    private let interval: Double
    private let inputs: [Input]

    public init(rules: [Rule], interval: Double, inputs: [Input]) {
        // What is written down comes from no connection.
        self.rules = rules.map { rule in
            var rule = rule
            rule.connection = nil
            return rule
        }
        (self.interval, self.inputs) = (max(0.001, interval), inputs)
    }

    /// Metrics that a rule names and that none of the series has: what it says of those is nothing. By the rule's name.
    public var unknownMetrics: [String: [String]] {
        let there = Set(inputs.map(\.series.name))
        var result: [String: [String]] = [:]
        for rule in rules {
            guard let runtime = try? RuleRuntime(rule) else { continue }
            let missing = runtime.selectors.map(\.name).filter { !there.contains($0) }
            if !missing.isEmpty { result[rule.name] = Array(Set(missing)).sorted() }
        }
        return result
    }

    /// Evaluations that one trial may have.
    public static let limit = 1_000_000

    /// All alerts at each of some moments, in seconds from the beginning; the rules are computed every `interval`.
    public func alerts(at moments: [Double]) -> [Double: [Alert]] {
        let book = RuleBook(RuleSettings(interval: interval, rules: rules))
        let source = Written(inputs, interval: interval)
        for (slot, input) in inputs.enumerated() { _ = book.bind(input.series, source, slot, of: .pitwall) }
        var result: [Double: [Alert]] = [:]
        var (step, alerts) = (0, [Alert]())
        for moment in moments.sorted() {
            while Double(step) * interval <= moment, step < Self.limit {
                alerts = book.evaluate(Timestamp(seconds: Double(step) * interval))
                step += 1
            }
            result[moment] = alerts
        }
        return result
    }
}
