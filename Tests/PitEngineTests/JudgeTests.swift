import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

/// A model that judges as it is told to, by what is asked.
private final class Critic: Answering {
    static let about = ConnectorInfo(id: "critic", title: "Critic", summary: "")
    let asked = Mutex<[ChatQuestion]>([])
    private let reply: @Sendable (String) -> Result<String, ConnectorFault>
    init(_ reply: @escaping @Sendable (String) -> Result<String, ConnectorFault>) { self.reply = reply }
    init(_ connection: Connection, http: any HTTP) { reply = { _ in .success("good") } }
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "critic") }
    func answer(_ question: ChatQuestion) async throws(ConnectorFault) -> ChatAnswer {
        asked.withLock { $0.append(question) }
        return ChatAnswer(text: try reply(question.messages.last?.content ?? "").get())
    }
}

private let rubric = Rubric(
    name: "shown", title: "Shown", guidelines: "Be strict.",
    questions: [
        RubricQuestion(
            "good", title: "Is it good?",
            kind: .choice([RubricChoice("good", isGood: true), RubricChoice("bad", isGood: false)]))
    ], showsPrelabels: true)

private func item(_ number: Int, _ clock: HandClock) -> LabelItem {
    LabelItem(
        id: "log/i\(number)",
        target: JudgedTarget(
            connection: ConnectionName("log"), interaction: "i\(number)", model: ModelName("m"), release: "r1",
            at: clock.now(), textHash: "", messages: [.init("user", "prompt \(number)")],
            answers: ["answer \(number)"]))
}

@Test("a judge that is down is left alone for longer and longer; nothing is asked twice; it takes no person's name")
func judgesWithinBounds() async throws {
    let (clock, store) = (HandClock(), try Store.inMemory())
    try store.create(
        LabelQueue(name: "q", rubric: "shown", author: "ana", at: clock.now()), rubric: rubric,
        items: (1...6).map { item($0, clock) })
    let isDown = Mutex(true)
    let critic = Critic { text in
        if text.contains("answer 2") { return .failure(.status(400, excerpt: "too long")) }
        return isDown.withLock { $0 } ? .failure(.refused("c")) : .success("<think>bad? no</think>\n\nGood")
    }
    // Named as who judges here.
    let seat = JudgeRound.Seat(LabelJudge(name: "ana", connection: ConnectionName("c"), model: "j"), critic)
    let round = JudgeRound(store: store, seats: [seat], clock: clock)
    func asked() -> Int { critic.asked.withLock { $0.count } }
    var counts: [Int] = []
    for seconds in [0, 9, 1, 19, 1] {
        clock.advance(Double(seconds))
        await round.once(seat)
        counts.append(asked())
    }
    #expect(counts == [4, 4, 8, 8, 12], "after 10 seconds, then after 20")
    isDown.withLock { $0 = false }
    clock.advance(JudgeRound.longestRest)
    for _ in 0..<3 { await round.once(seat) }
    #expect(asked() == 17, "five of six are answered, what was refused is not asked again")
    try store.add([item(7, clock)], to: "q")
    for _ in 0..<2 { await round.once(seat) }
    #expect(asked() == 18)
    let page = try await LabelDesk(store: store, settings: LabelingSettings(), author: "ana", clock: clock).page("q")
    #expect(page.judged == 0 && page.items.allSatisfy { $0.own.isEmpty })
    #expect(page.items.map(\.prelabels.count) == [1, 0, 1, 1, 1, 1, 1])
    #expect(page.items.first?.prelabels.first?.author == "judge/ana")
    // Another start asks nothing again but what was refused.
    let second = JudgeRound(store: store, seats: [seat], clock: clock)
    for _ in 0..<3 { await second.once(seat) }
    #expect(asked() == 19)
}

@Test("a judge is asked for one word of each item, what else it says is no judgement, and people's figures stay theirs")
func judgesBeforePeople() async throws {
    let (clock, store) = (HandClock(), try Store.inMemory())
    let items = (1...6).map { item($0, clock) }
    try store.create(
        LabelQueue(name: "q", rubric: "shown", overlap: 2, author: "ana", at: clock.now()), rubric: rubric, items: items
    )
    let critic = Critic { text in
        if text.contains("answer 6") { return .success("I think that it is rather good, but") }
        if text.contains("answer 5") { return .failure(.timedOut(after: 1)) }
        return .success(text.contains("answer 1") ? " **Bad**.\n" : "good")
    }
    let seat = JudgeRound.Seat(LabelJudge(name: "critic", connection: ConnectionName("c"), model: "judge-7b"), critic)
    let round = JudgeRound(store: store, seats: [seat], clock: clock)
    for _ in 0..<4 { await round.once(seat) }
    let questions = critic.asked.withLock { $0 }
    #expect(questions.first?.model == "judge-7b" && questions.first?.settings.temperature == 0)
    #expect(questions.first?.messages.first?.content.contains("good, bad") == true)
    #expect(questions.filter { $0.messages.last?.content.contains("answer 6") == true }.count == 1, "asked once")

    let desk = LabelDesk(store: store, settings: LabelingSettings(), author: "ana", clock: clock)
    var page = try await desk.page("q")
    let said = Dictionary(uniqueKeysWithValues: page.items.map { ($0.id, $0.prelabels.map(\.value)) })
    #expect(said["log/i1"] == [.choice("bad")] && said["log/i2"] == [.choice("good")])
    #expect(said["log/i5"] == [] && said["log/i6"] == [])
    #expect(page.judged == 0 && page.items.allSatisfy { $0.others == 0 })
    #expect(try store.labelTallies().isEmpty && store.queues(for: "ana").first?.done == 0)
    // People see it otherwise on one of four.
    for (place, word) in ["bad", "good", "good", "bad"].enumerated() {
        page = try await desk.perform(
            LabelAct(.judge(["good": .choice(word)], comment: ""), queue: "q", item: "log/i\(place + 1)"))
    }
    #expect(try store.labelTallies().map { "\($0.good) \($0.bad)" } == ["2 2"])
    let figures = LabelAgreement.ofMachines(try store.answersBesideMachines(queue: "q"), rubric)
    let kappa = try #require(figures.first)
    // Observed 3/4; expected 1/4 * 1/2 + 3/4 * 1/2 = 1/2.
    #expect(kappa.people == ["critic", "most people"] && kappa.items == 4)
    #expect(abs(try #require(kappa.value) - 0.5) < 1e-12)
    #expect(
        LabelAgreement.of(try store.sharedAnswers(queue: "q"), rubric).isEmpty, "one person and a machine are not two")
}
