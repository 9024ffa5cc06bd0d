import PitStatistics
import Testing

@Test("the rank correlation equals SciPy's, with ties and what is no number left out")
func spearman() throws {
    // scipy.stats.spearmanr([1,2,3,4,5], [5,6,7,8,7]): 0.8207826816681233, p 0.08858700531354381
    let found = try #require(RankCorrelation.spearman([1, 2, 3, .nan, 4, 5], [5, 6, 7, 1, 8, 7]))
    #expect(abs(found.coefficient - 0.8207826816681233) < 1e-12 && found.pairs == 5)
    #expect(abs(found.pValue - 0.08858700531354381) < 1e-9)
    let falling = try #require(RankCorrelation.spearman([1, 10, 100, 1000], [4, 3, 2, 1]))
    #expect(falling.coefficient == -1 && falling.pValue == 0)
}

@Test("too little, or what never changes, is no correlation")
func noSpearman() {
    #expect(RankCorrelation.spearman([1, 2, 3], [1, 2, 3]) == nil)
    #expect(RankCorrelation.spearman([1, 1, 1, 1], [1, 2, 3, 4]) == nil)
}
