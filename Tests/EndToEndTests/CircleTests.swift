import Foundation
import PitGrid
import PitTestKit
import Testing

/// All of it once, as a person would do it: judge what a model answered, train on that, evaluate, gate, approve, promote,
/// find it worse, and take it back.
private final class Circle {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-life-\(UUID().uuidString)").path
    private(set) var tracking = ""
    private var chat: Process?
    private static let peers = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Peers")
        .standardized.path

    init() async throws {
        let output = try Command(["python3", Self.peers + "/mlflow_server.py", "start", folder]).run()
        guard output.status == 0 else { throw Command.Failure("MLflow did not start:\n\(output.text)") }
        let facts = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: folder + "/mlflow.json")))
        tracking = (facts as? [String: Any])?["mlflow"] as? String ?? ""
        try mlflow("register", "support-chat")
        let file = folder + "/port"
        let server = Process()
        server.executableURL = URL(filePath: "/usr/bin/env")
        server.arguments =
            ["python3", Self.peers + "/pytorch.py", "run", Self.peers + "/chat_server.py", file, "follow=\(tracking)"]
        (server.standardOutput, server.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try server.run()
        chat = server
        let port =
            try await Peers.wait("the server") {
                try? String(contentsOfFile: file, encoding: .utf8)
            } until: {
                $0 != nil
            } ?? ""
        try write(
            "config.yaml",
            """
            connections:
              - {name: tracking, kind: mlflow, url: '\(tracking)', timeout: 30s, interval: 1s, proxy: none, allow: [promote, rollback]}
              - {name: gate, kind: openai, url: 'http://127.0.0.1:\(port)', proxy: none}
            models:
              - {name: support-chat, endpoints: [gate], deployment: 'support-chat@champion'}
            training:
              - name: tiny
                command: [python3, \(Self.peers)/pytorch.py, run, \(Self.peers)/train_tiny.py, "{data}", --epochs, "{epochs}", --lr, "{lr}"]
                parameters: {data: {type: text}, epochs: {type: whole, default: 200}, lr: {type: number, default: 0.03}}
                connection: tracking
            golden: {every: 1h, prompts: ["hello there", "what is two and two", "name a colour"]}
            governance:
              policies:
                - name: production
                  models: [support-chat]
                  alias: champion
                  requires: [{requirement: evaluation, suite: support}, description, {requirement: licence, allowed: [apache-2.0]}]
                  approvers: [bo, cem]
                  approvals: 2
            """)
    }

    deinit {
        if let chat, chat.isRunning {
            kill(chat.processIdentifier, SIGKILL)
            chat.waitUntilExit()
        }
        _ = try? Command(["python3", Self.peers + "/mlflow_server.py", "stop", folder]).run()
    }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    }

    @discardableResult
    func mlflow(_ verb: String, _ words: String...) throws -> String {
        let output = try Command(["python3", Self.peers + "/mlflow_server.py", verb, folder] + words).run()
        guard output.status == 0 else { throw Command.Failure(output.text) }
        return output.text
    }

    func environment(_ person: String) -> [String: String] {
        ["XDG_STATE_HOME": folder + "/state", "LC_ALL": "C.UTF-8", "TERM": "tmux-256color", "USER": person]
    }

    func pitwall(as person: String = "ana", _ words: String...) throws -> Command.Output {
        try Command(
            [Peers.program] + words + ["--config", folder + "/config.yaml"], environment: environment(person)
        ).run()
    }

    /// Polls until the effect of what was asked for was seen.
    func untilSettled() async throws {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            _ = try pitwall("poll", "--for", "3s")
            let text = try pitwall("get", "operations").text
            if text.contains("verified"), !text.contains("acknowledged") { return }
        }
        Issue.record("it was not seen: \(try pitwall("get", "operations").text)")
    }

    func label(_ queue: String) throws -> Tmux {
        try Tmux(
            "exec \(Tmux.quoted(Peers.program)) label \(queue) --config \(folder)/config.yaml", size: Size(120, 36),
            environment: environment("ana"))
    }
}

extension EndToEnd {
    @Test("the life of a version: judged, trained, evaluated, gated, approved, promoted, found worse, rolled back")
    func life() async throws {
        let circle = try await Circle()
        let asked = ["refund", "delivery", "password", "invoice"]
        let lines = (0..<16).map { number in
            let topic = asked[number % 4]
            return """
                {"id":"i\(number)","model":"support-chat","prompt":"question \(number) about my \(topic)",\
                "response":"\(number < 12 ? "Here is what to do about your \(topic)." : "I cannot help.")"}
                """
        }
        try circle.write("chat.jsonl", lines.joined(separator: "\n") + "\n")
        let brought = try circle.pitwall(
            "interactions", "import", circle.folder + "/chat.jsonl", "--model", "support-chat")
        #expect(brought.text.contains("16 new ones kept"), "\(brought.text)")

        // What version 3 answers to the golden prompts, lap by lap.
        for _ in 0..<5 { #expect(try circle.pitwall("golden", "lap").status == 0) }

        // A person judges, a key each: the newest four are of no use.
        #expect(try circle.pitwall("queue", "create", "q").text.contains("q: 16 items"))
        let pane = try circle.label("q")
        try await pane.wait(for: "0/16 judged")
        let page = try pane.capture().joined(separator: "\n")
        let isBadFirst = page.contains("I cannot help")
        for number in 0..<16 {
            try pane.type(isBadFirst == (number < 4) || !isBadFirst == (number >= 12) ? "d" : "k")
        }
        try await pane.wait(for: "16/16 judged")
        try pane.send("q")
        let exported = try circle.pitwall(
            "export", "labels", "--queue", "q", "--format", "sft", "--out", circle.folder + "/data")
        #expect(exported.status == 0, "\(exported.text)")

        // A language model is fine-tuned on what was called good, by PyTorch, and what came of it is registered.
        let dataset = try #require(
            FileManager.default.enumerator(atPath: circle.folder + "/data")?.compactMap { $0 as? String }.first {
                $0.hasSuffix(".jsonl")
            })
        let started = try circle.pitwall("train", "start", "tiny", "--set", "data=\(circle.folder)/data/\(dataset)")
        #expect(started.status == 0, "\(started.text)")
        let trained = try circle.pitwall("train", "show", "tiny-1", "--wait")
        #expect(trained.status == 0 && trained.text.contains("loss"), "\(trained.text)")
        let registered = try circle.pitwall(
            "train", "register", "tiny-1", "--model", "support-chat", "--tag", "license=apache-2.0")
        #expect(registered.status == 0 && registered.text.contains("4"), "\(registered.text)")

        // Nobody may promote it yet: nothing was evaluated, nobody has approved.
        let early = try circle.pitwall("promote", "support-chat", "--to", "v4", "--reason", "trained", "--yes")
        #expect(early.status != 0 && early.text.contains("nothing was sent"), "\(early.text)")

        // Evaluated by what it answers itself.
        let cases = asked.enumerated().map {
            #"{"id":"c\#($0)","input":"help with my \#($1)","reference":"Here is what to do about your \#($1)."}"#
        }
        try circle.write("cases.jsonl", cases.joined(separator: "\n") + "\n")
        try circle.write(
            "support.yaml",
            """
            name: support
            dataset: cases.jsonl
            systems: [{name: support-chat/4, connection: gate, model: support-chat@4, temperature: 0}]
            metrics: [rouge, refusal]
            thresholds: [{metric: rouge, at_least: 0.9}, {metric: refusal, at_most: 0}]
            """)
        let evaluated = try circle.pitwall(
            "eval", "run", circle.folder + "/support.yaml", "--gate", "--log", "tracking")
        #expect(evaluated.status == 0 && evaluated.text.contains("logged to tracking"), "\(evaluated.text)")
        let open = try circle.pitwall("review", "show", "support-chat", "--version", "4")
        #expect(open.status == 1 && open.text.contains("approvals"), "\(open.text)")
        for person in ["bo", "cem"] {
            let said = try circle.pitwall(
                as: person, "review", "approve", "support-chat", "--version", "4", "--reason", "read its answers")
            #expect(said.status == 0, "\(said.text)")
        }
        let promoted = try circle.pitwall("promote", "support-chat", "--to", "v4", "--reason", "trained on q", "--yes")
        #expect(promoted.status == 0, "\(promoted.text)")
        let dossier = try circle.pitwall("report", "support-chat", "--version", "4")
        #expect(
            dossier.text.contains("read its answers") && dossier.text.contains("metrics of the run: loss"),
            "\(dossier.text)")
        #expect(dossier.text.contains("data's digest: sha256:"), "\(dossier.text)")
        #expect(dossier.text.contains("training: tiny-1") && dossier.text.contains("epochs 200"), "\(dossier.text)")

        // It learnt nothing but its four answers: what else it is asked, it answers with one of those.
        let lap = try circle.pitwall("golden", "lap")
        #expect(lap.status == 1 && lap.text.contains("apart"), "\(lap.text)")
        // What was asked for is seen, before anything else is asked for.
        try await circle.untilSettled()
        let back = try circle.pitwall(
            "rollback", "support-chat", "--to", "v3", "--reason", "golden laps apart", "--yes")
        #expect(back.status == 0, "\(back.text)")
        let again = try circle.pitwall("golden", "lap")
        #expect(again.status == 0 && again.text.contains("same"), "\(again.text)")
        let told = try circle.pitwall("incident", "--from", "1h")
        #expect(told.text.contains("golden laps apart") && told.text.contains("evaluation finished"), "\(told.text)")
        #expect(try circle.pitwall("audit", "verify").status == 0)
    }
}
