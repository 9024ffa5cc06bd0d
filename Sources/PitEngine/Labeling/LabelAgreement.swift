public import PitModel
import PitStatistics

/// One measure of how far people agree on one question.
public struct LabelAgreement: Equatable, Sendable {
    public var question: String
    /// `krippendorff_alpha`, `fleiss_kappa`, `gwet_ac1`, or `cohen_kappa` of a pair.
    public var measure: String
    public var people: [String]
    /// Nil where it is not defined: too few judgements, or no variation.
    public var value: Double?
    public var low: Double?
    public var high: Double?
    public var items: Int
    /// When the span begins that it is of; nil: of all time.
    public var from: Timestamp?

    /// All of them, of every question whose answers can be compared. What came again, and what machines say, is left out.
    public static func of(_ answers: [Judgement], _ rubric: Rubric) -> [LabelAgreement] {
        rubric.questions.flatMap { question -> [LabelAgreement] in
            guard let shared = SharedRatings(answers, question) else { return [] }
            let report = AgreementReport(shared.ratings, level: shared.level, bootstrap: shared.shared < 5 ? 0 : 500)
            func figure(
                _ measure: String, _ people: [String], _ value: Double?, _ range: ClosedRange<Double>?, _ items: Int
            ) -> LabelAgreement {
                LabelAgreement(
                    question: question.id, measure: measure, people: people, value: value, low: range?.lowerBound,
                    high: range?.upperBound, items: items)
            }
            return [
                figure(
                    "krippendorff_alpha", shared.people, report.alpha.value, report.alpha.interval, shared.shared),
                figure("fleiss_kappa", shared.people, report.fleiss.value, report.fleiss.interval, shared.shared),
                figure("gwet_ac1", shared.people, report.ac1.value, report.ac1.interval, shared.shared),
            ]
                + report.cohen.map { pair in
                    figure(
                        "cohen_kappa", [shared.people[pair.first], shared.people[pair.second]], pair.kappa,
                        pair.interval, pair.count)
                }
        }
    }
}

extension LabelAgreement {
    /// The measures of all who judged, span by span of `seconds`, the oldest first: an item belongs to the span in which
    /// it was judged last.
    public static func overTime(_ answers: [Judgement], _ rubric: Rubric, seconds: Double) -> [LabelAgreement] {
        var last: [String: Timestamp] = [:]
        for answer in answers { last[answer.item] = max(last[answer.item] ?? answer.at, answer.at) }
        let spans = Dictionary(grouping: answers) { ((last[$0.item] ?? $0.at).seconds / seconds).rounded(.down) }
        return spans.sorted { $0.key < $1.key }.flatMap { start, own in
            of(own, rubric).filter { $0.measure != "cohen_kappa" }.map { figure in
                var figure = figure
                figure.from = Timestamp(seconds: start * seconds)
                return figure
            }
        }
    }

    /// How far each machine agrees with what most people say, by Cohen's kappa; an item on which people are even is left
    /// out.
    public static func ofMachines(_ answers: [Judgement], _ rubric: Rubric) -> [LabelAgreement] {
        var (machines, people): ([String: [Judgement]], [Judgement]) = ([:], [])
        for answer in answers where !answer.isRepeat && answer.decides != true {
            if case .machine(let name) = answer.origin {
                var said = answer
                (said.origin, said.author) = (.person, name)
                machines[name, default: []].append(said)
            } else {
                people.append(answer)
            }
        }
        return machines.sorted { $0.key < $1.key }.flatMap { name, said in
            rubric.questions.compactMap { question -> LabelAgreement? in
                let own = said.filter { $0.question == question.id }
                let most = majority(people.filter { $0.question == question.id })
                guard let shared = SharedRatings(own + most, question) else { return nil }
                let report = AgreementReport(
                    shared.ratings, level: shared.level, bootstrap: shared.shared < 5 ? 0 : 500)
                guard let pair = report.cohen.first else { return nil }
                return LabelAgreement(
                    question: question.id, measure: "cohen_kappa", people: [name, "most people"], value: pair.kappa,
                    low: pair.interval?.lowerBound, high: pair.interval?.upperBound, items: pair.count)
            }
        }
    }

    private static func majority(_ answers: [Judgement]) -> [Judgement] {
        Dictionary(grouping: answers, by: \.item).values.compactMap { all in
            let counts = Dictionary(grouping: all, by: { $0.value })
            let most = counts.values.map(\.count).max() ?? 0
            guard counts.values.count(where: { $0.count == most }) == 1,
                var one = counts.values.first(where: { $0.count == most })?.first
            else { return nil }
            (one.author, one.origin) = ("most people", .person)
            return one
        }.sorted { $0.item < $1.item }
    }
}

/// Answers to one question as agreement wants them.
struct SharedRatings {
    var ratings: Ratings
    var level: Ratings.Level
    var people: [String]
    /// Items that two or more have judged.
    var shared: Int

    /// Nil where the question cannot be compared, or nobody has judged what another has.
    init?(_ answers: [Judgement], _ question: RubricQuestion) {
        let words: [JudgedValue]
        switch question.kind {
        case .choice: (level, words) = (.nominal, question.choices.flatMap(\.all).map { .choice($0.value) })
        case .rating(let low, let high): (level, words) = (.ordinal, (low...high).map { .number(Double($0)) })
        case .preference: (level, words) = (.nominal, JudgedValue.Preference.allCases.map { .preference($0) })
        default: return nil
        }
        let codes = Dictionary(words.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var (items, places): ([String: Int], [String: Int]) = ([:], [:])
        var judgements: [(item: Int, person: Int, code: Int)] = []
        for answer in answers where answer.question == question.id && !answer.isRepeat {
            if case .machine = answer.origin { continue }
            if answer.decides == true { continue }
            guard let code = answer.value.flatMap({ codes[$0] }) else { continue }
            let item = items[answer.item, default: items.count]
            let person = places[answer.author, default: places.count]
            (items[answer.item], places[answer.author]) = (item, person)
            judgements.append((item, person, code))
        }
        shared = Dictionary(grouping: judgements, by: \.item).values.count { $0.count > 1 }
        guard shared > 0 else { return nil }
        people = places.sorted { $0.value < $1.value }.map(\.key)
        ratings = Ratings(
            judgements: judgements, items: items.count, annotators: people.count, categories: words.count)
    }
}
