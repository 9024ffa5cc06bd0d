public import PitModel
import PitStatistics
public import PitStore

/// How groups of those who asked fare, by what people judged and as a service publishes it.
public enum BiasFigures {
    /// Attributes of one exchange that are kept with what is judged of it, and bytes of each.
    private static let (most, longest) = (24, 100)
    /// Values of an attribute that tells groups apart: one with more names each who asks.
    private static let mostGroups = 20

    /// What an exchange tells of itself in few words: its attributes, who asked, its language and script.
    static func attributes(
        of exchange: Interaction, _ features: [String: Interaction.Attribute] = [:]
    ) -> [String: String] {
        var all: [String: String] = [:]
        for name in ["language", "script"] { all[name] = features[name].flatMap(word) }
        if let client = exchange.client { all["client"] = client }
        for (name, value) in exchange.attributes where name.utf8.count <= longest { all[name] = word(value) }
        return Dictionary(
            uniqueKeysWithValues: all.filter { !$0.value.isEmpty && $0.value.utf8.count <= longest }
                .sorted { $0.key < $1.key }.prefix(most).map { ($0.key, $0.value) })
    }

    private static func word(_ value: Interaction.Attribute) -> String? {
        switch value {
        case .text(let text): text
        case .number(let number): Int64(exactly: number).map { "\($0)" }
        }
    }

    /// What people made of the answers of a model.
    public static func outcomes(
        _ store: Store, model: ModelName?, releases: [String] = [], limit: Int = ReviewEvidence.mostOutcomes
    ) throws(StoreFault) -> [JudgedOutcome] {
        let found = try store.judgedAnswers(model: model, releases: releases, limit: limit) { attributes(of: $0) }
        return found.answers.map { answer in
            // Who decided what others differed on speaks for all.
            let decided = answer.judgements.filter { $0.decides == true }
            let said = decided.isEmpty ? answer.judgements : decided
            var words: [String: [String]] = [:]
            for judgement in said {
                if case .choice(let word)? = judgement.value { words[judgement.question, default: []].append(word) }
            }
            let people = Dictionary(grouping: said) { [$0.author, $0.queue, $0.rubric.description] }.values
            let votes = people.compactMap { one -> Bool? in
                guard let rubric = one.first.flatMap({ found.rubrics[$0.rubric] }), rubric.answersCompared == 1 else {
                    return nil
                }
                let values = one.compactMap { each in each.value.map { (each.question, $0) } }
                return rubric.isGood(Dictionary(values, uniquingKeysWith: { $1 }))
            }
            return JudgedOutcome(
                attributes: answer.attributes, isGood: most(votes), choices: words.compactMapValues { most($0) })
        }
    }

    /// What more said than anything else; nil where none was.
    private static func most<T: Hashable>(_ words: [T]) -> T? {
        var counts: [T: Int] = [:]
        for word in words { counts[word, default: 0] += 1 }
        guard let top = counts.max(by: { $0.value < $1.value }) else { return nil }
        return counts.count { $0.value == top.value } == 1 ? top.key : nil
    }

    /// Which answers are favorable: the good ones, or those of one choice.
    public enum Favorable: Equatable, Sendable {
        case good
        case choice(question: String?, String)

        /// `good`, `refusal`, `topic=refusal`.
        public init(_ words: String) {
            let parts = words.split(separator: "=", maxSplits: 1).map(String.init)
            self =
                words == "good"
                ? .good : parts.count == 2 ? .choice(question: parts[0], parts[1]) : .choice(question: nil, words)
        }

        func holds(_ outcome: JudgedOutcome) -> Bool? {
            switch self {
            case .good: return outcome.isGood
            case .choice(let question, let word):
                let said = question.map { [outcome.choices[$0]].compactMap { $0 } } ?? Array(outcome.choices.values)
                // A finer choice of it is one, too.
                return said.isEmpty ? nil : said.contains { $0 == word || $0.hasPrefix(word + "/") }
            }
        }
    }

    /// Each group of an attribute beside the privileged one: the one named, else the largest. Nothing for an attribute that
    /// tells no groups apart.
    public static func groups(
        _ outcomes: [JudgedOutcome], by attribute: String, privileged: String? = nil, favorable: Favorable = .good
    ) -> [GroupBias] {
        var counts: [String: (favorable: Int, count: Int)] = [:]
        for outcome in outcomes {
            guard let value = outcome.attributes[attribute], let isIt = favorable.holds(outcome) else { continue }
            counts[value, default: (0, 0)].count += 1
            if isIt { counts[value, default: (0, 0)].favorable += 1 }
        }
        let sorted = counts.map { GroupBias.Group($0.key, favorable: $0.value.favorable, count: $0.value.count) }
            .sorted { ($1.count, $0.value) < ($0.count, $1.value) }
        guard sorted.count > 1, sorted.count <= mostGroups || privileged != nil,
            let first = privileged.map({ name in sorted.first { $0.value == name } }) ?? sorted.first
        else { return [] }
        return sorted.filter { $0.value != first.value }.prefix(mostGroups).map { group in
            let found = GroupFairness(
                unprivileged: group.favorable, of: group.count, privileged: first.favorable, of: first.count)
            return GroupBias(
                attribute, privileged: first, unprivileged: group, spd: found.map { figure($0.difference) },
                dir: found?.ratio.map(figure))
        }
    }

    private static func figure(_ figure: GroupFairness.Figure) -> GroupBias.Figure {
        GroupBias.Figure(figure.value, low: figure.interval.lowerBound, high: figure.interval.upperBound)
    }

    /// Every attribute by which groups can be told apart, those of which something can be said first.
    public static func all(_ outcomes: [JudgedOutcome], favorable: Favorable = .good) -> [GroupBias] {
        Set(outcomes.flatMap(\.attributes.keys)).sorted().flatMap { groups(outcomes, by: $0, favorable: favorable) }
            .enumerated().sorted { ($0.element.isEnough ? 0 : 1, $0.offset) < ($1.element.isEnough ? 0 : 1, $1.offset) }
            .map(\.element)
    }

    /// What a service computed of a model, by the attribute that it protects.
    public static func published(_ drift: ModelDrift?) -> [GroupBias] {
        (drift?.features ?? []).compactMap { each in
            guard let score = each.score, each.method == "SPD" || each.method == "DIR" else { return nil }
            let name = each.feature.key.split(separator: ":", maxSplits: 1).last.map(String.init) ?? each.feature.key
            let figure = GroupBias.Figure(score)
            return each.method == "SPD"
                ? GroupBias(name, spd: figure, isPublished: true) : GroupBias(name, dir: figure, isPublished: true)
        }
    }
}
