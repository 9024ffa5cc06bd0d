import Foundation
import PitGrid
import PitTestKit
import Testing

/// A real Phoenix server, and a configuration whose judgements are kept there.
private final class Arize: Sendable {
    let folder: String
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../Peers/phoenix_server.py"
    ).standardized.path

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-phoenix-\(UUID().uuidString)").path
        try server("start")
        let facts = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: folder + "/phoenix.json")))
        let url = (facts as? [String: Any])?["phoenix"] as? String ?? ""
        try """
        connections:
          - {name: arize, kind: phoenix, url: '\(url)', projects: [support-chat], timeout: 30s, interval: 1s, proxy: none}
        models: [{name: support-chat, interactions: {from: arize, served_as: support-chat}}]
        labeling: {sync: [arize]}
        console: {author: ana, time: utc}

        """.write(toFile: folder + "/config.yaml", atomically: true, encoding: .utf8)
    }

    deinit { _ = try? Command(["python3", Self.script, "stop", folder]).run() }

    @discardableResult
    func server(_ verb: String, _ words: String...) throws -> String {
        let output = try Command(["python3", Self.script, verb, folder] + words).run()
        guard output.status == 0 else { throw Command.Failure(output.text) }
        return output.text
    }

    var environment: [String: String] {
        ["XDG_STATE_HOME": folder + "/state", "LC_ALL": "C.UTF-8", "TERM": "tmux-256color"]
    }

    @discardableResult
    func pitwall(_ words: String...) throws -> String {
        let output = try Command(
            [Peers.program] + words + ["--config", folder + "/config.yaml"], environment: environment
        ).run()
        guard output.status == 0 else { throw Command.Failure(output.text) }
        return output.text
    }

    /// What a command says that ends with 1.
    func refused(_ words: String...) throws -> String {
        let output = try Command(
            [Peers.program] + words + ["--config", folder + "/config.yaml"], environment: environment
        ).run()
        #expect(output.status == 1, "\(output.text)")
        return output.text
    }

    func judge(_ queue: String) throws -> Tmux {
        let shell =
            "sh -c 'echo $$ > \(folder)/pid; exec \"$0\" \"$@\"' \(Tmux.quoted(Peers.program)) label \(queue) --config \(folder)/config.yaml; echo left=$?; exec cat"
        return try Tmux(shell, size: Size(120, 36), environment: environment)
    }

    /// What stands at Phoenix; as its own client reads it, which takes long to start.
    func told(byItsClient: Bool = false) throws -> [[String: Any]] {
        let text = byItsClient ? try server("annotations", "own") : try server("annotations")
        let line = text.split(separator: "\n").last { $0.hasPrefix("[") } ?? "[]"
        return try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [[String: Any]] ?? []
    }
}

extension EndToEnd {
    @Test(
        "judgements reach a real Phoenix that was down meanwhile, each once, after a kill and an undo; others' come in")
    func labelsReachPhoenix() async throws {
        let arize = try Arize()
        try arize.server("seed", "20")
        try arize.pitwall("poll", "--once")
        #expect(try arize.pitwall("queue", "create", "q").contains("q: 20 items"))
        try arize.server("halt")

        let first = try arize.judge("q")
        try await first.wait(for: "0/20 judged")
        try first.type(String(repeating: "k", count: 10))
        try await first.wait(for: "10/20 judged")
        try await first.wait(for: "not sent: arize")
        let process = try String(contentsOfFile: arize.folder + "/pid", encoding: .utf8)
        #expect(try Command(["kill", "-9", process.trimmingCharacters(in: .whitespacesAndNewlines)]).run().status == 0)
        try await first.wait(for: "left=137")

        try arize.server("start")
        let second = try arize.judge("q")
        try await second.wait(for: "10/20 judged")
        try second.type(String(repeating: "d", count: 10))
        try await second.wait(for: "20/20 judged")
        try second.send("u")
        try await second.wait(for: "19/20 judged")
        try second.send("q")
        try await second.wait(for: "left=0")
        try arize.pitwall("sync", "--once")

        let told = try arize.told(byItsClient: true)
        #expect(told.count == 19 && Set(told.compactMap { $0["key"] as? String }).count == 19, "\(told)")
        #expect(told.filter { $0["label"] as? String == "good" && $0["score"] as? Double == 1 }.count == 10)
        #expect(told.filter { $0["label"] as? String == "bad" && $0["score"] as? Double == 0 }.count == 9)
        #expect(told.allSatisfy { $0["author"] as? String == "ana" && $0["kind"] as? String == "HUMAN" })

        // Another person says something of a span at Phoenix itself, and writes over the last one of ours.
        let rows = try JSONSerialization.jsonObject(
            with: Data(arize.pitwall("get", "labels", "--queue", "q", "-o", "json").utf8))
        let newest = try #require((rows as? [[String: Any]])?.max { "\($0["at"] ?? "")" < "\($1["at"] ?? "")" })
        let ours = try #require(
            told.first { "\(newest["item"] ?? "")".hasSuffix("/\($0["span"] ?? "-")") }, "\(newest)")
        let (span, key) = (try #require(ours["span"] as? String), try #require(ours["key"] as? String))
        let question = try #require(ours["name"] as? String)
        try arize.server("say", span, question, "good", "zoe")
        try arize.server("say", span, question, "good", key)
        try arize.pitwall("sync", "--once")
        #expect(try arize.pitwall("get", "labels", "--queue", "q", "-o", "json").contains("imported arize"))
        let third = try arize.judge("q")
        try await third.wait(for: "19/20 judged")
        try third.send("u")
        try await third.wait(for: "18/20 judged")
        try third.send("q")
        try await third.wait(for: "left=0")
        #expect(try arize.refused("sync", "--once").contains("was changed there"))
        #expect(try arize.refused("sync", "conflicts").contains(key), "what was changed there is not written over")
        #expect(try arize.told().contains { $0["key"] as? String == key && $0["label"] as? String == "good" })
        try arize.pitwall("sync", "resolve", key, "--keep", "ours")
        try arize.pitwall("sync", "--once")
        let last = try arize.told()
        #expect(!last.contains { $0["key"] as? String == key }, "ours was taken back")
        #expect(last.count == 19 && last.contains { $0["key"] as? String == "zoe" && $0["label"] as? String == "good" })
    }
}
