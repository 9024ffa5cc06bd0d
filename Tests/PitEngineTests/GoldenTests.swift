import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

private let prompts = ["When are you open?", "Say hello.", "Give me JSON.", "What is two and two?"]
private let answers = [
    "We are open from nine to five on every working day.", "Hello, how can I help you today?",
    #"{"open": true}"#, "Two and two is four, as everybody knows.",
]

private func lap(_ number: Int, _ change: (inout [String?]) -> Void = { _ in }) -> GoldenLap {
    var said: [String?] = answers
    // Laps differ a little: a served model batches otherwise from time to time.
    if number % 3 == 0 { said[1] = "Hello, how may I help you today?" }
    change(&said)
    return GoldenLap(
        model: ModelName("m"), connection: ConnectionName("c"), at: Timestamp(seconds: Double(number) * 60),
        prompts: prompts, answers: said)
}

@Test("a lap is compared with the nearest of those before, against how far they lie apart; few laps tell nothing")
func goldenJudgement() throws {
    #expect(GoldenJudgement.state([]) == nil)
    let early = try #require(GoldenJudgement.state((1...4).map { lap($0) }))
    #expect(early.verdict == .learning && early.similarity == nil && early.laps == 3)
    let same = try #require(GoldenJudgement.state((1...9).map { lap($0) }))
    #expect(same.verdict == .same && same.similarity == 1 && same.exact == 1 && same.laps == 8)
    #expect(same.usual == 1, "each of two ways of saying it was heard more than once")
    #expect(same.trend.count == 9 && same.trend.allSatisfy { $0 == 1 })
    // A word more is no other model.
    let near = try #require(
        GoldenJudgement.state((1...8).map { lap($0) } + [lap(9) { $0[3] = "Two and two is four, as everyone knows." }]))
    #expect(near.verdict == .same && near.exact == 0.75 && (near.similarity ?? 0) > 0.95)
    let other = try #require(
        GoldenJudgement.state(
            (1...8).map { lap($0) } + [
                lap(9) {
                    $0[0] = "I'm sorry, but I can't help with that."
                    $0[2] = "Here it is: open"
                    $0[3] = "I cannot assist with mathematics."
                }
            ]))
    #expect(other.verdict == .apart && other.newRefusals == 2 && other.brokenJSON == 1)
    #expect(other.lines[0].reference == answers[0] && other.lines[1].similarity == 1)
    let drift = other.drift
    #expect(drift.verdict == .drifted && (drift.excess ?? 0) > 1 && drift.buckets.count == 4)
    #expect(other.words.contains("2 new refusals; 1 no longer JSON"), "\(other.words)")
    // What changed after few laps is not taken for usual when it comes again.
    func odd(_ number: Int) -> GoldenLap { lap(number) { $0 = $0.map { _ in "Quite another answer altogether." } } }
    let soon = try #require(GoldenJudgement.state((1...5).map { lap($0) } + (6...12).map { odd($0) }))
    #expect(soon.verdict == .apart && soon.laps == 5 && soon.trend.suffix(7).allSatisfy { ($0 ?? 1) < 0.5 })
    // What was not answered is missing, not different.
    let gap = try #require(GoldenJudgement.state((1...8).map { lap($0) } + [lap(9) { $0[0] = nil }]))
    #expect(gap.verdict == .incomplete && gap.similarity == nil && gap.drift.verdict == .notEnoughData)
    // Other prompts are another course.
    var asked = lap(9)
    asked.prompts[0] = "And on Sundays?"
    #expect(GoldenJudgement.state((1...8).map { lap($0) } + [asked])?.verdict == .learning)
    // Other scripts have no words for ROUGE.
    func far(_ answer: String, _ n: Int) -> GoldenLap { lap(n) { $0 = [answer, answer, answer, answer] } }
    let script = try #require(
        GoldenJudgement.state((1...8).map { far("東京は日本の首都です", $0) } + [far("東京は日本の首都だ", 9)]))
    #expect((0.7...0.95).contains(script.similarity ?? 0))
}

@Test("laps are run when they are due, kept, told as a feature of drift, and a person takes a model as it is")
func goldenRound() async throws {
    let (clock, store) = (HandClock(), try Store.inMemory())
    let isOther = Mutex(false)
    let chat = FakeChat { text, _ throws(ConnectorFault) in
        if text == "fail" { throw .rejected("no") }
        return isOther.withLock { $0 } ? "something else altogether, and longer than before" : "answer to \(text)"
    }
    let (model, connection) = (ModelName("m"), ConnectionName("c"))
    let course = GoldenRound.Course(model, connection, chat)
    let settings = GoldenSettings(prompts: ["one", "two", "three"], interval: 60)
    let round = GoldenRound(store: store, settings: settings, courses: [course], clock: clock)
    func state() throws -> GoldenState? { GoldenJudgement.state(try store.goldenLaps(model, at: connection)) }
    for _ in 0..<6 {
        let lap = try #require(await round.lap(course))
        #expect(lap.isWhole)
        clock.advance(60)
    }
    #expect(try state()?.verdict == .same)
    isOther.withLock { $0 = true }
    await round.lap(course)
    let apart = try #require(try state())
    #expect(apart.verdict == .apart && apart.laps == 6)
    var engineSettings = EngineSettings(
        servers: [], models: [ModelConfig(name: model, endpoints: [connection])], profiles: [], author: "ana")
    engineSettings.golden = settings
    let engine = Engine(settings: engineSettings, store: store, lock: nil, clock: clock, ring: LogRing(clock: clock)) {
        _ in
    }
    _ = await engine.prepare()
    _ = await engine.pollOnce { _ in }
    clock.advance(120)
    let snapshot = await engine.pollOnce { _ in }
    let features = try #require(snapshot.models.first?.drift?.features)
    #expect(features.map(\.id) == ["laps/golden_laps:c"] && features.first?.verdict == .drifted)
    // A release that was meant to answer so.
    try store.acceptGolden(model, author: "ana", reason: "r15 is meant to", at: clock.now())
    for _ in 0..<5 {
        await round.lap(course)
        clock.advance(60)
    }
    #expect(try state()?.verdict == .same && state()?.since.map { $0 > apart.at } == true)
    #expect(try store.auditTrail().map(\.what).contains("golden laps accepted"))
    // What one prompt fails at is one gap.
    await round.replace(GoldenSettings(prompts: ["one", "fail"]), [course])
    let gap = await round.lap(course)
    #expect(gap?.answers == ["something else altogether, and longer than before", nil])
}

@Test("only so many laps are kept, and those that are compared with")
func goldenRetention() throws {
    let store = try Store.inMemory()
    let (model, connection) = (ModelName("m"), ConnectionName("c"))
    for number in 1...560 { try store.keep(lap(number)) }
    let laps = try store.goldenLaps(model, at: connection, latest: 600)
    #expect(laps.count == 532 && laps.first?.at == lap(1).at && laps.last?.at == lap(560).at)
}
