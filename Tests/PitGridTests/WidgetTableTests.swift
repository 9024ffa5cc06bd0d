import PitGrid
import Synchronization
import Testing

struct WidgetTableTests {
    private struct Row: Sendable {
        var id: String
        var value: Double?
    }

    private static func table(_ count: @escaping @Sendable () -> Void = {}) -> Table<Row> {
        Table(
            [
                TableColumn("id", "ID", width: .flex(min: 4), sortKey: { .text($0.id) }) { row in
                    count()
                    return TableCell("\(row.id)")
                },
                TableColumn("value", "V", width: .fixed(6), sortsDescendingFirst: true, sortKey: { .number($0.value) })
                {
                    TableCell("\(Figures.short($0.value))")
                },
            ], prefix: "t", identity: { $0.id })
    }

    private let rows = [
        Row(id: "c", value: 2), Row(id: "a", value: nil), Row(id: "b", value: 2), Row(id: "d", value: 9),
        Row(id: "e", value: .nan),
    ]

    private func ids(_ state: TableState) -> String {
        Self.table().order(rows, state).map { rows[$0].id }.joined()
    }

    @Test func whatIsMissingSortsLastInBothDirections() {
        #expect(ids(TableState()) == "cabde")
        #expect(ids(TableState(sortColumn: "value")) == "bcdae")
        #expect(ids(TableState(sortColumn: "value", isDescending: true)) == "dbcae")
        #expect(ids(TableState(sortColumn: "id", isDescending: true)) == "edcba")
        #expect(ids(TableState(sortColumn: "gone")) == "cabde")
    }

    @Test func aColumnSortsItsOwnWayFirstAndTheOtherWayNext() {
        let table = Self.table()
        var state = TableState()
        table.sort(by: 1, &state)
        #expect(state.sortColumn == "value" && state.isDescending)
        table.sort(by: 1, &state)
        #expect(!state.isDescending)
        table.sort(by: 0, &state)
        #expect(state.sortColumn == "id" && !state.isDescending)
        table.sort(by: 7, &state)
        #expect(state.sortColumn == "id")
    }

    @Test func theColumnCursorGoesAroundTheSortableColumns() {
        let table = Self.table()
        var state = TableState()
        table.moveColumnCursor(1, &state)
        #expect(state.columnCursor == 1)
        table.moveColumnCursor(1, &state)
        #expect(state.columnCursor == 0)
        table.moveColumnCursor(-1, &state)
        #expect(state.columnCursor == 1)
    }

    @Test func theSelectionStaysOnTheRowWhenRowsMove() {
        var state = TableState()
        let before = ["a", "b", "c", "d"]
        state.settle(count: 4) { before[$0] }
        #expect(state.selectedID == "a")
        state.move(2, count: 4) { before[$0] }
        #expect(state.selectedID == "c")
        let after = ["c", "d", "b", "a"]
        state.settle(count: 4) { after[$0] }
        #expect(state.selectedID == "c" && state.selected == 0)
    }

    @Test func theNeighbourIsSelectedWhenTheRowVanishes() {
        var state = TableState()
        state.select(2, count: 4) { ["a", "b", "c", "d"][$0] }
        state.settle(count: 3) { ["a", "b", "d"][$0] }
        #expect(state.selectedID == "d")
        state.settle(count: 2) { ["a", "b"][$0] }
        #expect(state.selectedID == "b")
        state.settle(count: 0) { _ in "" }
        #expect(state.selectedID == nil)
        #expect(state.position(of: 0).description == "0/0")
    }

    @Test func keysMoveByRowsPagesAndToTheEnds() {
        var state = TableState()
        state.viewport = 10
        func press(_ keys: Key...) -> Int {
            for key in keys {
                let meant = state.handle(key, count: 100) { "\($0)" }
                #expect(meant, "\(key)")
            }
            return state.selected
        }
        #expect(press("j", "down") == 2)
        #expect(press("k") == 1)
        #expect(press("pgdn") == 11)
        #expect(press("ctrl-d") == 16)
        #expect(press("ctrl-u", "pgup") == 1)
        #expect(press("G") == 99)
        #expect(press("j") == 99)
        #expect(press("g g", "up") == 0)
        let meant = state.handle("x", count: 100) { "\($0)" }
        #expect(!meant)
        state.move(.max, count: 100) { "\($0)" }
        #expect(state.selected == 99)
        state.move(.min, count: 100) { "\($0)" }
        #expect(state.selected == 0)
        #expect(state.position(of: 100).description == "1/100")
    }

    @Test func scrollingKeepsTheSelectionInViewAndStillUntilItReachesAnEdge() {
        var state = TableState()
        state.viewport = 5
        let rows = (0..<50).map { Row(id: "\($0)", value: nil) }
        func top() -> String {
            var frame = Frame(Size(20, 6))
            Self.table().draw(rows, state: state, in: frame.area, on: &frame)
            #expect(frame.cursor != nil)
            return String(frame.plainText.split(separator: "\n")[1].dropFirst().prefix(2)).filter { $0 != " " }
        }
        state.select(20, count: 50) { rows[$0].id }
        #expect(top() == "16")
        state.move(-2, count: 50) { rows[$0].id }
        #expect(top() == "16")
        state.move(-3, count: 50) { rows[$0].id }
        #expect(top() == "15")
        state.end(count: 50) { rows[$0].id }
        #expect(top() == "45")
    }

    @Test func onlyRowsThatAreSeenAreFormatted() {
        let formatted = Atomic(0)
        let table = Self.table { formatted.add(1, ordering: .relaxed) }
        let rows = (0..<100_000).map { Row(id: "row \($0)", value: Double($0)) }
        var state = TableState()
        state.select(70000, count: rows.count) { rows[$0].id }
        var frame = Frame(Size(40, 21))
        table.draw(rows, state: state, in: frame.area, on: &frame)
        #expect(formatted.load(ordering: .relaxed) == 20)
        #expect(frame.plainText.contains("row 70000"))
    }

    @Test func headersAndRowsAnswerToTheMouse() {
        var frame = Frame(Size(40, 8))
        Self.table().draw(rows, order: [3, 2, 1, 0], state: TableState(), in: frame.area, on: &frame)
        #expect(frame.hotspot(at: Point(3, 0))?.commandID == "t.sort")
        #expect(frame.hotspot(at: Point(3, 0))?.row == 0)
        #expect(frame.hotspot(at: Point(35, 0))?.row == 1)
        #expect(frame.hotspot(at: Point(3, 2)).map { "\($0.commandID) \($0.row ?? -1)" } == "t.select 1")
        #expect(frame.hotspot(at: Point(3, 6)) == nil)
    }

    @Test func anOrderThatIsOutOfDateDrawsNothingWrong() {
        var frame = Frame(Size(40, 8))
        Self.table().draw(rows, order: [99, -1, 0], state: TableState(), in: frame.area, on: &frame)
        #expect(frame.plainText.contains(" c "))
    }

    @Test func marksAreByIdentity() {
        var state = TableState()
        state.select(1, count: 3) { ["a", "b", "c"][$0] }
        state.toggleMark()
        #expect(state.marked == ["b"])
        state.toggleMark()
        #expect(state.marked.isEmpty)
    }
}
