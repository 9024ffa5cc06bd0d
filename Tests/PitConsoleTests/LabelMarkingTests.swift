import Foundation
import PitConsole
import PitGrid
import PitModel
import Testing

private typealias Labels = LabelWorlds

private let answer = "The order is here. It costs 12.50 euros, and “ships” today.\n東京 is far."

private func desk(_ text: String = answer, size: Size = Size(120, 36)) -> Harness {
    var harness = Labels.desk(Labels.marked, size: size)
    harness.send(.labelPage(page(text)))
    harness.effects = []
    return harness
}

private func page(_ text: String = answer) -> LabelPage {
    var page = Labels.page(Labels.marked)
    for index in page.items.indices { (page.items[index].target.answers, page.items[index].findings) = ([text], []) }
    return page
}

/// What was kept of spans: what stands there, and the tag.
private func kept(_ harness: Harness, in text: String = answer) -> [String] {
    guard case .judge(let values, _)? = acts(harness).last?.kind, case .spans(let spans)?? = values["marked"] else {
        return ["nothing"]
    }
    let bytes = Array(text.utf8)
    return spans.map { span in
        #expect(String(decoding: bytes[span.start..<span.end], as: UTF8.self) == span.text)
        return "\(span.text)=\(span.tag)"
    }
}

@Test("a word is chosen and tagged; several by going on from an anchor; enter keeps them in the text's order")
func marksWords() {
    var harness = desk()
    harness.press("m w w w w 2 b b b b b v w 1")
    #expect(harness.text.contains("2 spans, not kept yet"))
    #expect(harness.text.contains("‹Wrong›") && harness.text.contains("‹Unsafe›"))
    #expect(acts(harness).isEmpty)
    harness.press("enter")
    #expect(kept(harness) == ["The order=wrong", "It=unsafe"])
}

@Test("a sentence is one key, twice is two; backspace takes the last tag away")
func marksSentences() {
    var harness = desk()
    harness.press("m s 1 s 2 backspace enter")
    #expect(kept(harness) == ["The order is here.=wrong"])
    harness = desk()
    harness.press("m s s 2 enter")
    #expect(kept(harness) == ["The order is here. It costs 12.50 euros, and “ships” today.=unsafe"])
}

@Test("words leave the signs about them out, and a word of a script without blanks is one sign")
func words() {
    for (steps, word) in [("w w w w w w", "12.50"), ("w w w w w w w", "euros"), ("w w w w w w w w w", "ships")] {
        var harness = desk()
        harness.press("m \(steps) 1 enter")
        #expect(kept(harness) == ["\(word)=wrong"])
    }
    var harness = desk()
    harness.press("m j j j home end b b 1 enter")
    #expect(kept(harness) == ["京=wrong"])
    harness = desk()
    harness.press("m j . 1 enter")
    #expect(kept(harness) == ["東京=wrong"])
}

@Test("nothing tagged is an answer; a piece tagged anew has the new tag; what was kept is there to be changed")
func marksNothing() {
    var harness = desk()
    harness.press("enter enter")
    #expect(kept(harness) == [])
    harness = desk()
    harness.press("m 1 home 2 enter")
    #expect(kept(harness) == ["The=unsafe"])
    var again = page()
    again.items[0] = again.items[0].answered("marked", .spans([JudgedSpan(0, 3, tag: "wrong", text: "The")]))
    harness = desk()
    harness.send(.labelPage(again))
    #expect(harness.text.contains("1 span"))
    harness.press("m 2 enter")
    #expect(kept(harness) == ["The=wrong", "order=unsafe"])
}

@Test("esc leaves the anchor, then marking; what was tagged stays, and goes with the next judgement")
func leavesMarking() {
    var harness = desk()
    harness.press("m 1 v esc")
    #expect(harness.text.contains("chosen: order"))
    harness.press("w 2 esc")
    #expect(harness.text.contains("2 spans, not kept yet") && !harness.text.contains("chosen:"))
    #expect(acts(harness).isEmpty)
    harness.press("c")
    harness.type("both")
    harness.press("enter enter")
    #expect(kept(harness) == ["The=wrong", "is=unsafe"])
    // It is kept: nothing is left to keep.
    var next = page()
    next.items[0] = next.items[0].answered("marked", .spans([JudgedSpan(0, 3, tag: "wrong", text: "The")]))
        .answered("comment", .text("both"))
    harness.send(.labelPage(next))
    #expect(!harness.text.contains("not kept yet"))
}

@Test("a refused mark stays drafted; one item's draft never shows on another")
func keepsDrafts() {
    var harness = desk()
    harness.press("m 1 enter")
    harness.send(.labelRefused(queue: "q-marked", why: Notice(.fail, "the disk is full")))
    #expect(harness.text.contains("1 span, not kept yet"))
    harness.press("s")
    var next = page()
    next.items.removeFirst()
    harness.send(.labelPage(next))
    #expect(!harness.text.contains("not kept yet"))
    next.items.insert(page().items[0], at: 0)
    harness.send(.labelPage(next))
}

@Test("a click chooses from there, a second one to there")
func marksByMouse() throws {
    var harness = desk()
    func point(_ word: String) throws -> Point {
        let lines = harness.frame.plainText.split(separator: "\n", omittingEmptySubsequences: false)
        let y = try #require(lines.firstIndex { $0.contains(word) })
        let at = try #require(lines[y].range(of: word))
        return Point(String(lines[y][..<at.lowerBound]).columns, y)
    }
    harness.send(.input(.click(try point("order is"), count: 1)))
    #expect(acts(harness).isEmpty)
    harness.send(.input(.click(try point("costs"), count: 1)))
    harness.press("1 enter")
    #expect(kept(harness) == ["order is here. It costs=wrong"])
    // A click beside the text is for what stands there.
    harness = desk()
    harness.send(.input(.click(Point(100, 20), count: 1)))
    harness.press("1")
    #expect(!harness.text.contains("not kept yet"))
}

@Test("what is private is starred out while it is marked, and what is kept is what stands there")
func marksPrivate() {
    var masked = Labels.marked
    masked.isMasked = true
    var page = Labels.page(masked)
    page.items[0].target.answers = ["Write to ana@example.com now."]
    page.items[0].findings = [
        KeptFinding(
            Finding(detector: "pii", kind: "email", owasp: "LLM02", side: .response, range: 9..<24, evidence: "a**"))
    ]
    var harness = desk()
    harness.send(.labelPage(page))
    harness.press("m w w 1")
    #expect(!harness.text.contains("example"))
    harness.press("enter")
    #expect(kept(harness, in: page.items[0].target.answers[0]) == ["ana@example.com=wrong"])
}

@Test(
    "a hostile answer is marked without harm",
    arguments: [
        String(repeating: "\u{0301}", count: 20_000) + "e", String(repeating: "a", count: 60_000),
        String(repeating: " \n", count: 10_000) + "x", String(repeating: "\u{202E}\u{1B}[2J 東", count: 1500), "",
        " \n ",
    ])
func marksHostile(text: String) {
    var harness = desk(text, size: Size(80, 24))
    harness.press("m w . s s v j j k end home b 1 backspace 2 enter")
    for scalar in harness.text.unicodeScalars { #expect(scalar.value >= 0x20 || scalar == "\n") }
    for act in acts(harness) {
        guard case .judge(let values, _) = act.kind, case .spans(let spans)?? = values["marked"] else { continue }
        for span in spans { #expect(span.start >= 0 && span.start < span.end && span.end <= text.utf8.count) }
    }
}

// MARK: ranking

private func ranking(_ harness: Harness) -> [Int]? {
    guard case .judge(let values, _)? = acts(harness).last?.kind, case .ranking(let places)?? = values["order"] else {
        return nil
    }
    return places
}

@Test("answers are named best first as they stand, and kept as they are meant", arguments: [[0, 1, 2], [2, 0, 1]])
func ranks(order: [Int]) {
    var harness = Labels.desk(Labels.order, order: order)
    harness.press("2 1")
    #expect(harness.text.contains("answer 2 > answer 1, not kept yet"))
    #expect(ranking(harness) == nil)
    harness.press("3")
    #expect(ranking(harness) == [order[1], order[0], order[2]])
    harness = Labels.desk(Labels.order, order: order)
    harness.press("2 1 backspace 3 enter")
    #expect(ranking(harness) == [order[1], order[2], order[0]])
    #expect(!harness.text.contains("r14"))
}

@Test("no answer is named twice, and an order with two left is none")
func ranksOnce() {
    var harness = Labels.desk(Labels.order, order: [0, 1, 2])
    harness.press("1 1")
    #expect(harness.text.contains("answer 1 is named already"))
    harness.press("enter")
    #expect(harness.text.contains("2 answers have no place yet"))
    harness.press("backspace backspace")
    #expect(ranking(harness) == nil)
    #expect(harness.text.contains("none was judged here yet"))
}

@Test("marking and ranking look as recorded", arguments: [Size(80, 24), Size(200, 60)])
func goldenMarking(size: Size) throws {
    let name = "\(size.width)x\(size.height)"
    var harness = desk(size: size)
    harness.press("m s 2 v w w")
    try expectGolden(harness.frame, "labels/marking@\(name)")
    harness.press("1 enter")
    harness = Labels.desk(Labels.order, order: [2, 0, 1], size: size)
    harness.press("3 1")
    try expectGolden(harness.frame, "labels/ranking@\(name)")
}
