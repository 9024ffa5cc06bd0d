import Foundation
import PitData
import PitModel
import Testing

@Suite struct CaseReaderTests {
    private func read<T>(_ text: String, _ body: (String) throws -> T) throws -> T {
        let file = FileManager.default.temporaryDirectory.appending(path: "cases-\(UUID().uuidString).jsonl")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }

    @Test("cases are read by whichever of the usual names their fields have, with slices beside them or under `slices`")
    func cases() throws {
        let text = """
            \u{FEFF}{"id": "a", "prompt": "hello", "expected": ["hi", "good day"], "language": "en", "slices": {"tier": 2}}

            {"messages": [{"role": "system", "content": "be kind"}, {"role": "user", "content": "q"}], "context": "one"}
            """
        let cases = try read(text) { try CaseReader.cases($0, slices: ["language", "absent"]) }
        #expect(cases.map(\.id) == ["a", "2"])
        #expect(cases[0].references == ["hi", "good day"] && cases[0].slices == ["language": "en", "tier": "2"])
        #expect(cases[1].messages.map(\.content) == ["be kind", "q"] && cases[1].contexts == ["one"])
        #expect(cases[1].references.isEmpty && cases[1].slices.isEmpty)
    }

    @Test("a line that cannot be read is named by its number, and nothing is passed over")
    func broken() throws {
        for (text, words) in [
            ("{\"input\": \"a\"}\n{\"input\"", ":2 is no JSON object"), ("\n{\"x\": 1}", ":2 asks nothing"),
            ("{\"id\":1,\"input\":\"a\"}\n{\"id\":1,\"input\":\"b\"}", ":2: there is a case `1` already"),
            ("{\"messages\":[{\"role\":\"user\"}]}", ":1: a message has no `role` or no `content`"),
        ] {
            let fault = #expect(throws: DataFault.self) { _ = try read(text) { try CaseReader.cases($0) } }
            #expect(fault?.summary.contains(words) == true, "\(String(describing: fault))")
        }
        #expect(throws: DataFault.self) { _ = try read("\n\n") { try CaseReader.cases($0) } }
        #expect(throws: DataFault.self) { _ = try CaseReader.cases("/nowhere/cases.jsonl") }
    }

    @Test("a line that never ends is refused before it fills the memory")
    func endless() throws {
        let fault = #expect(throws: DataFault.self) {
            _ = try read("{\"input\": \"" + String(repeating: "a", count: 6 << 20)) { try CaseReader.cases($0) }
        }
        #expect(fault?.summary.contains("longer than 4 MiB") == true)
    }

    @Test("answers belong to the ids they name, or to the cases in their order")
    func answers() throws {
        let named = try read("{\"id\":\"b\",\"answer\":\"x\"}\n{\"id\":3,\"response\":\"y\"}") {
            try CaseReader.answers($0)
        }
        #expect(named == ["b": "x", "3": "y"])
        #expect(
            try read("{\"output\":\"x\"}\n{\"output\":\"y\"}") { try CaseReader.answers($0) } == ["1": "x", "2": "y"])
        #expect(throws: DataFault.self) { _ = try read("{\"id\":1,\"x\":\"\"}") { try CaseReader.answers($0) } }
    }
}
