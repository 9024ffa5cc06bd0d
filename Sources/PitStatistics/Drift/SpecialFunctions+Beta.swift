import Glibc

extension SpecialFunctions {
    /// The regularised incomplete beta function I_x(a, b), for a, b > 0 and x in 0...1, by its continued fraction
    /// (DLMF 8.17.22) on the side where that converges fast (8.17.4 turns it round).
    public static func beta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard a > 0, b > 0, x >= 0, x <= 1 else { return .nan }
        if x == 0 || x == 1 { return x }
        if x > (a + 1) / (a + b + 2) { return 1 - beta(1 - x, b, a) }
        let scale = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
        return scale * betaFraction(x, a, b)
    }

    /// By Lentz's method.
    private static func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func bounded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / bounded(1 - (a + b) * x / (a + 1))
        var h = d
        for i in 1..<10_000 {
            let m = Double(i)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / bounded(1 + even * d)
            c = bounded(1 + even / c)
            h *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / bounded(1 + odd * d)
            c = bounded(1 + odd / c)
            h *= d * c
            if abs(d * c - 1) < 1e-16 { break }
        }
        return h
    }
}
