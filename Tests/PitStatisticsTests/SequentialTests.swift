import Foundation
import PitStatistics
import Testing

/// Short shares of what the benchmarks simulate in full.
@Suite struct SequentialTests {
    private func draw(_ count: Int, _ rate: Double, _ random: inout Seeded) -> Proportion {
        var hits = 0.0
        for _ in 0..<count where Double.random(in: 0..<1, using: &random) < rate { hits += 1 }
        return Proportion(hits, of: Double(count))
    }

    /// Ten requests a second are looked at every twenty seconds, for ten minutes.
    @Test func equalReleasesAreSeldomCalledBetterOrWorse() {
        var random = Seeded(state: 1)
        var wrong = 0
        for _ in 0..<200 {
            let before = draw(3000, 0.03, &random)
            var after = Proportion(0, of: 0)
            for _ in 0..<30 {
                after = after + draw(200, 0.03, &random)
                let p = SequentialProportions.pValues(before: before, after: after)
                if let p, min(p.more, p.less) <= 0.025 {
                    wrong += 1
                    break
                }
            }
        }
        // 5 % would be 10; 2 to 3 % are usual.
        #expect(wrong <= 14)
    }

    @Test func aDoubledErrorRatioIsFoundInFiveMinutes() {
        var random = Seeded(state: 2)
        var found = 0
        for _ in 0..<60 {
            let before = draw(9000, 0.02, &random)
            var after = Proportion(0, of: 0)
            for _ in 0..<15 where (SequentialProportions.pValues(before: before, after: after)?.more ?? 1) > 0.02 {
                after = after + draw(200, 0.04, &random)
            }
            if (SequentialProportions.pValues(before: before, after: after)?.more ?? 1) <= 0.02 { found += 1 }
        }
        #expect(found >= 56)
    }

    @Test func sidesAndLackAreTold() throws {
        let p = try #require(
            SequentialProportions.pValues(before: Proportion(10, of: 1000), after: Proportion(100, of: 1000)))
        #expect(p.more < 1e-6 && p.less > 0.5)
        let q = try #require(
            SequentialProportions.pValues(before: Proportion(100, of: 1000), after: Proportion(10, of: 1000)))
        #expect(q.less < 1e-6 && q.more > 0.5)
        #expect(SequentialProportions.pValues(before: Proportion(0, of: 10), after: Proportion(9, of: 9)) == nil)
        #expect(SequentialProportions.pValues(before: Proportion(0, of: 100), after: Proportion(0, of: 0)) == nil)
        for rate in [0.0, 1.0] {
            let all = Proportion(1000 * rate, of: 1000)
            let same = try #require(SequentialProportions.pValues(before: all, after: all))
            #expect(same.more > 0.05 && same.less > 0.05)
        }
    }

    @Test func burstsCountForLess() throws {
        let steady = (0..<30).map { Proportion(Double(4 + $0 % 3), of: 100) }
        #expect(SequentialProportions.dispersion(steady) == 1)
        let bursts = (0..<30).map { Proportion($0 % 10 == 0 ? 50 : 0, of: 100) }
        let dispersion = SequentialProportions.dispersion(bursts)
        #expect(dispersion > 10)
        let (before, after) = (Proportion(50, of: 1000), Proportion(110, of: 1000))
        let plain = try #require(SequentialProportions.pValues(before: before, after: after))
        let wide = try #require(SequentialProportions.pValues(before: before, after: after, dispersion: dispersion))
        #expect(plain.more < 0.001 && wide.more > 0.05)
    }

    @Test func twoThatGrowAreComparedToo() throws {
        let differs = try #require(
            SequentialProportions.difference(Proportion(20, of: 2000), Proportion(80, of: 2000)))
        #expect(differs < 1e-4)
        let same = try #require(SequentialProportions.difference(Proportion(20, of: 2000), Proportion(22, of: 2000)))
        #expect(same > 0.5)
        #expect(SequentialProportions.difference(Proportion(1, of: 2000), Proportion(3, of: 2000)) == nil)
    }
}
