import Foundation
import PitEngine
import PitModel
import PitStore
import Testing

private let log = ConnectionName("log")

/// A store with exchanges, and a desk over it.
private struct Room {
    let clock = HandClock()
    let store: Store
    let desk: LabelDesk

    init(_ exchanges: [Interaction], store: Store? = nil, author: String = "ana") throws {
        self.store = try store ?? Store.inMemory()
        desk = LabelDesk(store: self.store, settings: LabelingSettings(), author: author, clock: clock)
        try self.store.append(exchanges.map { KeptInteraction($0) }, from: log, cursor: "x")
    }

    func desk(of author: String) -> LabelDesk {
        LabelDesk(store: store, settings: LabelingSettings(), author: author, clock: clock)
    }

    func queue(
        _ rubric: String = "thumbs", order: LabelQueue.Order = .newest, releases: [String] = [], sample: Int? = nil,
        stratifyBy: String? = nil, overlap: Int = 1, repeats: Double = 0
    ) -> LabelQueue {
        LabelQueue(
            name: "q", releases: releases, rubric: rubric, order: order, sample: sample, stratifyBy: stratifyBy,
            overlap: overlap, repeatShare: repeats, author: "", at: clock.now())
    }

    func items(_ queue: LabelQueue) async throws -> [LabelItem] {
        let rubric = try #require(LabelingSettings().rubric(queue.rubric))
        return try await desk.items(of: queue, rubric)
    }
}

private func exchange(
    _ number: Int, _ prompt: String? = nil, response: String? = nil, release: String? = nil, language: String = "en"
) -> Interaction {
    var exchange = Interaction(
        id: "i\(number)", connection: log, model: ModelName("m"),
        at: Timestamp(milliseconds: 1_700_000_000_000 + Int64(number) * 1000),
        messages: [.init("user", prompt ?? "prompt \(number)")], response: response ?? "answer \(number)")
    exchange.attributes["language"] = .text(language)
    if let release { exchange.attributes["release"] = .text(release) }
    return exchange
}

private func judge(_ item: LabelItem, _ value: JudgedValue, _ question: String = "good") -> LabelAct {
    LabelAct(.judge([question: value], comment: ""), queue: "q", item: item.id, seconds: 2)
}

@Test("orders: the newest first, by chance as the seed says, equally many of each kind")
func labelOrders() async throws {
    let room = try Room((1...40).map { exchange($0, language: $0 <= 30 ? "en" : "de") })
    let newest = try await room.items(room.queue(sample: 3)).map(\.target.interaction)
    #expect(newest == ["i40", "i39", "i38"])
    let first = try await room.items(room.queue(order: .random(seed: 5))).map(\.id)
    #expect(try await room.items(room.queue(order: .random(seed: 5))).map(\.id) == first)
    #expect(try await room.items(room.queue(order: .random(seed: 6))).map(\.id) != first)
    #expect(Set(first).count == 40)
    let even = try await room.items(room.queue(sample: 8, stratifyBy: "language"))
    let german = even.count { Int($0.target.interaction.dropFirst()).map { $0 > 30 } ?? false }
    #expect(even.count == 8 && german == 4)
}

@Test("coverage: one of each kind of answer before a second of any")
func labelCoverage() async throws {
    let kinds = [
        "the parcel is on its way and arrives tomorrow before noon", "cards are changed in the account under payment",
        "shoes that were worn outside cannot be sent back to us",
    ]
    let room = try Room((0..<30).map { exchange($0, response: kinds[$0 < 28 ? 0 : $0 - 27]) })
    let items = try await room.items(room.queue(order: .coverage))
    #expect(Set(items.prefix(3).flatMap(\.target.answers)) == Set(kinds) && items.count == 30)
}

@Test("uncertainty: what people disagree on comes first")
func labelUncertainty() async throws {
    let room = try Room((1...30).map { exchange($0) })
    _ = try await room.desk.create(room.queue(overlap: 2))
    let other = room.desk(of: "bo")
    let items = try await room.desk.items(of: room.queue(), rubricCatalog[0])
    for item in items {
        _ = try await room.desk.perform(judge(item, .choice("good")))
        _ = try await other.perform(judge(item, .choice(item.target.interaction == "i7" ? "bad" : "good")))
    }
    let next = try await room.items(room.queue(order: .uncertainty))
    #expect(next.first?.target.interaction == "i7" && next.count == 30)
    let page = try await room.desk.pageWithTrust("q")
    #expect(page.agreement?.n == 30 && page.agreement?.name == "krippendorff_alpha")
    #expect(page.judged == 30 && page.sitting == 30 && page.activeSeconds == 60)
    #expect(try room.store.queues(for: "ana").first?.done == 30)
}

@Test("pairs: answers to one prompt of two releases, their order by chance and recorded, nothing that tells them apart")
func labelPairs() async throws {
    let room = try Room(
        (0..<40).map { exchange($0, "prompt \($0 / 2)", release: $0 % 2 == 0 ? "r1" : "r2") } + [exchange(90, "alone")])
    let items = try await room.items(room.queue("pairwise", releases: ["r1", "r2"]))
    #expect(items.count == 20)
    #expect(items.allSatisfy { Set($0.target.sources) == ["r1", "r2"] && $0.target.answers.count == 2 })
    #expect(Set(items.map(\.order)) == [[0, 1], [1, 0]])
    let page = try await room.desk.create(room.queue("pairwise", releases: ["r1", "r2"]))
    #expect(page.items.map(\.order) == items.prefix(LabelPage.ahead).map(\.order), "as made, so recorded")
    let first = try #require(page.items.first)
    let better = try #require(first.target.sources.firstIndex(of: "r2"))
    let after = try await room.desk.perform(judge(first, .preference(better == 0 ? .first : .second), "better"))
    #expect(after.evidence?.words == "r2 is preferred to r1 in 1 of 1")
    let lonely = try Room([exchange(1)])
    await #expect(throws: StoreFault.self) { try await lonely.desk.create(lonely.queue("pairwise")) }
}

@Test("two releases are judged in turn; how many judgements they need is told, and when it is decided")
func labelEvidence() async throws {
    let room = try Room((0..<400).map { exchange($0, release: $0 % 2 == 0 ? "r1" : "r2") })
    var page = try await room.desk.create(room.queue(order: .random(seed: 1), releases: ["r1", "r2"]))
    #expect(page.evidence?.needed == 62)
    #expect(page.evidence?.words == "62 per arm tell 10 % from 30 % bad; have 0")
    let releases = try await room.items(room.queue(order: .random(seed: 1), releases: ["r1", "r2"])).map(
        \.target.release)
    for start in stride(from: 0, to: 400, by: 2) { #expect(releases[start] != releases[start + 1]) }
    var count = 0
    while let item = page.items.first, page.evidence?.isDecided == false {
        count += 1
        let isBad = item.target.release == "r2" && count % 3 != 0
        page = try await room.desk.perform(judge(item, .choice(isBad ? "bad" : "good")))
    }
    #expect(page.evidence?.isDecided == true && count < 400)
    #expect(page.evidence?.arms.map(\.bad).first == 0)
}

@Test("some items come again unannounced, and tell how far a person agrees with themselves, not how good the model is")
func labelRepeats() async throws {
    let room = try Room((1...40).map { exchange($0) })
    var page = try await room.desk.create(room.queue(repeats: 0.25))
    #expect(page.total == 50)
    var seen: [String: Int] = [:]
    while let item = page.items.first {
        if item.isRepeat { #expect(seen[item.target.interaction] != nil, "not before the first time") }
        seen[item.target.interaction, default: 0] += 1
        page = try await room.desk.perform(judge(item, .choice(item.isRepeat ? "bad" : "good")))
    }
    page = try await room.desk.pageWithTrust("q")
    #expect(page.repeats == LabelShare(0, of: 10) && page.judged == 50)
    #expect(try room.store.labelTallies().map { [$0.good, $0.bad] } == [[40, 0]])
    #expect(try room.store.judgedItems(limit: 100).count == 40)
}

@Test("gold items are mixed in and tell how often a person is right; an answer against an earlier one is told")
func labelGold() async throws {
    let room = try Room((1...30).map { exchange($0) })
    var truth = room.queue(sample: 5)
    truth.name = "truth"
    _ = try await room.desk.create(truth)
    for number in 26...30 {
        var act = judge(LabelItem(id: "log/i\(number)", target: try await room.items(truth)[0].target), .choice("good"))
        act.queue = "truth"
        _ = try await room.desk.perform(act)
    }
    var queue = room.queue()
    queue.query.to = Timestamp(milliseconds: 1_700_000_020_000)
    queue.gold = "truth"
    var page = try await room.desk.create(queue)
    #expect(page.total == 21, "one of twenty is gold")
    var isTold = false
    while let item = page.items.first {
        page = try await room.desk.perform(judge(item, .choice("bad")))
        isTold = isTold || page.contradiction?.value == .choice("good")
    }
    #expect(try await room.desk.pageWithTrust("q").gold == LabelShare(0, of: 1))
    #expect(isTold)
}

@Test("an exchange that does not tell its release has the one that was released last before it")
func releaseByTime() async throws {
    let room = try Room([exchange(10), exchange(20)])
    func released(_ name: String, _ seconds: Int64) -> Event {
        Event(
            at: Timestamp(milliseconds: 1_700_000_000_000 + seconds * 1000), kind: .release, model: ModelName("m"),
            title: "serving/m \(name) released by ana")
    }
    try room.store.record([released("r1", 5), released("r2", 15)])
    #expect(try await room.items(room.queue()).map(\.target.release) == ["r2", "r1"])
    #expect(try await room.items(room.queue(releases: ["r1"])).map(\.target.interaction) == ["i10"])
}

@Test("what was found is beside the item, a judgement lasts when the exchange is gone, and the fleet knows the share")
func labelSnapshot() async throws {
    let room = try Room([exchange(1, release: "r1"), exchange(2, release: "r1")])
    let page = try await room.desk.create(room.queue())
    let first = try #require(page.items.first)
    #expect(
        first.target.textHash == "\(JudgedTarget.hash(messages: [.init("user", "prompt 2")], answers: ["answer 2"]))")
    try room.store.pruneInteractions(maxRows: 0, maxBytes: 0)
    let after = try await room.desk.perform(judge(first, .choice("good")))
    #expect(after.items.map(\.target.answers) == [["answer 1"]] && after.latest?.id == first.id)
    let clock = room.clock
    let engine = Engine(
        settings: EngineSettings(servers: [], models: [], profiles: [], author: "ana"), store: room.store, lock: nil,
        clock: clock, ring: LogRing(clock: clock), publish: { _ in })
    _ = await engine.prepare()
    let snapshot = await engine.pollOnce()
    #expect(snapshot.queues.map(\.own) == [1] && snapshot.queues.first?.left == 1)
    let quality = try #require(snapshot.labelQuality.first)
    #expect(quality.release == "r1" && quality.good == 1 && quality.share == 1 && quality.low < 0.5)
}

@Test("comparisons make a win rate and leave the share of good answers alone; undo takes them out again")
func labelWinRates() async throws {
    let room = try Room(
        (1...60).flatMap { number in
            [
                exchange(number, "prompt \(number)", response: "short \(number)", release: "r13"),
                exchange(number + 100, "prompt \(number)", response: "long \(number)", release: "r14"),
            ]
        })
    _ = try await room.desk.create(room.queue("pairwise", releases: ["r13", "r14"]))
    for number in 0..<40 {
        let page = try await room.desk.page("q")
        let item = try #require(page.items.first)
        // Three of four prefer what the newer release said, wherever it stands.
        let newer: JudgedValue.Preference = item.target.sources.first == "r14" ? .first : .second
        let older: JudgedValue.Preference = newer == .first ? .second : .first
        let question = try #require(page.rubric.questions.first { $0.kind == .preference })
        let value = number % 8 == 0 ? .tie : number % 4 == 1 ? older : newer
        _ = try await room.desk.perform(judge(item, .preference(value), question.id))
    }
    #expect(try room.store.labelTallies().isEmpty)
    let meeting = try #require(try room.store.labelMeetings().first)
    #expect([meeting.first, meeting.second] == ["r13", "r14"] && meeting.ties == 5 && meeting.firstWins == 10)
    #expect(meeting.secondWins == 25)
    let wins = await engine(room).pollOnce { _ in }.labelWins
    let newer = try #require(wins.first { $0.release == "r14" })
    // Half a win each way is added: (25 + 2.5 + 0.5) of 41; the interval is that of the log-odds.
    let share = 28.0 / 41
    #expect(abs(newer.rate - share) < 1e-9 && newer.count == 40)
    let spread: Double = 1.959963984540054 / (41 * share * (1 - share)).squareRoot()
    let odds: Double = share / (1 - share)
    #expect(abs(newer.low - odds * exp(-spread) / (1 + odds * exp(-spread))) < 1e-9)
    #expect(abs(newer.high - odds * exp(spread) / (1 + odds * exp(spread))) < 1e-9)
    _ = try await room.desk.perform(LabelAct(.undo, queue: "q", item: ""))
    #expect(try room.store.labelMeetings().first?.count == 39)
}

/// Pairs of exchanges, of which people prefer the second release's, as often as is said.
private func compare(
    _ room: Room, _ queue: String, _ releases: [String], from start: Int, count: Int
) async throws {
    let exchanges = (start..<start + count).flatMap { number in
        [
            exchange(number, "prompt \(number)", response: "short \(number)", release: releases[0]),
            exchange(number + 1000, "prompt \(number)", response: "long \(number)", release: releases[1]),
        ]
    }
    try room.store.append(exchanges.map { KeptInteraction($0) }, from: log, cursor: queue)
    var wanted = room.queue("pairwise", releases: releases)
    wanted.name = queue
    var page = try await room.desk.create(wanted)
    let question = try #require(page.rubric.questions.first { $0.kind == .preference })
    for _ in 0..<count {
        let item = try #require(page.items.first)
        let preference: JudgedValue.Preference = item.target.sources.first == releases[1] ? .first : .second
        page = try await room.desk.perform(
            LabelAct(.judge([question.id: .preference(preference)], comment: ""), queue: queue, item: item.id))
    }
}

@Test("comparisons of releases that nothing connects hide no win rate, and one that was undone connects nothing")
func labelWinRatesApart() async throws {
    let room = try Room([])
    try await compare(room, "old", ["r11", "r12"], from: 100, count: 12)
    try await compare(room, "now", ["r13", "r14"], from: 200, count: 12)
    let apart = await engine(room).pollOnce { _ in }.labelWins
    #expect(apart.map { "\($0.release) \($0.against)" }.sorted() == ["r11 r12", "r12 r11", "r13 r14", "r14 r13"])
    // Half a win each way is added to those of the two alone.
    #expect(apart.filter { ["r12", "r14"].contains($0.release) }.allSatisfy { abs($0.rate - 12.5 / 13) < 1e-9 })
    try await compare(room, "bridge", ["r12", "r13"], from: 300, count: 1)
    let bridged = await engine(room).pollOnce { _ in }.labelWins
    #expect(bridged.map(\.count) == [12, 12, 12, 12], "too few of r12 and r13 to be told")
    _ = try await room.desk.perform(LabelAct(.undo, queue: "bridge", item: ""))
    #expect(try room.store.labelMeetings().contains { $0.count == 0 })
    #expect(await engine(room).pollOnce { _ in }.labelWins == apart)
}

/// An engine that serves `m` in release r14, with the shipped rules.
private func engine(_ room: Room) async -> Engine {
    var settings = EngineSettings(
        servers: [], models: [ModelConfig(name: ModelName("m"), references: ["release": "r14"])], profiles: [],
        author: "ana")
    settings.rules = RuleSettings(interval: 1, rules: ruleCatalog)
    let engine = Engine(
        settings: settings, store: room.store, lock: nil, clock: room.clock, ring: LogRing(clock: room.clock),
        publish: { _ in })
    _ = await engine.prepare()
    return engine
}

@Test("a release that people judge worse than the one before makes an alert")
func labelRules() async throws {
    let room = try Room((1...80).map { exchange($0, release: $0 % 2 == 0 ? "r14" : "r13") })
    _ = try await room.desk.create(room.queue())
    for _ in 0..<80 {
        let item = try #require(try await room.desk.page("q").items.first)
        let isNew = item.target.release == "r14"
        let number = Int(item.target.interaction.dropFirst()) ?? 0
        // Of the new release's forty twelve are good, of the old one's thirty-six.
        let isGood = isNew ? number % 20 < 6 : number % 20 != 1
        _ = try await room.desk.perform(judge(item, .choice(isGood ? "good" : "bad")))
    }
    let engine = await engine(room)
    _ = await engine.pollOnce { _ in }
    room.clock.advance(5)
    let snapshot = await engine.pollOnce { _ in }
    let model = try #require(snapshot.models.first)
    let quality = snapshot.quality(of: model)
    let present = try #require(quality.present)
    #expect(present.release == "r14" && present.good == 12 && present.bad == 28)
    #expect(present.words == "r14: 12 of 40 good (18 to 45 %)")
    #expect(quality.other?.release == "r13" && quality.other?.good == 36)
    #expect(snapshot.alerts.map(\.alert.name) == ["AnswersJudgedWorse"])
    #expect(snapshot.alerts.first?.model == ModelName("m"))
}

@Test("a release that loses comparisons makes an alert; one that wins them, or was compared too rarely, makes none")
func labelWinRules() async throws {
    for (releases, count, alerts) in [
        (["r14", "r13"], 12, ["ReleaseLosesComparisons"]), (["r14", "r13"], 9, []), (["r13", "r14"], 12, []),
    ] {
        let room = try Room([])
        try await compare(room, "q", releases, from: 100, count: count)
        let engine = await engine(room)
        _ = await engine.pollOnce { _ in }
        room.clock.advance(5)
        let snapshot = await engine.pollOnce { _ in }
        #expect(snapshot.alerts.map(\.alert.name) == alerts, "\(releases) \(count)")
    }
}

@Test("what people differ on is decided, the worst first; the decision stands in the export and in no agreement")
func labelAdjudication() async throws {
    let room = try Room((1...6).map { exchange($0) })
    _ = try await room.desk.create(room.queue(overlap: 3))
    // i1: two to one; i2: all the same; i3: one and one; i4: two to one.
    let said = [
        "ana": ["good", "good", "good", "bad"], "bo": ["bad", "good", "bad", "good"],
        "cy": ["good", "good", nil, "good"],
    ]
    for (person, words) in said {
        let desk = room.desk(of: person)
        for (place, word) in words.enumerated() {
            guard let word else { continue }
            _ = try await desk.perform(
                LabelAct(
                    .judge(["good": .choice(word)], comment: "by \(person)"), queue: "q", item: "log/i\(place + 1)"))
        }
    }
    var decided = room.queue()
    (decided.name, decided.adjudicates) = ("q-decided", "q")
    var page = try await room.desk.create(decided)
    #expect(page.total == 3 && page.items.first?.id == "log/i3", "the fewest are of one mind there")
    #expect(page.items.first?.said.map(\.author) == ["ana", "bo"])
    let before = try #require(await room.desk.pageWithTrust("q").agreement)
    let tallies = try room.store.labelTallies().map { "\($0.good) \($0.bad)" }
    page = try await room.desk.perform(
        LabelAct(.judge(["good": .choice("bad")], comment: "rude"), queue: "q-decided", item: "log/i3"))
    #expect(page.judged == 1 && page.contradiction == nil)
    #expect(try await room.desk.pageWithTrust("q").agreement == before)
    let trusted = try await room.desk.pageWithTrust("q-decided")
    #expect(trusted.agreement == before)
    let pairs = trusted.agreements.filter { $0.name == "cohen_kappa" }
    #expect(trusted.agreements.first?.value == before.value && trusted.agreements.first?.name == before.name)
    #expect(pairs.count > 1 && pairs.map(\.value) == pairs.map(\.value).sorted())
    #expect(pairs.contains { Set($0.people ?? []) == ["ana", "bo"] && $0.n == 4 })
    #expect(try room.store.labelTallies().map { "\($0.good) \($0.bad)" } == tallies)
    let item = try #require(try room.store.judgedItems(queue: "q").first { $0.id == "log/i3" })
    #expect(
        item.judgements.count == 3 && item.judgements.filter { $0.decides == true }.map(\.value) == [.choice("bad")])
    // Later disputes come in when it is opened again.
    for (person, word) in [("ana", "good"), ("bo", "bad")] {
        _ = try await room.desk(of: person).perform(
            LabelAct(.judge(["good": .choice(word)], comment: ""), queue: "q", item: "log/i5"))
    }
    #expect(try await room.desk.create(decided).total == 4)
    // A queue that somebody made under the name is left alone.
    var taken = room.queue()
    taken.name = "taken"
    let own = try await room.desk.create(taken).total
    taken.adjudicates = "q"
    await #expect(throws: StoreFault.self) { _ = try await room.desk.create(taken) }
    #expect(try await room.desk.page("taken").total == own && own == 6)
    var none = room.queue()
    (none.name, none.adjudicates) = ("other-decided", "q-decided")
    await #expect(throws: StoreFault.self) { _ = try await room.desk.create(none) }
    _ = try await room.desk.perform(LabelAct(.undo, queue: "q-decided", item: ""))
    #expect(try room.store.judgedItems(queue: "q").first { $0.id == "log/i3" }?.judgements.count == 2)
}
