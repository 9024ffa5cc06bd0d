import Glibc

/// How far two sets of embeddings are apart. Vectors of another length than the first are left out.
public enum EmbeddingDrift {
    /// One minus the cosine of the angle between the two means: 0 to 2. Nil without a direction on either side.
    public static func centroidDistance(_ a: [[Double]], _ b: [[Double]]) -> Double? {
        guard let (x, y) = alike(a, b) else { return nil }
        func mean(_ rows: [[Double]]) -> [Double] {
            var sum = [Double](repeating: 0, count: rows[0].count)
            for row in rows { for index in row.indices { sum[index] += row[index] } }
            return sum.map { $0 / Double(rows.count) }
        }
        let (p, q) = (mean(x), mean(y))
        let product = zip(p, q).reduce(0) { $0 + $1.0 * $1.1 }
        let size = (p.reduce(0) { $0 + $1 * $1 } * q.reduce(0) { $0 + $1 * $1 }).squareRoot()
        return size > 0 ? 1 - product / size : nil
    }

    /// The squared maximum mean discrepancy under a Gaussian kernel, without bias (Gretton and others 2012, lemma 6);
    /// around 0 when nothing has changed, and then it may be negative. Nil with fewer than two vectors on a side.
    ///
    /// - Parameter gamma: of exp(-gamma |x - y|^2); without it, one over the median squared distance between all.
    public static func meanDiscrepancy(_ a: [[Double]], _ b: [[Double]], gamma: Double? = nil) -> Double? {
        guard let (x, y) = alike(a, b), x.count > 1, y.count > 1 else { return nil }
        let all = x + y
        var squares = [Double](repeating: 0, count: all.count * all.count)
        for i in all.indices {
            for j in 0..<i {
                let square = zip(all[i], all[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                squares[i * all.count + j] = square
                squares[j * all.count + i] = square
            }
        }
        let width = gamma ?? medianWidth(squares, all.count)
        guard width.isFinite else { return 0 }
        func mean(_ rows: Range<Int>, _ columns: Range<Int>, _ pairs: Double) -> Double {
            var sum = 0.0
            for i in rows { for j in columns where i != j { sum += exp(-width * squares[i * all.count + j]) } }
            return sum / pairs
        }
        let (n, m) = (Double(x.count), Double(y.count))
        let (first, second) = (0..<x.count, x.count..<all.count)
        return mean(first, first, n * (n - 1)) + mean(second, second, m * (m - 1)) - 2 * mean(first, second, n * m)
    }

    private static func medianWidth(_ squares: [Double], _ count: Int) -> Double {
        let apart = (0..<count).flatMap { i in (0..<i).map { squares[i * count + $0] } }
        let median = Quantiles.median(apart) ?? 0
        return median > 0 ? 1 / median : .infinity
    }

    private static func alike(_ a: [[Double]], _ b: [[Double]]) -> ([[Double]], [[Double]])? {
        guard let length = a.first?.count, length > 0 else { return nil }
        let (x, y) = (a.filter { $0.count == length }, b.filter { $0.count == length })
        return x.isEmpty || y.isEmpty ? nil : (x, y)
    }
}
