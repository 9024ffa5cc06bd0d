import Foundation
import GRDB
import PitModel
import PitStore
import Testing

@Suite struct LabelTests {
    private static let rubric = RubricCatalog.thumbs

    private static func target(_ number: Int, answers: [String]? = nil) -> JudgedTarget {
        JudgedTarget(
            connection: ConnectionName("log"), interaction: "\(number)", model: ModelName("m"),
            release: number % 2 == 0 ? "r1" : "r2", at: at(Double(number)), textHash: "",
            messages: [.init("user", "question \(number)")], answers: answers ?? ["answer \(number)"])
    }

    private static func queue(_ name: String = "q", _ count: Int = 5, in store: Store) throws {
        let items = (0..<count).map { NewLabelItem(id: "log/\($0)", target: target($0)) }
        #expect(try store.create(LabelQueue(name: name, author: "ana", at: at(0)), items: items))
    }

    private static func judge(_ store: Store, _ item: Int, _ word: String, by author: String = "ana") throws {
        let act = LabelAct(.judge(["verdict": .choice(word)], comment: ""), queue: "q", item: "log/\(item)", seconds: 2)
        #expect(try store.perform(act, rubric: rubric, author: author, at: at(100)) == .kept)
    }

    private static func turn(_ store: Store, _ kind: LabelAct.Kind, by author: String = "ana") throws -> LabelOutcome {
        try store.perform(LabelAct(kind, queue: "q", item: ""), rubric: rubric, author: author, at: at(101))
    }

    private static func page(_ store: Store, _ author: String = "ana", queue: String = "q") throws -> LabelPage {
        try #require(try store.labelPage(queue, rubric: rubric, author: author, since: at(0)))
    }

    @Test("the next item comes when one was judged; what was skipped comes again after the others")
    func flow() throws {
        let store = try Store.inMemory()
        try Self.queue(in: store)
        #expect(try Self.page(store).items.map(\.id) == (0..<5).map { "log/\($0)" })
        try Self.judge(store, 0, "good")
        let skip = LabelAct(.mark(LabelMark(.skipped)), queue: "q", item: "log/1")
        #expect(try store.perform(skip, rubric: Self.rubric, author: "ana", at: at(100)) == .kept)
        let page = try Self.page(store)
        #expect(page.items.map(\.id) == ["log/2", "log/3", "log/4", "log/1"])
        #expect(page.judged == 1 && page.skipped == 1 && page.total == 5 && page.sitting == 1)
        #expect(page.activeSeconds == 2 && page.latest?.id == "log/1" && page.items.last?.mark == .skipped)
        #expect(try Self.page(store, "ben").items.count == 5)
        #expect(try store.labelPage("nothing", rubric: Self.rubric, author: "ana", since: at(0)) == nil)
    }

    @Test("undo and redo have no end, and outlive the process")
    func undo() throws {
        let folder = Folder()
        do {
            let store = try Store.open(folder: folder.path)
            try Self.queue("q", 40, in: store)
            for item in 0..<30 { try Self.judge(store, item, item % 3 == 0 ? "bad" : "good") }
        }
        let store = try Store.open(folder: folder.path)
        for _ in 0..<30 { #expect(try Self.turn(store, .undo) == .kept) }
        #expect(try Self.turn(store, .undo) == .nothing)
        let empty = try Self.page(store)
        #expect(empty.judged == 0 && empty.items.first?.id == "log/0" && !empty.canUndo && empty.canRedo)
        for _ in 0..<10 { #expect(try Self.turn(store, .redo) == .kept) }
        let page = try Self.page(store)
        #expect(page.judged == 10 && page.items.first?.id == "log/10")
        #expect(page.latest?.own["verdict"]?.value == .choice("bad"))
        // A new act ends what can be brought back.
        try Self.judge(store, 12, "good")
        #expect(try Self.turn(store, .redo) == .nothing)
        // Facts only grow: 30 answers, 30 taken back, 10 brought back, one more.
        #expect(try store.judgements(after: 0).count == 71)
        #expect(try store.judgedItems().map(\.judgements.count) == [Int](repeating: 1, count: 11))
    }

    @Test("an answer that changes takes the place of the one before, and undo brings that back")
    func supersession() throws {
        let store = try Store.inMemory()
        try Self.queue(in: store)
        try Self.judge(store, 0, "good")
        try Self.judge(store, 0, "bad")
        let facts = try store.judgements(after: 0).map(\.judgement)
        #expect(facts.map(\.value) == [.choice("good"), .choice("bad")])
        #expect(facts[1].supersedes == facts[0].id && facts[1].rubric == Self.rubric.reference)
        #expect(try store.goodAndBad().map { "\($0.release ?? "") \($0.good) \($0.bad)" } == ["r1 0 1"])
        #expect(try Self.turn(store, .undo) == .kept)
        #expect(try store.goodAndBad().map { "\($0.release ?? "") \($0.good) \($0.bad)" } == ["r1 1 0"])
        #expect(try Self.page(store).judged == 1)
    }

    @Test("flags and skips are taken back as they were")
    func marks() throws {
        let store = try Store.inMemory()
        try Self.queue(in: store)
        for kind in [LabelMark.Kind.flagged, .skipped, .revealed] {
            let act = LabelAct(.mark(LabelMark(kind, text: "why")), queue: "q", item: "log/0")
            #expect(try store.perform(act, rubric: Self.rubric, author: "ana", at: at(1)) == .kept)
        }
        #expect(try Self.page(store).flagged == 1 && Self.page(store).skipped == 1)
        #expect(try store.auditTrail().last?.what == "private text revealed")
        #expect(try Self.turn(store, .undo) == .kept)
        #expect(try Self.page(store).flagged == 1 && Self.page(store).skipped == 0)
        #expect(try Self.turn(store, .undo) == .kept)
        let page = try Self.page(store)
        #expect(page.flagged == 0 && page.items.first?.id == "log/0" && page.items.first?.mark == nil)
    }

    @Test("two people judge the same items, each their own; the majority counts")
    func people() throws {
        let store = try Store.inMemory()
        try Self.queue(in: store)
        for (author, word) in [("ana", "good"), ("ben", "bad"), ("cleo", "bad")] {
            try Self.judge(store, 0, word, by: author)
        }
        let item = try #require(try store.judgedItems(queue: "q").first)
        #expect(item.judgements.count == 3 && item.target.answers == ["answer 0"])
        #expect(try store.goodAndBad().map(\.bad) == [1])
        #expect(try store.sharedQueues() == ["q"])
        #expect(try store.sharedAnswers(queue: "q", question: "verdict").count == 3)
        #expect(try Self.page(store, "ana").latest?.others == 2)
        let state = try #require(try store.labelQueues(for: "ben").first)
        #expect(state.total == 5 && state.own == 1 && state.left == 4)
    }

    @Test("a long queue is not gone through from its beginning, and going back still finds what is open")
    func place() throws {
        let store = try Store.inMemory()
        try Self.queue("q", 700, in: store)
        for item in 0..<600 { try Self.judge(store, item, "good") }
        for _ in 0..<3 { #expect(try Self.page(store).items.first?.id == "log/600") }
        for _ in 0..<600 { #expect(try Self.turn(store, .undo) == .kept) }
        #expect(try Self.page(store).items.first?.id == "log/0")
    }

    @Test("what was judged elsewhere comes in once")
    func imported() throws {
        let store = try Store.inMemory()
        let items = (0..<7).map { number in
            JudgedItem(
                id: "log/\(number)", queue: "nightly", target: Self.target(number),
                judgements: [
                    Judgement(
                        id: "j\(number)", at: at(5), author: "dora", origin: .imported("file"), queue: "nightly",
                        item: "log/\(number)", rubric: Self.rubric.reference, question: "verdict",
                        value: .choice("good"))
                ])
        }
        #expect(try store.importJudged(items) == 7)
        #expect(try store.importJudged(items) == 0)
        var seen: [String] = []
        while true {
            let page = try store.judgedItems(after: seen.last, limit: 3)
            if page.isEmpty { break }
            seen += page.map(\.id)
        }
        #expect(seen == (0..<7).map { "log/\($0)" })
        #expect(try store.labelQueues(for: "dora").first?.own == 7)
        #expect(try !store.create(LabelQueue(name: "nightly", author: "ana", at: at(0)), items: []))
    }

    @Test("the hash is that of exactly what was judged")
    func hash() throws {
        let store = try Store.inMemory()
        try Self.queue("q", 1, in: store)
        // printf '4:user10:question 08:answer 0' | sha256sum
        #expect(
            try Self.page(store).items.first?.target.textHash
                == "33757aad2043d8b747b26e44fef25a3ce4a41b458350fb97a843d01d0ee2e60b")
    }
}
