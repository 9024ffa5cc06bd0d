import PitStatistics
import Testing

private func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-9 }

@Test(
    "SPD and DIR with the intervals of statsmodels 0.14 (newcomb, log-adjusted)",
    arguments: [
        (40, 52, 90, 100, -0.26880034363677, -0.011280819017533542, 0.7293147911766354, 1.0062627198146057),
        (45, 50, 88, 100, -0.10412122876253818, 0.11642550956732041, 0.9107598634426548, 1.149427903587052),
        (7, 35, 20, 60, -0.29400689484173903, 0.057713704009949046, 0.3015067273642517, 1.2893530178193409),
    ])
func fairness(a: Int, n: Int, b: Int, m: Int, low: Double, high: Double, least: Double, most: Double) throws {
    let found = try #require(GroupFairness(unprivileged: a, of: n, privileged: b, of: m))
    #expect(near(found.difference.value, Double(a) / Double(n) - Double(b) / Double(m)))
    #expect(near(found.difference.interval.lowerBound, low) && near(found.difference.interval.upperBound, high))
    let ratio = try #require(found.ratio)
    #expect(near(ratio.value, Double(a) / Double(n) / (Double(b) / Double(m))))
    #expect(near(ratio.interval.lowerBound, least) && near(ratio.interval.upperBound, most))
}

@Test("groups without anybody, and nothing favorable of the privileged, are no figures")
func fairnessOfFew() throws {
    #expect(GroupFairness(unprivileged: 0, of: 0, privileged: 1, of: 2) == nil)
    #expect(GroupFairness(unprivileged: 3, of: 2, privileged: 1, of: 2) == nil)
    #expect(try #require(GroupFairness(unprivileged: 1, of: 2, privileged: 0, of: 2)).ratio == nil)
    let none = try #require(GroupFairness(unprivileged: 0, of: 30, privileged: 12, of: 40))
    #expect(none.ratio?.interval.contains(0) == true && none.ratio?.value == 0)
    let all = try #require(GroupFairness(unprivileged: 30, of: 30, privileged: 40, of: 40))
    #expect(all.difference.value == 0 && all.difference.interval.contains(0) && all.ratio?.interval.contains(1) == true)
}

@Test("the discounted gain is worked by hand: 1 over log2(place + 1), as a share of the best order's")
func retrievalGain() {
    #expect(RetrievalRank.gain([1], at: 10) == 1 && RetrievalRank.gain([nil], at: 10) == 0)
    #expect(RetrievalRank.gain([3], at: 10).map { near($0, 0.5) } == true && RetrievalRank.gain([3], at: 2) == 0)
    let best = 1 + 0.6309297535714575
    #expect(RetrievalRank.gain([1, nil], at: 10).map { near($0, 1 / best) } == true)
    #expect(RetrievalRank.gain([2, 1], at: 10).map { near($0, 1) } == true)
    #expect(RetrievalRank.gain([1, 1], at: 10).map { near($0, 1 / best) } == true, "one place is one gain")
    #expect(RetrievalRank.gain([], at: 10) == nil && RetrievalRank.recall([], at: 1) == nil)
    #expect(RetrievalRank.recall([1, 3], at: 1) == 0.5 && RetrievalRank.reciprocal([nil, 4]) == 0.25)
}
