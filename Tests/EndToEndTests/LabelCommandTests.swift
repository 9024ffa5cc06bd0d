import Foundation
import PitTestKit
import Testing

/// Queues and rubrics by command, over exchanges that were brought in.
struct LabelCommandTests {
    private let place = Workplace("labels")

    private func rows(_ output: Command.Output) throws -> [[String: Any]] {
        let start = output.text.firstIndex(of: "[") ?? output.text.startIndex
        return try JSONSerialization.jsonObject(with: Data(output.text[start...].utf8)) as? [[String: Any]] ?? []
    }

    @Test("queues are made of what is kept, listed and assigned; what cannot be says what to do")
    func queues() throws {
        _ = try place.write("pitwall/config.yaml", "connections: []\nmodels: [{name: m}]\n")
        _ = try place.write(
            "pitwall/rubrics/tone.yaml", "name: tone\nquestions: [{id: tone, kind: choice, choices: [kind, rude]}]\n")
        let lines = (0..<40).map { number in
            let answer = number % 4 == 0 ? "I cannot help with that" : "answer \(number)"
            return """
                {"id":"i\(number)","model":"m","prompt":"how \(number / 2)?","response":"\(answer)",\
                "timestamp":"2026-01-01T00:00:\(10 + number)Z","release":"r\(number % 2)"}
                """
        }
        let file = try place.write("chat.jsonl", lines.joined(separator: "\n") + "\n")
        #expect(try place.pitwall("interactions", "import", file, "--model", "m").text.contains("40 new ones kept"))
        let made = try place.pitwall("queue", "create", "refusals", "--text", "CANNOT help", "--rubric", "tone")
        #expect(made.status == 0 && made.text.contains("refusals: 10 items, rubric tone v1"), "\(made.text)")
        let pairs = try place.pitwall(
            "queue", "create", "pairs", "--rubric", "pairwise", "--release", "r0", "--release", "r1", "--order",
            "random")
        #expect(pairs.text.contains("pairs: 20 items"))
        #expect(try place.pitwall("queue", "assign", "pairs", "--to", "ana, bo", "--overlap", "2").status == 0)
        let listed = try rows(place.pitwall("get", "queues", "-o", "json"))
        #expect(listed.map { $0["name"] as? String } == ["pairs", "refusals"])
        #expect(listed.first?["assigned"] as? [String] == ["ana", "bo"] && listed.first?["items"] as? Int == 20)
        #expect(try place.pitwall("queue", "list").text.contains("tone"))
        for (words, complaint) in [
            (["refusals"], "there is a queue `refusals` already"), (["a b"], "`a b` is no name for a queue"),
            (["x", "--rubric", "z"], "There are: thumbs, quality"),
            (["x", "--text", "nowhere"], "nothing that is kept"),
            (["x", "--from", "soon"], "--from wants a time"), (["x", "--repeat", "2"], "--repeat wants 0 to 0.5"),
        ] {
            let output = try Command(
                [Peers.program, "queue", "create"] + words,
                environment: [
                    "XDG_STATE_HOME": place.folder.appending(path: "state").path, "XDG_CONFIG_HOME": place.folder.path,
                ]
            ).run()
            #expect(output.status == 2 && output.text.contains(complaint), "\(output.text)")
        }
        #expect(try place.pitwall("get", "labels").text.contains("nothing is judged yet"))
        #expect(try place.pitwall("get", "audit").text.contains("queue created"))
        let handover = try place.pitwall("handover", "--since", "1h").text
        #expect(handover.contains("# Hand-over") && handover.contains("queue pairs: 20 of 20 left"), "\(handover)")
        #expect(handover.contains("queue created pairs") && handover.contains("None fires."), "\(handover)")
        #expect(try place.pitwall("handover", "-o", "html").text.contains("<h2>Open alerts</h2>"))
        #expect(try place.pitwall("handover", "--since", "soon").status == 2)
    }

    @Test("a rubric is checked: what each key does, or what is wrong and where")
    func rubrics() throws {
        let good = try place.write(
            "tone.yaml", "name: tone\nquestions: [{id: tone, kind: choice, choices: [kind, {value: rude, key: d}]}]\n")
        let fine = try place.pitwall("rubric", "check", good)
        #expect(fine.status == 0 && fine.text.contains("tone v1: ok\n  tone: 1 kind, d rude"), "\(fine.text)")
        let wrong = try place.pitwall(
            "rubric", "check", try place.write("x.yaml", "name: x\nquestions: [{id: q, kind: text, key: u}]"))
        #expect(wrong.status == 2 && wrong.text.contains("x.yaml:1:1: `q`: `u` undoes on the Label screen"))
        _ = try place.write("pitwall/config.yaml", "connections: []\nlabeling: {rubrics: nowhere}\n")
        #expect(try place.pitwall("get", "rubrics").text.contains("nowhere cannot be read"))
    }
}
