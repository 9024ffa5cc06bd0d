import PitModel
import PitStore
import Testing

@Test("where an alias pointed is kept when it changes, once, and never before what was known")
func pointerMoves() throws {
    let store = try Store.inMemory()
    func move(_ version: String?, _ at: Int64, _ alias: String = "production", first: Bool = false) -> PointerMove {
        PointerMove(
            source: ConnectionName("m"), name: "support", alias: alias, version: version,
            at: Timestamp(milliseconds: at), isFirst: first, author: first ? nil : "ana")
    }
    #expect(try store.note([move(nil, 1)]) == 0, "what never was cannot be gone")
    #expect(try store.note([move("3", 1000, first: true), move("4", 1000, "canary")]) == 2)
    #expect(try store.note([move("3", 2000), move("4", 2000, "canary")]) == 0, "nothing has changed")
    #expect(try store.note([move("4", 500)]) == 1)
    #expect(try store.note([move(nil, 5000)]) == 1)
    #expect(try store.note([move("3", 6000, first: true)]) == 1)
    let moves = try store.pointerMoves(of: "support").filter { $0.alias == "production" }
    #expect(moves.map(\.version) == ["3", nil, "4", "3"])
    #expect(moves.map(\.at.milliseconds) == [6000, 5000, 1000, 1000], "time does not run backwards")
    #expect(moves.map(\.isFirst) == [false, false, false, true])
    #expect(try store.pointerMoves(of: "support", source: ConnectionName("other")).isEmpty)
}
