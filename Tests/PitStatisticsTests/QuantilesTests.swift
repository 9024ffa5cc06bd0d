import PitModel
import PitStatistics
import Testing

@Test("quantiles interpolate between neighbours")
func quantiles() {
    #expect(Quantiles.quantile(0.5, [3, 1, 2]) == 2)
    #expect(Quantiles.quantile(0.5, [1, 2, 3, 4]) == 2.5)
    #expect(Quantiles.quantile(0.95, [10, 20]) == 19.5)
    #expect(Quantiles.quantile(0, [5]) == 5)
    #expect(Quantiles.quantile(1, [5, 7]) == 7)
    #expect(Quantiles.quantile(0.5, []) == nil)
    #expect(Quantiles.quantile(1.01, [1]) == nil)
    #expect(Quantiles.quantile(.nan, [1]) == nil)
    #expect(Quantiles.quantile(1, [.nan, 3]) == 3)
    #expect(Quantiles.quantile(0, [3, .nan])?.isNaN == true)
}

@Test("the median deviation is not moved by an outlier")
func medianDeviation() throws {
    let calm = [10.0, 11, 12, 13, 14]
    #expect(isNear(Quantiles.medianDeviation(calm), 1.4826))
    #expect(Quantiles.medianDeviation(calm.dropLast() + [1e9]) == Quantiles.medianDeviation(calm))
    let score = try #require(Quantiles.robustScore(20, among: calm))
    #expect(isNear(score, 8 / 1.4826))
    #expect(Quantiles.robustScore(20, among: [5, 5, 5]) == nil)
    #expect(Quantiles.robustScore(20, among: []) == nil)
}

@Test("an exponential average forgets half in a half-life, however often it is asked")
func exponentialAverage() {
    func reading(_ seconds: Double, _ value: Double) -> DataPoint { DataPoint(Timestamp(seconds: seconds), value) }
    var average = ExponentialAverage(halfLife: 60)
    #expect(average.value == nil)
    average.add(reading(0, 100))
    average.add(reading(60, 0))
    #expect(isNear(average.value, 50))
    // The same fall in small steps.
    var fine = ExponentialAverage(halfLife: 60)
    fine.add(reading(0, 100))
    for second in 1...60 { fine.add(reading(Double(second), 0)) }
    #expect(isNear(fine.value, 50))
    let before = average
    average.add(reading(60, 999))
    average.add(reading(50, 999))
    average.add(reading(70, .nan))
    #expect(average == before)
    average.add(reading(1e7, 7))
    #expect(isNear(average.value, 7))
}
