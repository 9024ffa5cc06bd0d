import PitModel
import PitStore

/// Items on which people differ, to be decided: a queue of its own, whose answers stand above what was said.
extension LabelDesk {
    /// Answers of a queue that are looked at.
    private static let mostAnswers = 200_000

    /// Makes the queue, or brings what people differ on since into it; gives its page.
    func adjudicate(_ about: String, _ wanted: LabelQueue) throws(StoreFault) -> LabelPage {
        let disputed = try disputed(about)
        let former = try store.queues(for: author).first { $0.id == wanted.name }
        // What is judged in any other queue decides nothing of this one.
        guard former.map({ $0.queue.adjudicates == about }) ?? true else {
            throw .refused(
                "there is another queue `\(wanted.name)`, which does not decide on `\(about)`",
                hint: "Press A on `\(about)` again: another name is chosen once that queue is known")
        }
        let isThere = former != nil
        guard !disputed.isEmpty || isThere else {
            throw .refused(
                "people do not differ on any item of `\(about)`",
                hint: "Two or more must judge the same: pitwall queue assign \(about) --to ana,bo --overlap 2")
        }
        if isThere {
            try store.add(disputed, to: wanted.name)
        } else {
            let page = try store.labelPage(about, author: author, ahead: 0)
            var queue = wanted
            (queue.rubric, queue.title) = (page.rubric.name, "where people differ on \(page.queue.title)")
            queue.releases = page.queue.releases
            try store.create(queue, rubric: page.rubric, items: disputed)
        }
        return try page(wanted.name)
    }

    /// The worst first: those on which the fewest are of one mind.
    private func disputed(_ about: String) throws(StoreFault) -> [LabelItem] {
        let rubric = try store.labelPage(about, author: author, ahead: 0).rubric
        // What is said in words differs always.
        let compared = Set(rubric.questions.filter { !$0.isInWords }.map(\.id))
        var said: [String: [String: [JudgedValue]]] = [:]
        var order: [String] = []
        for answer in try store.sharedAnswers(queue: about, limit: Self.mostAnswers) {
            guard let value = answer.value, compared.contains(answer.question), !answer.isRepeat else { continue }
            if case .machine = answer.origin { continue }
            if said[answer.item] == nil { order.append(answer.item) }
            said[answer.item, default: [:]][answer.question, default: []].append(value)
        }
        let agreed = order.map { item in (item, (said[item] ?? [:]).values.map(Self.share).min() ?? 1) }
        let worst = agreed.enumerated().filter { $0.element.1 < 1 }.sorted {
            ($0.element.1, $0.offset) < ($1.element.1, $1.offset)
        }
        var items: [LabelItem] = []
        for (_, one) in worst {
            if let known = try store.judgedItem(one.0) { items.append(LabelItem(id: known.id, target: known.target)) }
        }
        return items
    }

    /// Of those who answered, the share that said what most say.
    private static func share(_ values: [JudgedValue]) -> Double {
        let counts = Dictionary(grouping: values, by: { $0 }).values.map(\.count)
        return Double(counts.max() ?? 0) / Double(max(1, values.count))
    }
}

extension RubricQuestion {
    var isInWords: Bool {
        switch kind {
        case .text, .correction, .spans: true
        default: false
        }
    }
}
