import PitGrid
import Testing

struct WidgetTextFieldTests {
    private func edited(_ text: String, _ keys: Key...) -> String {
        var state = TextFieldState(text)
        for key in keys { _ = state.handle(key) }
        var shown = Array(state.text)
        shown.insert("|", at: state.cursor)
        return String(shown)
    }

    @Test func keysEditAsInAShell() {
        #expect(edited("ab", "c") == "abc|")
        #expect(edited("ab", "ctrl-a", "x", "space") == "x |ab")
        #expect(edited("ab", "left", "left", "left", "ctrl-e") == "ab|")
        #expect(edited("one two  ", "ctrl-w") == "one |")
        #expect(edited("one two", "alt-b", "ctrl-w") == "|two")
        #expect(edited("one two", "left", "ctrl-u") == "|o")
        #expect(edited("one two", "home", "right", "ctrl-k") == "o|")
        #expect(edited("one two", "home", "alt-f", "alt-d") == "one|")
        #expect(edited("abc", "left", "backspace", "delete") == "a|")
        #expect(edited("", "backspace", "delete", "ctrl-w", "ctrl-u", "ctrl-k", "left", "right") == "|")
    }

    @Test func aGraphemeIsOneStep() {
        #expect(edited("👩‍👩‍👧e\u{301}", "backspace") == "👩‍👩‍👧|")
        #expect(edited("👩‍👩‍👧e\u{301}", "left", "backspace") == "|e\u{301}")
        #expect(edited("日本", "left", "x") == "日x|本")
    }

    @Test func aMarkTypedBehindALetterJoinsIt() {
        var state = TextFieldState("e")
        state.insert("\u{301}")
        #expect(state.text.count == 1 && state.cursor == 1)
        _ = state.handle("x")
        #expect(state.text == "e\u{301}x" && state.cursor == 2)
    }

    @Test func aPasteIsTextWithItsLineEndsFlattened() {
        var state = TextFieldState("[]")
        _ = state.handle("left")
        state.insert("a\r\nb\n\tc\u{1B}[31m\u{7}")
        #expect(state.text == "[a b  c[31m]")
        _ = state.handle("]")
        #expect(state.text == "[a b  c[31m]]")
    }

    @Test func aFieldHoldsOnlySoMuch() {
        var state = TextFieldState(String(repeating: "é", count: 10000))
        #expect(state.text.utf8.count <= TextFieldState.limit)
        state.insert(String(repeating: "x", count: 10000))
        #expect(state.text.utf8.count <= TextFieldState.limit)
        #expect(state.cursor == state.text.count)
    }

    @Test func historyGoesBackAndComesBackToWhatWasTyped() {
        var state = TextFieldState()
        for line in ["one", "two", "two", ""] {
            state.set(line)
            let entered = state.commit()
            #expect(entered == line)
        }
        #expect(state.history == ["one", "two"])
        _ = state.handle("d")
        for (key, text) in [("up", "two"), ("up", "one"), ("up", "one"), ("down", "two"), ("down", "d"), ("down", "d")]
        {
            let meant = state.handle(Key(key))
            #expect(meant)
            #expect(state.text == text)
        }
        var bare = TextFieldState()
        let meant = bare.handle("up")
        #expect(!meant)
    }

    @Test func keysThatAreNoTextAreLeftToOthers() {
        var state = TextFieldState("a")
        for key in ["enter", "esc", "tab", "f1", "pgup", "g g"] as [Key] {
            let meant = state.handle(key)
            #expect(!meant, "\(key)")
        }
        #expect(state.text == "a")
    }

    @Test func theCursorIsAlwaysInTheField() {
        var random = WidgetSizeTests.Generator(state: 5)
        let keys: [Key] = [
            "left", "right", "home", "end", "backspace", "delete", "ctrl-w", "ctrl-k", "alt-b", "alt-f", "a", "日",
            "space",
            "👍🏽", "\u{301}", "\u{200D}", "up", "down",
        ]
        var state = TextFieldState(history: ["one two", "三"])
        for step in 0..<4000 {
            _ = state.handle(keys.randomElement(using: &random) ?? "a")
            #expect(state.cursor >= 0 && state.cursor <= state.text.count)
            let width = 1 + step % 12
            var frame = Frame(Size(width + 2, 1))
            TextField(prompt: "/").draw(state, in: Rect(1, 0, width, 1), on: &frame)
            #expect(frame.cursor.map { $0.x >= 1 && $0.x <= width } ?? false)
        }
    }
}
