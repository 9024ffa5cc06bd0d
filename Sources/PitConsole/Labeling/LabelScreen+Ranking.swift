import PitGrid
import PitModel

extension LabelScreen {
    /// The places named so far, best first.
    func ranked(_ question: RubricQuestion, _ world: World) -> [Int] {
        if case .ranking(let places)? = draft(question, world) { return places }
        if case .ranking(let places)? = item(world)?.values[question.id] { return places }
        return []
    }

    /// Names the next best: the answer that stands at a position on the screen.
    mutating func rank(_ position: Int, _ question: RubricQuestion, _ world: World) -> [Effect] {
        guard let item = item(world) else { return [] }
        let shown = shownAnswers(item)
        guard shown.indices.contains(position) else { return [] }
        // One that was kept is begun anew.
        var places: [Int] = []
        if case .ranking(let begun)? = draft(question, world) { places = begun }
        let place = shown[position].place
        guard !places.contains(place) else {
            let words = "\(shown[position].title) is named already: backspace takes the last one back"
            return [.toast(Notice(.warn, words))]
        }
        places.append(place)
        setDraft(.ranking(places), question, world)
        return places.count == shown.count ? keepRanking(question, world) : []
    }

    mutating func keepRanking(_ question: RubricQuestion, _ world: World) -> [Effect] {
        guard let item = item(world), case .ranking(var places)? = draft(question, world) else { return [] }
        let left = shownAnswers(item).map(\.place).filter { !places.contains($0) }
        guard left.count <= 1 else {
            return [.toast(Notice(.warn, "\(left.count) answers have no place yet"))]
        }
        places += left
        setDraft(.ranking(places), question, world)
        return judge([question.id: .ranking(places)], world)
    }

    /// What stands behind the title of an answer that has a place in a ranking, by its place in the target.
    func rankTitles(_ item: LabelItem, _ world: World) -> [Int: String] {
        guard let question = question(world), case .ranking = question.kind else { return [:] }
        let places = ranked(question, world)
        return Dictionary(
            zip(places, places.indices.map { $0 == 0 ? "best" : "no. \($0 + 1)" }),
            uniquingKeysWith: { first, _ in first })
    }

    /// The keys that name answers, and what takes a name back.
    func rankCommands(_ question: RubricQuestion, _ world: World) -> [Command<Self>] {
        guard case .ranking? = draft(question, world).map({ $0 }) else { return [] }
        return [
            Command(
                "rank-back", "backspace", title: "take back", help: "\(question.title): take the last one named back.",
                hint: 9
            ) { screen, world in
                let places = screen.ranked(question, world).dropLast()
                screen.setDraft(places.isEmpty ? nil : .ranking(Array(places)), question, world)
                return []
            },
            Command(
                "rank-keep", "enter", title: "keep",
                help: "\(question.title): keep the order; the one that is left is the last.", hint: 8, isMutating: true
            ) { screen, world in screen.keepRanking(question, world) },
        ]
    }
}
