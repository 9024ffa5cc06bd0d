import Foundation
import GRDB
import PitModel
import PitStore
import PitTestKit
import Testing

private let rubric = Rubric(
    name: "two", title: "Two questions",
    questions: [
        RubricQuestion(
            "quality", title: "Quality",
            kind: .choice([
                RubricChoice("good", key: "g", isGood: true),
                RubricChoice("bad", key: "b", isGood: false, below: [RubricChoice("late", isGood: false)]),
            ])),
        RubricQuestion("why", title: "Why", kind: .text, isRequired: false),
    ])

private func item(_ number: Int, release: String? = nil, isRepeat: Bool = false) -> LabelItem {
    let suffix = isRepeat ? "#2" : ""
    return LabelItem(
        id: "log/i\(number)\(suffix)",
        target: JudgedTarget(
            connection: ConnectionName("log"), interaction: "i\(number)", model: ModelName("m"), release: release,
            at: at(Double(number)), textHash: "h\(number)", messages: [.init("user", "p\(number)")],
            answers: ["a\(number)"]), isRepeat: isRepeat)
}

private func queue(_ name: String = "q", assigned: [String] = [], overlap: Int = 1) -> LabelQueue {
    LabelQueue(name: name, rubric: "two", assigned: assigned, overlap: overlap, author: "ana", at: at(0))
}

private func filled(_ count: Int, _ queue: LabelQueue = queue(), folder: Folder? = nil) throws -> Store {
    let store = try folder.map { try Store.open(folder: $0.path) } ?? Store.inMemory()
    try store.create(queue, rubric: rubric, items: (1...count).map { item($0, release: $0 % 2 == 0 ? "r2" : "r1") })
    return store
}

private func judge(_ number: Int, _ word: String?, why: String? = nil, queue: String = "q") -> LabelAct {
    var values: [String: JudgedValue?] = ["quality": word.map { .choice($0) }]
    if let why { values["why"] = .text(why) }
    return LabelAct(.judge(values, comment: ""), queue: queue, item: "log/i\(number)", seconds: 1)
}

private func ids(_ page: LabelPage) -> [String] { page.items.map { String($0.id.dropFirst("log/".count)) } }

extension Store {
    /// Acts as ana, a second after the other.
    fileprivate func ana(_ acts: LabelAct...) throws {
        for act in acts { try perform(act, author: "ana", at: at(100)) }
    }
    fileprivate func page(_ author: String = "ana", ahead: Int = 3) throws -> LabelPage {
        try labelPage("q", author: author, ahead: ahead)
    }
}

@Test("what is judged is gone from what is left, what is skipped comes again at the end, and both survive a restart")
func order() throws {
    let folder = Folder()
    var store: Store? = try filled(5, folder: folder)
    #expect(try store.map { ids(try $0.page()) } == ["i1", "i2", "i3"])
    try store?.ana(
        judge(1, "good"), LabelAct(.mark(LabelMark(.skipped)), queue: "q", item: "log/i2"), judge(3, "bad/late"))
    store = nil
    let again = try Store.open(folder: folder.path)
    let page = try again.page(ahead: 8)
    #expect(ids(page) == ["i4", "i5", "i2"])
    #expect(page.items.last?.mark == .skipped)
    #expect((page.total, page.judged, page.skipped, page.flagged) == (5, 2, 1, 0))
    #expect(page.latest?.id == "log/i3" && page.latest?.values == ["quality": .choice("bad/late")])
    #expect(page.canUndo && !page.canRedo)
    try again.ana(judge(2, "good"))
    #expect(try again.page().skipped == 0)
}

@Test("undo and redo go back and forth over everything, also after a restart, and add facts rather than take them away")
func undoing() throws {
    let folder = Folder()
    var store: Store? = try filled(4, folder: folder)
    try store?.ana(judge(1, "good", why: "short"), judge(1, "bad"), judge(2, "good"))
    try store?.ana(LabelAct(.mark(LabelMark(.flagged, text: "odd")), queue: "q", item: "log/i3"))
    store = nil
    let again = try Store.open(folder: folder.path)
    let undo = LabelAct(.undo, queue: "q", item: "")
    let redo = LabelAct(.redo, queue: "q", item: "")
    func now() throws -> [String] {
        try again.labelItems("q", author: "ana", limit: 10).map { entry in
            let item = entry.item
            let words = item.values.sorted { $0.key < $1.key }.map(\.value.words).joined(separator: "+")
            return words + (item.mark == .flagged ? "!" : "")
        }
    }
    let steps = [["", "", "", ""], ["good+short", "", "", ""], ["bad+short", "", "", ""]]
    let full = ["bad+short", "good", "!", ""]
    #expect(try now() == full)
    try again.ana(undo)
    #expect(try now() == ["bad+short", "good", "", ""])
    for step in steps.reversed() {
        try again.ana(undo)
        #expect(try now() == step)
    }
    #expect(throws: StoreFault.self) { try again.ana(undo) }
    #expect(try again.page().judged == 0 && ids(again.page()) == ["i1", "i2", "i3"])
    try again.ana(redo, redo, redo, redo)
    #expect(try now() == full)
    #expect(throws: StoreFault.self) { try again.ana(redo) }
    try again.ana(undo, undo, judge(4, "good"))
    #expect(throws: StoreFault.self, "what was undone before a new answer is gone") { try again.ana(redo) }
    #expect(try now() == ["bad+short", "", "", "good"])
    let facts = try again.judgements(after: 0, limit: 1000)
    #expect(facts.map(\.seq) == Array(1...Int64(facts.count)), "nothing is ever taken away")
    #expect(Set(facts.map(\.judgement.id)).count == facts.count)
}

@Test("a judgement tells what it supersedes, and what holds is told once per person and question")
func supersession() throws {
    let store = try filled(2)
    try store.ana(judge(1, "good"), judge(1, "bad"), judge(2, "good"), judge(2, nil))
    try store.perform(judge(1, "good"), author: "bo", at: at(200))
    let all = try store.judgements(after: 0).map(\.judgement)
    #expect(all.map(\.value) == [.choice("good"), .choice("bad"), .choice("good"), nil, .choice("good")])
    #expect(all[1].supersedes == all[0].id && all[3].supersedes == all[2].id && all[4].supersedes == nil)
    #expect(try store.judgements(after: 3).map(\.judgement.id) == all[3...].map(\.id))
    let kept = try store.judgedItems()
    #expect(kept.map(\.id) == ["log/i1"])
    #expect(kept.first?.judgements.map(\.author) == ["ana", "bo"])
    #expect(kept.first?.target == item(1, release: "r1").target)
    #expect(try store.judgedItems(queue: "q", after: "log/i1").isEmpty)
    #expect(try store.labelTallies().map { "\($0.release) \($0.good) \($0.bad)" } == ["r1 1 1", "r2 0 0"])
}

@Test("who is to judge what: enough people for each item, the same work for each")
func assignment() throws {
    let store = try Store.inMemory()
    try store.create(
        queue(assigned: ["ana", "bo", "cem"], overlap: 2), rubric: rubric, items: (1...9).map { item($0) })
    var counts: [String: Int] = [:]
    for person in ["ana", "bo", "cem"] {
        for left in ids(try store.labelPage("q", author: person, ahead: 100)) { counts[left, default: 0] += 1 }
        #expect(ids(try store.labelPage("q", author: person, ahead: 100)).count == 6)
    }
    #expect(counts.values.allSatisfy { $0 == 2 } && counts.count == 9)
    #expect(try store.page("dee").items.isEmpty)
    try store.assign("q", to: [], overlap: 1, author: "ana", at: at(1))
    try store.perform(judge(1, "good"), author: "bo", at: at(2))
    #expect(ids(try store.page("dee")) == ["i2", "i3", "i4"], "one person is enough now")
    #expect(try store.queues(for: "bo").map { [$0.total, $0.done, $0.own] } == [[9, 1, 1]])
}

@Test("what cannot be is refused, and leaves nothing behind")
func refusals() throws {
    let store = try filled(1)
    #expect(throws: StoreFault.self) { try store.ana(judge(7, "good")) }
    #expect(throws: StoreFault.self) { try store.ana(judge(1, "superb")) }
    #expect(throws: StoreFault.self) { try store.ana(judge(1, "good", queue: "other")) }
    #expect(throws: StoreFault.self) { try store.create(queue(), rubric: rubric, items: []) }
    var other = rubric
    other.questions.removeLast()
    #expect(throws: StoreFault.self, "a version that was used is never changed") {
        try store.create(queue("p"), rubric: other, items: [])
    }
    other.version = 2
    try store.create(queue("p"), rubric: other, items: [])
    #expect(try store.lastJudgement() == 0)
    #expect(try store.queues(for: "ana").map(\.queue.name) == ["p", "q"])
}

@Test("what was judged elsewhere is kept once, and the later answer holds whichever came first")
func bringing() throws {
    let store = try filled(1)
    func judgement(_ id: String, _ word: String, _ seconds: Double) -> Judgement {
        Judgement(
            id: id, at: at(seconds), author: "eve", origin: .imported("file"), queue: "new", item: "log/i1",
            rubric: rubric.reference, question: "quality", value: .choice(word))
    }
    let late = JudgedItem(
        id: "log/i1", queue: "new", target: item(1).target, judgements: [judgement("b", "bad", 9)])
    var early = late
    early.judgements = [judgement("a", "good", 3)]
    #expect(try store.importJudged([late, early]) == 2)
    #expect(try store.importJudged([late, early]) == 0)
    #expect(try store.judgedItems(queue: "new").first?.judgements.map(\.id) == ["b"])
    #expect(try store.labelTallies(queue: "new").map { [$0.good, $0.bad] } == [[0, 1]])
    #expect(try store.page("eve").total == 1, "the other queue has nothing of it")
}

@Suite struct LabelProcessTests {
    /// Not a test of its own: what the children do in the test below.
    @Test(.enabled(if: ChildProcess.folder("LABELS") != nil))
    func childLabels() throws {
        let folder = try #require(ChildProcess.folder("LABELS"))
        let store = try Store.open(folder: folder)
        let author = "p\(ProcessInfo.processInfo.processIdentifier)"
        while let next = try store.labelPage("q", author: author, ahead: 1).items.first {
            let act = LabelAct(.judge(["quality": .choice("good")], comment: ""), queue: "q", item: next.id)
            let made = try store.perform(act, author: author, at: at(1))
            ChildProcess.say("kept \(made[0].id)")
        }
        ChildProcess.say("end -")
        // Until it is killed.
        while true { ChildProcess.say("end -") }
    }

    /// Not a test of its own: what the child does in the test below: judges, skips, takes back, at full speed.
    @Test(.enabled(if: ChildProcess.folder("LABELING") != nil))
    func childLabelsForEver() throws {
        let folder = try #require(ChildProcess.folder("LABELING"))
        let store = try Store.open(folder: folder)
        var random = Seeded(state: UInt64(ProcessInfo.processInfo.processIdentifier))
        while true {
            let page = try store.labelPage("q", author: "ana", ahead: 1)
            guard let item = page.items.first else { continue }
            let act: LabelAct
            switch Int.random(in: 0..<10, using: &random) {
            case 0 where page.canUndo: act = LabelAct(.undo, queue: "q", item: "")
            case 1 where page.canRedo: act = LabelAct(.redo, queue: "q", item: "")
            case 2: act = LabelAct(.mark(LabelMark(.skipped)), queue: "q", item: item.id)
            case let dice:
                let word = JudgedValue.choice(dice < 6 ? "good" : "bad")
                act = LabelAct(.judge(["quality": word], comment: ""), queue: "q", item: item.id)
            }
            let made = try store.perform(act, author: "ana", at: at(1))
            ChildProcess.say(made.first.map { "kept \($0.id)" } ?? "mark -")
        }
    }

    /// `PITWALL_KILLS` in the environment makes it longer.
    @Test("a labeling session that is killed at random loses nothing that was said to be kept, and doubles nothing")
    func killsAtRandomLoseNoLabel() throws {
        let kills = ProcessInfo.processInfo.environment["PITWALL_KILLS"].flatMap { Int($0) } ?? 4
        let folder = Folder()
        _ = try filled(2000 + kills * 100, folder: folder)
        var random = Seeded(state: 5)
        var said: [String] = []
        func hear(_ line: String) {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == "kept" { said.append(String(words[1])) }
        }
        for _ in 0..<kills {
            let child = try ChildProcess("LABELING", test: "childLabelsForEver", folder: folder.path)
            for _ in 0..<Int.random(in: 1...40, using: &random) { hear(try #require(child.line())) }
            child.kill()
            while let line = child.line() { hear(line) }
            let verdict = try DatabaseQueue(path: folder.path + "/state.db").read {
                try String.fetchAll($0, sql: "PRAGMA integrity_check")
            }
            #expect(verdict == ["ok"])
        }
        try check(folder, said)
    }

    /// What holds is what the facts say, one after the other; and every count is that of what holds.
    private func check(_ folder: Folder, _ said: [String]) throws {
        let store = try Store.open(folder: folder.path)
        var kept: [Judgement] = []
        while true {
            let page = try store.judgements(after: Int64(kept.count), limit: 1000)
            if page.isEmpty { break }
            kept += page.map(\.judgement)
        }
        let ids = Set(kept.map(\.id))
        #expect(ids.count == kept.count && Set(said).count == said.count && ids.isSuperset(of: said))
        var holds: [String: Judgement] = [:]
        for judgement in kept {
            #expect(judgement.supersedes == holds[judgement.item]?.id, "each supersedes what held")
            holds[judgement.item] = judgement.value == nil ? nil : judgement
        }
        var found: [String: Judgement] = [:]
        while true {
            let page = try store.judgedItems(queue: "q", after: found.keys.max(), limit: 500)
            if page.isEmpty { break }
            for item in page { found[item.id] = item.judgements.first }
        }
        #expect(found == holds)
        #expect(try store.labelPage("q", author: "ana").judged == holds.count)
        #expect(try store.labelTallies().reduce(0) { $0 + $1.good + $1.bad } == holds.count)
    }

    @Test(
        "two processes judge one queue at once, and one of them is killed: nothing said to be kept is lost or doubled")
    func together() throws {
        let folder = Folder()
        _ = try filled(60, queue(overlap: 2), folder: folder)
        let first = try ChildProcess("LABELS", test: "childLabels", folder: folder.path)
        let second = try ChildProcess("LABELS", test: "childLabels", folder: folder.path)
        var said: Set<String> = []
        for _ in 0..<25 { said.insert(String(try #require(first.line()).split(separator: " ")[1])) }
        first.kill()
        while let line = second.line(), line != "end -" { said.insert(String(line.split(separator: " ")[1])) }
        second.kill()
        let store = try Store.open(folder: folder.path)
        let kept = try store.judgements(after: 0, limit: 1000).map(\.judgement)
        #expect(said.isSubset(of: Set(kept.map(\.id))))
        #expect(kept.count == Set(kept.map { $0.author + $0.item }).count)
        #expect(Set(kept.map(\.author)).count == 2)
        let items = try store.judgedItems(limit: 100)
        #expect(items.count == 60, "the other one went on to the end")
        let verdict = try DatabaseQueue(path: folder.path + "/state.db").read {
            try String.fetchAll($0, sql: "PRAGMA integrity_check")
        }
        #expect(verdict == ["ok"])
    }
}

@Test("comparisons that were counted as good and bad before get a count of their own, from what was judged")
func comparisonsAreCountedAnew() throws {
    let folder = Folder()
    let pairs = Rubric(
        name: "pairs", title: "Pairs", questions: [RubricQuestion("better", title: "", kind: .preference)])
    do {
        let store = try filled(4, folder: folder)
        try store.ana(judge(1, "good"), judge(2, "bad"))
        let items = (1...6).map { number in
            var pair = item(number)
            pair.id += "~x"
            pair.target.answers = ["a", "b"]
            pair.target.sources = number % 2 == 0 ? ["r2", "r1"] : ["r1", "r2"]
            return pair
        }
        let queue = LabelQueue(name: "p", rubric: "pairs", author: "ana", at: at(0))
        try store.create(queue, rubric: pairs, items: items)
        for (item, said) in zip(items, [JudgedValue.Preference.second, .first, .tie, .neither, .second, .second]) {
            try store.ana(LabelAct(.judge(["better": .preference(said)], comment: ""), queue: "p", item: item.id))
        }
    }
    let file = try DatabaseQueue(path: folder.path + "/state.db")
    try file.write { db in
        try db.execute(
            sql: """
                INSERT INTO label_tally SELECT id, 'm', 'r2', 3, 1 FROM label_queue WHERE name = 'p';
                DROP TABLE label_meeting;
                DELETE FROM grdb_migrations WHERE identifier = '9 comparisons';
                """)
    }
    try file.close()
    let store = try Store.open(folder: folder.path)
    // Of six two say nothing of which is better: a tie, which is counted, and that both are bad, which is not.
    #expect(
        try store.labelMeetings() == [
            LabelMeeting(model: ModelName("m"), first: "r1", second: "r2", firstWins: 1, secondWins: 3, ties: 1)
        ])
    let tallies = try store.labelTallies().map { "\($0.release) \($0.good) \($0.bad)" }
    #expect(tallies == ["r1 1 0", "r2 0 1"])
}

@Test("what is asked of two answers beside which is better counts for neither's release, and undo leaves nothing")
func pairsAreNoSingleAnswers() throws {
    let mixed = Rubric(
        name: "mixed", title: "Mixed",
        questions: [
            RubricQuestion("better", title: "", kind: .preference),
            RubricQuestion("both", title: "", kind: .rating(from: 1, to: 5), isRequired: false),
        ])
    let store = try Store.inMemory()
    var pair = item(1, release: "r1")
    (pair.target.answers, pair.target.sources) = (["a", "b"], ["r1", "r2"])
    try store.create(LabelQueue(name: "m", rubric: "mixed", author: "ana", at: at(0)), rubric: mixed, items: [pair])
    let values: [String: JudgedValue?] = ["better": .preference(.second), "both": .number(5)]
    try store.ana(LabelAct(.judge(values, comment: ""), queue: "m", item: pair.id))
    #expect(try store.labelTallies().isEmpty)
    #expect(try store.labelMeetings().map(\.secondWins) == [1])
    try store.ana(LabelAct(.undo, queue: "m", item: ""))
    #expect(try store.labelTallies().isEmpty && store.labelMeetings().map(\.count) == [0])
}
