import Glibc

/// Functions that tests of hypotheses are made of.
public enum SpecialFunctions {
    /// The regularised upper incomplete gamma function Q(a, x), for a > 0 and x >= 0: by its series (DLMF 8.11.4) below
    /// a + 1, by its continued fraction (DLMF 8.9.2) above, each to a relative 1e-15 or so.
    public static func upperGamma(_ a: Double, _ x: Double) -> Double {
        guard a > 0, x >= 0 else { return .nan }
        if x == 0 { return 1 }
        if !x.isFinite { return 0 }
        return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x)
    }

    private static func gammaScale(_ a: Double, _ x: Double) -> Double { exp(a * log(x) - x - lgamma(a)) }

    private static func gammaSeries(_ a: Double, _ x: Double) -> Double {
        var (term, sum, n) = (1 / a, 1 / a, a)
        for _ in 0..<100_000 {
            n += 1
            term *= x / n
            sum += term
            if abs(term) < abs(sum) * 1e-17 { break }
        }
        return min(1, sum * gammaScale(a, x))
    }

    /// By Lentz's method.
    private static func gammaFraction(_ a: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        var b = x + 1 - a
        var (c, d) = (1 / tiny, 1 / b)
        var h = d
        for i in 1..<100_000 {
            let step = -Double(i) * (Double(i) - a)
            b += 2
            d = step * d + b
            if abs(d) < tiny { d = tiny }
            c = b + step / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            let change = d * c
            h *= change
            if abs(change - 1) < 1e-16 { break }
        }
        return h * gammaScale(a, x)
    }
}
