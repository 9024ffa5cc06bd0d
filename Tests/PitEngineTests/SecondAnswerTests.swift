import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

/// A server that writes an answer word by word.
private final class Writer: Answering, ModelListing {
    static let about = ConnectorInfo(id: "writer", title: "Writer", summary: "")
    private let seen = Mutex<[ChatQuestion]>([])
    var asked: [ChatQuestion] { seen.withLock { $0 } }
    private let words: [String]
    private let fault: ConnectorFault?
    init(_ words: [String], fault: ConnectorFault? = nil) { (self.words, self.fault) = (words, fault) }
    init(_ connection: Connection, http: any HTTP) { (words, fault) = ([], nil) }
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "writer") }
    func listModels() async throws(ConnectorFault) -> [ServedModel] {
        [ServedModel(id: "other"), ServedModel(id: "m")]
    }
    func answer(_ question: ChatQuestion) async throws(ConnectorFault) -> ChatAnswer { throw .cancelled }
    func stream(
        _ question: ChatQuestion, onText: @escaping @Sendable (String) -> Bool
    ) async throws(ConnectorFault) -> ChatAnswer {
        seen.withLock { $0.append(question) }
        var text = ""
        for word in words {
            text += word
            if !onText(word) { break }
        }
        if let fault { throw fault }
        return ChatAnswer(text: text)
    }
}

private let log = ConnectionName("log")

private func settings(_ writers: [(String, Writer)], endpoints: [String] = []) -> EngineSettings {
    EngineSettings(
        servers: writers.map {
            ConnectedServer(Connection(name: ConnectionName($0.0), kind: "openai", url: "http://h"), $0.1)
        },
        models: [ModelConfig(name: ModelName("m"), endpoints: endpoints.map(ConnectionName.init))], profiles: [],
        author: "ana")
}

private func desk(_ store: Store, _ clock: HandClock) -> LabelDesk {
    LabelDesk(store: store, settings: LabelingSettings(), author: "ana", clock: clock)
}

private func exchange(_ number: Int, _ clock: HandClock, release: String = "r13") -> Interaction {
    var exchange = Interaction(
        id: "i\(number)", connection: log, model: ModelName("m"), at: clock.now().advanced(by: Double(number)),
        messages: [.init("system", "Be brief."), .init("user", "prompt \(number)"), .init("robot", "beep")],
        response: "answer \(number)")
    exchange.attributes["release"] = .text(release)
    return exchange
}

@Test("another answer is asked of the model's endpoint, and stands beside the first in a queue of pairs")
func answersAgain() async throws {
    let (clock, store) = (HandClock(), try Store.inMemory())
    try store.append((1...3).map { KeptInteraction(exchange($0, clock)) }, from: log, cursor: "x")
    try store.record([
        Event(at: clock.now(), kind: .release, model: ModelName("m"), title: "serving/chat r14 released by ana")
    ])
    clock.advance(100)
    let desk = desk(store, clock)
    let page = try await desk.create(LabelQueue(name: "q", author: "", at: clock.now()))
    let (writer, wrong) = (Writer(["Ask ", "again."]), Writer(["no"]))
    let settings = settings([("wrong", wrong), ("chat", writer)], endpoints: ["chat"])
    let pieces = Mutex<[String]>([])
    for item in page.items.prefix(2) {
        let name = try await desk.answerAgain(item, in: "q", of: settings) { piece in
            pieces.withLock { $0.append(piece) }
            return true
        }
        #expect(name == "q-pairs")
    }
    let told = pieces.withLock { $0 }
    #expect(told == ["Ask ", "again.", "Ask ", "again."])
    #expect(wrong.asked.isEmpty)
    let question = try #require(writer.asked.first)
    #expect(question.model == "m" && question.messages.map(\.role) == ["system", "user", "user"])
    #expect(question.settings.temperature == nil, "what cannot differ is no second answer")
    let pairs = try await desk.page("q-pairs")
    #expect(pairs.total == 2 && pairs.rubric.answersCompared == 2 && pairs.isBlind)
    let pair = try #require(pairs.items.first)
    #expect(pair.target.answers == ["answer 3", "Ask again."])
    #expect(pair.target.sources == ["r13", "r14"])
    #expect(pair.target.textHash == JudgedTarget.hash(messages: pair.target.messages, answers: pair.target.answers))
    // What is preferred counts between the releases.
    _ = try await desk.perform(
        LabelAct(.judge(["better": .preference(.second)], comment: ""), queue: "q-pairs", item: pair.id, seconds: 1))
    let meetings = try store.labelMeetings()
    #expect(meetings.map(\.secondWins) == [1])
}

@Test("where nobody can answer, or a server fails, nothing is kept and it is said why")
func noSecondAnswer() async throws {
    let (clock, store) = (HandClock(), try Store.inMemory())
    try store.append([KeptInteraction(exchange(1, clock))], from: log, cursor: "x")
    let desk = desk(store, clock)
    let item = try #require(try await desk.create(LabelQueue(name: "q", author: "", at: clock.now())).items.first)
    func words(_ settings: EngineSettings) async -> String? {
        do throws(LabelDesk.NoAnswer) {
            _ = try await desk.answerAgain(item, in: "q", of: settings) { _ in true }
            return nil
        } catch { return error.words }
    }
    #expect(await words(settings([])) == "no connection of kind openai is configured to answer")
    let two = settings([("a", Writer(["x"])), ("b", Writer(["x"]))])
    #expect(await words(two)?.contains("add `endpoints: [NAME]`") == true)
    #expect(await words(settings([("a", Writer(["half"], fault: .refused("a")))])) != nil)
    #expect(await words(settings([("a", Writer([]))])) == "the server answered nothing")
    #expect(try store.queues(for: "ana").map(\.id) == ["q"])
}

@Test("a queue of what users called bad; what they said of what is not kept makes none")
func queueByFeedback() async throws {
    let (clock, store) = (HandClock(), try Store.inMemory())
    let exchanges = (1...4).map { exchange($0, clock) }
    try store.append(exchanges.map { KeptInteraction($0) }, from: log, cursor: "x")
    let desk = desk(store, clock)
    var queue = LabelQueue(name: "bad", author: "", at: clock.now())
    queue.feedback = .bad
    await #expect(throws: StoreFault.self) { try await desk.create(queue) }
    let rubric = try #require(LabelingSettings().rubric("thumbs"))
    func said(_ number: Int, _ word: String, _ origin: JudgementOrigin) -> JudgedItem {
        let target = JudgedTarget(
            connection: log, interaction: "i\(number)", model: ModelName("m"), release: nil, at: clock.now(),
            textHash: "", messages: [], answers: ["answer \(number)"])
        let judgement = Judgement(
            id: "j\(number)", at: clock.now(), author: "user", origin: origin, queue: "users", item: "log/i\(number)",
            rubric: rubric.reference, question: "good", value: .choice(word))
        return JudgedItem(id: "log/i\(number)", queue: "users", target: target, judgements: [judgement])
    }
    try store.importJudged([
        said(1, "bad", .imported("mlflow")), said(2, "good", .imported("mlflow")), said(3, "bad", .person),
    ])
    #expect(try await desk.create(queue).items.map(\.target.interaction) == ["i1"])
    (queue.name, queue.feedback) = ("any", .any)
    #expect(try await desk.create(queue).items.map(\.target.interaction) == ["i2", "i1"])
}

@Test("a person who judges otherwise than before is told, span by span; others who do not are not")
func annotatorDrift() throws {
    let rubric = try #require(LabelingSettings().rubric("thumbs"))
    let day = 86400.0
    var answers: [Judgement] = []
    for number in 0..<120 {
        let at = Timestamp(seconds: 20_000 * day + Double(number / 40) * day + Double(number))
        let truth = number % 4 == 0 ? "bad" : "good"
        // On the third day bo calls most of them bad.
        for (author, word) in [("ana", truth), ("bo", number >= 80 && number % 4 != 1 ? "bad" : truth)] {
            answers.append(
                Judgement(
                    id: "\(author)\(number)", at: at, author: author, queue: "q", item: "log/\(number)",
                    rubric: rubric.reference, question: "good", value: .choice(word), seconds: 4))
        }
    }
    let gold = ["log/0": ["good": Set([JudgedValue.choice("bad")])], "log/81": ["good": [.choice("good")]]]
    let spans = AnnotatorSpan.of(answers, rubric, truth: gold, seconds: day)
    #expect(spans.map(\.author) == ["ana", "ana", "ana", "bo", "bo", "bo"])
    #expect(spans.map(\.items) == Array(repeating: 40, count: 6) && spans[0].seconds == 4)
    #expect(spans[0].good == 0.75 && spans[0].gold == 1 && spans[1].gold == nil)
    #expect(spans[3].drift.isEmpty && spans[4].drift.isEmpty && spans[4].withOthers == 1)
    #expect(spans[5].drift.map(\.name) == ["good", "with others"])
    #expect(spans[5].drift.first?.was == 0.75 && spans[5].drift.first?.now == 0.25)
    #expect(spans[2].drift.map(\.name) == ["with others"], "ana is as before; it is the others who moved")
    let agreement = LabelAgreement.overTime(answers, rubric, seconds: day).filter { $0.measure == "gwet_ac1" }
    #expect(agreement.map(\.from) == (0..<3).map { Timestamp(seconds: (20_000 + Double($0)) * day) })
    #expect(agreement[0].value == 1 && agreement[1].value == 1 && (agreement[2].value ?? 1) < 0.5)
}

@Test("a release is held against the one before it, not the one that was judged most")
func releaseBefore() {
    func quality(_ release: String, _ judged: Int, since: Double?) -> LabelQuality {
        var one = LabelQuality(
            model: ModelName("m"), release: release, good: judged, bad: 0, share: 1, low: 0.5, high: 1)
        one.since = since.map { Timestamp(seconds: $0) }
        return one
    }
    var model = ModelState(name: ModelName("m"))
    model.release = "r14"
    var snapshot = Snapshot()
    snapshot.labelQuality = [
        quality("r12", 90, since: 1), quality("r13", 5, since: 2), quality("r14", 7, since: 3),
        quality("r15", 50, since: 4),
    ]
    #expect(snapshot.quality(of: model).other?.release == "r13")
    snapshot.labelQuality = snapshot.labelQuality.map { one in
        var one = one
        one.since = nil
        return one
    }
    #expect(snapshot.quality(of: model).other?.release == "r12", "where times are not known")
}
