import Foundation
import PitModel
import PitStore
import Testing

private func filled() throws -> KnowledgeIndex {
    let index = try KnowledgeIndex.inMemory()
    _ = try index.begin(folder: "/docs")
    func put(_ name: String, _ headings: [String], _ texts: String...) throws {
        let passages = texts.enumerated().map { place, text in
            KnowledgePassage(document: name, headings: headings, lines: (place + 1)...(place + 2), text: text)
        }
        try index.put(name, hash: name, bytes: 10, changed: Timestamp(seconds: 5), passages: passages)
    }
    try put("slow.md", ["Slow", "KV cache is full"], "Requests are preempted when it runs out.", "Lower max-num-seqs.")
    try put("zh.md", ["模型回滚"], "在控制台中按 R 键回滚模型。")
    try put("queue.txt", [], "Watch vllm:num_requests_waiting; the cache is not to blame. Rollbacks: café.")
    try index.finish(at: Timestamp(seconds: 9), keeping: ["slow.md", "zh.md", "queue.txt"], skipped: [], count: 0)
    return index
}

private func found(_ index: KnowledgeIndex, _ words: String...) throws -> [String] {
    try index.hits(index.byWords(words, limit: 10)).map(\.hit.passage.place)
}

@Test("passages are found by words, headings before text, stems, accents and Chinese included")
func findsByWords() throws {
    let index = try filled()
    #expect(try found(index, "cache") == ["slow.md:2-3", "slow.md:1-2", "queue.txt:1-2"])
    #expect(try found(index, "num_requests_waiting") == ["queue.txt:1-2"])
    #expect(try found(index, "preempting", "CAFE").sorted() == ["queue.txt:1-2", "slow.md:1-2"])
    #expect(try found(index, "回滚") == ["zh.md:1-2"] && found(index, "滚回") == [])
    #expect(try found(index, "slow.md").first?.hasPrefix("slow.md") == true, "a document's name is searched, too")
    #expect(try index.hits([99]).isEmpty)
}

@Test(
    "what a question holds is never FTS5's syntax",
    arguments: [
        "\"", "cache\" OR \"x", "NEAR(a b)", "text:cache", "preem*", "^cache", "a AND", "(", "-cache", "\u{0}", "''",
        "+", "{a b}:c", String(repeating: "模型", count: 3000), String(repeating: "x\"", count: 3000),
    ])
func questionsAreWords(word: String) throws {
    let index = try filled()
    let all = try found(index, word)
    if word == "preem*" { #expect(all.isEmpty, "a prefix is no word") }
    if word == "text:cache" { #expect(all.isEmpty, "no column is named") }
    #expect(try found(index, "zzz", word).count == all.count)
}

@Test("a document read again replaces its passages, one that is gone goes, another folder begins anew")
func replacesDocuments() throws {
    let index = try filled()
    let known = try index.begin(folder: "/docs")
    #expect(known["slow.md"] == .init(hash: "slow.md", changed: Timestamp(seconds: 5)) && known.count == 3)
    try index.put(
        "slow.md", hash: "2", bytes: 4, changed: nil,
        passages: [KnowledgePassage(document: "slow.md", text: "new words")])
    try index.touch("queue.txt", changed: Timestamp(seconds: 8))
    let skips = [KnowledgeSkip("a.pdf", "why")]
    try index.finish(at: Timestamp(seconds: 20), keeping: ["slow.md", "queue.txt"], skipped: skips, count: 7)
    #expect(try found(index, "preempted").isEmpty && found(index, "回滚").isEmpty && found(index, "new") == ["slow.md:1"])
    var status = try index.status()
    #expect(
        status.documents == 2 && status.passages == 2 && status.bytes == 14 && status.newest == Timestamp(seconds: 8))
    #expect(status.indexedAt == Timestamp(seconds: 20) && status.skipped == skips && status.skippedCount == 7)
    #expect(try index.begin(folder: "/else").isEmpty)
    status = try index.status()
    #expect(status.passages == 0 && status.indexedAt == nil && status.folder == "/else")
}

@Test("vectors: the nearest by cosine, those of one model, none of another length, none left of what is gone")
func findsByMeaning() throws {
    let index = try filled()
    let waiting = try index.unembedded(model: "m", limit: 10)
    #expect(waiting.count == 4 && waiting[0].text.hasPrefix("Slow\nKV cache is full\nRequests"))
    let vectors: [[Double]] = [[1, 0], [3, 3], [-1, 0], [0, 0]]
    try index.keep(Array(zip(waiting.map(\.id), vectors)), model: "m")
    func near(_ vector: [Double], _ model: String = "m", _ limit: Int = 9) throws -> [Int64] {
        try index.byMeaning(vector, model: model, limit: limit)
    }
    #expect(try near([5, 1]) == [waiting[0].id, waiting[1].id], "what points the other way is not near")
    #expect(try near([1, 1], "m", 1) == [waiting[1].id])
    #expect(try near([1, 1], "other").isEmpty && near([1, 1, 1]).isEmpty && near([0, 0]).isEmpty)
    #expect(try index.unembedded(model: "m", limit: 10).isEmpty && index.status().embedded == 4)
    try index.finish(at: Timestamp(seconds: 30), keeping: ["zh.md"], skipped: [], count: 0)
    #expect(try index.status().embedded == 1 && near([5, 1]).isEmpty)
    try index.keep([(waiting[2].id, [1, 1]), (waiting[0].id, [1, 1])], model: "n")
    let status = try index.status()
    #expect(status.embedded == 1 && status.embeddingModel == "n")
}

@Test("knowledge.db is only its owner's, and made anew where it is damaged")
func knowledgeFile() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-kdb-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/knowledge.db"
    do {
        let index = try KnowledgeIndex.open(folder: folder)
        _ = try index.begin(folder: "/docs")
        try index.put(
            "a.md", hash: "1", bytes: 1, changed: nil, passages: [KnowledgePassage(document: "a.md", text: "kept")])
    }
    let rights = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(rights == 0o600)
    #expect(try found(KnowledgeIndex.open(folder: folder), "kept") == ["a.md:1"])
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    try Data(repeating: 0x5A, count: 9000).write(to: URL(filePath: path))
    #expect(try KnowledgeIndex.open(folder: folder).status().documents == 0)
}
