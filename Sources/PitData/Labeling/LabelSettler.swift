import PitModel
import PitSafety

/// Makes of items what is exported of them, and counts what is not.
struct LabelSettler {
    private let votes: VoteCount
    private let authors: Set<String>
    private let redaction: ItemRedaction?
    private var verdicts: [Rubric.Reference: RubricVerdicts] = [:]
    private(set) var agreement = AgreementTally()
    private(set) var people: Set<String> = []
    private(set) var judgements = 0
    private(set) var newest: Timestamp?
    private(set) var rubrics: Set<Rubric.Reference> = []
    private var lastAuthor: String?
    private var lastRubric: Rubric.Reference?

    init(_ options: LabelExportOptions) {
        votes = VoteCount(adjudicators: Set(options.adjudicators), leastAgreeing: options.leastAgreeing)
        authors = Set(options.authors)
        redaction = options.redact.isEmpty ? nil : ItemRedaction(Redaction(Set(options.redact)))
        for rubric in options.rubrics { verdicts[rubric.reference] = RubricVerdicts(rubric) }
    }

    mutating func settle(_ item: JudgedItem, _ leftOut: inout LeftOut) -> SettledItem {
        var item = item
        item.judgements = counting(item.judgements, &leftOut)
        if let redaction { item = redaction.apply(item) }
        note(item)
        let (ranked, wasRanked) = ranking(item)
        return SettledItem(
            item: item, verdict: verdict(item), preference: preference(item), ranked: ranked, wasRanked: wasRanked,
            corrections: corrections(item))
    }

    /// Those of the people who are asked for, the latest of each to a question.
    private func counting(_ all: [Judgement], _ leftOut: inout LeftOut) -> [Judgement] {
        // Most items have one judgement, and most of those count: that one is not copied.
        if all.count == 1, let only = all.first, only.value != nil, !only.isRepeat, only.origin == .person,
            authors.isEmpty || authors.contains(only.author)
        {
            return all
        }
        var kept: [Judgement] = []
        kept.reserveCapacity(all.count)
        for judgement in all where judgement.value != nil {
            if case .machine = judgement.origin {
                leftOut.add(.machine)
            } else if judgement.isRepeat {
                leftOut.add(.repeated)
            } else if !authors.isEmpty, !authors.contains(judgement.author), !isAdjudicator(judgement) {
                leftOut.add(.otherAuthor)
            } else if let before = kept.firstIndex(where: {
                $0.author == judgement.author && $0.question == judgement.question && $0.decides == judgement.decides
            }) {
                if kept[before].at <= judgement.at { kept[before] = judgement }
            } else {
                kept.append(judgement)
            }
        }
        return kept
    }

    private func isAdjudicator(_ judgement: Judgement) -> Bool {
        judgement.decides == true || votes.adjudicators.contains(judgement.author)
    }

    private mutating func note(_ item: JudgedItem) {
        judgements += item.judgements.count
        for judgement in item.judgements {
            newest = newest.map { max($0, judgement.at) } ?? judgement.at
            // The same person under the same rubric comes many times over.
            if judgement.author != lastAuthor { people.insert(judgement.author) }
            if judgement.rubric != lastRubric { rubrics.insert(judgement.rubric) }
            (lastAuthor, lastRubric) = (judgement.author, judgement.rubric)
        }
        agreement.add(item.judgements)
    }

    // MARK: - What people said, as one

    private func verdict(_ item: JudgedItem) -> Decision<Bool> {
        guard item.target.answers.count == 1 else { return .none }
        if let only = item.judgements.first, item.judgements.count == 1 {
            guard let isGood = isGood(item.judgements) else { return .none }
            return votes.decide([.init(author: only.author, at: only.at, value: isGood)])
        }
        // What somebody decided stands apart from what the same person had judged.
        var byAuthor: [(author: String, decides: Bool, answers: [Judgement])] = []
        for judgement in item.judgements {
            let decides = judgement.decides == true
            if let place = byAuthor.firstIndex(where: { $0.author == judgement.author && $0.decides == decides }) {
                byAuthor[place].answers.append(judgement)
            } else {
                byAuthor.append((judgement.author, decides, [judgement]))
            }
        }
        return votes.decide(
            byAuthor.compactMap { author, decides, answers in
                let at = answers.map(\.at).max() ?? answers[0].at
                return isGood(answers).map { .init(author: author, at: at, value: $0, decides: decides) }
            })
    }

    private func isGood(_ answers: [Judgement]) -> Bool? {
        guard let newest = answers.max(by: { $0.at < $1.at }) else { return nil }
        return verdicts[newest.rubric].map { $0.isGood(answers) } ?? RubricVerdicts.usual(answers)
    }

    private func preference(_ item: JudgedItem) -> Decision<JudgedValue.Preference> {
        guard item.target.answers.count == 2 else { return .none }
        return votes.decide(
            answers(item) { if case .preference(let preference) = $0 { preference } else { nil } })
    }

    /// The pairs of answers that more people put in this order than in the other.
    private func ranking(_ item: JudgedItem) -> ([(better: Int, worse: Int)], wasRanked: Bool) {
        let count = item.target.answers.count
        guard count > 1 else { return ([], false) }
        let rankings: [VoteCount.Vote<[Int]>] = answers(item) {
            guard case .ranking(let places) = $0, Set(places).count == places.count else { return nil }
            return places.allSatisfy { (0..<count).contains($0) } ? places : nil
        }
        guard !rankings.isEmpty else { return ([], false) }
        var pairs: [(better: Int, worse: Int)] = []
        for first in 0..<count {
            for second in (first + 1)..<max(first + 1, count) {
                let orders: [VoteCount.Vote<Bool>] = rankings.compactMap { vote in
                    guard let a = vote.value.firstIndex(of: first), let b = vote.value.firstIndex(of: second) else {
                        return nil
                    }
                    return .init(author: vote.author, at: vote.at, value: a < b, decides: vote.decides)
                }
                guard let isFirst = votes.decide(orders).value else { continue }
                pairs.append(isFirst ? (first, second) : (second, first))
            }
        }
        return (pairs, true)
    }

    private func corrections(_ item: JudgedItem) -> [String] {
        let all: [VoteCount.Vote<String>] = item.judgements.compactMap {
            guard case .correction(let text)? = $0.value else { return nil }
            return .init(author: $0.author, at: $0.at, value: text, decides: $0.decides == true)
        }
        guard !all.isEmpty else { return [] }
        let decisive = all.filter { $0.decides || votes.adjudicators.contains($0.author) }
        if let last = decisive.max(by: { $0.at < $1.at }) { return [last.value] }
        // Two people who correct the same answer agree that it was not right, however each words it.
        guard Set(all.map(\.author)).count >= votes.leastAgreeing else { return [] }
        var seen: Set<String> = []
        return all.sorted { ($0.at, $0.author) < ($1.at, $1.author) }.map(\.value).filter { seen.insert($0).inserted }
    }

    /// Everybody's answers of one kind: to the first question of the rubric that has any.
    private func answers<Value>(
        _ item: JudgedItem, _ read: (JudgedValue) -> Value?
    ) -> [VoteCount.Vote<Value>] {
        let found: [(question: String, vote: VoteCount.Vote<Value>)] = item.judgements.compactMap { judgement in
            judgement.value.flatMap(read).map {
                let vote = VoteCount.Vote(
                    author: judgement.author, at: judgement.at, value: $0, decides: judgement.decides == true)
                return (judgement.question, vote)
            }
        }
        guard let any = found.first, found.contains(where: { $0.question != any.question }) else {
            return found.map(\.vote)
        }
        let known = item.judgements.first.flatMap { verdicts[$0.rubric] }?.questions.map(\.id) ?? []
        let asked = Set(found.map(\.question))
        let question = known.first { asked.contains($0) } ?? asked.min() ?? any.question
        return found.filter { $0.question == question }.map(\.vote)
    }
}
