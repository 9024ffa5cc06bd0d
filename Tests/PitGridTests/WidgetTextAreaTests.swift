import PitGrid
import PitTestKit
import Testing

struct WidgetTextAreaTests {
    private let size = Size(10, 4)

    private func typed(_ text: String, _ keys: String) -> String {
        var state = TextAreaState(text)
        for key in keys.split(separator: " ") { _ = state.handle(Key(String(key)), size: size) }
        return state.text
    }

    @Test func keysEditOverLines() {
        #expect(typed("ab\ncd", "x enter y") == "ab\ncdx\ny")
        #expect(typed("ab\ncd", "home backspace X") == "abXcd")
        #expect(typed("ab\ncd", "up delete X") == "abXcd")
        #expect(typed("ab\ncd", "ctrl-home X down down Y") == "Xab\ncYd")
        #expect(typed("ab\ncd", "up ctrl-k X ctrl-end Y") == "abXcdY")
        #expect(typed("one two\nthree", "ctrl-w ctrl-w X") == "one X")
        #expect(typed("one two\nthree", "alt-b alt-b alt-d X") == "one X\nthree")
        #expect(typed("one\ntwo", "ctrl-u ctrl-u backspace X left left Y") == "onYeX")
        #expect(typed("", "backspace delete ctrl-w ctrl-u ctrl-k left right up down pgup pgdn enter") == "\n")
    }

    @Test func upAndDownGoByRowsOfTheScreen() {
        // Ten columns: "one two ", "three four", " five" stand one below the other.
        #expect(typed("one two three four five", "home down X") == "one two Xthree four five")
        #expect(typed("one two three four five", "up up X") == "one tXwo three four five")
        #expect(typed("日本日本日本日本", "home right down X") == "日本日本日本X日本")
    }

    @Test func graphemesAreSteps() {
        #expect(typed("👩‍👩‍👧e\u{301}", "backspace") == "👩‍👩‍👧")
        #expect(typed("日本", "left x") == "日x本")
        var state = TextAreaState("e")
        state.insert("\u{301}")
        _ = state.handle("x", size: size)
        #expect(state.text == "e\u{301}x")
    }

    @Test func aPasteKeepsItsLinesAndLosesWhatControls() {
        var state = TextAreaState("<>")
        _ = state.handle("left", size: size)
        state.insert("a\r\nb\rc\u{1B}[2J\td\u{7F}")
        #expect(state.text == "<a\nb\nc[2J\td>")
    }

    @Test func itHoldsNoMoreThanItsLimit() {
        var state = TextAreaState(String(repeating: "é", count: TextAreaState.limit))
        #expect(state.text.utf8.count == TextAreaState.limit)
        state.insert("more\nand more")
        #expect(state.text.utf8.count == TextAreaState.limit)
    }

    @Test func anyKeysOnAnyTextLeaveTheCursorInIt() {
        var random = HostileText(seed: 5)
        let some = ["left", "up", "down", "ctrl-w", "ctrl-k", "alt-d", "enter", "é", "space", "backspace", "pgup"]
        // Every key behind every other.
        let keys = some.flatMap { first in some.flatMap { [first, $0] } }
        for _ in 0..<30 {
            var state = TextAreaState(String(decoding: random.next(), as: UTF8.self))
            for key in keys { _ = state.handle(Key(key), size: Size(3, 2)) }
            var frame = Frame(Size(12, 3))
            TextArea().draw(state, in: Rect(0, 0, 12, 3), on: &frame)
            #expect(frame.cursor.map { Rect(0, 0, 12, 3).contains($0) } == true)
        }
    }

    @Test func itIsFoldedAndTheCursorIsInView() {
        var frame = Frame(Size(11, 3))
        TextArea().draw(TextAreaState("one two three four\n\nend"), in: Rect(0, 0, 11, 3), on: &frame)
        let rows = frame.plainText.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(rows[0].hasPrefix("three four") && rows[0].contains("↑") && rows[2].hasPrefix("end"))
        #expect(frame.cursor == Point(3, 2))
    }
}
