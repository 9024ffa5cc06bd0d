import PitGrid
import Testing

struct WidgetPickerTests {
    private let picker = WidgetExhibit.palette

    @Test func typingNarrowsAndKeepsTheBestFirst() {
        var state = PickerState()
        for key in ["t", "h"] as [Key] { #expect(picker.handle(key, &state) == .moved("theme")) }
        #expect(picker.matches(state).first?.positions == [0, 1])
        #expect(picker.handle("enter", &state) == .picked("theme"))
        #expect(picker.handle("backspace", &state) != .ignored)
        #expect(picker.handle("esc", &state) == .cancelled)
    }

    @Test func movingTellsTheItemForAPreviewAndStopsAtTheEnds() {
        var state = PickerState()
        #expect(picker.handle("down", &state) == .moved("silence"))
        #expect(picker.handle("up", &state) == .moved("open"))
        #expect(picker.handle("up", &state) == .moved("open"))
        #expect(picker.handle("pgdn", &state) == .moved("rewind"))
    }

    @Test func aRefusedItemStaysAndSaysWhy() {
        var state = PickerState()
        _ = picker.handle("down", &state)
        #expect(picker.handle("enter", &state) == .refused("no alert is selected"))
    }

    @Test func nothingMatchesNothing() {
        var state = PickerState()
        #expect(picker.paste("qqq\n", &state) == .moved(nil))
        #expect(picker.handle("enter", &state) == .handled)
        #expect(picker.handle("down", &state) == .moved(nil))
        var frame = Frame(Size(40, 8))
        picker.draw(state, in: frame.area, on: &frame)
        #expect(frame.plainText.contains("nothing matches"))
        #expect(frame.plainText.contains("0/5"))
    }

    @Test func rowsAnswerToTheMouseByTheirPosition() {
        var frame = Frame(Size(40, 10))
        picker.draw(PickerState(), in: frame.area, on: &frame)
        #expect(frame.hotspots.map(\.row) == [0, 1, 2, 3, 4])
    }
}

struct WidgetTreeTests {
    private let tree = WidgetExhibit.tree

    private func ids(_ state: TreeState) -> [String] { tree.lines(state).map(\.node.id) }

    @Test func keysOpenAndClose() {
        var state = TreeState()
        tree.settle(&state)
        #expect(ids(state) == ["prod", "dev"])
        #expect(tree.handle("right", &state))
        #expect(ids(state) == ["prod", "chat", "日本", "dev"])
        #expect(tree.handle("right", &state))
        #expect(state.table.selectedID == "chat")
        #expect(tree.handle("left", &state))
        #expect(state.table.selectedID == "prod")
        #expect(tree.handle("left", &state))
        #expect(ids(state) == ["prod", "dev"])
        #expect(tree.handle("enter", &state))
        #expect(ids(state).count == 4)
    }

    @Test func enterOnALeafIsLeftToTheScreen() {
        var state = TreeState(expanded: ["prod"])
        state.table.select(id: "chat")
        tree.settle(&state)
        #expect(!tree.handle("enter", &state))
        #expect(!tree.handle("x", &state))
    }

    @Test func closingAboveTheSelectionSelectsANeighbour() {
        var state = TreeState(expanded: ["prod", "日本"])
        state.table.select(id: "replica")
        tree.settle(&state)
        state.expanded = []
        tree.settle(&state)
        #expect(state.table.selectedID == "dev")
    }

    @Test func aDeepTreeIsDrawn() {
        var node = TreeNode("0", [Segment("leaf")])
        for depth in 1...500 { node = TreeNode("\(depth)", [Segment("\(depth)")], children: [node]) }
        var state = TreeState(expanded: Set((0...500).map(String.init)))
        let deep = Tree([node], prefix: "t")
        state.table.select(id: "0")
        deep.settle(&state)
        var frame = Frame(Size(100, 5))
        deep.draw(state, in: frame.area, on: &frame)
        #expect(frame.plainText.contains("leaf"))
    }
}

struct WidgetTextViewTests {
    private let size = Size(20, 4)
    private let view = TextView(
        (0..<30).map { [Segment("line \($0)\($0 == 10 ? " which is long enough to wrap" : "")")] })

    private func shown(_ view: TextView, _ state: TextViewState) -> [String] {
        var frame = Frame(size)
        view.draw(state, in: frame.area, on: &frame)
        return frame.plainText.split(separator: "\n").map { line in
            let text = line.prefix(18)
            return String(text).split(separator: " ").joined(separator: " ")
        }
    }

    @Test func scrollsByRowsThroughWrappedLinesAndStopsAtTheEnds() {
        var state = TextViewState()
        view.scroll(by: -5, &state, size: size)
        #expect(shown(view, state).first == "line 0")
        view.scroll(by: 11, &state, size: size)
        #expect(shown(view, state).first == "long enough to")
        view.scroll(by: -1, &state, size: size)
        #expect(shown(view, state).first == "line 10 which is")
        view.scroll(by: 1000, &state, size: size)
        #expect(shown(view, state) == ["line 26", "line 27", "line 28", "line 29"])
        view.scroll(by: -1, &state, size: size)
        #expect(shown(view, state).first == "line 25")
    }

    @Test func followsTheEndUntilScrolledUp() {
        var state = TextViewState(follows: true)
        #expect(shown(view, state).last == "line 29")
        var longer = view
        longer.lines.append([Segment("new")])
        #expect(shown(longer, state).last == "new")
        #expect(longer.handle("k", &state, size: size))
        #expect(!state.follows)
        longer.lines.append([Segment("newer")])
        #expect(shown(longer, state).last == "line 29")
        longer.end(&state, size: size, follows: true)
        #expect(shown(longer, state).last == "newer")
    }

    @Test func searchGoesRoundAndIgnoresCase() {
        var state = TextViewState()
        state.query = "LINE 2"
        #expect(view.findCount("line 2") == 11)
        #expect(view.handle("n", &state, size: size))
        #expect(state.found == 2)
        _ = view.handle("n", &state, size: size)
        #expect(state.found == 20)
        _ = view.handle("N", &state, size: size)
        _ = view.handle("N", &state, size: size)
        #expect(state.found == 29)
        state.query = "nowhere"
        #expect(!view.find(1, &state, size: size))
    }

    @Test func randomScrollsNeverLeaveTheText() {
        var random = WidgetSizeTests.Generator(state: 17)
        var state = TextViewState()
        let keys: [Key] = ["j", "k", "pgdn", "pgup", "ctrl-d", "ctrl-u", "home", "end", "n", "N"]
        state.query = "1"
        for _ in 0..<1500 {
            let size = Size(.random(in: 0...30, using: &random), .random(in: 0...8, using: &random))
            _ = view.handle(keys.randomElement(using: &random) ?? "j", &state, size: size)
            #expect(state.line >= 0 && state.line < view.lines.count)
            var frame = Frame(size)
            view.draw(state, in: frame.area, on: &frame)
        }
        var empty = TextViewState()
        TextView([]).scroll(by: 3, &empty, size: size)
        #expect(!TextView([]).find(1, &empty, size: size))
    }
}

struct WidgetHintsTests {
    private let hints = KeyHints(
        [
            KeyHints.Hint("enter", "open", priority: 1, commandID: "open"), KeyHints.Hint("/", "filter", priority: 9),
            KeyHints.Hint("s", "sort", priority: 5),
        ], moreCommandID: "help")

    private func shown(_ width: Int) -> String {
        var frame = Frame(Size(width, 1))
        hints.draw(in: frame.area, on: &frame)
        return frame.plainText.split(separator: "\n").first.map { String($0.dropFirst()) } ?? ""
    }

    @Test func theLeastImportantGoFirstAndMoreEndsTheLine() {
        #expect(shown(40) == "enter open  / filter  s sort")
        #expect(shown(27) == "/ filter  s sort  ? more")
        #expect(shown(20) == "/ filter  ? more")
        #expect(shown(12) == "? more")
    }

    @Test func hintsAnswerToTheMouse() {
        var frame = Frame(Size(27, 1))
        hints.draw(in: frame.area, on: &frame)
        #expect(frame.hotspots.map(\.commandID) == ["help"])
        frame = Frame(Size(60, 1))
        hints.draw(in: frame.area, on: &frame)
        #expect(frame.hotspot(at: Point(3, 0))?.commandID == "open")
    }
}
