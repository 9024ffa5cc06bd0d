import PitModel
import PitStatistics

/// Numbers made of judgements.
enum LabelFigures {
    /// Krippendorff's alpha of the answers to one question: of ratings by their intervals, else by equality.
    static func agreement(
        _ answers: [(item: String, author: String, value: JudgedValue)], _ question: RubricQuestion
    ) -> AgreementFigure? {
        var (items, people, codes): ([String: Int], [String: Int], [String: Int]) = ([:], [:], [:])
        var numbers: [Double] = []
        func place(_ key: String, in table: inout [String: Int]) -> Int {
            if let known = table[key] { return known }
            table[key] = table.count
            return table.count - 1
        }
        let isRating = if case .rating = question.kind { true } else { false }
        let sorted = answers.sorted { a, b in
            if case (.number(let x), .number(let y)) = (a.value, b.value), x != y { return x < y }
            return (a.item, a.author) < (b.item, b.author)
        }
        var judgements: [(item: Int, person: Int, code: Int)] = []
        for answer in sorted {
            let known = codes.count
            let code = place(answer.value.words, in: &codes)
            if codes.count > known, case .number(let number) = answer.value { numbers.append(number) }
            judgements.append((place(answer.item, in: &items), place(answer.author, in: &people), code))
        }
        guard people.count > 1, !items.isEmpty else { return nil }
        let level: Ratings.Level = isRating && numbers.count == codes.count ? .interval : .nominal
        let ratings = Ratings(
            judgements: judgements, items: items.count, annotators: people.count, categories: codes.count,
            values: level == .interval ? numbers : nil)
        let report = AgreementReport(ratings, level: level, bootstrap: 200)
        guard let alpha = report.alpha.value else { return nil }
        return AgreementFigure(
            "krippendorff_alpha", alpha, low: report.alpha.interval?.lowerBound,
            high: report.alpha.interval?.upperBound,
            n: items.count)
    }

    /// How far two releases can be told apart.
    static func evidence(_ arms: [LabelEvidence.Arm]) -> LabelEvidence? {
        guard arms.count == 2 else { return nil }
        let counts = arms.map { Double($0.good + $0.bad) }
        let bad = arms.map { Double($0.bad) }
        let have = arms.map { $0.good + $0.bad }.min() ?? 0
        guard have >= 5 else {
            return LabelEvidence(
                arms: arms, needed: nil, words: "too few yet to say how many it takes: \(have) per arm, 5 at least",
                isDecided: false)
        }
        let shares = zip(bad, counts).map { ($0 + 0.5) / ($1 + 1) }
        let needed = SampleSize.perArm(shares[0], shares[1])
        let isDecided: Bool =
            SampleSize.difference(bad[0], counts[0], bad[1], counts[1]).map { $0.lowerBound > 0 || $0.upperBound < 0 }
            == true && (needed.map { have >= $0 } ?? false)
        let percents = shares.map { "\(Int(($0 * 100).rounded())) %" }
        let words =
            isDecided
            ? "decided: \(percents[0]) bad of \(arms[0].release), \(percents[1]) of \(arms[1].release)"
            : needed.map { "\($0) per arm tell \(percents[0]) from \(percents[1]) bad; have \(have)" }
                ?? "both are as often bad so far: \(percents[0]); have \(have) per arm"
        return LabelEvidence(arms: arms, needed: needed, words: words, isDecided: isDecided)
    }

    static func quality(_ counts: [(model: ModelName, release: String?, good: Int, bad: Int)]) -> [LabelQuality] {
        counts.compactMap { each in
            let count = Double(each.good + each.bad)
            return WilsonInterval.of(Double(each.good), count).map {
                LabelQuality(
                    model: each.model, release: each.release, good: each.good, bad: each.bad,
                    share: Double(each.good) / count, low: $0.lowerBound, high: $0.upperBound)
            }
        }
    }
}
