import Foundation
import PitGrid
import PitTestKit
import Testing

extension EndToEnd {
    @Test(
        "a night: a model goes slow, the alert fires, it is silenced from the console and acknowledged, and amtool knows"
    )
    func night() async throws {
        let peers = try Peers()
        let marks = (before: peers.folder + "/before", after: peers.folder + "/after")
        let shell =
            "stty -g > \(marks.before); \(Tmux.quoted(Peers.program)) --config \(peers.folder)/config.yaml; stty -g > \(marks.after); echo left=$?; exec cat"
        let terminal = try Tmux(shell, size: Size(120, 36), environment: peers.environment)
        try await terminal.wait("the models, with rates", within: .seconds(60)) { lines in
            lines.contains { $0.contains("chat-model") && $0.contains("ok") && $0.contains("ms") }
        }

        try peers.become("slow")
        try await terminal.wait("the model to be slow", within: .seconds(90)) {
            $0.contains { $0.contains("chat-model") && $0.contains("slow") }
        }
        try await terminal.wait(for: "consistent with", within: .seconds(90))
        try await terminal.wait(for: "firing", within: .seconds(60))
        try await terminal.wait("one alert in the header", within: .seconds(60)) {
            $0.first?.contains("1 firing") == true
        }

        try terminal.send("3")
        try await terminal.wait("the alert in the queue") {
            $0.contains { $0.contains("HighTTFT") && $0.contains("chat-model") && $0.contains("firing") }
        }
        try terminal.send("a")
        try await terminal.wait(for: "acked")
        try terminal.send("x")
        try await terminal.wait(for: "Silence HighTTFT in am")
        try terminal.send("Tab")
        try terminal.type("rolling back")
        try terminal.send("Enter", "Enter", "Enter")
        try await terminal.wait("the silence to take effect", within: .seconds(60)) {
            $0.first?.contains("0 firing") == true
        }
        let query = try Command([
            peers.facts.amtool, "--alertmanager.url=\(peers.facts.alertmanager)", "silence", "query",
        ]).run().text
        #expect(query.contains("HighTTFT") && query.contains("rolling back") && query.contains("ana"), "\(query)")
        try terminal.send("Z")
        try await terminal.wait(for: "rolling back")

        try terminal.send("1")
        try await terminal.wait(for: "HEALTH")
        try terminal.send("{")
        try await terminal.wait(for: "PAST")
        try terminal.send("L")
        try await terminal.wait(for: "live ")
        try terminal.send("Enter")
        try await terminal.wait(for: "Time to first token")
        try terminal.resize(Size(80, 24))
        try await terminal.wait("80 columns") { $0.count == 24 && $0.contains { $0.contains("Requests a second") } }
        try terminal.resize(Size(200, 60))
        try await terminal.wait("three charts beside one another") {
            $0.contains { $0.contains("Requests a second") && $0.contains("Inter-token") }
        }
        // It asks while what was asked for is not seen yet: then a little later it does not.
        var isAsked = true
        while isAsked {
            try terminal.send("q")
            try await terminal.wait("the end, or a question") {
                $0.contains { $0.contains("left=0") || $0.contains("Leave while") }
            }
            isAsked = try terminal.capture().contains { $0.contains("Leave while") }
            guard isAsked else { break }
            try terminal.send("Escape")
            try await terminal.wait("the question to be gone") { !$0.contains { $0.contains("Leave while") } }
        }
        try await terminal.wait(for: "left=0")
        #expect(
            try String(contentsOfFile: marks.before, encoding: .utf8)
                == String(contentsOfFile: marks.after, encoding: .utf8))
        #expect(try terminal.display("#{alternate_on}") == "0")
        // What a person did is on disk.
        let acked = try peers.rows("get", "alerts").first { $0["name"] as? String == "HighTTFT" }
        #expect(acked?["acknowledged_by"] as? String == "ana")
    }

    @Test(
        "the terminal is as it was after every way out of the real console", arguments: ["TERM", "HUP", "SEGV", "ILL"])
    func waysOut(signal: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-out-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run =
            "stty -g > \(folder)/before; sh -c 'echo $$ > \(folder)/pid; exec \(Peers.program) demo'; stty -g > \(folder)/after; echo left; exec cat"
        let environment = ["XDG_STATE_HOME": folder, "XDG_CONFIG_HOME": folder, "SWIFT_BACKTRACE": "enable=no"]
        let terminal = try Tmux(run, environment: environment)
        try await terminal.wait(for: "support-chat", within: .seconds(60))
        #expect(try terminal.display("#{alternate_on}") == "1")
        let pid = try String(contentsOfFile: folder + "/pid", encoding: .utf8).trimmingCharacters(
            in: .whitespacesAndNewlines)
        _ = try Command(["kill", "-\(signal)", pid]).run()
        try await terminal.wait(for: "left", within: .seconds(60))
        #expect(try terminal.display("#{alternate_on}") == "0")
        #expect(try terminal.display("#{cursor_flag}") == "1")
        #expect(
            try String(contentsOfFile: folder + "/before", encoding: .utf8)
                == String(contentsOfFile: folder + "/after", encoding: .utf8))
    }

    @Test("the real console stops with ctrl-z and comes back with fg")
    func stopAndContinue() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-stop-\(UUID().uuidString)").path
        let terminal = try Tmux(
            "PS1='ready> ' exec bash --norc -i", environment: ["XDG_STATE_HOME": folder, "XDG_CONFIG_HOME": folder])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await terminal.wait(for: "ready>")
        try terminal.type("\(Peers.program) demo")
        try terminal.send("Enter")
        try await terminal.wait(for: "support-chat", within: .seconds(60))
        try terminal.send("C-z")
        try await terminal.wait(for: "Stopped", within: .seconds(120))
        #expect(try terminal.display("#{alternate_on}") == "0")
        try terminal.type("fg")
        try terminal.send("Enter")
        try await terminal.wait("the fleet again", within: .seconds(120)) {
            $0.first?.contains("pitwall") == true && $0.contains { $0.contains("support-chat") }
        }
        try terminal.send("q")
        try await terminal.wait("the shell again", within: .seconds(120)) {
            $0.last { !$0.isEmpty }?.contains("ready>") == true
        }
    }
}
