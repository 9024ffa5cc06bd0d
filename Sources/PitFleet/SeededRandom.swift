import Glibc

/// SplitMix64: the same story from the same seed, on every machine.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A value whose logarithm is normal, with the given median.
    mutating func logNormal(median: Double, spread: Double) -> Double {
        let u = max(1e-12, Double.random(in: 0..<1, using: &self))
        let v = Double.random(in: 0..<1, using: &self)
        return median * exp(spread * (-2 * log(u)).squareRoot() * cos(2 * .pi * v))
    }

    /// How many of events of a mean number happen (Knuth; a normal stands in for large means).
    mutating func poisson(_ mean: Double) -> Int {
        guard mean > 0 else { return 0 }
        if mean > 60 { return max(0, Int((mean + mean.squareRoot() * log(logNormal(median: 1, spread: 1))).rounded())) }
        let limit = exp(-mean)
        var (count, product) = (0, Double.random(in: 0..<1, using: &self))
        while product > limit {
            count += 1
            product *= Double.random(in: 0..<1, using: &self)
        }
        return count
    }
}
