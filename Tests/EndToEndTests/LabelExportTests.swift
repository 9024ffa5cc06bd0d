import Foundation
import PitTestKit
import Testing

/// Judgements of two people become datasets, and what others read datasets with takes them.
struct LabelExportTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-labels-\(UUID().uuidString)")

    /// Four dozen judgements of two people: of answers, which one in four times they see differently, and of pairs.
    private func judgements() throws -> String {
        var rows: [[String: Any]] = []
        for number in 0..<16 {
            let prompt = [
                ["role": "system", "content": "You help customers."],
                ["role": "user", "content": "Question \(number) of ana.kestrel@example.org: “why\u{2028}so”?"],
            ]
            for author in ["ana", "bo"] {
                let isGood = author == "ana" || number % 4 > 0
                rows.append([
                    "item": "log/t-\(number)", "messages": prompt, "response": "Answer \(number)\n\nto \"you\".",
                    "author": author, "question": "quality", "kind": "choice", "value": isGood ? "good" : "bad",
                    "judged_at": "2026-01-02T03:04:\(number + 10)Z",
                ])
            }
            rows.append([
                "item": "log/p-\(number)", "messages": prompt,
                "answers": ["Short \(number).", "A long answer \(number)."],
                "author": number % 2 == 0 ? "ana" : "bo", "question": "better", "kind": "preference",
                "value": ["first", "second", "tie"][number % 3], "judged_at": "2026-01-02T03:05:\(number + 10)Z",
            ])
        }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "judged.jsonl")
        let lines = try rows.map { String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self) }
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    @Test("every format is read by datasets, TRL's functions and InstructLab's parser")
    func formats() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = try judgements()
        let formats = ["dpo", "kto", "sft", "openai", "instructlab", "labelstudio", "csv"]
        for format in formats {
            var words = [
                "export", "labels", "--from", file, "--format", format, "--out", folder.appending(path: format).path,
            ]
            words += ["--license", "apache-2.0", "--redact", "email", "--dedup", "exact", "--task", "Help customers"]
            if format != "instructlab" { words += ["--split", "train=0.7,test=0.3"] }
            let output = try Command([Peers.program] + words).run()
            #expect(output.status == 0, "\(format): \(output.text)")
            let grep = try Command(["grep", "-rl", "kestrel", folder.appending(path: format).path]).run()
            #expect(grep.text.isEmpty, "\(format) still names somebody")
        }
        let folders = formats.map { folder.appending(path: $0).path }
        let check = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Tools/dataset_check.py")
        let python = try Command([
            "sh", "-c", "echo ${PITWALL_PEERS:-$HOME/.cache/pitwall-peers}/mlflow-venv/bin/python",
        ]).run()
        let read = try Command(
            [
                python.text.trimmingCharacters(in: .whitespacesAndNewlines), check.standardized.path,
            ] + folders
        ).run()
        #expect(
            read.status == 0 && read.text.components(separatedBy: "rows well").count == formats.count + 1,
            "\(read.text)")
        // A wrong one is seen: a row that says nothing is behind the others.
        let broken = folder.appending(path: "dpo/train.jsonl")
        let handle = try FileHandle(forWritingTo: broken)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("{}\n".utf8))
        try handle.close()
        let again = try Command([
            python.text.trimmingCharacters(in: .whitespacesAndNewlines), check.standardized.path, folders[0],
        ]).run()
        #expect(again.status == 1 && again.text.contains("train.jsonl differs"))
    }

    @Test("what was brought in is exported from what is kept, byte for byte as from its file")
    func kept() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = try judgements()
        let config = folder.appending(path: "config.yaml").path
        try "connections: []\nmodels: []\n".write(toFile: config, atomically: true, encoding: .utf8)
        func pitwall(_ words: String...) throws -> Command.Output {
            try Command(
                [Peers.program] + words + ["--config", config],
                environment: ["XDG_STATE_HOME": folder.appending(path: "state").path, "LC_ALL": "C.UTF-8"]
            ).run()
        }
        let first = try pitwall("import", "labels", file, "--queue", "nightly")
        #expect(first.status == 0 && first.text.contains("48 judgements read, 48 new ones kept"), "\(first.text)")
        #expect(try pitwall("import", "labels", file, "--queue", "nightly").text.contains("48 judgements read, 0 new"))
        for format in ["dpo", "kto", "sft"] {
            let (a, b) = (folder.appending(path: "\(format)-kept").path, folder.appending(path: "\(format)-file").path)
            #expect(try pitwall("export", "labels", "--format", format, "--queue", "nightly", "--out", a).status == 0)
            let words = ["export", "labels", "--format", format, "--queue", "nightly", "--from", file, "--out", b]
            #expect(try Command([Peers.program] + words).run().status == 0)
            let difference = try Command(["diff", "-r", a, b]).run().text
            #expect(difference == "", "\(difference)")
        }
        let trail = try pitwall("get", "audit", "-o", "json").text
        #expect(trail.contains("labels exported") && trail.contains("nightly") && trail.contains("dpo to "), "\(trail)")
    }

    @Test("what is left out is told, and what cannot be done says what to do")
    func words() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = try judgements()
        func export(_ words: String...) throws -> Command.Output {
            try Command(
                [Peers.program, "export", "labels", "--from", file, "--out", folder.appending(path: "out").path] + words
            ).run()
        }
        let kto = try export("--format", "kto")
        #expect(kto.status == 0 && kto.text.contains("as many people said the one as the other: 4"))
        #expect(kto.text.contains("the license is unknown: say it with --license"))
        #expect(
            try export("--format", "kto", "--authors", "ana").text.contains(
                "judgements by others than those asked for: 24"))
        let none = try export("--format", "parquet")
        #expect(
            none.status == 2 && none.text.contains("There are: dpo, kto, sft, openai, instructlab, labelstudio, csv"))
        let few = try export("--format", "instructlab", "--task", "Help", "--min-agree", "3")
        #expect(few.status == 2 && few.text.contains("InstructLab wants 5 examples at least, and there are 0"))
        let fields = try export("--format", "kto", "--field", "nobody=x")
        #expect(fields.status == 2 && fields.text.contains("There are: item, connection"))
        // An item is no word for good or bad.
        #expect(try export("--format", "kto", "--field", "value=item", "--from-format", "jsonl").status == 2)
        #expect(try export("--format", "kto", "--split", "train=2").text.contains("train=0.9,test=0.1"))
    }
}
