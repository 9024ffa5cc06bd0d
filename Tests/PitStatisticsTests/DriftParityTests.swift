import Foundation
import PitStatistics
import Testing

/// What SciPy and NumPy said; `Tests/Tools/drift_parity.py` writes the file.
private struct DriftParity: Decodable {
    struct Side: Decodable {
        var seed: UInt64
        var count: Int
        var scale: Double
        var shift: Double
        var levels: Double

        var values: [Double] {
            var random = Seeded(state: seed)
            return (0..<count).map { _ in
                let u = Double(random.next() >> 11) * 0x1p-53
                return (levels > 0 ? (u * levels).rounded(.down) : u) * scale + shift
            }
        }
    }
    struct Pair: Decodable {
        var a: Side
        var b: Side
        var values: [String: [Double?]]
    }
    struct Table: Decodable {
        var a: [Double]
        var b: [Double]
        var chi2: [Double]
        var g: [Double]
        var expected: [Double]
    }
    struct Proportion: Decodable {
        var counts: [Double]
        var z: [Double]
        var wilson: [Double]
    }
    struct Function: Decodable { var a, b, x, beta, gamma: Double }
    struct Discovery: Decodable { var p, adjusted: [Double] }
    var samples: [Pair]
    var tables: [Table]
    var proportions: [Proportion]
    var functions: [Function]
    var false_discovery: [Discovery]

    static func read() throws -> DriftParity {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/drift-parity.json")
        return try JSONDecoder().decode(DriftParity.self, from: Data(contentsOf: file))
    }
}

/// A statistic to a relative 1e-9 (and near 0 to an absolute), a probability to an absolute 1e-6.
private func agrees(_ mine: (Double, Double?)?, _ theirs: [Double?]) -> Bool {
    guard let mine else { return theirs[0] == nil }
    let statistic = theirs[0].map { abs(mine.0 - $0) <= 1e-9 * max(1, abs($0)) } ?? true
    guard theirs.count > 1, let p = theirs[1] else { return statistic }
    return statistic && mine.1.map { abs($0 - p) <= 1e-6 } ?? false
}

@Suite struct DriftParityTests {
    @Test("statistics of two samples and their probabilities are SciPy's")
    func samples() throws {
        for pair in try DriftParity.read().samples {
            let (rawA, rawB) = (pair.a.values, pair.b.values)
            let (a, b) = (OrderedValues(rawA), OrderedValues(rawB))
            let what = "\(pair.a) \(pair.b)"
            func check(_ name: String, _ mine: (Double, Double?)?) throws {
                let theirs = try #require(pair.values[name])
                #expect(agrees(mine, theirs), "\(name): \(String(describing: mine)), SciPy \(theirs); \(what)")
            }
            let (ks, mw) = (KolmogorovSmirnov.compare(a, b), MannWhitney.compare(a, b))
            try check("ks", ks.map { ($0.statistic, $0.pValue) })
            try check("mw", mw.map { ($0.u, $0.pValue) })
            if rawA.count > 1, pair.a.levels != 1 {
                let student = MeanTest.compare(a, b)
                let welch = MeanTest.compare(a, b, equalVariances: false)
                try check("t", student.map { ($0.t, $0.pValue) })
                try check("welch", welch.map { ($0.t, $0.pValue) })
            }
            try check("wasserstein", WassersteinDistance.distance(a, b).map { ($0, nil) })
            try check("normed", WassersteinDistance.normed(a, b).map { ($0, nil) })
            let bins = Binning.both(a, b)
            try check("psi", (PopulationStability.index(bins.reference, bins.current), nil))
            try check("kl", (PopulationStability.kullbackLeibler(bins.reference, bins.current), nil))
            try check("js", (JensenShannon.distance(bins.reference, bins.current), nil))
            for edges in [Binning.quantileEdges(a), Binning.quantileEdges(rawA)] {
                let plain = PopulationStability.plain(
                    Binning.counts(rawA, edges: edges), Binning.counts(b, edges: edges))
                try check("psi_quantile", (plain, nil))
            }
            let range = try #require(Binning.range(rawA + rawB))
            let counts = [rawA, rawB].map {
                Binning.uniformCounts($0, from: range.lowerBound, to: range.upperBound, bins: 50)
            }
            try check("js_50", (JensenShannon.distance(counts[0], counts[1]), nil))
            let theirs = try #require(pair.values["counts_50"])
            if !theirs.isEmpty { #expect(counts[0] == theirs.map { $0 ?? -1 }, "\(what)") }
        }
    }

    @Test("tests of counts and proportions are SciPy's")
    func counts() throws {
        let parity = try DriftParity.read()
        for table in parity.tables {
            let mine = BinnedComparison(categories: table.a.map { "\($0)" }, reference: table.a, current: table.b)
            #expect(agrees(mine.chiSquare.map { ($0.statistic, $0.pValue) }, table.chi2))
            #expect(agrees(mine.gTest.map { ($0.statistic, $0.pValue) }, table.g))
            #expect(agrees(ChiSquareTest.expected(table.a, table.b).map { ($0.statistic, $0.pValue) }, table.expected))
        }
        for row in parity.proportions {
            let counts = row.counts
            let mine = TwoProportions.test(counts[0], of: counts[1], counts[2], of: counts[3])
            #expect(agrees((mine.z, mine.pValue), row.z))
            let interval = try #require(WilsonInterval.of(counts[0], counts[1]))
            #expect(isNear(interval.lowerBound, row.wilson[0], 1e-9) || abs(row.wilson[0]) < 1e-12)
            #expect(isNear(interval.upperBound, row.wilson[1], 1e-9))
        }
    }

    @Test("special functions and the adjustment of many tests are SciPy's")
    func functions() throws {
        let parity = try DriftParity.read()
        for row in parity.functions {
            #expect(isNear(SpecialFunctions.beta(row.x, row.a, row.b), row.beta, 1e-10), "\(row)")
            #expect(isNear(SpecialFunctions.upperGamma(row.a, row.x * row.a), row.gamma, 1e-10), "\(row)")
        }
        for row in parity.false_discovery {
            for (mine, theirs) in zip(BenjaminiHochberg.adjusted(row.p), row.adjusted) { #expect(isNear(mine, theirs)) }
        }
    }
}
