import Foundation
import PitData
import PitModel
import Testing

private let runbook = """
    ---
    title: Slow
    ---
    # Slow first token

    What it looks like.

    ```sh
    # no heading
    ```
    ## Causes ##
    The KV cache is full.
    #hashtag

    ### Long queue

    Requests wait.

    Rollback
    --------
    - press R
    ---
    """

@Test("Markdown is cut along its headings, which fenced code, front matter and rules are none of")
func splitsMarkdown() {
    let found = PassageSplitter().passages(of: runbook.replacing("\n", with: "\r\n"), document: "a/slow.MD")
    #expect(
        found.map { $0.headings.joined(separator: ">") } == [
            "", "Slow first token", "Slow first token>Causes", "Slow first token>Causes>Long queue",
            "Slow first token>Rollback",
        ])
    #expect(
        found.map(\.place)
            == ["slow.MD:2", "slow.MD:4-10", "slow.MD:11-13", "slow.MD:15-17", "slow.MD:19-22"].map { "a/" + $0 })
    #expect(found[1].text.hasSuffix("# no heading\n```") && found[4].text == "- press R\n---")
    let plain = PassageSplitter().passages(of: runbook, document: "slow.txt")
    #expect(plain.count == 1 && plain[0].headings.isEmpty && plain[0].lines == 1...22)
    #expect(PassageSplitter().passages(of: " \n\n\t\n", document: "x.md").isEmpty)
}

@Test("whatever the text: no passage is larger than allowed, none of its words is lost, lines are true, it ends")
func splitsAnything() {
    var seed = SystemRandomNumberGenerator()
    let pieces = [
        "word", " ", "\n", "\n\n", "# h\n", "```\n", "é\u{301}", "模", "👩‍👩‍👧", String(repeating: "x", count: 90), "---\n",
    ]
    for _ in 0..<150 {
        let text = (0..<Int.random(in: 0...120, using: &seed)).map { _ in pieces.randomElement(using: &seed) ?? "" }
            .joined()
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(Substring($0)) }
        let found = PassageSplitter(most: 64, overlap: 20).passages(of: text, document: "t.txt")
        for passage in found {
            #expect(passage.text.utf8.count <= 64)
            let own = lines[(passage.lines.lowerBound - 1)...(passage.lines.upperBound - 1)].joined(separator: "\n")
            #expect(passage.text.split { $0.isWhitespace }.allSatisfy { own.utf8.firstRange(of: $0.utf8) != nil })
        }
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.lines.lowerBound <= $1.lines.lowerBound })
        let covered = Set(found.flatMap { Array($0.lines) })
        for (place, line) in lines.enumerated() where line.contains(where: { !$0.isWhitespace }) {
            #expect(covered.contains(place + 1), "line \(place + 1) of \(text.debugDescription)")
        }
    }
}

@Test("one character as long as a file is cut as fast as words are")
func splitsOneCharacter() {
    let text = "e" + String(repeating: "\u{301}", count: 100_000)
    let found = PassageSplitter().passages(of: text, document: "t.txt")
    #expect(found.count == 126 && found.map(\.text.utf8.count).reduce(0, +) == text.utf8.count)
}

@Test("neighbours overlap, and a paragraph is kept whole where it fits")
func overlaps() {
    let text = (1...30).map { "Sentence number \($0)." + ($0 % 3 == 0 ? "\n" : "") }.joined(separator: "\n")
    let found = PassageSplitter(most: 200, overlap: 60).passages(of: text, document: "t.txt")
    #expect(found.count > 3)
    for (one, next) in zip(found, found.dropFirst()) {
        #expect(next.lines.lowerBound <= one.lines.upperBound && next.lines.upperBound > one.lines.upperBound)
        #expect(one.text.hasSuffix(".") && (Int(one.text.split(separator: " ").last?.dropLast() ?? "") ?? 1) % 3 == 0)
    }
}

@Test("a folder is read in order; what is large, no text, elsewhere, a loop, a pipe or too much is left out and told")
func readsFolder() throws {
    let files = FileManager.default
    let root = files.temporaryDirectory.appending(path: "pitwall-knowledge-\(UUID().uuidString)")
    let docs = root.appending(path: "docs")
    defer { try? files.removeItem(at: root) }
    try files.createDirectory(at: docs.appending(path: "deep/er"), withIntermediateDirectories: true)
    try files.createDirectory(at: docs.appending(path: ".git"), withIntermediateDirectories: true)
    func write(_ name: String, _ data: Data) throws { try data.write(to: docs.appending(path: name)) }
    try write("b.txt", Data("\u{FEFF}plain".utf8))
    try write("deep/er/a.md", Data("# A\n".utf8))
    try write(".git/hidden.md", Data("no".utf8))
    try write("big.md", Data(repeating: 0x61, count: (2 << 20) + 1))
    try write("nul.md", Data([0x61, 0, 0x62]))
    try write("latin.txt", Data([0xE4, 0x20, 0x62]))
    try write("c.pdf", Data("%PDF".utf8))
    try Data("secret".utf8).write(to: root.appending(path: "outside.txt"))
    for (name, to) in [
        ("deep/loop", ".."), ("deep/up", "../.."), ("z.txt", "b.txt"), ("o.txt", "../outside.txt"),
        ("gone.md", "nowhere"),
    ] {
        try files.createSymbolicLink(atPath: docs.appending(path: name).path, withDestinationPath: to)
    }
    #expect(mkfifo(docs.appending(path: "pipe.md").path, 0o600) == 0)

    var read: [String: String] = [:]
    let outcome = try KnowledgeFolder(docs.path).read { (one: KnowledgeFolder.Document) throws(Never) in
        read[one.name] = one.text
        #expect(one.hash.utf8.count == 64)
    }
    #expect(read == ["b.txt": "plain", "deep/er/a.md": "# A\n"])
    let why = Dictionary(outcome.skipped.map { ($0.document, $0.why) }, uniquingKeysWith: { first, _ in first })
    #expect(why["big.md"] == "is larger than 2 MiB" && why["nul.md"] == "is no text")
    #expect(why["latin.txt"] == "is not UTF-8" && why["c.pdf"] == "is neither Markdown nor plain text")
    #expect(why["deep/loop"] == "leads to what is read already" && why["deep/up"] == "leads out of the folder")
    #expect(why["z.txt"] == "leads to what is read already" && why["o.txt"] == "leads out of the folder")
    #expect(why["pipe.md"] == "is no file" && why["gone.md"] == "leads nowhere" && outcome.skippedCount == 10)

    var names: [String] = []
    let few = try KnowledgeFolder(docs.path, files: 1, bytes: 1 << 20).read {
        (one: KnowledgeFolder.Document) throws(Never) in names.append(one.name)
    }
    #expect(
        names == ["b.txt"] && few.skipped.last == KnowledgeSkip("big.md", "and all after it: more than 1 files"))
    #expect(throws: DataFault.self) { try KnowledgeFolder(docs.path + "/none").check() }
}

@Test("questions with what is expected are read, and places hold passages by document and heading")
func readsCases() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "pitwall-cases-\(UUID().uuidString).jsonl")
    defer { try? FileManager.default.removeItem(at: file) }
    func write(_ text: String) throws { try text.write(to: file, atomically: true, encoding: .utf8) }
    try write(#"{"question":"q","expected":["a.md#KV-cache, is full!","b.md"]}"# + "\n\n")
    let one = try #require(try RetrievalCase.read(file.path).first)
    let passages = [
        KnowledgePassage(document: "c.md"), KnowledgePassage(document: "a.md", headings: ["KV cache"]),
        KnowledgePassage(document: "a.md", headings: ["Top", "KV cache is full"]),
    ]
    #expect(one.places(in: passages) == [3, nil])
    for bad in ["{", #"{"question":"q"}"#, #"{"expected":"a"}"#, ##"{"question":"q","expected":"#x"}"##, ""] {
        try write(bad)
        #expect(throws: DataFault.self) { try RetrievalCase.read(file.path) }
    }
}
