/// Finds where a series changed its level most.
public enum StepDetection {
    public struct Step: Equatable, Sendable {
        /// The first index at the new level.
        public var index: Int
        public var before: Double
        public var after: Double
        /// Between 0 and 1: the share of the variance that the step explains.
        public var explained: Double
    }

    /// The split into two means that leaves the least squared error, when it explains at least half of the variance
    /// and the step is at least three of the residuals' standard deviations; nil when there is none or fewer than
    /// six values. Missing values are passed over.
    public static func largest(in values: [Double?]) -> Step? {
        let raw = values.enumerated().compactMap { item in
            item.element.flatMap { $0.isFinite ? (item.offset, $0) : nil }
        }
        guard raw.count >= 6, let origin = raw.first?.1 else { return nil }
        // Sums of squares lose what is small beside the level: only the distances from the first value are summed.
        let known = raw.map { ($0.0, $0.1 - origin) }
        let total = known.reduce(0) { $0 + $1.1 }
        let squares = known.reduce(0) { $0 + $1.1 * $1.1 }
        let count = Double(known.count)
        let variance = squares - total * total / count
        guard variance > squares * 1e-12 else { return nil }
        var best: (split: Int, gain: Double)?
        var left = 0.0
        for split in 1..<known.count {
            left += known[split - 1].1
            guard split >= 2, known.count - split >= 2 else { continue }
            let (n, m) = (Double(split), count - Double(split))
            let right = total - left
            let gain = left * left / n + right * right / m - total * total / count
            if gain > best?.gain ?? 0 { best = (split, gain) }
        }
        guard let best, best.gain / variance >= 0.5 else { return nil }
        let head = known[..<best.split].map(\.1)
        let tail = known[best.split...].map(\.1)
        let before = head.reduce(0, +) / Double(head.count)
        let after = tail.reduce(0, +) / Double(tail.count)
        let residual = max(0, variance - best.gain) / max(1, count - 2)
        guard abs(after - before) >= 3 * residual.squareRoot() else { return nil }
        return Step(
            index: known[best.split].0, before: before + origin, after: after + origin,
            explained: min(1, best.gain / variance))
    }
}
