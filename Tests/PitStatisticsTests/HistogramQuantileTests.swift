import PitModel
import PitStatistics
import Testing

private let edges: [Double] = [0.01, 0.05, 0.1, 0.5, 1, 5, .infinity]

private func histogram(of values: [Double], _ edges: [Double] = edges) -> [Bucket] {
    edges.map { edge in Bucket(upper: edge, count: Double(values.count { $0 <= edge })) }
}

private func values(_ count: Int, _ random: inout Seeded) -> [Double] {
    (0..<count).map { _ in Double.random(in: 0...8, using: &random) * Double.random(in: 0...1, using: &random) }
}

@Test("a quantile grows with q and stays within its bucket")
func monotone() {
    var random = Seeded(state: 21)
    for _ in 0..<300 {
        let seen = values(Int.random(in: 1...200, using: &random), &random)
        let buckets = histogram(of: seen)
        var last = -Double.infinity
        for step in 1...100 {
            let q = Double(step) / 100
            guard let measure = HistogramQuantile.quantile(q, buckets) else {
                Issue.record("no quantile of \(seen.count) values")
                continue
            }
            #expect(measure.value >= last)
            last = measure.value
            // The true value lies in the bucket that the estimate lies in.
            let rank = max(0, Int((q * Double(seen.count)).rounded(.up)) - 1)
            let truth = seen.sorted()[rank]
            let upper = edges.first { $0 >= truth } ?? .infinity
            let lower = edges.last { $0 < truth } ?? 0
            #expect(measure.isAtLeast == (upper == .infinity))
            if upper < .infinity { #expect(measure.value >= lower && measure.value <= upper) }
        }
    }
}

@Test("what falls in the last bucket is only known to be at least the last edge")
func atLeast() {
    let buckets = [Bucket(upper: 1, count: 10), Bucket(upper: 2, count: 20), Bucket(upper: .infinity, count: 100)]
    #expect(HistogramQuantile.quantile(0.95, buckets) == Measure(2, isAtLeast: true))
    #expect(HistogramQuantile.quantile(0.1, buckets) == Measure(1))
    #expect(HistogramQuantile.quantile(0.15, buckets) == Measure(1.5))
    #expect(HistogramQuantile.quantile(0.05, buckets) == Measure(0.5))
}

@Test("what is no histogram has no quantile")
func noHistogram() {
    #expect(HistogramQuantile.quantile(0.5, []) == nil)
    #expect(HistogramQuantile.quantile(0.5, [Bucket(upper: .infinity, count: 4)]) == nil)
    #expect(HistogramQuantile.quantile(0.5, [Bucket(upper: 1, count: 4), Bucket(upper: 2, count: 5)]) == nil)
    #expect(HistogramQuantile.quantile(0.5, [Bucket(upper: 1, count: 0), Bucket(upper: .infinity, count: 0)]) == nil)
    let good = [Bucket(upper: 1, count: 1), Bucket(upper: .infinity, count: 2)]
    for q in [-0.1, 1.1, .nan] { #expect(HistogramQuantile.quantile(q, good) == nil) }
}

@Test("disorder, equal edges and falling counts are mended as Prometheus mends them")
func mended() {
    let tidy = [Bucket(upper: 1, count: 4), Bucket(upper: 2, count: 8), Bucket(upper: .infinity, count: 8)]
    let untidy = [
        Bucket(upper: .infinity, count: 8), Bucket(upper: 2, count: 3), Bucket(upper: 1, count: 4),
        Bucket(upper: 2, count: 5),
    ]
    #expect(HistogramQuantile.quantile(0.75, untidy) == HistogramQuantile.quantile(0.75, tidy))
    let falling = [Bucket(upper: 1, count: 4), Bucket(upper: 2, count: 3), Bucket(upper: .infinity, count: 4)]
    #expect(HistogramQuantile.quantile(1, falling) == Measure(1))
    let negative = [Bucket(upper: -1, count: 4), Bucket(upper: .infinity, count: 8)]
    #expect(HistogramQuantile.quantile(0.25, negative) == Measure(-1))
}

@Test("senseless numbers give nothing or a finite value, and never trap")
func hostileBuckets() {
    var random = Seeded(state: 33)
    let odd: [Double] = [.nan, .infinity, -.infinity, 0, -0.0, -1, 1, 1e308, -1e308, .leastNonzeroMagnitude, 1e-300]
    for _ in 0..<5000 {
        let buckets = (0..<Int.random(in: 0...6, using: &random)).map { _ in
            Bucket(upper: odd.randomElement(using: &random) ?? 0, count: odd.randomElement(using: &random) ?? 0)
        }
        for q in [0, 0.5, 1] {
            if let measure = HistogramQuantile.quantile(q, buckets) { #expect(measure.value.isFinite, "\(buckets)") }
        }
        for limit in odd {
            if let share = HistogramQuantile.fraction(atMost: limit, buckets) { #expect(!share.isNaN, "\(buckets)") }
        }
        _ = BucketMerge.merge([buckets, buckets.reversed()])
    }
}

@Test("the share below a limit undoes the quantile")
func fractionUndoesQuantile() {
    var random = Seeded(state: 34)
    for _ in 0..<200 {
        let buckets = histogram(of: values(100, &random))
        for q in [0.05, 0.2, 0.5, 0.8, 0.95] {
            guard let measure = HistogramQuantile.quantile(q, buckets), !measure.isAtLeast else { continue }
            #expect(isNear(HistogramQuantile.fraction(atMost: measure.value, buckets), q))
        }
        #expect(HistogramQuantile.fraction(atMost: .infinity, buckets) == 1)
        #expect(HistogramQuantile.fraction(atMost: .nan, buckets) == nil)
        #expect(HistogramQuantile.fraction(atMost: -1, buckets) == 0)
    }
    let buckets = [Bucket(upper: 0.5, count: 8), Bucket(upper: .infinity, count: 10)]
    #expect(HistogramQuantile.fraction(atMost: 0.5, buckets) == 0.8)
    #expect(HistogramQuantile.fraction(atMost: 0.25, buckets) == 0.4)
    #expect(HistogramQuantile.fraction(atMost: 9, buckets) == 0.8)
}

@Test("merged replicas have the quantiles of all their observations pooled")
func mergeIsPooling() {
    var random = Seeded(state: 35)
    for _ in 0..<100 {
        let replicas = (0..<Int.random(in: 1...5, using: &random)).map { _ in
            values(Int.random(in: 1...80, using: &random), &random)
        }
        let merged = BucketMerge.merge(replicas.map { histogram(of: $0).shuffled(using: &random) })
        #expect(merged == histogram(of: replicas.flatMap { $0 }))
        // Replicas of another version may have other edges: what both have is exact.
        let other = [0.05, 0.2, 1, .infinity]
        let mixed = BucketMerge.merge([histogram(of: replicas[0]), histogram(of: replicas[0], other)])
        #expect(mixed == histogram(of: replicas[0] + replicas[0], [0.05, 1, .infinity]))
    }
}

@Test("a replica without buckets has no say, and a doubled edge is one edge")
func mergeEdges() {
    let one = [Bucket(upper: 1, count: 0.25), Bucket(upper: .infinity, count: 0.5)]
    #expect(BucketMerge.merge([one, []]) == one)
    #expect(BucketMerge.merge([]) == [])
    let doubled = [Bucket(upper: 1, count: 0.25), Bucket(upper: 1, count: 0.5), Bucket(upper: .infinity, count: 1)]
    #expect(
        BucketMerge.merge([one, doubled]) == [Bucket(upper: 1, count: 1), Bucket(upper: .infinity, count: 1.5)])
    #expect(BucketMerge.merge([one, [Bucket(upper: 2, count: 1)]]) == [])
}

@Test("the mean of a histogram needs observations")
func histogramMean() {
    #expect(HistogramQuantile.mean(sum: 12, count: 4) == 3)
    for (sum, count) in [(12, 0), (nil, 4), (12, nil), (.nan, 4), (12, .infinity)] as [(Double?, Double?)] {
        #expect(HistogramQuantile.mean(sum: sum, count: count) == nil)
    }
}
