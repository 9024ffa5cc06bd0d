public import PitModel

/// Rates of counters as Prometheus computes them from the same samples (`promql/functions.go`, `extrapolatedRate`).
public enum CounterRate {
    /// Whether a sample exactly on the range's lower edge belongs to it: it did before Prometheus 3.0.
    public enum LowerEdge: Sendable { case open, closed }

    /// The increase per second over `from ..< to`, extrapolated to its edges; nil with fewer than two samples.
    /// Points are oldest first; staleness markers must not be among them.
    public static func rate(
        _ points: some RandomAccessCollection<DataPoint>, from: Timestamp, to: Timestamp, edge: LowerEdge = .open
    ) -> Double? {
        let range = to.since(from)
        guard range > 0 else { return nil }
        return increase(points, from: from, to: to, edge: edge).map { $0 / range }
    }

    /// The increase over the range, in the counter's unit; need not be whole.
    public static func increase(
        _ points: some RandomAccessCollection<DataPoint>, from: Timestamp, to: Timestamp, edge: LowerEdge = .open
    ) -> Double? {
        extrapolated(points, from: from, to: to, edge: edge, isCounter: true)
    }

    /// The difference of a gauge over the range, extrapolated as `increase` is, without looking for resets.
    public static func delta(
        _ points: some RandomAccessCollection<DataPoint>, from: Timestamp, to: Timestamp, edge: LowerEdge = .open
    ) -> Double? {
        extrapolated(points, from: from, to: to, edge: edge, isCounter: false)
    }

    /// The rate between the last two samples in the range.
    public static func instant(
        _ points: some RandomAccessCollection<DataPoint>, from: Timestamp, to: Timestamp, edge: LowerEdge = .open
    ) -> Double? {
        let inside = inside(points, from, to, edge).suffix(2)
        guard inside.count == 2, let last = inside.last, let first = inside.first else { return nil }
        let seconds = last.at.since(first.at)
        guard seconds > 0 else { return nil }
        return (last.value < first.value ? last.value : last.value - first.value) / seconds
    }

    /// How often the counter fell.
    public static func resets(_ points: some Collection<DataPoint>) -> Int {
        zip(points, points.dropFirst()).reduce(0) { $0 + ($1.1.value < $1.0.value ? 1 : 0) }
    }

    /// Those in the range, without copying what lies side by side in memory.
    private static func inside<C: RandomAccessCollection<DataPoint>>(
        _ points: C, _ from: Timestamp, _ to: Timestamp, _ edge: LowerEdge
    ) -> C.SubSequence {
        points.drop { edge == .open ? $0.at <= from : $0.at < from }.prefix { $0.at <= to }
    }

    private static func extrapolated(
        _ points: some RandomAccessCollection<DataPoint>, from: Timestamp, to: Timestamp, edge: LowerEdge,
        isCounter: Bool
    ) -> Double? {
        let found = points.withContiguousStorageIfAvailable { all in
            extrapolated(all, from, to, edge, isCounter)
        }
        if let found { return found }
        return Array(points).withUnsafeBufferPointer { extrapolated($0, from, to, edge, isCounter) }
    }

    private static func extrapolated(
        _ all: UnsafeBufferPointer<DataPoint>, _ from: Timestamp, _ to: Timestamp, _ edge: LowerEdge, _ isCounter: Bool
    ) -> Double? {
        var (begin, end) = (0, all.count)
        while begin < end, edge == .open ? all[begin].at <= from : all[begin].at < from { begin += 1 }
        while end > begin, all[end - 1].at > to { end -= 1 }
        guard end - begin >= 2 else { return nil }
        let (first, last) = (all[begin], all[end - 1])
        var result = last.value - first.value
        if isCounter {
            var previous = first.value
            for index in begin + 1..<end {
                if all[index].value < previous { result += previous }
                previous = all[index].value
            }
        }
        let sampled = last.at.since(first.at)
        guard sampled > 0 else { return nil }
        let average = sampled / Double(end - begin - 1)
        var toStart = first.at.since(from)
        var toEnd = to.since(last.at)
        // Samples this near to an edge are taken to reach it; farther off, the series is taken to begin or end half
        // a step away.
        let threshold = average * 1.1
        if toStart >= threshold { toStart = average / 2 }
        if isCounter, result > 0, first.value >= 0 {
            // A counter cannot have been below zero.
            toStart = min(toStart, sampled * (first.value / result))
        }
        if toEnd >= threshold { toEnd = average / 2 }
        return result * ((sampled + toStart + toEnd) / sampled)
    }
}
