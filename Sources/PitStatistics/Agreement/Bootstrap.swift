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
