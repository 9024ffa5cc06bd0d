import PitModel
import PitStatistics

/// How far people agree on what is exported, by question.
struct AgreementTally {
    private struct Question {
        var codes: [String: Int] = [:]
        var numbers = true
        var judgements: [(item: Int, person: Int, code: Int)] = []
        var items = 0
    }
    private var questions: [String: Question] = [:]
    private var people: [String: Int] = [:]
    /// Resamples for the intervals, and the items beyond which they are left out.
    private static let resamples = 200
    private static let most = 50_000

    mutating func add(_ all: [Judgement]) {
        let judgements = all.contains { $0.decides == true } ? all.filter { $0.decides != true } : all
        guard judgements.count > 1 else { return }
        var asked: [String] = []
        for judgement in judgements where !asked.contains(judgement.question) { asked.append(judgement.question) }
        for question in asked {
            let answers = judgements.filter { $0.question == question && Self.word($0.value) != nil }
            guard answers.count > 1 else { continue }
            var tally = questions[question] ?? Question()
            for answer in answers {
                guard let word = Self.word(answer.value) else { continue }
                if case .number? = answer.value {} else { tally.numbers = false }
                let person = people[answer.author] ?? people.count
                people[answer.author] = person
                let code = tally.codes[word] ?? tally.codes.count
                tally.codes[word] = code
                tally.judgements.append((tally.items, person, code))
            }
            tally.items += 1
            questions[question] = tally
        }
    }

    /// What two people can be of one mind on; free text is not counted.
    private static func word(_ value: JudgedValue?) -> String? {
        switch value {
        case .choice(let word)?: word
        case .choices(let words)?: words.joined(separator: "\u{1F}")
        case .number(let number)?: "\(number)"
        case .preference(let preference)?: preference.rawValue
        case .ranking(let places)?: places.map { "\($0)" }.joined(separator: " ")
        case .text?, .correction?, .spans?, nil: nil
        }
    }

    struct Line: Equatable {
        var question: String
        var items: Int
        var people: Int
        var level: String
        var percent: Double?
        var alpha: Double?
        var interval: ClosedRange<Double>?
    }

    /// Krippendorff's alpha of each question that two or more people answered of one item; ordinal where the answers are
    /// numbers.
    var lines: [Line] {
        questions.sorted { $0.key < $1.key }.compactMap { name, tally in
            guard tally.codes.count < 65_535, people.count < 65_535 else { return nil }
            let words = tally.codes.keys.sorted {
                tally.numbers ? (Double($0) ?? 0) < (Double($1) ?? 0) : $0 < $1
            }
            let ranks = Dictionary(uniqueKeysWithValues: words.enumerated().map { (tally.codes[$1] ?? 0, $0) })
            let ratings = Ratings(
                judgements: tally.judgements.map { ($0.item, $0.person, ranks[$0.code] ?? 0) }, items: tally.items,
                annotators: people.count, categories: words.count,
                values: tally.numbers ? words.map { Double($0) ?? 0 } : nil)
            let level = tally.numbers ? Ratings.Level.ordinal : .nominal
            let report = AgreementReport(
                ratings, level: level, bootstrap: tally.items <= Self.most ? Self.resamples : 0)
            return Line(
                question: name, items: tally.items, people: Set(tally.judgements.map(\.person)).count,
                level: level.rawValue, percent: report.percent, alpha: report.alpha.value,
                interval: report.alpha.interval)
        }
    }
}
