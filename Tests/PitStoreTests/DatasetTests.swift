import PitModel
import PitStore
import Testing

private func draft(_ name: String, _ hash: String, rows: Int = 3) -> Dataset {
    Dataset(
        name: name, hash: hash, rows: rows, bytes: 90, sources: [DatasetSource("jsonl", "a.jsonl")], author: "ana",
        at: Timestamp(milliseconds: 5000))
}

@Test("a name's versions are counted, the same rows are the same version, and all of it stands in the trail")
func keepsDatasets() throws {
    let store = try Store.inMemory()
    let (a, b) = (String(repeating: "ab", count: 32), "abcd" + String(repeating: "0", count: 60))
    #expect(try store.keep(draft("chats", a)).dataset.id == "chats@1")
    let again = try store.keep(draft("chats", a))
    #expect(again.dataset.id == "chats@1" && !again.isNew)
    #expect(try store.keep(draft("chats", b)).dataset.id == "chats@2")
    #expect(try store.keep(draft("chats", a)).dataset.id == "chats@3", "back to what was is a step, too")
    #expect(try store.keep(draft("other", b)).dataset.id == "other@1")
    #expect(try store.datasets().map(\.id) == ["other@1", "chats@3", "chats@2", "chats@1"])
    func named(_ text: String) throws -> String? {
        try DatasetReference(text).flatMap { try store.dataset($0) }?.id
    }
    #expect(try named("chats") == "chats@3" && named("chats@2") == "chats@2" && named("chats@9") == nil)
    #expect(try named("abababab") == "chats@3" && named("abcd0000") == "other@1" && named("00000000") == nil)
    let trail = try store.auditEntries().filter { $0.what == "dataset collected" }
    #expect(trail.map(\.subject) == ["chats@1", "chats@2", "chats@3", "other@1"])
    #expect(trail[0].detail == "3 rows, \(a), from jsonl a.jsonl")
}

@Test("a beginning that two hashes share is refused; what is no name is none")
func refusesDatasets() throws {
    let store = try Store.inMemory()
    for end in ["00", "11"] { _ = try store.keep(draft("d", "abcdef12" + String(repeating: end, count: 28))) }
    #expect(throws: StoreFault.self) { try store.dataset(.hash("abcdef12")) }
    for bad in ["", "@1", "a@0", "a@x", "1a", "a/b", "-a", "a b", "ä"] { #expect(DatasetReference(bad) == nil) }
    #expect(
        DatasetReference("deadbeef") == .hash("deadbeef")
            && DatasetReference("deadbee") == .name("deadbee", version: nil))
}
