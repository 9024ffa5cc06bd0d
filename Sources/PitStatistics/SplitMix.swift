import Glibc

/// SplitMix64, with the draws that resampling needs: the same from the same seed on every machine.
public struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64
    public init(_ seed: UInt64) { state = seed }

    /// From a word, by FNV-1a 64: the same word gives the same numbers on every machine.
    public init(_ word: String) {
        self.init(word.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// 0..<1 in steps of 2^-53.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// How many of `n` succeed, each with probability `p`: by inversion for small means, otherwise Hörmann's
    /// transformed rejection (BTRS, 1993).
    mutating func binomial(_ n: Int, _ p: Double) -> Int {
        guard n > 0, p > 0 else { return 0 }
        if p >= 1 { return n }
        if p > 0.5 { return n - binomial(n, 1 - p) }
        return Double(n) * p < 10 ? inverted(n, p) : rejected(n, p)
    }

    private mutating func inverted(_ n: Int, _ p: Double) -> Int {
        let odds = p / (1 - p)
        var chance = pow(1 - p, Double(n))
        var u = unit()
        var k = 0
        while u > chance, k < n {
            u -= chance
            k += 1
            chance *= odds * Double(n - k + 1) / Double(k)
        }
        return k
    }

    private mutating func rejected(_ n: Int, _ p: Double) -> Int {
        let count = Double(n)
        let spread = (count * p * (1 - p)).squareRoot()
        let b = 1.15 + 2.53 * spread
        let a = -0.0873 + 0.0248 * b + 0.01 * p
        let c = count * p + 0.5
        let alpha = (2.83 + 5.1 / b) * spread
        let mode = ((count + 1) * p).rounded(.down)
        let squeeze = 0.92 - 4.2 / b
        while true {
            let u = unit() - 0.5
            var v = unit()
            let us = 0.5 - abs(u)
            let k = ((2 * a / us + b) * u + c).rounded(.down)
            guard k >= 0, k <= count else { continue }
            if us >= 0.07, v <= squeeze { return Int(k) }
            v = log(v * alpha / (a / (us * us) + b))
            let bound =
                (mode + 0.5) * log((mode + 1) / ((p / (1 - p)) * (count - mode + 1)))
                + (count + 1) * log((count - mode + 1) / (count - k + 1))
                + (k + 0.5) * log((p / (1 - p)) * (count - k + 1) / (k + 1))
                + stirling(mode) + stirling(count - mode) - stirling(k) - stirling(count - k)
            if v <= bound { return Int(k) }
        }
    }

    /// What Stirling's formula lacks of ln k!.
    private func stirling(_ k: Double) -> Double {
        lgamma(k + 1) - ((k + 0.5) * log(k + 1) - (k + 1) + 0.5 * log(2 * .pi))
    }
}
