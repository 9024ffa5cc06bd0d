import PitModel
import PitStatistics

/// The numbers that judgements make.
enum LabelFigures {
    /// How far people agree on a rubric's first question that can be compared; nil without one that two have judged.
    static func agreement(_ answers: [Judgement], _ rubric: Rubric) -> AgreementFigure? {
        for question in rubric.questions {
            guard let shared = SharedRatings(answers, question) else { continue }
            let bootstrap = shared.shared < 5 ? 0 : 300
            let alpha = AgreementReport(shared.ratings, level: shared.level, bootstrap: bootstrap).alpha
            guard let value = alpha.value else { continue }
            return AgreementFigure(
                "krippendorff_alpha", value, low: alpha.interval?.lowerBound, high: alpha.interval?.upperBound,
                n: shared.shared)
        }
        return nil
    }

    /// What is told of two releases when none is known yet: 10 % and 30 % bad, 62 judgements per arm.
    private static let usual = (0.1, 0.3)

    /// How far two releases can be told apart; nil where there are not two.
    static func evidence(
        _ queue: LabelQueue, _ tallies: [(model: String, release: String, good: Int, bad: Int)], isPaired: Bool
    ) -> LabelEvidence? {
        guard queue.releases.count == 2 else { return nil }
        let arms = queue.releases.map { release in
            let own = tallies.filter { $0.release == release }
            return LabelEvidence.Arm(
                release, good: own.reduce(0) { $0 + $1.good }, bad: own.reduce(0) { $0 + $1.bad })
        }
        if isPaired {
            let (wins, losses) = (arms[1].good, arms[1].bad)
            let words = "\(arms[1].release) is preferred to \(arms[0].release) in \(wins) of \(wins + losses)"
            return LabelEvidence(arms: arms, needed: nil, words: words, isDecided: false)
        }
        let counts = arms.map { $0.good + $0.bad }
        // Drawn to the middle a little, so that few judgements do not promise too much.
        let shares = zip(arms, counts).map { (Double($0.bad) + 1) / (Double($1) + 2) }
        var pair = usual
        if let least = counts.min(), least >= 20, abs(shares[0] - shares[1]) >= 0.05 { pair = (shares[0], shares[1]) }
        let needed = SampleSize.perArm(pair.0, pair.1)
        let sides = zip(arms, counts).map { Proportion(Double($0.bad), of: Double($1)) }
        let p = SequentialProportions.difference(sides[0], sides[1])
        let isDecided = p.map { $0 < 0.05 } ?? false
        let have = counts.min() ?? 0
        func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
        let words =
            isDecided
            ? "decided: \(percent(shares[0])) of \(arms[0].release), \(percent(shares[1])) of \(arms[1].release) are bad"
            : needed.map {
                "\($0) per arm tell \(percent(min(pair.0, pair.1))) from \(percent(max(pair.0, pair.1))) bad; have \(have)"
            } ?? "have \(have) per arm"
        return LabelEvidence(arms: arms, needed: needed, words: words, isDecided: isDecided)
    }

    /// How good people found each release, with Wilson's interval.
    static func quality(_ tallies: [(model: String, release: String, good: Int, bad: Int)]) -> [LabelQuality] {
        tallies.compactMap { tally in
            let count = tally.good + tally.bad
            guard !tally.model.isEmpty, let range = WilsonInterval.of(Double(tally.good), Double(count)) else {
                return nil
            }
            return LabelQuality(
                model: ModelName(tally.model), release: tally.release.isEmpty ? nil : tally.release, good: tally.good,
                bad: tally.bad, share: Double(tally.good) / Double(count), low: range.lowerBound,
                high: range.upperBound)
        }
    }
}
