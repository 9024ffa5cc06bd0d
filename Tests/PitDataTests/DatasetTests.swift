import Foundation
import PitData
import PitModel
import Testing

/// A state folder and files to collect from, removed when they go.
private final class Shelf {
    let root = FileManager.default.temporaryDirectory.appending(path: "datasets-\(UUID().uuidString)").path
    var folder: DatasetFolder { DatasetFolder(state: root) }
    init() throws { try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: root) }

    func put(_ name: String, _ text: String) throws -> String {
        let path = "\(root)/\(name)"
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    func rows(_ found: DatasetFolder.Collected) throws -> [String] {
        try String(contentsOfFile: folder.file(found.hash), encoding: .utf8).split(separator: "\n").map(String.init)
    }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted() }
}

@Test("rows are kept as they stand, under the hash of what they are; the same rows make no second file")
func collectsLines() throws {
    let shelf = try Shelf()
    let path = try shelf.put("a.jsonl", "{\"b\": 1.50, \"a\": \"\\u00e9\"}\r\n\n  {\"a\": 2}\n{ broken\n[1]\n")
    let found = try shelf.folder.collect([TableSource(path)])
    #expect(try shelf.rows(found) == [#"{"b": 1.50, "a": "\u00e9"}"#, #"{"a": 2}"#])
    #expect(found.rows == 2 && found.isNew && found.sources[0].kind == "jsonl" && found.sources[0].skipped == 2)
    #expect(found.sources[0].notes.first == "line 4: no JSON object")
    let again = try shelf.folder.collect([TableSource(path)])
    #expect(again.hash == found.hash && !again.isNew && shelf.names == ["\(found.hash).jsonl"])
    let facts = try FileManager.default.attributesOfItem(atPath: shelf.folder.file(found.hash))
    #expect(facts[.posixPermissions] as? Int == 0o400, "nobody writes to it")
    let sum = Process()
    let pipe = Pipe()
    (sum.executableURL, sum.arguments) = (URL(filePath: "/usr/bin/sha256sum"), [shelf.folder.file(found.hash)])
    sum.standardOutput = pipe
    try sum.run()
    let told = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(told.hasPrefix(found.hash), "the name is the SHA-256 of the file")
}

@Test("CSV becomes objects: what JSON would write as a number is one, what is missing is null, the rest is text")
func collectsCSV() throws {
    let shelf = try Shelf()
    let path = try shelf.put(
        "a.csv", "id,code,text\n1,007,\"a, \"\"b\"\"\"\n-2.5e3,+1,\n12345678901234567890,1.,x\n4,5\n")
    let found = try shelf.folder.collect([TableSource(path)])
    #expect(
        try shelf.rows(found) == [
            #"{"id":1,"code":"007","text":"a, \"b\""}"#, #"{"id":-2.5e3,"code":"+1","text":null}"#,
            #"{"id":12345678901234567890,"code":"1.","text":"x"}"#,
        ])
    #expect(found.sources[0].kind == "csv" && found.sources[0].skipped == 1)
}

@Test("a folder gives a row a document, a log of chats a row an exchange, several sources one dataset")
func collectsTexts() throws {
    let shelf = try Shelf()
    _ = try shelf.put("docs/b.md", "# B\n")
    _ = try shelf.put("docs/in/a.txt", "plain")
    _ = try shelf.put("docs/x.bin", "no")
    let chats = try shelf.put(
        "chats.jsonl",
        #"{"id": "r1", "request": {"messages": [{"role": "user", "content": "hi"}]}, "response": "ho", "model": "m"}"#
            + "\n{\"n\": 1}\n")
    let found = try shelf.folder.collect([TextFolderSource(shelf.root + "/docs"), ChatSource(chats)])
    let rows = try shelf.rows(found)
    #expect(rows[0] == ##"{"path":"b.md","text":"# B\n"}"## && rows[1] == #"{"path":"in/a.txt","text":"plain"}"#)
    #expect(rows[2].contains(#""prompt":"hi","response":"ho","messages":[{"role":"user","content":"hi"}]"#))
    #expect(
        rows.count == 3 && found.sources.map(\.kind) == ["text", "chat"] && found.sources.map(\.skipped) == [1, 1])
}

@Test("a checkout gives a row a file with its language; its licence is noted, and a link out of it is not followed")
func collectsCode() throws {
    let shelf = try Shelf()
    _ = try shelf.put("repo/src/a.swift", "let a = 1\n")
    _ = try shelf.put("repo/LICENSE", "Apache License\nVersion 2.0\n")
    _ = try shelf.put("secret.txt", "mine")
    let root = shelf.root + "/repo"
    try FileManager.default.createSymbolicLink(atPath: root + "/b.py", withDestinationPath: shelf.root + "/secret.txt")
    let revision = "4f2a9c1e77aa0000000000000000000000000000+changes"
    let source = CodeSource(root, files: ["src/a.swift", "b.py", "LICENSE", "../secret.txt"], revision: revision)
    let found = try shelf.folder.collect([source])
    #expect(
        try shelf.rows(found).last
            == #"{"path":"src/a.swift","language":"Swift","bytes":10,"text":"let a = 1\n"}"#)
    let told = found.sources[0]
    #expect(told.rows == 2 && told.skipped == 2 && told.license == "LICENSE: Apache-2.0")
    #expect(told.revision == revision && told.languages == ["Swift": 1, "other": 1])
    #expect(told.words == "git \(root) 4f2a9c1e77aa+changes (LICENSE: Apache-2.0)")
}

@Test("exchanges are written a page at a time, with the release that answered")
func collectsExchanges() throws {
    let shelf = try Shelf()
    var left = 2
    let source = ExchangeSource("with m") { () throws(DataFault) -> ExchangeSource.Page? in
        left -= 1
        guard left >= 0 else { return nil }
        let exchange = Interaction(
            id: "x\(left)", connection: ConnectionName("c"), model: ModelName("m"), at: Timestamp(milliseconds: 1000),
            messages: [.init("user", "why?")], response: nil, latency: 0.5)
        return [(exchange, "v\(left)")]
    }
    let rows = try shelf.rows(try shelf.folder.collect([source]))
    #expect(rows.count == 2 && rows[0].hasPrefix(#"{"id":"x1","at":"1970-01-01T00:00:01"#))
    #expect(
        rows[1].contains(#""release":"v0","prompt":"why?","response":null,"#) && rows[1].contains(#""latency":0.5,"#))
}

@Test("what cannot be read leaves nothing behind, and says what to do; what a killed collection left goes")
func collectsNothing() throws {
    let shelf = try Shelf()
    let good = try shelf.put("a.jsonl", "{\"a\": 1}\n")
    let empty = try shelf.put("b.jsonl", "{ no\n")
    #expect(throws: DataFault.self) {
        try shelf.folder.collect([TableSource(good), TableSource(shelf.root + "/none.csv")])
    }
    #expect(throws: DataFault.self) { try shelf.folder.collect([TableSource(empty)]) }
    #expect(shelf.names.isEmpty)
    _ = try shelf.put("datasets/collecting.2147483646.part", "half")
    _ = try shelf.folder.collect([TableSource(good)])
    #expect(shelf.names.count == 1 && shelf.names[0].hasSuffix(".jsonl"))
}
