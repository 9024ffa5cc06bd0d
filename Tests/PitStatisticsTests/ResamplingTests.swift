import PitStatistics
import Testing

private func meanOf(_ sums: [Double]) -> Double? { sums[1] > 0 ? sums[0] / sums[1] : nil }
private func meanRows(_ values: [Double]) -> [[Double]] { values.map { [$0, 1] } }

@Test("the bootstrap's interval of a mean is what the normal approximation gives, and the same each time")
func bootstrapInterval() throws {
    // 0 and 1 in turn: mean 0.5, standard error 0.5 / sqrt(400) = 0.025.
    let values = meanRows((0..<400).map { Double($0 % 2) })
    let found = try #require(Resampling.interval(values, seed: 3, meanOf))
    #expect(abs(found.lowerBound - 0.451) < 0.01 && abs(found.upperBound - 0.549) < 0.01, "\(found)")
    #expect(Resampling.interval(values, seed: 3, meanOf) == found)
    #expect(Resampling.interval(values, seed: 4, meanOf) != found)
    #expect(
        Resampling.interval([], seed: 3, meanOf) == nil && Resampling.interval(meanRows([1]), seed: 3, meanOf) == nil)
}

@Test("a difference is told from none by pairs, where the cases' own spread would hide it")
func pairedDifference() throws {
    // Cases differ by up to 10; the second system is better by 0.1 at each but every fifth.
    let first = (0..<60).map { Double($0 % 11) }
    let second = first.enumerated().map { $0.element + ($0.offset % 5 == 0 ? -0.05 : 0.1) }
    let found = try #require(Resampling.difference(meanRows(first), meanRows(second), seed: 1, meanOf))
    #expect(abs(found.value - 0.07) < 1e-9 && found.cases == 60 && found.p < 0.01)
    #expect(try #require(found.interval).lowerBound > 0)
    let back = try #require(Resampling.difference(meanRows(second), meanRows(first), seed: 1, meanOf))
    #expect(abs(back.value + 0.07) < 1e-9 && back.p < 0.01)
    let same = try #require(Resampling.difference(meanRows(first), meanRows(first), seed: 1, meanOf))
    #expect(same.value == 0 && same.p == 1 && same.interval == 0...0)
    // Three cases can show nothing, however they differ: 1 in 4 exchanges leaves them as they are.
    let few = try #require(Resampling.difference(meanRows([0, 0, 0]), meanRows([1, 1, 1]), seed: 1, meanOf))
    #expect(few.p > 0.15)
    #expect(Resampling.difference(meanRows([1]), meanRows([1, 2]), seed: 1, meanOf) == nil)
}
