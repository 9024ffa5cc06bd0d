import PitConsole
import PitGrid
import PitModel
import Testing

private typealias Labels = LabelWorlds

private func said(_ author: String, _ word: String, _ comment: String = "") -> Judgement {
    Judgement(
        id: author, at: noon, author: author, queue: "q-thumbs", item: "log/1", rubric: .init("thumbs", version: 1),
        question: "thumbs", value: .choice(word), comment: comment)
}

private func figure(_ name: String, _ value: Double, _ people: [String] = []) -> AgreementFigure {
    var figure = AgreementFigure(name, value, n: 40)
    (figure.question, figure.people) = ("thumbs", people)
    return figure
}

private func desk(_ size: Size = Size(120, 36)) -> Harness {
    var harness = Harness(Labels.world, screen: "label", size: size)
    harness.press("A")
    var page = Labels.page(Labels.thumbs)
    (page.queue.name, page.queue.adjudicates) = ("q-thumbs-decided", "q-thumbs")
    page.items[0].said = [
        said("bo", "good"), said("cem", "bad", "it does not say \u{1B}[31mwhen"), said("ana", "good"),
    ]
    page.agreements = [
        figure("krippendorff_alpha", 0.41), figure("cohen_kappa", 0.12, ["ana", "cem"]),
        figure("cohen_kappa", 0.71, ["ana", "bo"]),
    ]
    harness.send(.labelPage(page))
    return harness
}

@Test("A opens what people differ on; what each said stands above it, and one key decides")
func decides() throws {
    var harness = desk()
    let made = harness.effects.compactMap { effect -> LabelQueue? in
        if case .createQueue(let queue) = effect { queue } else { nil }
    }
    #expect(made.map(\.name) == ["q-thumbs-decided"] && made.first?.adjudicates == "q-thumbs")
    let lines = harness.text.split(separator: "\n").map(String.init)
    let people = try ["ana", "bo", "cem"].map { name in try #require(lines.firstIndex { $0.contains(" \(name)  ") }) }
    #expect(
        people == people.sorted() && lines[people[2]].contains("bad") && lines[people[2]].contains("it does not say"))
    #expect(!harness.text.contains("\u{1B}"))
    #expect(harness.text.contains("thumbs: alpha 0.41   kappa ana-cem 0.12 (40)   ana-bo 0.71 (40)"))
    harness.effects = []
    harness.press("d")
    #expect(acts(harness).map(\.queue) == ["q-thumbs-decided"])
    // A name that another queue has is not taken, and the queue that decides already is found under any.
    var named = Labels.world
    func deciding(_ world: Snapshot) -> String? {
        var harness = Harness(world, screen: "label")
        harness.press("A")
        return harness.effects.lazy.compactMap { effect -> String? in
            if case .createQueue(let queue) = effect { queue.name } else { nil }
        }.first
    }
    named.queues.append(named.queues[0])
    named.queues[named.queues.count - 1].queue.name = "q-thumbs-decided"
    #expect(deciding(named) == "q-thumbs-decided-2")
    named.queues[named.queues.count - 1].queue.adjudicates = "q-thumbs"
    named.queues[named.queues.count - 1].queue.name = "by-eve"
    #expect(deciding(named) == "by-eve")
    // Where people do not differ, nothing is opened.
    var refused = Harness(Labels.world, screen: "label")
    refused.press("A")
    refused.send(.notice(Notice(.fail, "people do not differ on any item of `q-thumbs`")))
    #expect(refused.text.contains("people do not differ") && refused.text.contains("q-stars"))
    // A queue that decides is not decided itself.
    var world = Labels.world
    world.queues[0].queue.adjudicates = "other"
    var other = Harness(world, screen: "label")
    other.press("A")
    #expect(other.text.contains("this queue decides already"))
}

@Test("what people differ on, as it looks", arguments: [Size(80, 24), Size(200, 60)])
func decidingLooks(size: Size) throws {
    try expectGolden(desk(size).frame, "labels/deciding@\(size.width)x\(size.height)")
}
