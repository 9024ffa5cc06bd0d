import Foundation
import PitTestKit
import Testing

/// `ask` and `knowledge` over a folder of their own, with a server that nothing answers at.
struct KnowledgeCommandTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-ask-\(UUID().uuidString)")

    private func write(_ name: String, _ text: String) throws {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    private func run(_ words: String...) throws -> Command.Output {
        try Command(
            [Peers.program] + words + ["--config", folder.appending(path: "config.yaml").path],
            environment: ["XDG_STATE_HOME": folder.path, "USER": "ana", "LC_ALL": "C.UTF-8"]
        ).run()
    }

    @Test("the folder is read, searched and checked; without an answer the passages stand, and nothing found is said")
    func knowledge() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write(
            "config.yaml",
            """
            connections: [{name: gate, kind: openai, url: 'http://127.0.0.1:9', timeout: 2s, proxy: none}]
            knowledge: {path: docs, answers: {connection: gate, model: tiny}}
            """)
        let missing = try run("knowledge", "index")
        #expect(missing.status == 3 && missing.text.contains("Mend `path` under `knowledge`"), "\(missing.text)")
        try write("docs/slow.md", "# Slow\n\n## KV cache is full\n\nScale \u{1B}]0;owned\u{07}out.\n")
        try write("docs/notes.txt", "The canary r14 answered nothing.\n")
        try write("q.jsonl", #"{"question": "kv cache full", "expected": "slow.md#kv-cache-is-full"}"# + "\n")

        let asked = try run("ask", "what if the KV cache is full?")
        #expect(asked.status == 3 && asked.text.contains("[1] slow.md:3-5  Slow > KV cache is full"), "\(asked.text)")
        #expect(asked.text.contains("no answer: gate: connection refused") && !asked.text.contains("\u{1B}]0"))
        #expect(
            asked.text.contains("index: 2 documents, 2 passages, read 0s ago") || asked.text.contains("read 1s ago"))
        let nothing = try run("ask", "What is the capital of France?")
        #expect(nothing.status == 1 && nothing.text.contains("Nothing was found in 2 documents: no model was asked."))
        let only = try run("ask", "r14", "--only-passages", "-o", "json")
        let object = try JSONSerialization.jsonObject(with: Data(only.text.utf8)) as? [String: Any]
        let passages = try #require(object?["passages"] as? [[String: Any]], "\(only.text)")
        #expect(only.status == 0 && passages.map { $0["document"] as? String } == ["notes.txt"])

        let check = try run("knowledge", "check", folder.appending(path: "q.jsonl").path, "-o", "csv")
        #expect(check.text.contains("words,recall@1,1.0,,,1") && check.status == 0, "\(check.text)")
        try write(
            "suite.yaml",
            """
            {name: docs, dataset: q.jsonl, systems: [{name: own, knowledge: words, path: docs}], metrics: [recall, ndcg],
            thresholds: [{metric: recall, at_least: 1}]}
            """)
        let suite = try run("eval", "run", folder.appending(path: "suite.yaml").path, "--gate", "-o", "json")
        #expect(suite.status == 0 && suite.text.contains(#""metric" : "ndcg""#), "\(suite.text)")
        try write("q.jsonl", #"{"question": "kv cache full", "expected": "slw.md"}"# + "\n")
        let wrong = try run("knowledge", "check", folder.appending(path: "q.jsonl").path)
        #expect(wrong.status == 2 && wrong.text.contains("Did you mean `slow.md`?"))
    }
}
