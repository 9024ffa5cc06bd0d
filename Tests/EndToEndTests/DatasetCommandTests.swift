import Foundation
import PitTestKit
import Testing

/// `data collect`, `list` and `show`, and datasets where a file can be named.
struct DatasetCommandTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-data-\(UUID().uuidString)")

    private func write(_ name: String, _ text: String) throws -> String {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    private func run(_ words: String...) throws -> Command.Output {
        try Command(
            words,
            environment: [
                "XDG_STATE_HOME": folder.path, "USER": "ana", "LC_ALL": "C.UTF-8", "HOME": folder.path,
                "GIT_CONFIG_NOSYSTEM": "1",
            ]
        ).run()
    }

    @Test("what was collected is listed, shown, profiled by its name; the same rows are no new version")
    func collects() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = Peers.program
        let rows = try write("a.jsonl", "{\"text\": \"one \\u001b[31m\"}\n{\"text\": \"two\"}\n")
        let first = try run(program, "data", "collect", "chats", "--from", rows)
        #expect(first.status == 0 && first.text.contains("chats@1  2 rows") && first.text.contains("by ana"))
        #expect(try run(program, "data", "collect", "chats", "--from", rows).text.contains("nothing new was kept"))
        let more = try write("b.csv", "text,n\nthree,3\n\"broken\n")
        let second = try run(program, "data", "collect", "chats", "--from", rows, "--from", more)
        #expect(second.status == 1 && second.text.contains("chats@2  3 rows"), "\(second.text)")
        let list = try run(program, "data", "list", "-o", "json").text
        #expect(list.contains("\"version\" : 2"), "\(list)")
        #expect(try run(program, "data", "show", "chats@1", "--rows", "1").text == "{\"text\": \"one \\u001b[31m\"}\n")
        let profile = try run(program, "data", "profile", "chats", "-o", "csv")
        #expect(profile.status == 0 && profile.text.contains("\nn,number,1,2"))
        let doubles = try run(program, "data", "dedup", "chats@2", "--by", "text", "-o", "csv")
        #expect(doubles.status == 0 && doubles.text.contains("3,3,0,0"), "\(doubles.text)")
        let parts = try run(program, "data", "split", "chats@1", "--out", folder.appending(path: "parts").path)
        #expect(parts.status == 0 && parts.text.contains("train.jsonl"), "\(parts.text)")
        let drift = try run(program, "drift", "compare", "chats@1", "chats@2", "--column", "text", "-o", "csv")
        #expect(drift.text.contains("text,") && !drift.text.contains("cannot be read"), "\(drift.text)")
        _ = try run(
            program, "data", "collect", "cases", "--from", write("c.jsonl", "{\"id\": \"1\", \"input\": \"hello\"}\n"))
        let suite =
            "name: shop\ndataset: cases@1\nsystems: [{name: a, answers: answers.jsonl}]\nmetrics: [length]\n"
        _ = try write("answers.jsonl", "{\"id\": \"1\", \"answer\": \"hi\"}\n")
        let checked = try run(program, "eval", "check", write("suite.yaml", suite))
        #expect(checked.text.contains("1 cases"), "\(checked.text)")
        let missing = try run(program, "data", "show", "other")
        #expect(missing.status == 2 && missing.text.contains("See them: pitwall data list"), "\(missing.text)")
        let none = try run(program, "data", "collect", "kept", "--from", "interactions", "--since", "1h")
        #expect(none.status == 2 && none.text.contains("there is no row in"), "\(none.text)")
        let screen = try run(
            program, "snapshot", "--screen", "data", "--size", "100x24", "--config", try write("config.yaml", "{}"))
        #expect(screen.text.contains("chats@2") && screen.text.contains("ana"), "\(screen.text)")
    }

    @Test("a checkout is read as git tracks it, with its commit and licence; what is not tracked stays out")
    func collectsCheckout() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let code = try write("repo/src/a.py", "print(1)\n")
        _ = try write("repo/COPYING", "Permission is hereby granted, free of charge, to any person\n")
        let repo = folder.appending(path: "repo").path
        let git = ["/usr/bin/env", "git", "-C", repo, "-c", "user.name=t", "-c", "user.email=t@example.com"]
        for words in [["init", "-q"], ["add", "."], ["commit", "-q", "-m", "one"]] {
            let done = try Command(git + words, environment: ["HOME": folder.path]).run()
            #expect(done.status == 0, "\(done.text)")
        }
        _ = try write("repo/secrets.env", "TOKEN=1\n")
        let clean = try run(Peers.program, "data", "collect", "code", "--from", repo)
        #expect(
            clean.status == 0 && clean.text.contains("(COPYING: MIT)") && clean.text.contains("Python 1"),
            "\(clean.text)")
        #expect(clean.text.contains("2 rows") && !clean.text.contains("+changes"))
        try "print(2)\n".write(toFile: code, atomically: true, encoding: .utf8)
        let changed = try run(Peers.program, "data", "collect", "code", "--from", repo)
        #expect(changed.text.contains("code@2") && changed.text.contains("+changes"), "\(changed.text)")
    }
}
