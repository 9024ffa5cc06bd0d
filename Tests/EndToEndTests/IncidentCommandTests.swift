import Foundation
import PitTestKit
import Testing

/// What is written down for others, and what a team shares.
struct IncidentCommandTests {
    private let place = Workplace("incident")

    @Test(
        "comments are kept and told, an incident holds them and responses without what is private; what a team shares is read"
    )
    func writesDown() throws {
        _ = try place.write(
            "pitwall/config.yaml", "connections: []\nmodels: [{name: m}]\nshare: {path: ../team}\n")
        let missing = try place.pitwall("get", "rubrics")
        #expect(missing.status == 2 && missing.text.contains("does not exist"), "\(missing.text)")
        _ = try place.write(
            "team/rubrics/tone.yaml", "name: tone\nquestions: [{id: tone, kind: choice, choices: [kind, rude]}]\n")
        _ = try place.write(
            "team/rules/own.yaml", "rules: [{alert: TooQuiet, expr: 'pitwall_model_requests_per_second < 1'}]\n")
        _ = try place.write(
            "team/policies/p.yaml", "policies: [{name: prod, alias: production, requires: [description]}]\n")
        _ = try place.write("team/queues/cards.yaml", "name: cards\nmodel: m\ntext: card\nrubric: tone\nsample: 5\n")
        let now = Int(Date().timeIntervalSince1970)
        let lines = (0..<8).map { number in
            """
            {"id":"i\(number)","model":"m","prompt":"my card \(number) is refused","response":"write to eve@example.com",\
            "timestamp":\(now - 100 + number)}
            """
        }
        let file = try place.write("chat.jsonl", lines.joined(separator: "\n") + "\n")
        #expect(try place.pitwall("interactions", "import", file, "--model", "m").status == 0)
        #expect(try place.pitwall("get", "rubrics").text.contains("tone"))
        #expect(try place.pitwall("get", "rules").text.contains("TooQuiet"))
        let made = try place.pitwall("queue", "create", "cards")
        #expect(made.status == 0 && made.text.contains("cards: 5 items, rubric tone v1"), "\(made.text)")

        #expect(try place.pitwall("comment", "model/none", "--text", "x").status == 2)
        let said = try place.pitwall("comment", "model/m", "--text", "rolled back, see #812")
        #expect(said.status == 0, "\(said.text)")
        #expect(try place.pitwall("comment", "queue/cards", "--text", "for the new ones").status == 0)
        let all = try place.pitwall("comment")
        #expect(all.text.contains("see #812") && all.text.contains("queue/cards"), "\(all.text)")

        let report = try place.pitwall("incident", "--from", "1h", "--model", "m")
        #expect(report.status == 0 && report.text.contains("see \\#812"), "\(report.text)")
        #expect(report.text.contains("my card") && report.text.contains("\\[email\\]"))
        #expect(!report.text.contains("eve@example.com"))
        let page = place.folder.appending(path: "incident.html").path
        #expect(try place.pitwall("incident", "--from", "1h", "-o", "html", "--out", page).status == 0)
        #expect(try String(contentsOfFile: page, encoding: .utf8).hasSuffix("</body></html>\n"))
        _ = try place.write("team/rules/bad.yaml", "rules: [{alert: X, expr: 'sum('}]\n")
        let bad = try place.pitwall("check")
        #expect(bad.status == 2 && bad.text.contains("bad.yaml:1"), "\(bad.text)")
    }
}
