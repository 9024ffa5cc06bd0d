import Glibc

/// How many judgements a comparison of two shares needs.
public enum SampleSize {
    /// Per arm, to tell the shares `p` and `q` apart at 5 % two-sided with power 80 % (Fleiss, Statistical Methods for
    /// Rates and Proportions, 1981, without continuity correction). Nil where they are equal or no shares.
    public static func perArm(_ p: Double, _ q: Double) -> Int? {
        guard p != q, (0...1).contains(p), (0...1).contains(q) else { return nil }
        let (zAlpha, zBeta) = (1.959963984540054, 0.8416212335729143)
        let mean = (p + q) / 2
        let sum =
            zAlpha * (2 * mean * (1 - mean)).squareRoot() + zBeta * (p * (1 - p) + q * (1 - q)).squareRoot()
        return Int((sum * sum / ((p - q) * (p - q))).rounded(.up))
    }

    /// Newcombe's interval of the difference of two shares `a/n - b/m` (1998, method 10); nil without any.
    public static func difference(_ a: Double, _ n: Double, _ b: Double, _ m: Double) -> ClosedRange<Double>? {
        guard let first = WilsonInterval.of(a, n), let second = WilsonInterval.of(b, m) else { return nil }
        let (p, q) = (a / n, b / m)
        let (low, high) = (p - first.lowerBound, first.upperBound - p)
        let (lowOther, highOther) = (q - second.lowerBound, second.upperBound - q)
        let d = p - q
        return d - (low * low + highOther * highOther).squareRoot()...d
            + (high * high + lowOther * lowOther).squareRoot()
    }
}
