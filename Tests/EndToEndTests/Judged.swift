import Foundation
import PitGrid
import PitTestKit
import Testing

/// A real server of traces, and a configuration whose judgements are kept there.
final class Judged: Sendable {
    enum Server: String { case mlflow, phoenix }

    let folder: String
    private let script: String

    init(_ kind: Server) throws {
        let name = kind.rawValue
        script =
            URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Peers/\(name)_server.py")
            .standardized.path
        folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-sync-\(UUID().uuidString)").path
        try server("start")
        let facts = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: folder + "/\(name).json")))
        let url = (facts as? [String: Any])?[name] as? String ?? ""
        let what = kind == .mlflow ? "experiments: production-chat" : "projects: [support-chat]"
        try """
        connections:
          - {name: tracking, kind: \(name), url: '\(url)', \(what), timeout: 30s, interval: 1s, proxy: none}
        models: [{name: support-chat, interactions: {from: tracking, served_as: support-chat}}]
        labeling: {sync: [tracking]}
        console: {author: ana, time: utc}

        """.write(toFile: folder + "/config.yaml", atomically: true, encoding: .utf8)
    }

    deinit { _ = try? Command(["python3", script, "stop", folder]).run() }

    @discardableResult
    func server(_ verb: String, _ words: String...) throws -> String {
        let output = try Command(["python3", script, verb, folder] + words).run()
        guard output.status == 0 else { throw Command.Failure(output.text) }
        return output.text
    }

    var environment: [String: String] {
        ["XDG_STATE_HOME": folder + "/state", "LC_ALL": "C.UTF-8", "TERM": "tmux-256color"]
    }

    func pitwall(_ words: String...) throws -> Command.Output {
        try Command([Peers.program] + words + ["--config", folder + "/config.yaml"], environment: environment).run()
    }

    func rows(_ words: String...) throws -> [[String: Any]] {
        let arguments = [Peers.program] + words + ["-o", "json", "--config", folder + "/config.yaml"]
        let output = try Command(
            ["sh", "-c", "exec \"$0\" \"$@\" 2>>\(folder)/errors"] + arguments, environment: environment
        ).run()
        return try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [[String: Any]] ?? []
    }

    /// The pane of one who judges, and the file with its process.
    func judge(_ queue: String, as person: String? = nil) throws -> (terminal: Tmux, pid: String) {
        let pid = "\(folder)/pid-\(UUID().uuidString)"
        let who = person.map { " --annotator \($0)" } ?? ""
        let shell =
            "sh -c 'echo $$ > \(pid); exec \"$0\" \"$@\"' \(Tmux.quoted(Peers.program)) label \(queue)\(who) --config \(folder)/config.yaml; echo left=$?; exec cat"
        return (try Tmux(shell, size: Size(120, 36), environment: environment), pid)
    }

    /// What stands there, as a verb of the server's script tells it.
    func told(_ verb: String, _ words: String...) throws -> [[String: Any]] {
        let output = try Command(["python3", script, verb, folder] + words).run()
        guard output.status == 0 else { throw Command.Failure(output.text) }
        let line = output.text.split(separator: "\n").last { $0.hasPrefix("[") } ?? "[]"
        return try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [[String: Any]] ?? []
    }

    /// What a command says that ends well, or with another code.
    @discardableResult
    func said(_ words: String..., status: Int32 = 0) throws -> String {
        let output = try Command(
            [Peers.program] + words + ["--config", folder + "/config.yaml"], environment: environment
        ).run()
        guard output.status == status else { throw Command.Failure(output.text) }
        return output.text
    }

    /// Waits until the console has told all by itself.
    func untilTold() async throws {
        let end = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < end {
            if let state = try rows("sync", "status").first, state["waiting"] as? Int == 0 { return }
        }
        Issue.record("what was judged was not told: \(try rows("sync", "status"))")
    }
}
