import Glibc

/// Two groups' shares of favorable outcomes beside each other: the statistical parity difference and the disparate impact
/// ratio, of the unprivileged group beside the privileged one.
public struct GroupFairness: Equatable, Sendable {
    public struct Figure: Equatable, Sendable {
        public var value: Double
        /// 95%.
        public var interval: ClosedRange<Double>
    }

    /// P(favorable | unprivileged) - P(favorable | privileged), with the hybrid score interval (Newcombe 1998, method 10).
    public let difference: Figure
    /// The first over the second, with the interval of its logarithm, one half added to each count (Walter 1975). Nil where
    /// nothing is favorable of the privileged.
    public let ratio: Figure?

    /// Nil for a group without anybody.
    public init?(unprivileged a: Int, of n: Int, privileged b: Int, of m: Int) {
        guard n > 0, m > 0, (0...n).contains(a), (0...m).contains(b),
            let first = WilsonInterval.of(Double(a), Double(n)), let second = WilsonInterval.of(Double(b), Double(m))
        else { return nil }
        let (p, q) = (Double(a) / Double(n), Double(b) / Double(m))
        func root(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
        let low = p - q - root(p - first.lowerBound, second.upperBound - q)
        let high = p - q + root(first.upperBound - p, q - second.lowerBound)
        difference = Figure(value: p - q, interval: max(-1, low)...min(1, high))
        guard b > 0 else {
            ratio = nil
            return
        }
        let (x, u, y, v) = (Double(a) + 0.5, Double(n) + 0.5, Double(b) + 0.5, Double(m) + 0.5)
        let middle = log(x / u) - log(y / v)
        let half = 1.959963984540054 * max(0, 1 / x - 1 / u + 1 / y - 1 / v).squareRoot()
        let value = p / q
        ratio = Figure(value: value, interval: min(value, exp(middle - half))...max(value, exp(middle + half)))
    }
}
