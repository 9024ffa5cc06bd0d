import PitStatistics

/// How often the proof of a rollback errs, and how soon it sees what is there: simulated requests, looked at every ten
/// seconds, ten a second.
struct ProofBenchmark: Benchmark {
    static let name = "proof"

    /// What a proof allows itself on each side of each measure, of 5 % together.
    private static let (errors, slow) = (0.02, 0.005)

    func run(_ bench: Bench) throws -> [Figure] {
        var figures: [Figure] = []
        for (ratio, share) in [(0.001, 0.05), (0.01, 0.05), (0.1, 0.3)] {
            let wrong = Self.falseVerdicts(10_000, errorRatio: ratio, slowShare: share)
            figures.append(
                Figure(
                    work: "10,000 A/A rollbacks, error ratio \(Table.short(ratio * 100)) %: called better or worse",
                    unit: "%", ours: wrong * 100, better: .lower, goal: .value(5),
                    note: "10 min, 60 looks, errors and \(Table.short(share * 100)) % slow"))
        }
        for ratio in [0.005, 0.01, 0.02, 0.05] {
            let (found, seconds) = Self.power(2000, errorRatio: ratio)
            figures.append(
                Figure(
                    work: "error ratio \(Table.short(ratio * 100)) % doubled: seen within 5 min", unit: "%",
                    ours: found * 100, better: .higher, goal: ratio >= 0.01 ? .value(90) : .none,
                    note: "\(Int(seconds)) s on average, against 30 min before"))
        }
        return figures
    }

    /// The share of rollbacks between equal releases that are called better or worse, by errors or by slow requests.
    private static func falseVerdicts(_ runs: Int, errorRatio: Double, slowShare: Double) -> Double {
        var random = SeededRandom(state: 7)
        var wrong = 0
        for _ in 0..<runs {
            let measures = [(errorRatio, errors), (slowShare, slow)].map { rate, alpha in
                (rate, alpha, calm: draw(36_000, rate, &random), before: draw(3000, rate, &random))
            }
            var after = measures.map { _ in Proportion(0, of: 0) }
            looks: for _ in 0..<60 {
                for (index, measure) in measures.enumerated() {
                    after[index] = after[index] + draw(100, measure.0, &random)
                    let worse = SequentialProportions.pValues(before: measure.calm, after: after[index])?.more ?? 1
                    let better = SequentialProportions.pValues(before: measure.before, after: after[index])?.less ?? 1
                    if min(worse, better) <= measure.1 {
                        wrong += 1
                        break looks
                    }
                }
            }
        }
        return Double(wrong) / Double(runs)
    }

    private static func power(_ runs: Int, errorRatio: Double) -> (found: Double, seconds: Double) {
        var random = SeededRandom(state: 8)
        var (found, seconds) = (0, 0.0)
        for _ in 0..<runs {
            let before = draw(18_000, errorRatio, &random)
            var after = Proportion(0, of: 0)
            for look in 1...30 {
                after = after + draw(100, 2 * errorRatio, &random)
                guard (SequentialProportions.pValues(before: before, after: after)?.more ?? 1) <= errors else {
                    continue
                }
                (found, seconds) = (found + 1, seconds + Double(look) * 10)
                break
            }
        }
        return (Double(found) / Double(runs), seconds / Double(max(1, found)))
    }

    private static func draw(_ count: Int, _ rate: Double, _ random: inout SeededRandom) -> Proportion {
        var hits = 0.0
        for _ in 0..<count where Double.random(in: 0..<1, using: &random) < rate { hits += 1 }
        return Proportion(hits, of: Double(count))
    }

    /// SplitMix64.
    private struct SeededRandom: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
