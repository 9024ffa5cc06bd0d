import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

private let log = ConnectionName("log")

/// A server that keeps assessments, can be down, can lose a reply, and lets others write.
private final class Wall: AssessmentKeeping, ReviewQueueKeeping {
    struct State {
        var held: [RemoteAssessment] = []
        var isDown = false
        var losesReplies = 0
        var refuses: Set<String> = []
        var kept: [AssessmentChange] = []
        var serial = 0
        var reviews: [ReviewQueue] = []
        var closed: [[String]] = []
    }
    let state = Mutex(State())

    static let about = ConnectorInfo(id: "wall", title: "Wall", summary: "", usualPorts: [])
    init(_ connection: Connection, http: any HTTP) {}
    init() {}
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "Wall", version: "1", detail: "") }

    private func entry<T>(
        _ body: (inout State) -> Result<T, ConnectorFault>
    ) throws(ConnectorFault) -> T {
        let outcome = state.withLock { state -> Result<T, ConnectorFault> in
            state.isDown ? .failure(.refused("wall")) : body(&state)
        }
        return try outcome.get()
    }

    func assessments(of interactions: [String]) async throws(ConnectorFault) -> [RemoteAssessment] {
        try entry { state in .success(state.held.filter { interactions.contains($0.interaction) }) }
    }

    func keep(_ change: AssessmentChange) async throws(ConnectorFault) -> String {
        try entry { state in
            if state.refuses.contains(change.target.interaction) { return .failure(.rejected("no such trace")) }
            state.kept.append(change)
            let before = state.held.firstIndex { $0.key == change.key }
            var remote = ""
            if let value = change.judgement.value {
                state.serial += before == nil ? 1 : 0
                remote = before.map { state.held[$0].remote } ?? "a-\(state.serial)"
                let made = RemoteAssessment(
                    remote: remote, key: change.key, interaction: change.target.interaction,
                    name: change.judgement.question, author: change.judgement.author, kind: .human, value: value,
                    comment: change.judgement.comment, at: change.judgement.at)
                if let before { state.held[before] = made } else { state.held.append(made) }
            } else if let before {
                state.held.remove(at: before)
            }
            if state.losesReplies > 0 {
                state.losesReplies -= 1
                return .failure(.timedOut(after: 1))
            }
            return .success(remote)
        }
    }

    func reviewQueues() async throws(ConnectorFault) -> [ReviewQueue] { try entry { .success($0.reviews) } }

    func close(_ interaction: String, in queue: String, by author: String) async throws(ConnectorFault) {
        try entry { state in
            state.closed.append([interaction, queue, author])
            return .success(())
        }
    }

    /// What another person says there; the same again under the same name.
    func say(
        _ value: JudgedValue?, of interaction: String, by author: String = "zoe", named name: String = "good",
        at: Timestamp
    ) {
        state.withLock { state in
            let remote = "other-\(author)-\(interaction)"
            state.held.removeAll { $0.remote == remote }
            guard let value else { return }
            state.held.append(
                RemoteAssessment(
                    remote: remote, key: nil, interaction: interaction, name: name, author: author, kind: .human,
                    value: value, at: at))
        }
    }

    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
    var values: [String: JudgedValue?] {
        state.withLock { state in
            Dictionary(
                state.held.filter { $0.key != nil }.map { ($0.interaction, $0.value) },
                uniquingKeysWith: { _, last in last })
        }
    }
    var calls: Int { state.withLock { $0.kept.count } }
}

private struct Room {
    let clock = HandClock()
    let store: Store
    let wall = Wall()
    let courier: AssessmentCourier
    let route: AssessmentRoute
    let desk: LabelDesk

    init(items: Int = 6, to wall: ConnectionName = log, rubric: String = "thumbs") async throws {
        store = try Store.inMemory()
        route = AssessmentRoute(to: wall, from: [log])
        var settings = LabelingSettings()
        settings.routes = [route]
        desk = LabelDesk(store: store, settings: settings, author: "ana", clock: clock)
        courier = AssessmentCourier(
            store: store, destinations: [.init(route, self.wall)], lock: nil, clock: clock)
        try store.append(
            (1...items).map { number in
                KeptInteraction(
                    Interaction(
                        id: "i\(number)", connection: log, model: ModelName("m"),
                        at: Timestamp(milliseconds: 1_700_000_000_000 + Int64(number) * 1000),
                        messages: [.init("user", "prompt \(number)")], response: "answer \(number)"))
            }, from: log, cursor: "x")
        guard !rubric.isEmpty else { return }
        _ = try await desk.create(
            LabelQueue(name: "q", rubric: rubric, overlap: 2, author: "", at: clock.now()))
    }

    func judge(_ interaction: String, _ word: String?, comment: String = "") async throws {
        clock.advance(1)
        let value: JudgedValue? = word.map { .choice($0) }
        _ = try await desk.perform(
            LabelAct(.judge(["good": value], comment: comment), queue: "q", item: "log/\(interaction)", seconds: 1))
    }

    func round() async throws -> AssessmentCourier.Round { try #require(await courier.once()?.first?.1) }
    func state() throws -> AssessmentRouteState { try #require(try store.routeStates([route]).first) }
}

struct CourierTests {
    @Test("what is judged is told once, in order; what is judged again changes it, and what is undone is taken away")
    func told() async throws {
        let room = try await Room()
        for number in 1...4 { try await room.judge("i\(number)", number == 2 ? "bad" : "good", comment: "c\(number)") }
        try await room.judge("i1", "bad")
        #expect(try room.state().waiting == 5)
        let first = try await room.round()
        #expect(first.told == 4 && first.fault == nil)
        #expect(
            room.wall.state.withLock { $0.kept.map(\.target.interaction) } == ["i2", "i3", "i4", "i1"],
            "of two answers to the same only the later is told")
        #expect(room.wall.values["i1"] == .choice("bad"))
        #expect(try room.state().waiting == 0 && room.state().toldAt != nil)
        #expect(try await room.round().told == 0 && room.wall.calls == 4)

        try await room.judge("i2", "good")
        room.clock.advance(1)
        for _ in 0..<3 { _ = try await room.desk.perform(LabelAct(.undo, queue: "q", item: "")) }
        #expect(try await room.round().told == 2)
        #expect(room.wall.values["i2"] == .choice("bad") && room.wall.values["i4"] == nil)
        #expect(room.wall.values["i1"] == .choice("good") && room.wall.values.count == 3)
        let page = try await room.desk.pageWithTrust("q")
        #expect(page.unsent == 0 && page.unsentWhy == nil)
    }

    @Test("a server that is down is asked again later and later; all that waits is told in one go when it is back")
    func offline() async throws {
        let room = try await Room()
        room.wall.change { $0.isDown = true }
        try await room.judge("i1", "good")
        #expect(try await room.round().fault == .refused("wall"))
        var state = try room.state()
        let first = try #require(state.next)
        #expect(state.waiting == 1 && state.attempts == 1 && state.fault?.contains("refused") == true)
        #expect(try await room.desk.pageWithTrust("q").unsentWhy?.contains("refused") == true)
        #expect(try await room.round().fault != nil)
        state = try room.state()
        #expect(try #require(state.next).since(room.clock.now()) > first.since(room.clock.now()))
        for number in 2...6 { try await room.judge("i\(number)", "good") }
        room.wall.change { $0.isDown = false }
        #expect(try await room.round().told == 6)
        state = try room.state()
        #expect(state.waiting == 0 && state.fault == nil && state.attempts == 0 && state.next == nil)
    }

    @Test("a lost reply doubles nothing, and what one trace is refused for does not hold up the others")
    func lost() async throws {
        let room = try await Room()
        try await room.judge("i1", "good")
        room.wall.change { $0.losesReplies = 1 }
        #expect(try await room.round().fault == .timedOut(after: 1))
        // Judged anew before it is known whether the first arrived: both are ours.
        try await room.judge("i1", "bad")
        room.wall.change { $0.refuses = ["i2"] }
        try await room.judge("i2", "good")
        try await room.judge("i3", "good")
        let round = try await room.round()
        #expect(round.told == 2 && round.refused == 1 && round.conflicts == 0 && round.fault == nil)
        #expect(room.wall.values.count == 2 && room.wall.values["i1"] == .choice("bad"))
        #expect(try room.state().refused == 1)
        let refused = try room.store.errands(to: log, .refused)
        #expect(
            refused.map(\.change.target.interaction) == ["i2"]
                && refused.first?.fault?.contains("no such trace") == true)
        #expect(try await room.round().told == 0)
        room.wall.change { $0.refuses = [] }
        #expect(try room.store.retryRefused(log) == 1)
        #expect(try await room.round().told == 1 && room.wall.values.count == 3)
    }

    @Test("a crash between sending and writing down is no conflict, and the answer is there once")
    func crash() async throws {
        let room = try await Room()
        try await room.judge("i1", "good")
        _ = try room.store.fillOutbox(room.route)
        let errand = try #require(try room.store.errands(to: log).first)
        try room.store.begin(errand)
        _ = try await room.wall.keep(errand.change)
        // The process dies here; the next one begins with what the store knows.
        try await room.judge("i1", "bad")
        let round = try await room.round()
        #expect(round.told == 1 && round.conflicts == 0 && room.wall.values == ["i1": .choice("bad")])
    }

    @Test("what somebody changed there is not written over: a person says which holds")
    func conflicts() async throws {
        let room = try await Room()
        for number in 1...3 { try await room.judge("i\(number)", "good") }
        _ = try await room.round()
        room.wall.change { state in
            state.held[0].value = .choice("bad")
            state.held[1].value = .choice("bad")
            state.held.remove(at: 2)
        }
        // Nothing new is said here: what stands there is left as it is.
        #expect(try await room.round().conflicts == 0)
        for number in 1...3 { try await room.judge("i\(number)", "good", comment: "really") }
        #expect(try await room.round().conflicts == 3)
        #expect(room.wall.values == ["i1": .choice("bad"), "i2": .choice("bad")])
        let conflicts = try room.store.errands(to: log, .conflict)
        #expect(conflicts.map { $0.theirs?.value } == [.choice("bad"), .choice("bad"), nil])
        #expect(try room.state().conflicts == 3 && room.state().why?.contains("sync conflicts") == true)
        #expect(try await room.round().told == 0, "it waits for a person")

        let now = room.clock.now()
        try room.store.resolve(conflicts[0].id, at: log, keepsOurs: true, by: "bo", now: now)
        try room.store.resolve(conflicts[1].id, at: log, keepsOurs: false, by: "bo", now: now)
        try room.store.resolve(conflicts[2].id, at: log, keepsOurs: true, by: "bo", now: now)
        #expect(throws: StoreFault.self) {
            try room.store.resolve(conflicts[1].id, at: log, keepsOurs: true, by: "bo", now: now)
        }
        #expect(try await room.round().told == 2)
        #expect(room.wall.values == ["i1": .choice("good"), "i2": .choice("bad"), "i3": .choice("good")])
        let held = try room.store.judgedItems(queue: "q")
        let second = try #require(held.first { $0.target.interaction == "i2" }?.judgements.first)
        #expect(second.value == .choice("bad") && second.origin == .imported("log") && second.author == "ana")
        #expect(try room.store.auditTrail().filter { $0.what == "judgement conflict settled" }.count == 3)
    }

    @Test("what others judged there counts in the agreement, is changed with them, and goes when they take it back")
    func others() async throws {
        let room = try await Room()
        let at = room.clock.now()
        for number in 1...4 { try await room.judge("i\(number)", "good") }
        for number in 1...4 { room.wall.say(.choice(number == 4 ? "bad" : "good"), of: "i\(number)", at: at) }
        room.wall.say(.choice("purple"), of: "i5", at: at)
        room.wall.say(.choice("good"), of: "i6", named: "politeness", at: at)
        let round = try await room.round()
        #expect(round.told == 4 && round.taken == 4)
        #expect(try room.state().waiting == 0)
        #expect(try await room.round().taken == 0)
        #expect(try room.store.sharedAnswers(queue: "q").count == 8)
        #expect(try #require(await room.desk.pageWithTrust("q").agreement).n == 4)
        room.wall.say(.choice("good"), of: "i4", at: at.advanced(by: 5))
        room.wall.say(nil, of: "i1", at: at)
        #expect(try await room.round().taken == 2)
        let zoe = try room.store.judgedItems(queue: "q").flatMap(\.judgements).filter { $0.author == "zoe" }
        #expect(zoe.count == 3 && zoe.allSatisfy { $0.value == .choice("good") && $0.origin == .imported("log") })
        // What came from there does not go back there.
        #expect(room.wall.values.count == 4 && room.wall.calls == 4)
    }

    @Test(
        "users' thumbs are taken where the configuration names them: flags and ones mean the good word and the bad one")
    func thumbs() async throws {
        let room = try await Room()
        var route = room.route
        route.names = ["user_feedback": "good"]
        func said(_ interaction: String, _ value: JudgedValue, _ kind: RemoteAssessment.Author, by author: String = "")
        {
            room.wall.change { state in
                state.held.append(
                    RemoteAssessment(
                        remote: "u-\(interaction)", key: nil, interaction: interaction, name: "user_feedback",
                        author: author, kind: kind, value: value, at: room.clock.now()))
            }
        }
        said("i1", .choice("true"), .human, by: "u7")
        said("i2", .number(0), .code)
        said("i3", .choice("true"), .judge)
        said("i4", .number(0.5), .code)
        #expect(try await room.round().taken == 0)
        let courier = AssessmentCourier(
            store: room.store, destinations: [.init(route, room.wall)], lock: nil, clock: room.clock)
        #expect(await courier.once()?.first?.1.taken == 2)
        let held = try room.store.judgedItems(queue: "q").flatMap(\.judgements)
        #expect(held.map(\.author) == ["u7", "user"] && held.map(\.value) == [.choice("good"), .choice("bad")])
    }

    @Test("a review queue there is a queue here, filled as its exchanges become known, closed there when judged")
    func reviews() async throws {
        let room = try await Room(rubric: "")
        let asked = RubricQuestion(
            "polite", title: "polite",
            kind: .choice([RubricChoice("Yes", isGood: true), RubricChoice("No", isGood: false)]))
        room.wall.change {
            $0.reviews = [
                ReviewQueue(
                    id: "rq-1", name: "Refund answers!", people: ["ana"], questions: [asked],
                    guidelines: "polite: would you say it to a guest?", open: ["i1", "i2", "unknown"])
            ]
        }
        #expect(try await room.round().brought == 2)
        let queue = try #require(try room.store.queues(for: "ana").first)
        #expect(queue.queue.name == "log-refund-answers" && queue.total == 2 && queue.queue.assigned == ["ana"])
        let page = try await room.desk.page(queue.queue.name)
        #expect(page.rubric.questions.map(\.id) == ["polite"] && page.rubric.guidelines.contains("guest"))
        #expect(Set(page.rubric.questions[0].choices.compactMap(\.key)).count == 2, "each answer has a key")
        _ = try await room.desk.perform(
            LabelAct(.judge(["polite": .choice("Yes")], comment: ""), queue: queue.queue.name, item: "log/i1"))
        room.wall.change { $0.reviews[0].open.append("i3") }
        let round = try await room.round()
        #expect(round.told == 1 && round.closed == 1 && round.brought == 1)
        #expect(room.wall.state.withLock { $0.closed } == [["i1", "rq-1", "ana"]])
        #expect(try await room.round().closed == 0)
    }

    @Test("only exchanges of the connections named are told, and a connection that is added brings what was judged")
    func sources() async throws {
        let room = try await Room(to: ConnectionName("wall"))
        try await room.judge("i1", "good")
        let elsewhere = AssessmentRoute(to: ConnectionName("wall"), from: [ConnectionName("other")])
        let courier = AssessmentCourier(
            store: room.store, destinations: [.init(elsewhere, room.wall)], lock: nil, clock: room.clock)
        #expect(await courier.once()?.first?.1.told == 0)
        await courier.replace([.init(room.route, room.wall)])
        #expect(await courier.once()?.first?.1.told == 1)
    }
}
