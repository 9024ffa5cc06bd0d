import PitEngine
import PitModel
import PitStore
import Testing

@Suite struct LabelEngineTests {
    private let clock = HandClock()
    private let store: Store
    private let engine: Engine

    init() throws {
        store = try Store.inMemory()
        let clock = clock
        engine = Engine(
            settings: EngineSettings(
                servers: [], models: [ModelConfig(name: ModelName("m"))], profiles: [], author: "ana"),
            store: store, lock: nil, clock: clock, ring: LogRing(clock: clock), publish: { _ in })
    }

    private func fill(_ count: Int) throws {
        let kept = (0..<count).map { number in
            KeptInteraction(
                Interaction(
                    id: "\(number)", connection: ConnectionName("log"), model: ModelName("m"),
                    at: clock.now().advanced(by: Double(number - count)),
                    messages: [.init("user", "question \(number / 2)")],
                    response: number % 5 == 0 ? "I cannot help with that." : "answer \(number) in full",
                    attributes: ["release": .text(number % 2 == 0 ? "r1" : "r2")]))
        }
        _ = try store.append(kept, from: ConnectionName("log"), cursor: "1")
    }

    private func queue(_ name: String, _ change: (inout LabelQueue) -> Void = { _ in }) -> LabelQueue {
        var queue = LabelQueue(name: name, author: "ana", at: clock.now())
        change(&queue)
        return queue
    }

    @Test("a queue holds what its query asks for, in its order, the same for the same seed")
    func building() async throws {
        try fill(40)
        let newest = try await engine.createQueue(queue("newest")).get()
        #expect(newest.total == 40 && newest.items.first?.target.interaction == "39")
        let a = try await engine.createQueue(queue("a") { $0.order = .random(seed: 7) }).get()
        let b = try await engine.createQueue(queue("b") { $0.order = .random(seed: 7) }).get()
        let c = try await engine.createQueue(queue("c") { $0.order = .random(seed: 8) }).get()
        #expect(a.items.map(\.id) == b.items.map(\.id) && a.items.map(\.id) != c.items.map(\.id))
        let some = try await engine.createQueue(
            queue("some") { ($0.query.text, $0.sample, $0.releases) = ("cannot help", 3, ["r1"]) }
        ).get()
        #expect(some.total == 3 && some.items.allSatisfy { $0.target.release == "r1" })
        // Of the eight refusals, which are alike, one comes first; the others after all that differ.
        let kinds = try await engine.createQueue(queue("kinds") { $0.order = .coverage }).get()
        #expect(kinds.total == 40)
        #expect(kinds.items.prefix(8).count { $0.target.answers == ["I cannot help with that."] } <= 1)
    }

    @Test("pairs are two answers to the same messages; which stands left is drawn, and kept")
    func pairs() async throws {
        try fill(40)
        let page = try await engine.createQueue(queue("pairs") { $0.rubric = "preference" }).get()
        #expect(page.total == 20 && page.rubric.isBlind)
        let orders = Set(page.items.map(\.order))
        #expect(orders == [[0, 1], [1, 0]])
        #expect(page.items.allSatisfy { $0.target.answers.count == 2 && $0.target.sources.count == 2 })
        let again = try await engine.labelPage("pairs", for: "ben").get()
        #expect(again.items.map(\.order) == page.items.map(\.order))
    }

    @Test("what is judged is in the page that comes back, on the releases, and in the agreement of two")
    func judging() async throws {
        try fill(60)
        var page = try await engine.createQueue(queue("q") { $0.releases = ["r1", "r2"] }).get()
        for author in ["ana", "ben"] {
            page = try await engine.labelPage("q", for: author).get()
            while let item = page.items.first, page.judged < 40 {
                let isBad = item.target.release == "r2" && Int(item.target.interaction).map { $0 % 3 != 0 } == true
                let act = LabelAct(
                    .judge(["verdict": .choice(isBad ? "bad" : "good")], comment: ""), queue: "q", item: item.id)
                page = try await engine.judge(act, by: author).get()
                #expect(page.latest?.id == item.id && page.latest?.own["verdict"] != nil)
            }
        }
        page = try await engine.labelPage("q", for: "ana").get()
        #expect(page.judged == 40 && page.agreement?.value == 1 && page.agreement?.n == 40)
        #expect(page.evidence?.isDecided == true && page.evidence?.words.hasPrefix("decided") == true)
        let snapshot = await engine.current()
        #expect(snapshot.queues.first?.own == 40)
        let shares = snapshot.labelQuality.map { "\($0.release ?? "") \($0.good)/\($0.good + $0.bad)" }
        #expect(shares == ["r1 20/20", "r2 7/20"] || shares == ["r1 20/20", "r2 6/20"], "\(shares)")
        let undone = try await engine.judge(LabelAct(.undo, queue: "q", item: ""), by: "ana").get()
        #expect(undone.judged == 39)
    }

    @Test("what cannot be is refused with what to do")
    func refusals() async throws {
        try fill(4)
        func words(_ answer: Result<LabelPage, LabelRefusal>) -> String {
            if case .failure(let refusal) = answer { "\(refusal.words). \(refusal.hint)" } else { "done" }
        }
        #expect(words(await engine.createQueue(queue("x") { $0.rubric = "none" })).contains("There are: thumbs"))
        #expect(words(await engine.createQueue(queue("x") { $0.query.model = ModelName("z") })).contains("no exchange"))
        #expect(words(await engine.createQueue(queue("x"))) == "done")
        #expect(words(await engine.createQueue(queue("x"))).contains("already"))
        #expect(words(await engine.labelPage("y", for: "ana")).contains("pitwall queue list"))
        #expect(words(await engine.judge(LabelAct(.undo, queue: "x", item: ""), by: "ana")).contains("nothing to undo"))
        let odd = LabelAct(.judge(["verdict": .choice("superb")], comment: ""), queue: "x", item: "log/1")
        #expect(words(await engine.judge(odd, by: "ana")).contains("`superb` is no answer to `verdict`"))
        let gone = LabelAct(.mark(LabelMark(.skipped)), queue: "x", item: "log/99")
        #expect(words(await engine.judge(gone, by: "ana")).contains("no longer in the queue"))
    }
}
