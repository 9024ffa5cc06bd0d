import PitGrid
import PitModel

/// What people differ on, decided by one key each.
extension LabelScreen {
    /// People whose words are shown before an item that is to be decided.
    private static let mostPeople = 6

    static let adjudicate = Command<Self>(
        "adjudicate", "A", title: "adjudicate",
        help: "Decide what people differ on in the selected queue, the worst first.",
        hint: 7, isMutating: true,
        availability: { screen, _ in
            guard let state = screen.selected else { return .refused(because: "no queue is selected") }
            return state.queue.adjudicates == nil
                ? .available : .refused(because: "this queue decides already: enter opens it")
        }
    ) { screen, world in
        guard let about = screen.selected?.queue else { return [] }
        var queue = LabelQueue(
            name: deciding(about.name, world.snapshot.queues), rubric: about.rubric, author: world.settings.author,
            at: world.now)
        queue.adjudicates = about.name
        // Where people do not differ there will be none: it is opened when it is there.
        screen.expected = queue.name
        return [.createQueue(queue)]
    }

    /// The queue that decides on this one, else a name that no other queue has.
    private static func deciding(_ about: String, _ queues: [LabelQueueState]) -> String {
        if let known = queues.first(where: { $0.queue.adjudicates == about }) { return known.queue.name }
        let taken = Set(queues.map(\.queue.name))
        let name = "\(about.prefix(80))-decided"
        return ([name] + (2...99).map { "\(name)-\($0)" }).first { !taken.contains($0) } ?? name
    }

    /// Each person's answers in a line: `ana  bad  too short`.
    func saidLines(_ item: LabelItem, _ page: LabelPage, width: Int) -> [[Segment]] {
        guard page.queue.adjudicates != nil else { return [] }
        let people = Dictionary(grouping: item.said, by: \.author).sorted { $0.key < $1.key }
        var lines: [[Segment]] = agreementLines(page, width: width)
        lines += people.prefix(Self.mostPeople).map { author, answers -> [Segment] in
            var line = [Segment(SafeText(author), .title), Segment("  ")]
            for answer in answers.sorted(by: { $0.question < $1.question }) {
                let words = answer.value.map { Self.shown($0, item) } ?? Figures.missing
                line.append(Segment(SafeText(words), .notice, strong: true))
                line.append(Segment(SafeText(answer.comment.isEmpty ? "  " : "  \(answer.comment)  "), .dim))
            }
            return line
        }
        if people.count > Self.mostPeople {
            lines.append([Segment(SafeText("and \(people.count - Self.mostPeople) more"), .dim)])
        }
        return lines
    }

    /// Questions whose agreement is shown.
    private static let mostQuestions = 3

    /// `good: alpha 0.41   kappa ana-bo 0.12 (40)   ana-cem 0.55 (38)`: a question in a line, as many pairs as fit.
    private func agreementLines(_ page: LabelPage, width: Int) -> [[Segment]] {
        // Where there is little room it belongs to what is judged.
        guard size.height >= 26 else { return [] }
        let alphas = page.agreements.filter { $0.name == "krippendorff_alpha" }
        return alphas.prefix(Self.mostQuestions).map { alpha in
            var words = "\(alpha.question ?? ""): alpha \(Figures.score(alpha.value))"
            for (place, pair) in page.agreements.filter({ $0.name == "cohen_kappa" && $0.question == alpha.question })
                .enumerated()
            {
                let name = (pair.people ?? []).joined(separator: "-")
                let next = "   \(place == 0 ? "kappa " : "")\(name) \(Figures.score(pair.value)) (\(pair.n))"
                if SafeText(words + next).columns > width { break }
                words += next
            }
            return [Segment(SafeText(words), .dim)]
        }
    }

    /// A preference by where the answer stands here.
    private static func shown(_ value: JudgedValue, _ item: LabelItem) -> String {
        let isSwapped = item.order.first == 1
        switch value {
        case .preference(.first): return isSwapped ? "right" : "left"
        case .preference(.second): return isSwapped ? "left" : "right"
        case .text(let text): return "\"\(text)\""
        default: return value.words
        }
    }
}
