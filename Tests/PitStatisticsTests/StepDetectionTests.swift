import PitStatistics
import Testing

private func noise(_ random: inout Seeded) -> Double {
    (0..<6).reduce(0) { sum, _ in sum + Double.random(in: -0.5...0.5, using: &random) }
}

@Test("a step is found where it is, at any level and any size above the noise")
func findsSteps() throws {
    var random = Seeded(state: 41)
    for _ in 0..<300 {
        let count = Int.random(in: 20...200, using: &random)
        let at = Int.random(in: 5..<count - 5, using: &random)
        let levels: [Double] = [0, 1e-3, 1e3, 1e9]
        let level = levels.randomElement(using: &random) ?? 0
        let height = Double.random(in: 8...40, using: &random) * (Bool.random(using: &random) ? 1 : -1)
        let series: [Double?] = (0..<count).map { level + ($0 < at ? 0 : height) + noise(&random) }
        let step = try #require(StepDetection.largest(in: series))
        #expect(step.index == at)
        #expect(abs(step.before - level) < 2)
        #expect(abs(step.after - level - height) < 2)
        #expect(step.explained > 0.5 && step.explained <= 1)
    }
}

@Test("what does not step has no step")
func noStep() {
    var random = Seeded(state: 42)
    #expect(StepDetection.largest(in: []) == nil)
    #expect(StepDetection.largest(in: [1, 1, 1, 9, 9]) == nil)
    for level in [0, 0.1, 1.0 / 3, 1e9 + 0.1, 1e17, .leastNonzeroMagnitude] {
        #expect(StepDetection.largest(in: Array(repeating: level, count: 50)) == nil, "\(level)")
    }
    for _ in 0..<100 { #expect(StepDetection.largest(in: (0..<60).map { _ in noise(&random) }) == nil) }
    // One outlier is no new level.
    #expect(StepDetection.largest(in: (0..<60).map { $0 == 30 ? 500 : noise(&random) }) == nil)
}

@Test("missing values are passed over, and the index counts them")
func stepWithGaps() throws {
    let series: [Double?] = [nil, 1, 1.1, nil, 0.9, 1, .nan, .infinity, nil, 9, 9.1, nil, 8.9, 9]
    let step = try #require(StepDetection.largest(in: series))
    #expect(step.index == 9)
    #expect(isNear(step.before, 1))
    #expect(isNear(step.after, 9))
}

@Test("huge values never trap")
func hugeSteps() {
    _ = StepDetection.largest(in: [1e308, -1e308, 1e308, -1e308, 1e308, 1e308, 1e308])
    #expect(StepDetection.largest(in: [0, 0, 0, 1e200, 1e200, 1e200]) == nil)
}
