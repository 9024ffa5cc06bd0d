import Foundation
import PitConsole
import PitGrid
import PitModel
import Testing

private typealias Labels = LabelWorlds

private func desk(
    _ answer: String, passages: [String] = [], messages: [Interaction.Message]? = nil, size: Size = Size(120, 50)
) -> Harness {
    var harness = Labels.desk(Labels.marked, size: size)
    var page = Labels.page(Labels.marked)
    page.items[0].target.answers = [answer]
    (page.items[0].findings, page.items[0].passages) = ([], passages)
    if let messages { page.items[0].target.messages = messages }
    harness.send(.labelPage(page))
    return harness
}

/// The answer as it is shown, line by line.
private func shown(_ harness: Harness) -> [String] {
    let lines = harness.frame.plainText.split(separator: "\n", omittingEmptySubsequences: false).map {
        String($0).replacing(/\s+$/, with: "")
    }
    guard let start = lines.firstIndex(of: " ANSWER"),
        let end = lines[start...].firstIndex(where: { $0.hasPrefix("──") })
    else { return [] }
    return lines[(start + 1)..<end].map { String($0.dropFirst()) }.reversed().drop { $0.isEmpty }.reversed()
}

private let markdown = """
    # What to do
    Call **us**, *not* them: `pit --now` or [the shop](https://shop.example/a_b).
    - first, ~~never~~ always
      - snake_case and 2*3*4 and \\*stars\\*
    3. third

    > quoted **words**
    ```swift
    let x = "**no**"  // | no table |
    ```
    | What | Price |
    |:-----|------:|
    | a *card* | 12.50 |
    | b | 7 |

    ---
    the end
    """

@Test("Markdown is shown as it is meant, and as it was written on one key")
func readsMarkdown() {
    var harness = desk(markdown)
    #expect(
        shown(harness) == [
            "What to do", "Call us, not them: pit --now or the shop (https://shop.example/a_b).",
            "• first, never always", "  • snake_case and 2*3*4 and *stars*", "3. third", "", "▌ quoted words",
            "┌ swift",
            "│ let x = \"**no**\"  // | no table |", "What   │ Price", "───────┼──────", "a card │ 12.50",
            "b      │     7", "", String(repeating: "─", count: 40), "the end",
        ])
    harness.press("M")
    #expect(shown(harness) == markdown.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
}

@Test("a call of a tool is shown by its name and what it is given, also where that is told in a text of its own")
func readsCalls() {
    let given = #"{\"city\":\"Paris\",\"days\":[1,2],\"note\":\"two\\nlines\"}"#
    let call = #"[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"\#(given)"}}]"#
    #expect(
        shown(desk("Let me see.\n" + call)) == [
            "Let me see.", "→ get_weather  call_1", "  city: Paris", "  days: [1,2]", "  note: two", "    lines",
        ])
    let found =
        #"{"found":[{"name":"A long enough name of a thing","price":12.5},{"name":"Another","of":{}}],"ok":true}"#
    #expect(
        shown(desk(found)) == [
            "found:", "  - {\"name\":\"A long enough name of a thing\",\"price\":12.5}", "  -", "    name: Another",
            "    of: {}",
            "ok: true",
        ])
    // What only looks like it stays as it is.
    for text in ["{not json}", "[1] see", "{\"a\": 1", "[{]}"] { #expect(shown(desk(text)) == [text]) }
}

@Test("nothing that can be read in ordinary text is lost, however it is marked up")
func losesNothing() {
    var random = Seeded(state: 11)
    let pieces = [
        "word", "Zwei", "três", "東京", "x1", " ", " ", " ", "\n", "\n", "*", "**", "_", "`", "```", "~~", "# ", "- ",
        "1. ",
        "> ", "|", "\n|-|-|\n", "[", "](", ")", "!", "\\", "(", "---", "é", "don't", "a_b", "2*3", "\t", "{", "\"k\":",
        "}",
    ]
    func letters(_ text: String) -> [Character] { text.filter { $0.isLetter || $0.isNumber }.sorted() }
    for _ in 0..<100 {
        let text = (0..<Int.random(in: 1...60, using: &random)).map { _ in
            pieces.randomElement(using: &random) ?? ""
        }.joined()
        let read = shown(desk(text, size: Size(160, 120))).joined(separator: "\n")
        #expect(letters(read) == letters(text), "\(text.debugDescription) is shown as \(read)")
    }
}

@Test(
    "hostile Markdown is shown without harm, and no more of it is looked at than is shown",
    arguments: [
        "*", "* a*", "_a ", "**a", "[", "[a](", "](", "`", "``a`", "> ", "|", "|a|\n|-|\n", "- ", "{\"a\":",
        "[{\"a\":[",
        "# ", "~~", "\\", "```\n", "\u{202E}**", "\u{1B}[31m*", "\u{0301}*", "👨‍👩‍👧*", "1. ",
    ])
func readsHostile(piece: String) {
    let text = String(repeating: piece, count: max(1, 50_000 / piece.utf8.count))
    var harness = desk(text, size: Size(80, 24))
    harness.press("w space m w . 1 s esc esc M pgup")
    for scalar in harness.text.unicodeScalars { #expect(scalar.value >= 0x20 || scalar == "\n") }
    for row in harness.frame.plainText.split(separator: "\n") { #expect(String(row).columns <= 80) }
}

@Test("5 MB in one line, and in many, are shown at once")
func readsMuch() {
    for text in [String(repeating: "**a** [b](c) ", count: 400_000), String(repeating: "- a `b`\n", count: 600_000)] {
        var harness = desk(text)
        #expect(shown(harness).first?.contains("a") == true)
        harness.press("M M m w w 1")
        #expect(harness.text.contains("1 span, not kept yet"))
    }
}

@Test("a long conversation shows its last turns, and all of it on one key")
func foldsTurns() {
    let messages =
        [Interaction.Message("system", "Be kind.")]
        + (1...20).map { Interaction.Message($0 % 2 == 1 ? "user" : "assistant", "turn number \($0)") }
        + [
            .init("user", "asked last"), .init("assistant", "[{\"name\":\"f\",\"arguments\":{}}]"),
            .init("tool", "said"),
        ]
    var harness = desk("The answer.", messages: messages, size: Size(100, 60))
    #expect(harness.text.contains("… 17 messages before: w shows them"))
    #expect(harness.text.contains("Be kind.") && harness.text.contains("turn number 18"))
    #expect(!harness.text.contains("turn number 17") && harness.text.contains("→ f"))
    #expect(
        harness.text.contains("asked last") && harness.text.contains("said") && harness.text.contains("The answer."))
    harness.press("w")
    #expect(harness.text.contains("turn number 3") && !harness.text.contains("messages before"))
}

@Test("passages stand beside the answer; one key goes to the next that the answer names")
func citesPassages() throws {
    let passages = (1...3).map {
        "Passage \($0) says this.\n" + (1...12).map { "line \($0)\n" }.joined() + "its end \($0)."
    }
    var harness = desk("By [3] and [1, 2] it is so, [9] not.", passages: passages, size: Size(120, 60))
    let row = try #require(harness.text.split(separator: "\n").first { $0.contains("By [3]") })
    #expect(row.contains("│ Passage 1 says this."))
    #expect(!harness.text.contains("its end"))
    for passage in [3, 1, 2, 3] {
        harness.press("C")
        #expect(
            harness.text.contains("PASSAGE \(passage)   IS NAMED HERE") && harness.text.contains("its end \(passage)."))
    }
    harness = desk("By [2].", passages: passages, size: Size(80, 50))
    harness.press("C")
    let lines = harness.text.split(separator: "\n")
    let (place, answer) = (lines.firstIndex { $0.contains("its end 2.") }, lines.firstIndex { $0.contains("By [2].") })
    #expect(try #require(place) < #require(answer))
    harness = desk("It names none.", passages: passages)
    harness.press("C")
    #expect(harness.text.contains("the answer names no passage"))
    harness = desk("By [1].")
    harness.press("C")
    #expect(harness.text.contains("no passages are known"))
}

@Test("what is marked in Markdown is what stands there in the text", arguments: [false, true])
func marksMarkdown(isRaw: Bool) {
    var harness = desk("**Two** words | here\n\n| a | b |\n|---|---|\n| the cell | other |")
    harness.press((isRaw ? "M " : "") + "m w 1 enter")
    guard case .judge(let values, _)? = acts(harness).last?.kind, case .spans(let spans)?? = values["marked"] else {
        Issue.record("nothing was kept")
        return
    }
    #expect(spans == [JudgedSpan(8, 13, tag: "wrong", text: "words")])
}

@Test("reading looks as recorded", arguments: [Size(80, 40), Size(160, 44)])
func goldenReading(size: Size) throws {
    let passages = ["Cards are charged once.\nSee **terms**.", "A second charge is returned in five days."]
    var harness = desk(markdown + "\nIt is returned [2], as [1] says.", passages: passages, size: size)
    harness.press("C")
    try expectGolden(harness.frame, "labels/reading@\(size.width)x\(size.height)")
}
