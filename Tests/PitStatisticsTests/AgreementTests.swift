import Foundation
import PitStatistics
import Testing

/// What krippendorff, scikit-learn and statsmodels said; `Tests/Tools/agreement_parity.py` writes the file.
private struct AgreementParity: Decodable {
    struct Cohen: Decodable {
        var pair: [Int]
        var n: Int
        var kappa: [Double?]
    }
    struct Case: Decodable {
        var rows: [[Int?]]
        var categories: Int
        var alpha: [String: Double?]
        var fleiss: Double?
        var cohen: [Cohen]
    }
    var cases: [Case]

    static func read() throws -> AgreementParity {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/agreement-parity.json")
        return try JSONDecoder().decode(AgreementParity.self, from: Data(contentsOf: file))
    }
}

struct AgreementTests {
    @Test func agreesWithTheReferencesOnEveryTable() throws {
        let all = try AgreementParity.read().cases
        #expect(all.count == 10)
        for (index, one) in all.enumerated() {
            let ratings = Ratings(one.rows, categories: one.categories)
            for level in Ratings.Level.allCases {
                let theirs = one.alpha[level.rawValue] ?? nil
                #expect(isNear(AgreementCoefficients.alpha(ratings, level), theirs), "case \(index) alpha \(level)")
            }
            #expect(isNear(AgreementCoefficients.fleiss(ratings), one.fleiss) || one.fleiss == nil, "case \(index)")
            for (place, weights) in CohenKappa.Weights.allCases.enumerated() {
                let mine = CohenKappa.pairs(ratings, weights)
                #expect(mine.count == one.cohen.count)
                for (a, b) in zip(mine, one.cohen) {
                    #expect([a.first, a.second] == b.pair && a.count == b.n)
                    #expect(isNear(a.kappa, b.kappa[place]), "case \(index) \(weights) \(b.pair)")
                }
            }
        }
    }

    /// Gwet's AC1 and Fleiss' kappa by hand from their papers' formulas.
    @Test func computesAC1AndFleissOfKnownTables() {
        let wiki = [
            [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1], [7, 7, 0, 0, 0],
            [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
        ].map { counts in counts.enumerated().flatMap { Array(repeating: Int?($0.offset), count: $0.element) } }
        let ratings = Ratings(wiki, categories: 5)
        #expect(isNear(AgreementCoefficients.fleiss(ratings), 0.2099307, 1e-6))
        #expect(isNear(AgreementCoefficients.ac1(ratings), 0.2256142, 1e-6))
        let pair = Ratings(
            zip([0, 0, 1, 1, 2, 2, 2, 0, 1, 2], [0, 1, 1, 1, 2, 2, 0, 0, 2, 2]).map { [$0, $1] }, categories: 3)
        #expect(isNear(AgreementCoefficients.ac1(pair), 0.5522388, 1e-6))
    }

    @Test func countsTheLaterOfTwoJudgementsByOnePerson() {
        let ratings = Ratings(
            judgements: [(1, 0, 0), (0, 0, 1), (0, 1, 1), (0, 0, 0), (1, 1, 1)], items: 2, annotators: 2, categories: 2)
        #expect(ratings.judgements == 4)
        #expect(ratings.judgements(of: 0).map(\.code) == [0, 1])
        #expect(ratings.worst(limit: 5).map(\.item) == [0, 1])
    }

    @Test func saysNothingWhereNothingVaries() {
        let report = AgreementReport(Ratings([[0, 0], [0, 0]], categories: 2), level: .nominal, bootstrap: 200)
        #expect(report.alpha.value == nil && report.fleiss.value == nil && report.percent == 1)
        #expect(AgreementReport(Ratings([], categories: 2), level: .nominal).percent == nil)
    }

    /// An interval from resampled items holds the figure, is the same every time, and narrows with more items.
    @Test func givesIntervalsThatNarrow() throws {
        func report(_ copies: Int) -> AgreementReport {
            var random = Seeded(state: 7)
            let rows = (0..<copies).map { _ in
                let truth = Int.random(in: 0..<3, using: &random)
                return (0..<4).map { _ -> Int? in
                    Double.random(in: 0..<1, using: &random) < 0.8 ? truth : Int.random(in: 0..<3, using: &random)
                }
            }
            return AgreementReport(Ratings(rows, categories: 3), level: .nominal, bootstrap: 400)
        }
        let (few, many) = (report(40), report(4000))
        for figure in [few.alpha, few.fleiss, few.ac1, many.alpha, many.fleiss, many.ac1] {
            let (value, interval) = (try #require(figure.value), try #require(figure.interval))
            #expect(interval.contains(value))
        }
        func width(_ figure: AgreementReport.Figure) -> Double {
            figure.interval.map { $0.upperBound - $0.lowerBound } ?? .nan
        }
        // A hundred times the items: about a tenth of the width.
        #expect(width(many.alpha) < width(few.alpha) / 6 && width(many.alpha) > width(few.alpha) / 16)
        #expect(few.alpha == report(40).alpha)
        #expect(few.cohen.count == 6 && few.cohen.allSatisfy { $0.interval != nil })
    }

    @Test func ranksPlayersByTheirMeetings() throws {
        let meetings = [
            BradleyTerry.Meeting(0, 1, firstWins: 7, secondWins: 3),
            .init(0, 2, firstWins: 8, secondWins: 2), .init(1, 2, firstWins: 6, secondWins: 4),
        ]
        let strengths = try #require(BradleyTerry.strengths(meetings, players: 3))
        for (mine, known) in zip(strengths, [2.0971304, 0.8614810, 0.5535145]) { #expect(isNear(mine, known, 1e-6)) }
        #expect(isNear(BradleyTerry.rating(strengths[0]), 1128.6502, 1e-6))
        let unbeaten = [BradleyTerry.Meeting(0, 1, firstWins: 3, secondWins: 0)]
        #expect(BradleyTerry.strengths(unbeaten, players: 2) == nil)
        #expect(BradleyTerry.strengths(unbeaten, players: 2, prior: 0.5) != nil)
    }

    @Test func saysHowManyJudgementsADifferenceNeeds() throws {
        #expect(SampleSize.perArm(0.1, 0.3) == 62)
        #expect(SampleSize.perArm(0.2, 0.2) == nil)
        let interval = try #require(SampleSize.difference(56, 70, 48, 80))
        #expect(isNear(interval.lowerBound, 0.0524315, 1e-5) && isNear(interval.upperBound, 0.3338727, 1e-5))
    }
}
