/// Which trials of a sweep go on: successive halving (Jamieson and Talwalkar 2016), in the form that never waits for the
/// others: a trial is ended at a rung when it is not among the best of those that have reached it (Li et al. 2020).
public struct SuccessiveHalving: Equatable, Sendable {
    /// The step of the first rung; each further one is `factor` times as far.
    public var first: Int
    /// One in so many goes on.
    public var factor: Int
    public var isHigherBetter: Bool
    /// By rung, the value of each trial that has reached it.
    private var reached: [Int: [String: Double]] = [:]

    public init(first: Int, factor: Int = 3, isHigherBetter: Bool) {
        (self.first, self.factor, self.isHigherBetter) = (max(1, first), max(2, factor), isHigherBetter)
    }

    /// The highest rung at or below a step; nil below the first.
    public func rung(at step: Int) -> Int? {
        guard step >= first else { return nil }
        var (rung, place) = (0, first)
        while let next = Optional(place.multipliedReportingOverflow(by: factor)), !next.overflow,
            next.partialValue <= step
        {
            (rung, place) = (rung + 1, next.partialValue)
        }
        return rung
    }

    /// The step of a rung.
    public func step(of rung: Int) -> Int { (0..<rung).reduce(first) { at, _ in at * factor } }

    /// Notes a trial's value at a rung, the first one told; says whether it goes on. What is not a number does not.
    public mutating func goesOn(_ trial: String, at rung: Int, value: Double) -> Bool {
        let own = reached[rung]?[trial] ?? value
        reached[rung, default: [:]][trial] = own
        guard !own.isNaN else { return false }
        let all = (reached[rung] ?? [:]).values.filter { !$0.isNaN }
        // Until as many as the factor have come this far, nobody is known to be worse than the best share.
        guard all.count >= factor else { return true }
        let better = all.count { isHigherBetter ? $0 > own : $0 < own }
        return better < max(1, all.count / factor)
    }
}

/// Choices of parameters for the trials of a sweep.
public enum SweepGrid {
    /// Every combination, the last axis the fastest; at most `most`.
    public static func all(_ axes: [(name: String, values: [String])], most: Int) -> [[String: String]] {
        var result: [[String: String]] = [[:]]
        for axis in axes {
            var next: [[String: String]] = []
            for base in result {
                for value in axis.values where next.count < most {
                    next.append(base.merging([axis.name: value]) { $1 })
                }
            }
            result = next
        }
        return result
    }

    /// So many of them, in an order drawn by the seed, none twice.
    public static func drawn(
        _ axes: [(name: String, values: [String])], count: Int, seed: UInt64
    ) -> [[String: String]] {
        var numbers = SplitMix(seed)
        var seen: Set<[String: String]> = []
        var result: [[String: String]] = []
        let total = axes.reduce(1.0) { $0 * Double($1.values.count) }
        while result.count < count, Double(result.count) < total {
            var one: [String: String] = [:]
            for axis in axes where !axis.values.isEmpty {
                one[axis.name] = axis.values[Int(numbers.next() % UInt64(axis.values.count))]
            }
            if seen.insert(one).inserted { result.append(one) }
        }
        return result
    }
}
