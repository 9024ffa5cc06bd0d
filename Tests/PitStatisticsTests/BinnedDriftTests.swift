import Foundation
import PitStatistics
import Testing

/// SplitMix64 (Steele, Lea, Flood, 2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// So many draws from shares.
private func draw(_ count: Int, _ shares: [Double], _ random: inout SplitMix) -> [Double] {
    var counts = shares.map { _ in 0.0 }
    for _ in 0..<count {
        var left = Double.random(in: 0..<1, using: &random)
        var index = 0
        while index < shares.count - 1, left >= shares[index] {
            left -= shares[index]
            index += 1
        }
        counts[index] += 1
    }
    return counts
}

private let even = [Double](repeating: 1.0 / 12, count: 12)
private let edges = (0..<12).map { $0 < 11 ? Double(1 << $0) : .infinity }

@Suite struct BinnedDriftTests {
    /// Shares of draws without any change that exceed 0.1, as they are and corrected.
    private func exceeding(_ count: Int, draws: Int) -> (raw: Double, corrected: Double, alarms: Double) {
        var random = SplitMix(state: 11)
        var (raw, corrected, alarms) = (0.0, 0.0, 0.0)
        for _ in 0..<draws {
            let comparison = BinnedComparison(
                edges: edges, reference: draw(count, even, &random), current: draw(count, even, &random))
            raw += comparison.rawPSI > 0.1 ? 1 : 0
            corrected += comparison.psi > 0.1 ? 1 : 0
            alarms += comparison.verdict(limit: 0.2) == .drifted ? 1 : 0
        }
        return (raw / Double(draws), corrected / Double(draws), alarms / Double(draws))
    }

    @Test func withoutCorrectionSmallSamplesDriftByThemselves() {
        let small = exceeding(200, draws: 4000)
        #expect((0.38...0.62).contains(small.raw), "\(small)")
        #expect(small.corrected < 0.05)
        #expect(small.alarms == 0)
        #expect(exceeding(300, draws: 4000).alarms < 0.001)
        let larger = exceeding(500, draws: 2000)
        #expect((0.001...0.05).contains(larger.raw))
        #expect(larger.corrected < 0.001 && larger.alarms == 0)
    }

    @Test func aShiftByABucketIsFoundWithFewRequests() {
        var random = SplitMix(state: 3)
        let bell = (0..<12).map { exp(-pow(Double($0) - 5, 2) / 6) }
        let before = bell.map { $0 / bell.reduce(0, +) }
        let after = [0] + before.dropLast()
        var found = 0
        for _ in 0..<200 {
            let comparison = BinnedComparison(
                edges: edges, reference: draw(400, before, &random), current: draw(400, after, &random))
            if comparison.verdict(limit: 0.2) == .drifted { found += 1 }
        }
        #expect(found > 190)
    }

    @Test func everySenselessCountIsAVerdict() {
        let bad: [[Double]] = [[], [.nan, -5, .infinity], [0, 0, 0], [-1, -1, -1], [1e308, 1e308, 1e308]]
        for reference in bad {
            for current in bad {
                let comparison = BinnedComparison(edges: [1, 2, .infinity], reference: reference, current: current)
                #expect(comparison.psi.isFinite || comparison.nReference.isInfinite || comparison.nCurrent.isInfinite)
                #expect(comparison.kolmogorovSmirnov.lowerBound >= 0)
                if case .drifted = comparison.verdict(limit: 0.2) { Issue.record("\(reference) \(current)") }
            }
        }
        let one = BinnedComparison(edges: [.infinity], reference: [500], current: [900])
        #expect(one.psi == 0 && one.chiSquare == nil && one.verdict(limit: 0.2) == .same)
        #expect(
            BinnedComparison(edges: edges, reference: even.map { $0 * 5000 }, current: even.map { $0 * 41.004 })
                .verdict(
                    limit: 0.2)
                == .notEnoughData("41 in the window, 155 wanted"))
    }

    @Test func edgesThatOnlyOneSideHasAreMergedAway() {
        let a = [Bucket(upper: 1, count: 10), Bucket(upper: 2, count: 30), Bucket(upper: .infinity, count: 40)]
        let b = [Bucket(upper: 2, count: 7), Bucket(upper: 4, count: 8), Bucket(upper: .infinity, count: 9)]
        let both = BinnedComparison.shared(a, b)
        #expect(both.edges == [2, .infinity])
        #expect(both.reference == [30, 10] && both.current == [7, 2])
    }

    /// Whatever the raw observations were, the bounds hold them.
    @Test func boundsHoldTheStatisticsOfWhatWasObserved() {
        var random = SplitMix(state: 5)
        let limits: [Double] = [1, 2, 5, 10, 20]
        for _ in 0..<200 {
            let scale = Double.random(in: 1...3, using: &random)
            let a = (0..<50).map { _ in Double.random(in: 0...6, using: &random) }
            let b = (0..<60).map { _ in Double.random(in: 0...6, using: &random) * scale }
            func binned(_ values: [Double]) -> [Double] {
                limits.indices.map { index in
                    Double(values.count { $0 <= limits[index] && (index == 0 || $0 > limits[index - 1]) })
                }
            }
            let comparison = BinnedComparison(edges: limits, reference: binned(a), current: binned(b))
            let points = (a + b).sorted()
            func share(_ values: [Double], _ x: Double) -> Double {
                Double(values.count { $0 <= x }) / Double(values.count)
            }
            let ks = points.map { abs(share(a, $0) - share(b, $0)) }.max() ?? 0
            let distance = zip(points, points.dropFirst()).reduce(0) {
                $0 + abs(share(a, $1.0) - share(b, $1.0)) * ($1.1 - $1.0)
            }
            #expect(comparison.kolmogorovSmirnov.lowerBound <= ks + 1e-12)
            #expect(comparison.kolmogorovSmirnov.upperBound >= ks - 1e-12)
            let bounds = comparison.wasserstein
            #expect((bounds?.lowerBound ?? .infinity) <= distance + 1e-9)
            #expect((bounds?.upperBound ?? 0) >= distance - 1e-9)
        }
        #expect(BinnedComparison(edges: edges, reference: even, current: even).wasserstein == nil)
    }

    @Test func aChangeIsDatedAndAStepIsToldFromARise() throws {
        let noise = { (index: Int) in Double((index * 7919) % 13 - 6) / 600 }
        let step = (0..<40).map { $0 < 25 ? 0.02 + noise($0) : 0.4 + noise($0) }
        let found = try #require(ChangeOnset(step))
        #expect(found.kind == .sudden && found.index == 25)
        let rise = (0..<40).map { $0 < 20 ? 0.02 + noise($0) : 0.02 + Double($0 - 20) * 0.03 + noise($0) }
        let slow = try #require(ChangeOnset(rise))
        #expect(slow.kind == .gradual && (16...24).contains(slow.index))
        #expect(ChangeOnset((0..<40).map { 0.02 + noise($0) }) == nil)
        #expect(ChangeOnset([0.1, nil, 0.1]) == nil && ChangeOnset([]) == nil)
    }

    /// `scipy.stats.false_discovery_control([0.01, 0.04, 0.03, 0.2])`.
    @Test func manyTestsAtOnceAreAdjusted() {
        let adjusted = BenjaminiHochberg.adjusted([0.01, 0.04, 0.03, 0.2])
        for (a, b) in zip(adjusted, [0.04, 0.053333333333333337, 0.053333333333333337, 0.2]) {
            #expect(abs(a - b) < 1e-12)
        }
        #expect(BenjaminiHochberg.adjusted([]).isEmpty)
    }
}
