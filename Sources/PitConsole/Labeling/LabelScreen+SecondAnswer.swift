import PitGrid
import PitModel

/// Another answer, asked of the server while the first is read.
extension LabelScreen {
    /// Of the item on the desk.
    func secondAnswer(_ world: World) -> SecondAnswer? {
        guard let answer = world.secondAnswer, answer.item == item(world)?.id else { return nil }
        return answer
    }

    static let again = Command<Self>(
        "again", "G", title: "another answer",
        help: "Ask the serving endpoint for another answer, to make a pair; or stop it.", hint: 3, isMutating: true,
        availability: { screen, world in
            guard screen.item(world) != nil, let page = screen.page(world) else {
                return .refused(because: "there is no exchange to answer here")
            }
            if world.secondAnswer?.isComing == true { return .available }
            return page.rubric.answersCompared == 1 && page.queue.adjudicates == nil
                ? .available : .refused(because: "several answers are compared here already")
        }
    ) { screen, world in
        if world.secondAnswer?.isComing == true { return [.stopAnswer] }
        guard let item = screen.item(world), let queue = screen.queue else { return [] }
        return [.answerAgain(item, queue: queue)]
    }

    static let pairs = Command<Self>(
        "pairs", "P", title: "judge the pair", help: "Judge the pairs made by answering again: Q and enter come back.",
        hint: 3,
        availability: { screen, world in
            if case .kept? = world.secondAnswer?.stage { return .available }
            return .refused(because: "no other answer was kept here: G asks for one")
        }
    ) { screen, world in
        guard case .kept(let queue)? = world.secondAnswer?.stage else { return [] }
        screen.enter(queue)
        screen.settle(on: world)
        return []
    }

    func secondAnswerLines(_ page: LabelPage, _ world: World, width: Int, limit: Int) -> [DeskLine] {
        guard let answer = secondAnswer(world) else { return [] }
        let words: SafeText =
            switch answer.stage {
            case .coming: "being written: G stops it"
            case .kept(let queue): SafeText("kept in \(queue): P judges the pair")
            case .broken(let why): SafeText("not kept: \(why)")
            }
        let text = answer.text.isEmpty ? "…" : answer.text
        var lines = part("another answer", text, [], page, width: width, most: limit, ink: Ink(.notice))
        lines[0].segments += [Segment("   ", .dim), Segment(words, .dim)]
        return lines
    }
}
