import Glibc

/// So many of so many.
public struct Proportion: Equatable, Sendable {
    public var hits: Double
    public var count: Double
    public init(_ hits: Double, of count: Double) { (self.hits, self.count) = (hits, count) }
    /// Nil without any.
    public var rate: Double? { count > 0 ? hits / count : nil }

    public static func + (a: Self, b: Self) -> Self { Proportion(a.hits + b.hits, of: a.count + b.count) }
}

/// Whether a proportion is another than before, by a test that may be looked at after every request and stopped whenever
/// one likes: its error stays what was promised.
///
/// What came before is complete; what comes after grows. Under the null hypothesis both have one rate p, and what is known
/// of it is Jeffreys' posterior Beta(s + 1/2, n - s + 1/2). The evidence is a likelihood ratio of predictions of what came
/// after: a mixture over odds ratios of interest, each the posterior moved by that ratio with the spread of its logit kept,
/// against the posterior itself. Both are beta-binomial, in closed form. Each new request multiplies it by a factor of
/// mean 1 when the null holds, so by Ville's inequality it exceeds 1/alpha ever with a probability of alpha at most (Wald
/// 1945; Robbins 1970; for comparisons that are looked at all the time Johari, Pekelis and Walsh, "Always Valid
/// Inference", 2015). That the posterior stands for the unknown p holds exactly on the average over Jeffreys' prior; how
/// well at single rates is simulated in the benchmarks.
public enum SequentialProportions {
    /// Odds ratios that are looked for, with their weights: a doubling matters most.
    private static let ratios: [(ratio: Double, weight: Double)] = [
        (1.25, 0.1), (1.5, 0.2), (2, 0.35), (3, 0.2), (5, 0.1), (12, 0.05),
    ]

    /// Requests before, below which nothing is compared.
    public static let least = 50.0

    /// p-values of "not more" and of "not less": 1 over the evidence, 1 at most. Nil where there is too little before.
    ///
    /// - Parameter dispersion: how many times more the counts vary from step to step than a fair coin's would; what comes
    ///   in bursts counts for as many times less.
    public static func pValues(
        before: Proportion, after: Proportion, dispersion: Double = 1
    ) -> (more: Double, less: Double)? {
        let scale = max(1, dispersion.isFinite ? dispersion : 1)
        let (n, s) = (before.count / scale, before.hits / scale)
        let (m, t) = (after.count / scale, after.hits / scale)
        guard n >= least, m > 0, s >= 0, s <= n, t >= 0, t <= m else { return nil }
        let (a, b) = (s + 0.5, n - s + 0.5)
        let null = logPrediction(t, m, a, b)
        func evidence(_ power: Double) -> Double {
            let mean = a / (a + b)
            let terms = ratios.map { entry in
                let ratio = power > 0 ? entry.ratio : 1 / entry.ratio
                let moved = ratio * mean / (1 - mean + ratio * mean)
                // So that concentration times m(1 - m), the inverse variance of the logit, stays.
                let precision = (a + b) * mean * (1 - mean)
                return log(entry.weight) + logPrediction(t, m, precision / (1 - moved), precision / moved) - null
            }
            let top = terms.max() ?? 0
            return top + log(terms.reduce(0) { $0 + exp($1 - top) })
        }
        return (min(1, exp(-evidence(1))), min(1, exp(-evidence(-1))))
    }

    /// Log of the probability of one order of t hits among m, the rate being Beta(a, b).
    private static func logPrediction(_ t: Double, _ m: Double, _ a: Double, _ b: Double) -> Double {
        lgamma(a + t) + lgamma(b + m - t) - lgamma(a + b + m) - lgamma(a) - lgamma(b) + lgamma(a + b)
    }

    /// How many times more counts vary from step to step than independent requests would: Pearson's chi-square over its
    /// degrees of freedom (McCullagh and Nelder, "Generalized Linear Models", 4.5). 1 at least, and where too little is
    /// known.
    public static func dispersion(_ steps: [Proportion]) -> Double {
        let known = steps.filter { $0.count > 0 }
        let all = known.reduce(Proportion(0, of: 0), +)
        guard known.count >= 10, let rate = all.rate, rate > 0, rate < 1, all.hits >= 10 else { return 1 }
        let sum = known.reduce(0.0) { sum, step in
            let expected = step.count * rate
            return sum + (step.hits - expected) * (step.hits - expected) / (expected * (1 - rate))
        }
        let excess = sum / Double(known.count - 1)
        // Chance alone makes some: only what is beyond three deviations of it counts.
        guard excess > 1 + 3 * (2 / Double(known.count - 1)).squareRoot() else { return 1 }
        return min(20, excess)
    }

    /// p-value of "two proportions that both grow are equal", which may be looked at all the time: the mixture sequential
    /// probability ratio test with a normal mixture of variance `tau` squared over the difference (Johari, Pekelis and
    /// Walsh 2015, section 4). Nil before each side has five hits and five others together with the other.
    public static func difference(_ a: Proportion, _ b: Proportion, tau: Double? = nil) -> Double? {
        let all = a + b
        guard a.count >= least, b.count >= least, all.hits >= 10, all.count - all.hits >= 10, let rate = all.rate,
            let x = a.rate, let y = b.rate
        else { return nil }
        let variance = rate * (1 - rate) * (1 / a.count + 1 / b.count)
        let mixing = pow(tau ?? min(rate, 1 - rate), 2)
        let difference = y - x
        let log =
            0.5 * Glibc.log(variance / (variance + mixing)) + difference * difference * mixing
            / (2 * variance * (variance + mixing))
        return min(1, exp(-log))
    }
}
