import Foundation
import PitTestKit
import Testing

/// Commands that read files and need no server.
struct FileCommandTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-files-\(UUID().uuidString)")

    private func write(_ name: String, _ text: String) throws -> String {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: name)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    private func object(_ words: [String]) throws -> [String: Any] {
        let output = try Command([Peers.program] + words).run()
        return try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [String: Any] ?? [:]
    }

    @Test("score says what sacrebleu says of two files, with its signature")
    func score() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let hyp = try write("hyp", "the cat sat on the mat .\nthere is a dog here\n")
        let ref = try write("ref", "the cat is on the mat .\nthere is a dog over here\n")
        let bleu = try object(["score", "bleu", "--ref", ref, "--hyp", hyp, "-o", "json"])
        #expect((bleu["score"] as? Double).map { abs($0 - 52.61364017883966) < 1e-9 } == true)
        #expect(bleu["signature"] as? String == "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0")
        let rouge = try object(["score", "rouge", "--ref", ref, "--hyp", hyp, "-o", "json"])
        #expect((rouge["rougeL"] as? [String: Double])?.keys.sorted() == ["fmeasure", "precision", "recall"])
        let short = try Command([Peers.program, "score", "ter", "--ref", hyp, "--hyp", try write("one", "a\n")]).run()
        #expect(short.status == 2 && short.text.contains("line N must belong to line N"))
    }

    @Test("agreement says how far people agree, and what is missing where it cannot")
    func agreement() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let rows = ["a", "b", "c", "d"].flatMap { ["\($0),ana,good", "\($0),bo,\($0 == "d" ? "bad" : "good")"] }
        let file = try write("judged.csv", (["item,who,label"] + rows).joined(separator: "\n") + "\n")
        let words = ["agreement", file, "--item", "item", "--annotator", "who", "--value", "label"]
        let report = try object(words + ["-o", "json", "--bootstrap", "0"])
        #expect(report["percent_agreement"] as? Double == 0.75)
        #expect(report["krippendorff_alpha"] as? Double == 0)
        #expect((report["cohen_kappa"] as? [[String: Any]])?.first?["n"] as? Int == 4)
        let wrong = try Command([Peers.program] + words.dropLast() + ["verdict"]).run()
        #expect(wrong.status == 2 && wrong.text.contains("The head has: item, who, label"))
    }

    @Test("who is to poll for long waits for one that holds the folder for a moment")
    func pollersTakeTurns() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let config = try write("config.yaml", "connections: []\nmodels: []\n")
        let state = folder.appending(path: "state").path
        let script = """
            "$0" poll --for 1500ms --config "$1" >/dev/null 2>&1 &
            until [ -s "$2/pitwall/poller.lock" ]; do :; done
            "$0" poll --for 100ms --config "$1"
            """
        let behind = try Command(
            ["bash", "-c", script, Peers.program, config, state], environment: ["XDG_STATE_HOME": state]
        )
        .run()
        #expect(behind.status == 0 && !behind.text.contains("already"), "\(behind.text)")
    }

    @Test("data clean begins with its own example, shows what it would do, and does it")
    func cleaning() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let example = try Command([Peers.program, "data", "clean", "--example"]).run().text
        let recipe = try write("recipe.yaml", example)
        // Every option stands there as it can be written: without its comments it is a recipe, too.
        let steps = try #require(example.range(of: "steps:\n"))
        let whole = example[steps.upperBound...].split(separator: "\n").compactMap { line -> String? in
            let text = line.hasPrefix("  # ") ? "  " + line.dropFirst(4) : String(line)
            return text.hasPrefix("  - ") || text.hasPrefix("    ") ? text : nil
        }
        let full = try write("full.yaml", "version: 1\nsteps:\n" + whole.joined(separator: "\n") + "\n")
        let rows = [#"{"t": " a  b ", "label": "pos"}"#, "{", #"{"t": "mail ana@example.com", "label": "x"}"#]
        let file = try write("in.jsonl", rows.joined(separator: "\n") + "\n")
        let all = try Command([Peers.program, "data", "clean", file, "--recipe", full, "--preview", "1"]).run()
        #expect(all.status == 0, "\(all.text)")
        let shown = try object(["data", "clean", file, "--recipe", recipe, "--preview", "2", "-o", "json"])
        #expect((shown["entries"] as? [[String: Any]])?.map { $0["after"] as? String } == ["a b", "mail [email]"])
        let out = folder.appending(path: "out.jsonl").path
        let done = try Command([Peers.program, "data", "clean", file, "--recipe", recipe, "--out", out]).run()
        #expect(done.status == 1 && done.text.contains(":2: no JSON object") && done.text.contains("2 rows in, 2 out"))
        let left = try String(contentsOfFile: out, encoding: .utf8)
        #expect(left == "{\"t\": \"a b\", \"label\": \"pos\"}\n{\"t\": \"mail [email]\", \"label\": \"x\"}\n")
        let wrong = try write("wrong.yaml", "version: 1\nsteps: [whitespaces]\n")
        let told = try Command([Peers.program, "data", "clean", file, "--recipe", wrong, "--out", out]).run()
        #expect(
            told.status == 2 && told.text.contains("wrong.yaml:2:9") && told.text.contains("Did you mean `whitespace`?")
        )
        let words = try Command([Peers.program, "data", "clean", "--stopwords", "de"]).run()
        #expect(words.text.contains("    - \"und\"\n"))
    }

    @Test("data compare tells what of a test set the training set has; data export writes what trainers read")
    func comparingAndExporting() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = (0..<20).map { "word\($0)" }.joined(separator: " ")
        let train = try write("train.jsonl", "{\"id\": 1, \"prompt\": \"a\", \"answer\": \"\(text)\"}\n")
        let test = try write("test.csv", "prompt,answer\nb,so it is and always was: \(text)\n\"open,c\n")
        let found = try Command([Peers.program, "data", "compare", train, test, "--column", "answer", "-o", "json"])
            .run()
        #expect(found.status == 1)
        let shown = try Command([Peers.program, "data", "compare", train, test]).run().text
        #expect(shown.contains("id") && shown.contains("line 2 and line 1: runs shared") && shown.contains(text))
        let out = folder.appending(path: "out").path
        let words = ["data", "export", test, "--format", "openai", "--response", "answer", "--out", out]
        let done = try Command([Peers.program] + words).run()
        #expect(done.status == 1 && done.text.contains("1 rows of 1"))
        let rows = try String(contentsOfFile: out + "/chat/train.jsonl", encoding: .utf8)
        #expect(rows.contains("{\"role\":\"user\",\"content\":\"b\"}"))
        let none = try Command([Peers.program, "data", "export", test, "--format", "kto", "--out", out]).run()
        #expect(none.status == 2 && none.text.contains("sft, dpo, openai, instructlab"))
    }
}
