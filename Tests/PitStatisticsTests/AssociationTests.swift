import PitStatistics
import Testing

@Suite struct AssociationTests {
    private let first = [
        0, 2, 1, 1, 2, 0, 1, 1, 1, 0, 3, 3, 3, 3, 1, 0, 1, 1, 3, 2, 0, 1, 0, 0, 2, 3, 1, 1, 1, 2, 0, 2, 0, 2, 2, 3, 0,
        1,
        3, 2, 0, 3, 2, 2, 0, 0, 3, 2, 0, 0, 0, 1, 1, 3, 3, 0, 1, 1, 1, 2,
    ]
    private let second = [
        1, 3, 3, 2, 2, 1, 1, 3, 2, 0, 3, 3, 4, 0, 3, 1, 3, 1, 0, 4, 1, 2, 1, 2, 2, 4, 1, 2, 2, 4, 0, 4, 2, 3, 2, 3, 0,
        1,
        0, 3, 1, 3, 4, 3, 2, 1, 0, 4, 1, 0, 0, 1, 2, 4, 3, 0, 2, 2, 2, 2,
    ]
    private let values = [
        11.7, 44.5, 61.0, 85.9, 127.5, 21.2, 39.1, 29.6, 41.2, 51.4, 117.6, 148.2, 76.6, 143.3, 29.7, 99.2, 20.4, 72.9,
        95.8, 73.5, 45.3, 22.0, 85.7, 1.9, 63.0, 106.6, 73.2, 119.8, 68.0, 98.8, 91.1, 118.9, 32.9, 52.1, 65.6, 157.4,
        23.4, 85.9, 97.3, 53.8, 35.8, 112.8, 124.3, 102.6, 54.1, 51.2, 148.4, 60.4, 20.3, 31.4, 84.2, 119.5, 78.0,
        125.4, 103.7, 34.5, 66.7, 22.6, 66.2, 98.0,
    ]

    @Test("categories and numbers go together as SciPy says: association(method='cramer'), and eta from f_oneway")
    func references() throws {
        #expect(abs(try #require(Association.cramersV(first, second)) - 0.513_235_283_497_927_8) < 1e-12)
        #expect(abs(try #require(Association.correlationRatio(first, values)) - 0.687_894_254_774_641) < 1e-12)
        let rank = try #require(RankCorrelation.spearman(values.indices.map(Double.init), values))
        #expect(abs(rank.coefficient - 0.131_427_221_841_272_5) < 1e-12)
        #expect(Association.cramersV(first, first) == 1 && Association.cramersV(first.map { _ in 1 }, second) == nil)
        #expect(abs(try #require(Association.correlationRatio(first, first.map(Double.init))) - 1) < 1e-12)
        #expect(Association.correlationRatio(first, first.map { _ in 7 }) == nil)
        #expect(Association.correlationRatio([], []) == nil && Association.cramersV([], []) == nil)
    }

    @Test("a text like those that were learned is expected, another is not; its shares are shares")
    func characters() throws {
        var model = CharacterModel()
        #expect(model.perplexity(of: "abc") == 1 && model.perplexity(of: "") == nil)
        for number in 0..<300 { model.learn("the parcel \(number) is on its way to you and will be there soon") }
        let like = try #require(model.perplexity(of: "the parcel 7311 is on its way to you"))
        let unlike = try #require(model.perplexity(of: "xq#9}zK@ vv]]pQ~ 0x^f"))
        #expect(like < 3 && unlike > 10 * like, "\(like) \(unlike)")
        // Of a text that is always the same nearly nothing is left to be told.
        var same = CharacterModel()
        for _ in 0..<1000 { same.learn("aaaaaaaaaa") }
        #expect(try #require(same.perplexity(of: "aaaaaaaaaa")) < 1.05)
    }
}
