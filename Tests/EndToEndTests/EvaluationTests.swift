import Foundation
import PitTestKit
import Testing

/// A server of ours that answers chats, and a folder with suites to ask it.
private final class Chat {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-eval-\(UUID().uuidString)")
    private var process: Process?
    private(set) var port = ""
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../Peers/chat_server.py"
    ).standardized.path

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    private func stop() {
        guard let process, process.isRunning else { return }
        // What tests start has most signals blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Starts the server, in place of the one before.
    func start(_ modes: String...) async throws {
        stop()
        let file = folder.appending(path: "port-\(UUID().uuidString)").path
        let next = Process()
        next.executableURL = URL(filePath: "/usr/bin/env")
        next.arguments = ["python3", Self.script, file] + modes
        (next.standardOutput, next.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try next.run()
        process = next
        port =
            try await Peers.wait("the server") {
                try? String(contentsOfFile: file, encoding: .utf8)
            } until: {
                $0 != nil
            } ?? ""
        try write(
            "config.yaml",
            "connections: [{name: gate, kind: openai, url: 'http://127.0.0.1:\(port)', timeout: 5s, proxy: none}]\n")
    }

    func write(_ name: String, _ text: String) throws {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }

    func eval(_ words: String...) throws -> Command.Output {
        let isRun = words.first == "run"
        return try Command(
            [Peers.program, "eval"] + words + (isRun ? ["--config", folder.appending(path: "config.yaml").path] : []),
            environment: ["XDG_STATE_HOME": folder.path, "USER": "ana", "LC_ALL": "C.UTF-8"]
        ).run()
    }

    var suite: String { folder.appending(path: "suite.yaml").path }

    func object(_ output: Command.Output) throws -> [String: Any] {
        let start = try #require(output.text.range(of: "\n{") ?? output.text.range(of: "{"), "\(output.text)")
        let end = try #require(output.text.range(of: "\n}", options: .backwards))
        let text = output.text[start.lowerBound..<end.upperBound]
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
}

extension EndToEnd {
    @Test("a suite is run against a server that asks to wait, then one that dies, is resumed, gated and compared")
    func evaluation() async throws {
        let chat = try Chat()
        let cases = (0..<24).map {
            #"{"id":"c\#($0)","input":"word \#($0)","reference":"word \#($0)","half":\#($0 % 2)}"#
        }
        try chat.write("cases.jsonl", cases.joined(separator: "\n") + "\n")
        let suite = """
            name: echo
            dataset: cases.jsonl
            slices: [half]
            systems: [{name: chat, connection: gate, model: tiny}]
            metrics: [{metric: exact_match, strict: true}, chrf]
            retries: 1
            thresholds:
              - {metric: exact_match, at_least: 0.9}
              - {metric: exact_match, worse_by: 0.05}
            """
        try chat.write("suite.yaml", suite)
        // Suites to begin with are what the check takes.
        for name in ["red-team", "support"] {
            let example = try chat.eval("example", name, "--connection", "gate", "--model", "tiny")
            try chat.write("\(name).yaml", example.text)
            let taken = try chat.eval("check", chat.folder.appending(path: "\(name).yaml").path)
            #expect(taken.status == 0 && taken.text.contains("\(name): ok"), "\(taken.text)")
        }
        let checked = try chat.eval("check", chat.suite)
        #expect(checked.status == 0 && checked.text.contains("24 cases, 24 with references"), "\(checked.text)")

        // The first run has nothing to compare with: that is told, and no failure.
        try await chat.start("limit=3")
        let first = try chat.eval("run", chat.suite, "--gate", "-o", "json")
        #expect(first.status == 0 && first.text.contains("later ones are held against this one"), "\(first.text)")
        let found = try chat.object(first)
        #expect(found["run"] as? String == "echo-1" && found["answered"] as? Int == 24)
        let figures = try #require(found["figures"] as? [[String: Any]])
        #expect(figures.first?["value"] as? Double == 1)
        #expect(figures.contains { $0["slice"] as? String == "half=1" && $0["cases"] as? Int == 12 })
        #expect(figures.contains { ($0["signature"] as? String)?.contains("nrefs:1") == true })

        // A server that dies in the middle of a reply: what is there is kept, and a live one finishes it.
        try await chat.start("die=10")
        let dead = try chat.eval("run", chat.suite, "--gate")
        #expect(dead.status == 3 && dead.text.contains("--resume echo-2"), "\(dead.text)")
        let half = try chat.object(chat.eval("show", "echo-2", "-o", "json"))
        let answered = try #require(half["answered"] as? Int)
        #expect(half["state"] as? String == "stopped" && (1...9).contains(answered))
        try await chat.start()
        let resumed = try chat.eval("run", chat.suite, "--resume", "echo-2", "--gate", "-o", "json")
        #expect(resumed.status == 0, "\(resumed.text)")
        let whole = try chat.object(resumed)
        #expect(whole["answered"] as? Int == 24 && whole["baseline"] as? String == "echo-1")

        // A worse model is a regression, and only with --gate a failure.
        try await chat.start("upper")
        let worse = try chat.eval("run", chat.suite, "--gate", "--baseline", "echo-1")
        #expect(
            worse.status == 1 && worse.text.contains("breached: chat: exact_match at least 0.9: 0.000"), "\(worse.text)"
        )
        #expect(worse.text.contains("against echo-1, p 0.00"))
        let worst = try chat.eval("show", "echo-3", "--worst", "2", "--slice", "half=1")
        #expect(
            worst.text.contains("c1 ") && worst.text.contains("WORD 1") && worst.text.contains("word 1"),
            "\(worst.text)")
        let compared = try chat.eval("compare", "echo-1", "echo-3")
        #expect(compared.text.contains("worse") && compared.text.contains("-1.000"), "\(compared.text)")
        let listed = try chat.eval("list")
        #expect(listed.text.contains("echo-2") && listed.text.contains("breached") && listed.text.contains("held"))
    }

    @Test(
        "a suite that cannot be run says why, where, and what to do; one case's fault is told with the others' answers")
    func evaluationTrouble() async throws {
        let chat = try Chat()
        try await chat.start("slow=asleep")
        func suite(_ more: String, model: String = "tiny", connection: String = "gate") -> String {
            """
            name: odd
            systems: [{name: chat, connection: \(connection), model: \(model)}]
            metrics: [exact_match]
            \(more)
            """
        }
        for (text, complaint) in [
            (
                suite("cases: [{input: a, reference: a}]", model: "tyni"),
                "gate serves no model `tyni`. Did you mean `tiny`?"
            ),
            (suite("cases: [{input: a, reference: a}]", connection: "gat"), "there is no connection `gat`"),
            (suite("cases: [{input: a}]"), "`exact_match` needs references"),
            (suite("dataset: none.jsonl"), "none.jsonl cannot be read"),
            (suite("dataset: bad.jsonl"), "bad.jsonl:2 is no JSON"),
            (suite("case: []"), "suite.yaml:4:1: `case` is not known"),
        ] {
            try chat.write("bad.jsonl", "{\"input\":\"a\"}\nnot json\n")
            try chat.write("suite.yaml", text)
            let output = try chat.eval("run", chat.suite)
            #expect(output.status == 2 && output.text.contains(complaint), "\(output.text)")
        }
        try chat.write(
            "suite.yaml",
            suite(
                "cases: [{input: a, reference: a}, {input: asleep, reference: b}, {input: refuse, reference: c}]\ntimeout: 100ms\nretries: 0"
            ))
        let output = try chat.eval("run", chat.suite, "-o", "json")
        #expect(output.status == 0, "\(output.text)")
        let found = try chat.object(output)
        #expect(found["answered"] as? Int == 1 && found["failed"] as? Int == 2)
        let worst = try chat.eval("show", "odd-1", "--worst", "3")
        #expect(
            worst.text.contains("no answer within 0.1 s") && worst.text.contains("the server refused: too long"),
            "\(worst.text)")
        #expect(try chat.eval("show", "odd-9").text.contains("There are: odd-1."))
    }
}
