import Foundation
import PitTestKit
import Testing

/// What is written down for others, and what a team shares.
struct IncidentCommandTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-incident-\(UUID().uuidString)")

    private func pitwall(_ words: String...) throws -> Command.Output {
        try Command(
            [Peers.program] + words,
            environment: [
                "XDG_STATE_HOME": folder.appending(path: "state").path, "USER": "ana", "LC_ALL": "C.UTF-8",
                "XDG_CONFIG_HOME": folder.path,
            ]
        ).run()
    }

    private func write(_ name: String, _ text: String) throws -> String {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    @Test(
        "comments are kept and told, an incident holds them and responses without what is private; what a team shares is read"
    )
    func writesDown() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try write(
            "pitwall/config.yaml", "connections: []\nmodels: [{name: m}]\nshare: {path: ../team}\n")
        let missing = try pitwall("get", "rubrics")
        #expect(missing.status == 2 && missing.text.contains("does not exist"), "\(missing.text)")
        _ = try write(
            "team/rubrics/tone.yaml", "name: tone\nquestions: [{id: tone, kind: choice, choices: [kind, rude]}]\n")
        _ = try write(
            "team/rules/own.yaml", "rules: [{alert: TooQuiet, expr: 'pitwall_model_requests_per_second < 1'}]\n")
        _ = try write("team/policies/p.yaml", "policies: [{name: prod, alias: production, requires: [description]}]\n")
        _ = try write("team/queues/cards.yaml", "name: cards\nmodel: m\ntext: card\nrubric: tone\nsample: 5\n")
        let now = Int(Date().timeIntervalSince1970)
        let lines = (0..<8).map { number in
            """
            {"id":"i\(number)","model":"m","prompt":"my card \(number) is refused","response":"write to eve@example.com",\
            "timestamp":\(now - 100 + number)}
            """
        }
        let file = try write("chat.jsonl", lines.joined(separator: "\n") + "\n")
        #expect(try pitwall("interactions", "import", file, "--model", "m").status == 0)
        #expect(try pitwall("get", "rubrics").text.contains("tone"))
        #expect(try pitwall("get", "rules").text.contains("TooQuiet"))
        let made = try pitwall("queue", "create", "cards")
        #expect(made.status == 0 && made.text.contains("cards: 5 items, rubric tone v1"), "\(made.text)")

        #expect(try pitwall("comment", "model/none", "--text", "x").status == 2)
        let said = try pitwall("comment", "model/m", "--text", "rolled back, see #812")
        #expect(said.status == 0, "\(said.text)")
        #expect(try pitwall("comment", "queue/cards", "--text", "for the new ones").status == 0)
        let all = try pitwall("comment")
        #expect(all.text.contains("see #812") && all.text.contains("queue/cards"), "\(all.text)")

        let report = try pitwall("incident", "--from", "1h", "--model", "m")
        #expect(report.status == 0 && report.text.contains("see \\#812"), "\(report.text)")
        #expect(report.text.contains("my card") && report.text.contains("\\[email\\]"))
        #expect(!report.text.contains("eve@example.com"))
        let page = folder.appending(path: "incident.html").path
        #expect(try pitwall("incident", "--from", "1h", "-o", "html", "--out", page).status == 0)
        #expect(try String(contentsOfFile: page, encoding: .utf8).hasSuffix("</body></html>\n"))
        _ = try write("team/rules/bad.yaml", "rules: [{alert: X, expr: 'sum('}]\n")
        let bad = try pitwall("check")
        #expect(bad.status == 2 && bad.text.contains("bad.yaml:1"), "\(bad.text)")
    }
}
