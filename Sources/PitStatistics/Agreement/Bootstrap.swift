import Glibc

/// Percentile intervals by resampling (Efron 1979). What is resampled comes in kinds with a count each: as many draws
/// as there are things are one draw of counts, which is much cheaper where kinds are few.
enum Bootstrap {
    /// The 2.5 and 97.5 percentiles of `measure` over `resamples` draws; nil when a tenth of them or more are not
    /// defined.
    static func interval(
        _ resamples: Int, _ counts: [Double], _ random: inout SplitMix, _ measure: ([Double]) -> Double?
    ) -> ClosedRange<Double>? {
        var seen: [Double] = []
        seen.reserveCapacity(resamples)
        var draw = counts
        for _ in 0..<resamples {
            resample(counts, into: &draw, &random)
            if let value = measure(draw), value.isFinite { seen.append(value) }
        }
        return middle(seen, of: resamples)
    }

    /// The 2.5 and 97.5 percentiles of what resamples gave; nil when a tenth of them or more gave nothing.
    static func middle(_ values: [Double], of resamples: Int) -> ClosedRange<Double>? {
        guard values.count * 10 > resamples * 9, values.count > 20, let low = Quantiles.quantile(0.025, values),
            let high = Quantiles.quantile(0.975, values)
        else { return nil }
        return low...max(low, high)
    }

    /// A multinomial draw with the shares of `counts`: one binomial a kind, of what is left.
    static func resample(_ counts: [Double], into draw: inout [Double], _ random: inout SplitMix) {
        var left = counts.reduce(0, +)
        var drawsLeft = Int(left)
        for i in counts.indices {
            guard counts[i] > 0, drawsLeft > 0 else {
                draw[i] = 0
                continue
            }
            let share = min(1, counts[i] / left)
            let hits = share >= 1 ? drawsLeft : random.binomial(drawsLeft, share)
            draw[i] = Double(hits)
            drawsLeft -= hits
            left -= counts[i]
        }
    }
}

/// SplitMix64, with the draws that resampling needs: the same from the same seed on every machine.
struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
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
