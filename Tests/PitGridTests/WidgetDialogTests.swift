import PitGrid
import Testing

struct WidgetDialogTests {
    private let dialog = WidgetExhibit.silence

    private func press(_ state: inout DialogState, _ keys: Key...) -> Dialog.Outcome {
        keys.reduce(.ignored) { _, key in dialog.handle(key, &state) }
    }

    @Test func enterOnAnOpenedDialogCancels() {
        var state = dialog.open()
        #expect(press(&state, "enter") == .cancelled)
        let confirm = Dialog.confirm("Drop?", body: [], act: "Drop")
        var opened = confirm.open()
        #expect(confirm.handle("enter", &opened) == .cancelled)
    }

    @Test func noLetterDoesAnything() {
        var state = dialog.open()
        for key in ["y", "Y", "s", "a", "space"] as [Key] { #expect(dialog.handle(key, &state) == .ignored) }
    }

    @Test func escAlwaysCancels() {
        var state = dialog.open(onFields: true)
        #expect(press(&state, "esc") == .cancelled)
    }

    @Test func tabGoesRoundAllFieldsAndButtons() {
        var state = dialog.open(onFields: true)
        var seen = [state.focus]
        for _ in 0..<6 {
            _ = press(&state, "tab")
            seen.append(state.focus)
        }
        #expect(seen == [0, 1, 2, 3, 4, 5, 0])
        _ = press(&state, "shift-tab")
        #expect(state.focus == 5)
        _ = press(&state, "left")
        #expect(state.focus == 4)
    }

    @Test func whatIsRequiredHoldsTheButtonBackAndTakesTheFocus() {
        var state = dialog.open()
        #expect(press(&state, "right", "enter") == .handled)
        #expect(state.focus == 3)
        for key in ["d", "o", "space", "i", "t"] as [Key] { _ = dialog.handle(key, &state) }
        #expect(state.form.text("why") == "do it")
        #expect(press(&state, "enter") == .handled)
        #expect(press(&state, "right", "enter") == .pressed("act"))
        #expect(state.form.duration("for") == 7200)
    }

    @Test func aDurationStepsAndIsChecked() {
        var state = dialog.open(onFields: true)
        _ = press(&state, "up")
        #expect(state.form.text("for") == "4h")
        _ = press(&state, "down", "down", "down")
        #expect(state.form.duration("for") == 1800)
        _ = press(&state, "x")
        #expect(dialog.form.problem(dialog.form.fields[0], state.form)?.description.contains("not a time") == true)
    }

    @Test func choicesAndTogglesChangeInPlace() {
        var state = dialog.open(onFields: true)
        dialog.focus(1, &state)
        _ = press(&state, "right")
        #expect(state.form.choice("scope") == 1)
        _ = press(&state, "right")
        #expect(state.form.choice("scope") == 0)
        dialog.focus(2, &state)
        #expect(state.form.isOn("severity"))
        _ = press(&state, "space")
        #expect(!state.form.isOn("severity"))
        dialog.paste("x", &state)
        #expect(!state.form.isOn("severity"))
    }

    @Test func aPasteIsTextAndPressesNothing() {
        var state = dialog.open(onFields: true)
        dialog.focus(3, &state)
        dialog.paste("because\n\nof 500s\n", &state)
        #expect(state.form.text("why") == "because  of 500s ")
    }

    @Test func theNameHasToBeTypedExactly() {
        let confirm = Dialog.confirm("Drop prod?", body: [], act: "Drop", isDangerous: true, typed: "prod")
        var state = confirm.open(onFields: true)
        for key in ["p", "r", "o"] as [Key] { _ = confirm.handle(key, &state) }
        #expect(confirm.press(1, &state) == .handled)
        _ = confirm.handle("d", &state)
        #expect(confirm.press(1, &state) == .pressed("act"))
        _ = confirm.handle("s", &state)
        #expect(confirm.press(1, &state) == .handled)
        #expect(confirm.press(9, &state) == .ignored)
    }

    @Test func whatLiesUnderADialogNoLongerAnswersToTheMouse() {
        var frame = Frame(Size(80, 20))
        frame.listen(frame.area, "under")
        dialog.draw(dialog.open(), in: frame.area, on: &frame)
        #expect(!frame.hotspots.contains { $0.commandID == "under" })
        #expect(frame.hotspots.filter { $0.commandID == "dialog.button" }.map(\.row) == [0, 1])
        #expect(frame.cursor.flatMap { frame.hotspot(at: $0) }?.row == 0)
    }

    @Test func aLongBodyScrollsAndSaysHowMuchIsHidden() {
        let long = Dialog("Preview", body: (1...40).map { [Segment("line \($0)")] }, buttons: dialog.buttons)
        var state = long.open()
        func shown() -> String {
            var frame = Frame(Size(60, 14))
            long.draw(state, in: frame.area, on: &frame)
            return frame.plainText
        }
        #expect(shown().contains("31 more lines"))
        for _ in 0..<30 { _ = long.handle("pgdn", &state) }
        #expect(shown().contains("line 40"))
        #expect(!shown().contains("more lines"))
    }
}
