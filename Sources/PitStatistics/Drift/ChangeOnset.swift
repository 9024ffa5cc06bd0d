/// When a score began to rise, and whether at once or little by little.
public struct ChangeOnset: Equatable, Sendable {
    public enum Kind: Equatable, Sendable { case sudden, gradual }
    /// The position of the first score after the change.
    public var index: Int
    public var kind: Kind

    /// Looks in scores, oldest first, for the one split that explains them best: a step from one mean to another, or a
    /// level and then a straight rise. The better fit by least squares tells which; both have one place and two levels.
    /// The split is where a CUSUM of deviations from the mean is largest (Page, 1954, for a change whose size is not
    /// known). Nil while there are fewer than six scores, or no rise of more than their noise.
    public init?(_ scores: [Double?]) {
        let known = scores.enumerated().compactMap { index, score in score.map { (index, $0) } }
        guard known.count >= 6 else { return nil }
        let values = known.map(\.1)
        let mean = values.reduce(0, +) / Double(values.count)
        var (sum, least, split) = (0.0, 0.0, 0)
        for (place, value) in values.enumerated() {
            sum += value - mean
            if sum < least { (least, split) = (sum, place + 1) }
        }
        guard split > 1, split < values.count else { return nil }
        let (before, after) = (values[..<split], values[split...])
        let low = before.reduce(0, +) / Double(before.count)
        let high = after.reduce(0, +) / Double(after.count)
        let noise = (before.reduce(0) { $0 + ($1 - low) * ($1 - low) } / Double(before.count)).squareRoot()
        guard high - low > max(3 * noise, 1e-9) else { return nil }
        let step =
            before.reduce(0) { $0 + ($1 - low) * ($1 - low) } + after.reduce(0) { $0 + ($1 - high) * ($1 - high) }
        let (begin, ramp) = Self.ramp(values)
        let isGradual = ramp < step * 0.8 && values.count - begin >= 4
        index = known[isGradual ? begin : split].0
        kind = isGradual ? .gradual : .sudden
    }

    /// The best level and rise: where the rise begins, and the squares that are left.
    private static func ramp(_ values: [Double]) -> (begin: Int, squares: Double) {
        var best = (begin: 0, squares: Double.infinity)
        for begin in 1..<(values.count - 2) {
            let level = values[..<begin].reduce(0, +) / Double(begin)
            var (xx, xy) = (0.0, 0.0)
            for (index, value) in values[begin...].enumerated() {
                let x = Double(index + 1)
                xx += x * x
                xy += x * (value - level)
            }
            let slope = xx > 0 ? xy / xx : 0
            var squares = values[..<begin].reduce(0) { $0 + ($1 - level) * ($1 - level) }
            for (index, value) in values[begin...].enumerated() {
                let rest = value - level - slope * Double(index + 1)
                squares += rest * rest
            }
            if squares < best.squares { best = (begin, squares) }
        }
        return best
    }
}
