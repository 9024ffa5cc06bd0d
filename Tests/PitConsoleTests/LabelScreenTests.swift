import PitConsole
import PitGrid
import PitModel
import Testing

private typealias Labels = LabelWorlds

/// What was asked to be judged, without the seconds.
func acts(_ harness: Harness) -> [LabelAct] {
    harness.effects.compactMap { effect in
        guard case .judge(var act) = effect else { return nil }
        act.seconds = 0
        return act
    }
}

func act(_ question: String, _ value: JudgedValue, _ rubric: Rubric, _ item: Int, comment: String = "")
    -> LabelAct
{
    LabelAct(.judge([question: value], comment: comment), queue: "q-\(rubric.name)", item: "log/\(item)")
}

@Test("queues are listed, the selected one is opened by enter and wanted from the store")
func opensQueues() {
    var harness = Harness(Labels.world, screen: "label")
    #expect(harness.text.contains("q-stars"))
    harness.press("j enter")
    #expect(harness.effects == [.openQueue("q-stars")])
    #expect(harness.text.contains("Reading the queue q-stars"))
    harness.press("esc")
    #expect(harness.text.contains("q-thumbs"))
    harness = Harness(Worlds.healthy, screen: "label")
    #expect(harness.text.contains("No queue yet"))
}

@Test("one key judges; the next exchange is shown once the judgement is on the disk")
func judgesThumbs() {
    var harness = Labels.desk(Labels.thumbs)
    #expect(harness.text.contains("charged twice for order 1."))
    harness.press("k")
    #expect(acts(harness) == [act("thumbs", .choice("good"), Labels.thumbs, 1)])
    #expect(harness.text.contains("charged twice for order 1."))
    #expect(harness.text.contains("keeping"))
    harness.send(.labelPage(Labels.page(Labels.thumbs, from: 2)))
    #expect(harness.text.contains("charged twice for order 2."))
    #expect(!harness.text.contains("keeping"))
}

@Test("keys typed before the page arrives are held and taken in order, each for its own exchange")
func holdsKeys() {
    var harness = Labels.desk(Labels.thumbs)
    harness.press("k k d")
    #expect(acts(harness).count == 1)
    #expect(harness.text.contains("2 typed ahead"))
    // Read before the judgement was kept: nothing goes on.
    harness.send(.labelPage(Labels.page(Labels.thumbs, from: 1)))
    #expect(acts(harness).count == 1)
    harness.send(.labelPage(Labels.page(Labels.thumbs, from: 2)))
    harness.send(.labelPage(Labels.page(Labels.thumbs, from: 3)))
    #expect(
        acts(harness) == [
            act("thumbs", .choice("good"), Labels.thumbs, 1), act("thumbs", .choice("good"), Labels.thumbs, 2),
            act("thumbs", .choice("bad"), Labels.thumbs, 3),
        ])
}

@Test("a refused judgement says why, stays on the exchange and drops what was typed after it")
func refusedActs() {
    var harness = Labels.desk(Labels.thumbs)
    harness.press("k d d")
    harness.send(.labelRefused(queue: "q-thumbs", why: Notice(.fail, "the disk is full")))
    #expect(harness.text.contains("the disk is full; 2 keys typed after it not taken"))
    #expect(harness.text.contains("charged twice for order 1."))
    harness.press("d")
    #expect(acts(harness).last == act("thumbs", .choice("bad"), Labels.thumbs, 1))
    #expect(acts(harness).count == 2)
}

@Test("an answer that brings a question with it is followed by it: words are ticked, and kept by enter")
func followsUp() {
    var harness = Labels.desk(Labels.thumbs)
    harness.press("d")
    var page = Labels.page(Labels.thumbs, from: 2)
    page.latest = Labels.item(1).answered("thumbs", .choice("bad"))
    harness.send(.labelPage(page))
    #expect(harness.text.contains("What is wrong?"))
    // The rubric's `s` is the desk's own: the word has the next free key.
    harness.press("3 1 2 2 enter")
    #expect(acts(harness).last == act("why", .choices(["wrong", "long"]), Labels.thumbs, 1))
    page.latest = page.latest?.answered("why", .choices(["wrong", "long"]))
    harness.send(.labelPage(page))
    #expect(harness.text.contains("charged twice for order 2."))
}

@Test("a rating is its digit, a text is written, and what need not be answered is not in the way")
func judgesStars() {
    var harness = Labels.desk(Labels.stars)
    #expect(harness.text.contains("Wrong pieces   need not be answered"))
    harness.press("5")
    #expect(acts(harness) == [act("stars", .number(5), Labels.stars, 1)])
    var page = Labels.page(Labels.stars)
    page.items[0] = page.items[0].answered("stars", .number(5))
    harness.send(.labelPage(page))
    harness.press("enter")
    harness.type("fine words")
    harness.press("enter enter")
    #expect(acts(harness).last == act("note", .text("fine words"), Labels.stars, 1))
}

@Test("of two answers the one meant is judged, however they stand", arguments: [[0, 1], [1, 0]])
func judgesPairs(order: [Int]) {
    for (key, side) in [("h", 0), ("l", 1)] {
        var harness = Labels.desk(Labels.pair, order: order)
        harness.press(key)
        let meant: JudgedValue.Preference = order[side] == 0 ? .first : .second
        #expect(acts(harness) == [act("better", .preference(meant), Labels.pair, 1)])
    }
    for (key, value) in [("=", JudgedValue.Preference.tie), ("b", .neither)] {
        var harness = Labels.desk(Labels.pair, order: order)
        harness.press(key)
        #expect(acts(harness) == [act("better", .preference(value), Labels.pair, 1)])
    }
    #expect(!Labels.desk(Labels.pair, order: order).text.contains("r14"))
}

@Test("skip, flag, undo and redo are acts; what cannot be done says why")
func marks() {
    var harness = Labels.desk(Labels.thumbs)
    harness.press("u")
    #expect(harness.text.contains("there is nothing to take back"))
    harness.press("s")
    #expect(acts(harness) == [LabelAct(.mark(LabelMark(.skipped)), queue: "q-thumbs", item: "log/1")])
    var page = Labels.page(Labels.thumbs, from: 2)
    page.canRedo = true
    harness.send(.labelPage(page))
    harness.press("u")
    #expect(acts(harness).last == LabelAct(.undo, queue: "q-thumbs", item: ""))
    harness.send(.labelPage(page))
    harness.press("ctrl-r")
    #expect(acts(harness).last == LabelAct(.redo, queue: "q-thumbs", item: ""))
    harness.send(.labelPage(page))
    harness.press("x")
    harness.type("odd")
    harness.press("enter enter")
    #expect(acts(harness).last == LabelAct(.mark(LabelMark(.flagged, text: "odd")), queue: "q-thumbs", item: "log/2"))
}

@Test("a comment goes with the judgement after it")
func comments() {
    var harness = Labels.desk(Labels.thumbs)
    harness.press("c")
    harness.type("too short")
    harness.press("enter enter")
    #expect(acts(harness).isEmpty)
    #expect(harness.text.contains("comment: too short"))
    harness.press("d")
    #expect(acts(harness) == [act("thumbs", .choice("bad"), Labels.thumbs, 1, comment: "too short")])
}

@Test("broad words keep their keys, finer ones get others; a comment that the rubric asks for is its question's")
func broadAndFiner() {
    for (key, word) in [
        ("n", "none"), ("r", "refusal"), ("e", "error"), ("1", "refusal/right"), ("2", "refusal/evasive"),
    ] {
        var harness = Labels.desk(Labels.failures)
        harness.press(key)
        #expect(acts(harness) == [act("failure", .choice(word), Labels.failures, 1)])
    }
    var harness = Labels.desk(Labels.failures)
    harness.press("c")
    harness.type("why not")
    harness.press("enter enter")
    #expect(acts(harness) == [act("comment", .text("why not"), Labels.failures, 1)])
}

@Test("a correction begins with the answer, and keeps its lines")
func corrects() {
    var harness = Labels.desk(Labels.thumbs)
    harness.press("e")
    #expect(harness.text.contains("starred out: v shows them"))
    var page = Labels.page(Labels.thumbs)
    (page.items[0].target.answers, page.items[0].findings) = (["one\ntwo \\n"], [])
    harness.send(.labelPage(page))
    harness.press("e")
    harness.type("!")
    harness.press("enter")
    harness.type("three")
    harness.press("up home")
    harness.type(">")
    harness.press("ctrl-s")
    #expect(acts(harness) == [act("fixed", .correction("one\n>two \\n!\nthree"), Labels.thumbs, 1)])
}

@Test("what was written in several lines is not left by one esc; a line grows where there are more")
func writesLines() {
    var harness = Labels.desk(Labels.stars)
    harness.press("e")
    harness.type("one")
    harness.press("alt-enter")
    harness.type("two")
    harness.press("esc")
    #expect(harness.text.contains("esc again throws away what you wrote"))
    harness.press("tab enter")
    #expect(acts(harness) == [act("note", .text("one\ntwo"), Labels.stars, 1)])
    harness = Labels.desk(Labels.stars)
    harness.press("e")
    harness.send(.input(.paste("a\r\nb\u{1B}[2J")))
    harness.press("esc esc")
    #expect(acts(harness).isEmpty && !harness.text.contains("throws away"))
}

@Test("a text is opened in the person's own editor, and what comes back stands in its question, to be kept")
func opensEditor() {
    var page = Labels.page(Labels.thumbs)
    (page.items[0].target.answers, page.items[0].findings) = (["one\ntwo"], [])
    var harness = Labels.desk(Labels.thumbs)
    harness.send(.labelPage(page))
    harness.press("e ctrl-o")
    guard case .edit("one\ntwo", let question)? = harness.effects.last else {
        Issue.record("no editor was opened: \(harness.effects)")
        return
    }
    harness.send(.edited("three\n\u{1B}[31mfour", question: question))
    #expect(harness.text.contains("three") && acts(harness).isEmpty)
    harness.press("ctrl-s")
    #expect(acts(harness) == [act("fixed", .correction("three\n[31mfour"), Labels.thumbs, 1)])
    harness.send(.edited("late", question: question))
    #expect(harness.text.contains("was for a question that is closed"))
    #expect(acts(harness).count == 1)
}

@Test("what is private is starred out until it is revealed, and that is kept")
func masks() {
    var harness = Labels.desk(Labels.thumbs)
    #expect(!harness.text.contains("ana@example.com"))
    #expect(harness.text.contains("***"))
    harness.press("v")
    #expect(acts(harness) == [LabelAct(.mark(LabelMark(.revealed)), queue: "q-thumbs", item: "log/1")])
    #expect(!harness.text.contains("ana@example.com"))
    harness.send(.labelPage(Labels.page(Labels.thumbs)))
    #expect(harness.text.contains("ana@example.com"))
    harness.press("k")
    harness.send(.labelPage(Labels.page(Labels.thumbs, from: 2)))
    #expect(!harness.text.contains("ana@example.com"))
}

@Test("the one judged last is gone back to, judged anew, and left again")
func goesBack() {
    var harness = Labels.desk(Labels.thumbs)
    harness.press("backspace")
    #expect(harness.text.contains("none was judged here yet"))
    harness.send(.labelPage(Labels.page(Labels.thumbs, from: 2)))
    harness.press("backspace")
    #expect(harness.text.contains("charged twice for order 1."))
    harness.press("right")
    #expect(harness.text.contains("charged twice for order 2."))
    var page = Labels.page(Labels.thumbs, from: 2)
    page.latest = page.latest?.answered("thumbs", .choice("good"))
    harness.send(.labelPage(page))
    harness.press("backspace d")
    #expect(acts(harness) == [act("thumbs", .choice("bad"), Labels.thumbs, 1)])
}

@Test("a queue is made from what is filled in, and a senseless one is not")
func createsQueues() {
    var harness = Harness(Labels.world, screen: "label")
    harness.press("N")
    harness.type("q-stars")
    harness.press("shift-tab enter")
    #expect(harness.text.contains("there is a queue `q-stars` already"))
    harness.press("esc N")
    harness.type("refusals")
    harness.press("tab right tab")
    harness.type("cannot")
    harness.press("tab tab right tab tab tab")
    harness.type("50")
    harness.press("enter enter")
    let query = InteractionQuery(model: Labels.world.models.first?.name, text: "cannot")
    var queue = LabelQueue(name: "refusals", query: query, rubric: "thumbs", sample: 50, author: "ana", at: noon)
    queue.feedback = .good
    #expect(harness.effects == [.createQueue(queue)])
}

@Test("nothing is judged in a read-only session")
func readOnlyLabels() {
    var settings = ConsoleSettings(author: "ana")
    settings.isReadOnly = true
    var harness = Labels.desk(Labels.thumbs, settings: settings)
    harness.press("k s")
    #expect(acts(harness).isEmpty)
    #expect(harness.text.contains("this is a read-only session"))
}

@Test("the keys of what is asked stand in the footer and the help; the guidelines are one key away")
func showsKeys() {
    var harness = Labels.desk(Labels.thumbs)
    #expect(harness.text.contains("k good"))
    harness.press("g")
    #expect(harness.text.contains("Bad: it does not."))
    harness.press("g ?")
    #expect(harness.text.contains("Is the answer good?: bad."))
}

@Test("the exchange that is read stays when others come before it; an answer never goes to another one")
func staysOnItem() {
    var harness = Labels.desk(Labels.thumbs)
    var page = Labels.page(Labels.thumbs)
    page.items.insert(Labels.item(77), at: 0)
    harness.press("x")
    harness.type("odd")
    harness.send(.labelPage(page))
    harness.press("esc")
    #expect(harness.text.contains("charged twice for order 1."))
    harness.press("x")
    page.items = [Labels.item(78)]
    harness.send(.labelPage(page))
    harness.press("enter enter")
    #expect(acts(harness).isEmpty)
    #expect(harness.text.contains("another exchange is shown by now"))
}

@Test(
    "the desk survives every key at any size, and every act is of an exchange that was there",
    arguments: [Labels.thumbs, Labels.stars, Labels.pair, Labels.marked, Labels.order])
func deskMonkey(rubric: Rubric) {
    var random = Seeded(state: 7)
    let keys =
        Registry().allCommands.flatMap(\.keys).map(\.description).filter { !$0.contains(" ") && $0 != "q" }
        // What judges comes often enough to judge, however many other keys there are.
        + (0..<6).flatMap { _ in ["k", "d", "1", "2", "3", "h", "l", "=", "b", "e", "m", "enter"] } + ["esc", "space"]
    let order = rubric == Labels.pair ? [1, 0] : rubric == Labels.order ? [2, 0, 1] : [0]
    var harness = Labels.desk(rubric, order: order)
    var (at, answered) = (1, 0)
    for step in 0..<400 {
        let key = keys.randomElement(using: &random) ?? "j"
        if key != "ctrl-c" { harness.press(key) }
        let all = acts(harness)
        // Nothing is asked for while an act is under way.
        #expect(all.count <= answered + 1, "\(key)")
        if all.count > answered, step % 3 < 2 {
            (at, answered) = (at + 1, all.count)
            var page = Labels.page(rubric, from: at, order: order)
            page.items[0].target.messages[1].text = String(repeating: "\u{1B}[2J東京\r\n\u{202E}", count: 20)
            if step % 2 == 0 { harness.send(.labelPage(page)) } else { at -= 1 }
            if step % 2 == 1 { harness.send(.labelRefused(queue: page.queue.name, why: Notice(.fail, "no"))) }
        }
        if step % 37 == 0 {
            let size = Size(Int.random(in: 0...230, using: &random), Int.random(in: 0...70, using: &random))
            harness.send(.input(.resize(size)))
            _ = harness.console.draw(size)
        }
        // What a key opened over the desk is left: else most keys fall into a field that is never confirmed.
        if step % 13 == 0 { harness.press("esc") }
        if step % 13 == 0 { _ = harness.console.open("label", subject: "q-\(rubric.name)") }
        let text = harness.frame.plainText
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" }, "\(key)")
    }
    #expect(answered > 0)
}

@Test("the desk, the list and a pair look as recorded", arguments: [Size(80, 24), Size(200, 60)])
func goldenLabels(size: Size) throws {
    let name = "\(size.width)x\(size.height)"
    try expectGolden(Harness(Labels.world, screen: "label", size: size).frame, "labels/list@\(name)")
    try expectGolden(Labels.desk(Labels.thumbs, size: size).frame, "labels/desk@\(name)")
    try expectGolden(Labels.desk(Labels.stars, size: size).frame, "labels/stars@\(name)")
    try expectGolden(Labels.desk(Labels.pair, order: [1, 0], size: size).frame, "labels/pair@\(name)")
    var page = Labels.page(Labels.thumbs)
    page.items[0].target.answers = [
        "The second charge is being returned.\n\n" + String(repeating: "It takes days. ", count: 12)
    ]
    page.items[0].findings = []
    var writing = Labels.desk(Labels.thumbs, size: size)
    writing.send(.labelPage(page))
    writing.press("e up")
    try expectGolden(writing.frame, "labels/correction@\(name)")
}

@Test("two releases are told apart by their answers alone: which one answered is hidden until it is decided")
func hidesArms() {
    var harness = Labels.desk(Labels.thumbs)
    #expect(harness.text.contains("r14: 20 good") && harness.text.contains("support-chat   r14"))
    var page = Labels.page(Labels.thumbs)
    page.queue.releases = ["r13", "r14"]
    harness.send(.labelPage(page))
    #expect(!harness.text.contains("r14") && !harness.text.contains("r13"))
    #expect(harness.text.contains("62 per arm tell 10 % from 30 % bad"))
    page.evidence?.isDecided = true
    harness.send(.labelPage(page))
    #expect(harness.text.contains("r14: 20 good") && !harness.text.contains("support-chat   r14"))
}

@Test("the exchanges of a query become a queue, from their own screen")
func queuesExchanges() {
    var world = Labels.world
    world.queues = []
    let query = InteractionQuery(subject: "model=support-chat finding=pii/email")
    var harness = Harness(world, screen: "exchanges", subject: query.subject, size: Size(120, 36))
    var asked = query
    asked.limit = 300
    harness.send(
        .exchanges(
            asked,
            [
                KeptInteraction(
                    row: 1,
                    Interaction(id: "1", connection: ConnectionName("log"), at: noon, messages: [], response: "x"))
            ]))
    harness.press("Q")
    #expect(harness.text.contains("A queue to judge") && harness.text.contains("with pii/email"))
    harness.type("mail")
    harness.press("shift-tab enter")
    let made = harness.effects.compactMap { effect in if case .createQueue(let queue) = effect { queue } else { nil } }
    #expect(made.map(\.name) == ["mail"] && made.first?.query.finding == "pii/email" && made.first?.rubric == "thumbs")
}

@Test("another answer is asked for by one key, shown as it comes, stopped by the same key, and its pair is judged")
func asksForASecondAnswer() {
    var harness = Labels.desk(Labels.thumbs)
    harness.press("P")
    #expect(harness.effects.isEmpty, "there is no pair yet")
    harness.press("G")
    #expect(harness.effects == [.answerAgain(Labels.item(1), queue: "q-thumbs")])
    harness.effects = []
    harness.send(.secondAnswer(SecondAnswer(item: "log/1", text: "Your bank \u{1B}[2J")))
    #expect(harness.text.contains("ANOTHER ANSWER   being written: G stops it"))
    #expect(harness.text.contains("Your bank") && !harness.text.contains("\u{1B}"))
    harness.press("G")
    #expect(harness.effects == [.stopAnswer])
    harness.send(.secondAnswer(SecondAnswer(item: "log/1", text: "Your bank", stage: .broken("stopped"))))
    #expect(harness.text.contains("not kept: stopped"))
    harness.effects = []
    harness.send(.secondAnswer(SecondAnswer(item: "log/1", text: "Your bank", stage: .kept(queue: "q-pair"))))
    // Of another item nothing of it is shown.
    harness.press("P")
    #expect(harness.effects == [.openQueue("q-pair")])
    harness.send(.labelPage(Labels.page(Labels.pair, order: [1, 0])))
    harness.press("G")
    #expect(harness.text.contains("several answers are compared here already"))
}

@Test("a sitting's target and pace are told")
func sittingTarget() {
    var harness = Labels.desk(Labels.thumbs)
    var page = Labels.page(Labels.thumbs, from: 11)
    page.target = 50
    harness.send(.labelPage(page))
    #expect(harness.text.contains("10 of 50 this sitting   4s each, 2m40s to go"), "\(harness.text)")
}
