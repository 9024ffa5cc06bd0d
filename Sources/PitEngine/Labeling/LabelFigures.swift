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

    /// Alpha of each question, each followed by the kappas of its pairs, the lowest first.
    static func agreements(_ answers: [Judgement], _ rubric: Rubric) -> [AgreementFigure] {
        let all = LabelAgreement.of(answers, rubric).compactMap { one -> AgreementFigure? in
            guard let value = one.value else { return nil }
            var figure = AgreementFigure(one.measure, value, low: one.low, high: one.high, n: one.items)
            (figure.question, figure.people) = (one.question, one.people)
            return figure
        }
        return rubric.questions.flatMap { question in
            let own = all.filter { $0.question == question.id }
            let pairs = own.filter { $0.name == "cohen_kappa" }.sorted { $0.value < $1.value }
            return own.filter { $0.name == "krippendorff_alpha" } + pairs
        }
    }

    /// What is told of two releases when none is known yet: 10 % and 30 % bad, 62 judgements per arm.
    private static let usual = (0.1, 0.3)

    /// How far two releases can be told apart; nil where there are not two.
    static func evidence(
        _ queue: LabelQueue, _ tallies: [(model: String, release: String, good: Int, bad: Int)],
        _ meetings: [LabelMeeting]?
    ) -> LabelEvidence? {
        guard queue.releases.count == 2 else { return nil }
        if let meetings { return comparison(queue.releases, meetings) }
        let arms = queue.releases.map { release in
            let own = tallies.filter { $0.release == release }
            return LabelEvidence.Arm(
                release, good: own.reduce(0) { $0 + $1.good }, bad: own.reduce(0) { $0 + $1.bad })
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

    /// How often each of two is preferred; never called decided: the interval is on the Fleet.
    private static func comparison(_ releases: [String], _ meetings: [LabelMeeting]) -> LabelEvidence {
        var wins = [0, 0]
        for meeting in meetings where Set([meeting.first, meeting.second]) == Set(releases) {
            let isTurned = meeting.first != releases[0]
            wins[isTurned ? 1 : 0] += meeting.firstWins
            wins[isTurned ? 0 : 1] += meeting.secondWins
        }
        let arms = [
            LabelEvidence.Arm(releases[0], good: wins[0], bad: wins[1]),
            LabelEvidence.Arm(releases[1], good: wins[1], bad: wins[0]),
        ]
        let words = "\(releases[1]) is preferred to \(releases[0]) in \(wins[1]) of \(wins[0] + wins[1])"
        return LabelEvidence(arms: arms, needed: nil, words: words, isDecided: false)
    }

    /// Comparisons of two releases below which nothing is said.
    private static let fewestComparisons = 10

    /// How likely each release is preferred to each other that it met. Releases that no comparison connects, not even by
    /// way of others, are told apart from each other: what is known of some says nothing of the rest, nor hides it.
    static func winRates(_ meetings: [LabelMeeting]) -> [LabelWinRate] {
        // What was undone leaves a row of nothing, which is no comparison.
        Dictionary(grouping: meetings.filter { $0.count > 0 && !$0.model.description.isEmpty }, by: \.model)
            .sorted { $0.key < $1.key }.flatMap { connected($0.value).flatMap(winRates(connected:)) }
    }

    /// Meetings by the releases that hang together.
    private static func connected(_ meetings: [LabelMeeting]) -> [[LabelMeeting]] {
        var groups: [(releases: Set<String>, meetings: [LabelMeeting])] = []
        for meeting in meetings {
            var group = (releases: Set([meeting.first, meeting.second]), meetings: [meeting])
            for other in groups where !other.releases.isDisjoint(with: group.releases) {
                group = (group.releases.union(other.releases), other.meetings + group.meetings)
            }
            groups.removeAll { !$0.releases.isDisjoint(with: group.releases) }
            groups.append(group)
        }
        return groups.map(\.meetings)
    }

    private static func winRates(connected own: [LabelMeeting]) -> [LabelWinRate] {
        let releases = Set(own.flatMap { [$0.first, $0.second] }).sorted()
        let places = Dictionary(uniqueKeysWithValues: zip(releases, releases.indices))
        let met = own.map { meeting in
            BradleyTerry.Meeting(
                places[meeting.first] ?? 0, places[meeting.second] ?? 0, firstWins: Double(meeting.firstWins),
                secondWins: Double(meeting.secondWins), ties: Double(meeting.ties))
        }
        // Half a win each way, so that one who never lost has a strength, too.
        guard let rates = BradleyTerry.winRates(met, players: releases.count, prior: 0.5) else { return [] }
        return own.filter { $0.count >= fewestComparisons }.flatMap { meeting in
            [(meeting.first, meeting.second), (meeting.second, meeting.first)].compactMap { one, other in
                guard let i = places[one], let j = places[other] else { return nil }
                let (rate, low, high) = rates[i][j]
                return LabelWinRate(
                    model: meeting.model, release: one, against: other, count: meeting.count, rate: rate, low: low,
                    high: high)
            }
        }
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
