import PitModel

/// Where the values of series are that rules look at.
protocol RuleSource: AnyObject {
    /// The last value; nil when the last reading had none, or is too old.
    func value(_ slot: Int, now: Timestamp) -> Double?
    /// Fills `points` with those no older than `from`, oldest first.
    func points(_ slot: Int, from: Timestamp, into points: inout [DataPoint])
}

/// The labels of one series, or of one group of them, without the metric's name. Known by which it is.
final class RuleLabels {
    let values: [String: String]
    init(_ values: [String: String]) { self.values = values }

    /// Told apart by what they are.
    private(set) lazy var text = Self.text(of: values)

    static func text(of values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }.map { "\($0.key)\u{1}\($0.value)" }.joined(separator: "\u{2}")
    }
}

extension TargetSeries: RuleSource {
    func value(_ slot: Int, now: Timestamp) -> Double? {
        guard let readAt, now.since(readAt) <= Self.staleAfter(interval), isFresh(slot) else { return nil }
        return past.last(slots[slot].watch)?.value
    }

    func points(_ slot: Int, from: Timestamp, into points: inout [DataPoint]) {
        past.points(slots[slot].watch, from: from, into: &points)
    }

    /// Seconds after which a reading says nothing of now.
    static func staleAfter(_ interval: Double) -> Double { max(30, interval * 3.5) }
}
