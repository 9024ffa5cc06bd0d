import Glibc

/// Probabilities of the Kolmogorov-Smirnov statistics.
enum KolmogorovDistribution {
    /// The probability that n observations' distribution function is `d` or farther from the true one, to some 1e-6.
    ///
    /// Up to 140, and for small distances, by Durbin's matrix (Marsaglia, Tsang, Wang 2003) or, in the tail, twice
    /// Smirnov's one-sided probability (Miller 1956); beyond by the expansion of Pelz and Good (1976). The borders are
    /// those of Simard and L'Ecuyer (2011), whom SciPy follows.
    static func beyond(_ d: Double, _ n: Int) -> Double {
        guard n > 0, d > 0 else { return 1 }
        guard d < 1 else { return 0 }
        let size = Double(n)
        let square = size * d * d
        let value: Double
        if n <= 140 || n <= 100_000 && size * d * d.squareRoot() <= 1.4 {
            value = square < 2.2 ? 1 - durbin(d, n) : 2 * smirnov(d, n)
        } else if square < 18 {
            value = 1 - pelzGood((square).squareRoot(), size)
        } else {
            value = n <= 100_000 ? 2 * smirnov(d, n) : 2 * exp(-2 * square)
        }
        return min(1, max(0, value))
    }

    /// One-sided (Birnbaum and Tingey, 1951).
    private static func smirnov(_ d: Double, _ n: Int) -> Double {
        let size = Double(n)
        var (sum, choose) = (0.0, 0.0)
        for j in 0...max(0, Int(size * (1 - d))) {
            let share = d + Double(j) / size
            let rest = 1 - share
            if rest > 0 {
                sum += exp(choose + Double(j - 1) * log(share) + Double(n - j) * log(rest))
            } else if j == n {
                sum += exp(choose + Double(j - 1) * log(share))
            }
            choose += log(Double(n - j) / Double(j + 1))
        }
        return d * sum
    }

    private static func durbin(_ d: Double, _ n: Int) -> Double {
        let t = Double(n) * d
        let k = Int(t) + 1
        let h = Double(k) - t
        let m = 2 * k - 1
        var matrix = [Double](repeating: 0, count: m * m)
        var factorials = [1.0]
        for i in 1...(m + 1) { factorials.append(factorials[i - 1] * Double(i)) }
        for i in 0..<m {
            for j in 0..<m where i - j + 1 >= 0 { matrix[i * m + j] = 1 }
        }
        for i in 0..<m {
            matrix[i * m] -= pow(h, Double(i + 1))
            matrix[(m - 1) * m + i] -= pow(h, Double(m - i))
        }
        if 2 * h > 1 { matrix[(m - 1) * m] += pow(2 * h - 1, Double(m)) }
        for i in 0..<m {
            for j in 0..<m where i - j + 1 > 0 { matrix[i * m + j] /= factorials[i - j + 1] }
        }
        let (power, exponent) = raised(matrix, m, to: n)
        let scale = lgamma(Double(n) + 1) - Double(n) * log(Double(n)) + Double(exponent) * log(1e140)
        let corner = power[(k - 1) * m + k - 1]
        return corner > 0 ? exp(log(corner) + scale) : 0
    }

    /// A matrix to the power of n, and how often 1e140 was taken out of it.
    private static func raised(_ matrix: [Double], _ m: Int, to n: Int) -> ([Double], Int) {
        guard n > 1 else { return (matrix, 0) }
        let (half, halfExponent) = raised(matrix, m, to: n / 2)
        var (result, exponent) = (product(half, half, m), 2 * halfExponent)
        if n % 2 == 1 { result = product(matrix, result, m) }
        if result[(m / 2) * m + m / 2] > 1e140 {
            result = result.map { $0 * 1e-140 }
            exponent += 1
        }
        return (result, exponent)
    }

    private static func product(_ a: [Double], _ b: [Double], _ m: Int) -> [Double] {
        var result = [Double](repeating: 0, count: m * m)
        for i in 0..<m {
            for k in 0..<m {
                let factor = a[i * m + k]
                if factor == 0 { continue }
                for j in 0..<m { result[i * m + j] += factor * b[k * m + j] }
            }
        }
        return result
    }

    /// The distribution function at z = d sqrt(n), as Simard and L'Ecuyer (2011) write the terms.
    private static func pelzGood(_ z: Double, _ n: Double) -> Double {
        let (p2, z2) = (Double.pi * Double.pi, z * z)
        let (p4, p6, z4) = (p2 * p2, p2 * p2 * p2, z2 * z2)
        let (z6, z8) = (z4 * z2, z4 * z4)
        var (k0, k1, k2, k3, k2b, k3b) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for k in 0..<40 {
            let x = Double(k) + 0.5
            let x2 = x * x
            let (x4, x6) = (x2 * x2, x2 * x2 * x2)
            let weight = 2 * exp(-p2 * x2 / (2 * z2))
            k0 += weight
            k1 += weight * (p2 * x2 - z2)
            k2 += weight * (6 * z6 + 2 * z4 + p2 * (2 * z4 - 5 * z2) * x2 + p4 * (1 - 2 * z2) * x4)
            k3 +=
                weight
                * (p6 * x6 * (5 - 30 * z2) + p4 * x4 * (-60 * z2 + 212 * z4) + p2 * x2 * (135 * z4 - 96 * z6)
                    - (30 * z6 + 90 * z8))
            let y2 = Double(k * k)
            let whole = 2 * exp(-p2 * y2 / (2 * z2))
            k2b += whole * p2 * y2
            k3b += whole * (-p4 * y2 * y2 + 3 * p2 * y2 * z2)
        }
        let root = (Double.pi / 2).squareRoot()
        let first = root / z * k0
        let second = root / (6 * z4) * k1
        let third = root * (k2 / (72 * z6 * z) - k2b / (36 * z2 * z))
        let fourth = root * (k3 / (6480 * z6 * z4) + k3b / (216 * z6))
        return first + second / n.squareRoot() + third / n + fourth / (n * n.squareRoot())
    }

    /// The probability of a two-sample statistic of `h` over the least common multiple or more: the share of the ways
    /// from (0, 0) to (n, m) that leave the band (Hodges 1958). Nil where that is too much work for what it tells.
    static func twoSample(_ n: Int, _ m: Int, _ h: Int) -> Double? {
        guard h > 0 else { return 1 }
        let g = divisor(n, m)
        let (p, q) = (m / g, n / g)
        // Way (i, j) is inside while |i p - j q| < h; the shorter side is walked in the inner loop.
        var ways = [Double](repeating: 1, count: m + 1)
        ways[0] = 0
        for i in 0...n {
            let low = max(0, (i * p - h) / q)
            let high = min(m, (i * p + h) / q + 1)
            if low > high { return 1 }
            if low > 0 { ways[low - 1] = 1 }
            for j in low...high {
                if abs(i * p - j * q) >= h {
                    ways[j] = 1
                } else if i == 0 && j == 0 {
                    ways[j] = 0
                } else {
                    let above = i > 0 ? ways[j] * Double(i) : 0
                    let before = j > 0 ? ways[j - 1] * Double(j) : 0
                    ways[j] = (above + before) / Double(i + j)
                }
            }
        }
        return ways[m]
    }

    static func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
}
