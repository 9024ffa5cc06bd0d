import Foundation
import PitGrid
import Testing

/// States are kept in a file between sessions, and files can be damaged.
struct WidgetSessionTests {
    private func decoded<State: Codable>(_ state: State, numbers: Int) throws -> State {
        let data = try JSONEncoder().encode(state)
        let text = String(decoding: data, as: UTF8.self).replacing(/:-?[0-9]+/, with: ":\(numbers)")
        return try JSONDecoder().decode(State.self, from: Data(text.utf8))
    }

    private let keys: [Key] = [
        "j", "k", "pgdn", "pgup", "ctrl-d", "left", "right", "backspace", "delete", "x", "up", "down", "tab",
        "shift-tab",
        "enter", "space", "n", "N", "home", "end",
    ]

    @Test func statesComeBackAsTheyWere() throws {
        var table = TableState(sortColumn: "rate", isDescending: true)
        table.select(2, count: 4) { "\($0)" }
        table.toggleMark()
        #expect(try JSONDecoder().decode(TableState.self, from: JSONEncoder().encode(table)) == table)
        var field = TextFieldState("a filter", history: ["one"])
        _ = field.handle("left")
        #expect(try JSONDecoder().decode(TextFieldState.self, from: JSONEncoder().encode(field)) == field)
    }

    @Test(arguments: [Int.min, -1, 7, Int.max])
    func damagedNumbersNeverTrap(_ number: Int) throws {
        var table = TableState()
        table.select(2, count: 4) { "\($0)" }
        let dialog = WidgetExhibit.silence
        var text = TextViewState()
        text.query = "poll"
        let states = try (
            table: decoded(table, numbers: number), field: decoded(TextFieldState("日本 x"), numbers: number),
            dialog: decoded(dialog.open(onFields: true), numbers: number),
            picker: decoded(PickerState(query: "the"), numbers: number), text: decoded(text, numbers: number)
        )
        for key in keys {
            var (table, field, asked, picker, text) = states
            var frame = Frame(Size(40, 12))
            let area = frame.area
            WidgetExhibit.fleetTable.draw(WidgetExhibit.fleet, state: table, in: area, on: &frame)
            TextField().draw(field, in: area, on: &frame)
            TextView(WidgetExhibit.text).draw(text, in: area, on: &frame)
            dialog.draw(asked, in: area, on: &frame)
            WidgetExhibit.palette.draw(picker, in: area, on: &frame)
            _ = table.handle(key, count: 5) { "\($0)" }
            table.settle(count: 5) { "\($0)" }
            #expect((0..<5).contains(table.selected))
            _ = field.handle(key)
            #expect((0...field.text.count).contains(field.cursor))
            _ = dialog.handle(key, &asked)
            _ = WidgetExhibit.palette.handle(key, &picker)
            _ = TextView(WidgetExhibit.text).handle(key, &text, size: Size(20, 3))
        }
    }
}
