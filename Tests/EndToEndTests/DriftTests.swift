import Foundation
import PitTestKit
import Testing

extension EndToEnd {
    @Test("prompts that become longer are told as drift, from the server's own page and from a real Prometheus")
    func drift() async throws {
        let peers = try Peers()
        let poll = try Polling(peers)
        defer { poll.stop() }
        func verdicts(_ feature: String) throws -> [String: String] {
            let rows = try peers.rows("get", "drift").filter { $0["feature"] as? String == feature }
            return Dictionary(
                rows.compactMap { row in
                    (row["model"] as? String).flatMap { model in (row["verdict"] as? String).map { (model, $0) } }
                }, uniquingKeysWith: { $1 })
        }
        let both = ["chat-model", "by-prometheus"]
        _ = try await Peers.wait("two windows", { try verdicts("prompt_tokens") }) { seen in
            both.allSatisfy { seen[$0] == "same" }
        }
        #expect(try peers.pitwall("drift", "report", "chat-model").status == 0)
        let saved = try peers.pitwall("drift", "baseline", "save", "chat-model", "calm", "--from", "60s")
        #expect(saved.status == 0, "\(saved.text)")

        let shifted = Date()
        try peers.become("long")
        let seen = try await Peers.wait("the drift", { try verdicts("prompt_tokens") }) { seen in
            both.allSatisfy { seen[$0] == "drifted" }
        }
        #expect(seen.count == 2)
        let alert = try await Peers.wait("the drift's alert", { try peers.rows("get", "alerts") }) { rows in
            rows.contains { $0["name"] as? String == "ModelDrifted" && $0["model"] as? String == "chat-model" }
        }.first { $0["name"] as? String == "ModelDrifted" && $0["model"] as? String == "chat-model" }
        #expect(alert?["state"] as? String == "firing" && alert?["connection"] as? String == "pitwall")
        let startsAt = try #require(alert?["starts_at"] as? String)
        let fired = try #require(Peers.date(startsAt))
        // Two windows of 15 s, and the 5 s between two comparisons.
        let delay = fired.timeIntervalSince(shifted)
        #expect(delay <= 2 * 15 + 5, "it fired after \(delay) s")
        #expect(try verdicts("response_tokens")["chat-model"] == "same")
        #expect(try verdicts("finish_reason")["chat-model"] == "same")
        let report = try peers.pitwall(
            "drift", "report", "chat-model", "--reference", "baseline calm", "-o", "markdown")
        #expect(report.status == 1, "\(report.text)")
        #expect(report.text.contains("| prompt tokens | histogram | PSI (hist) |") && report.text.contains("drifted"))
        #expect(report.text.contains("the baseline `calm`"))
        #expect(try peers.rows("get", "drift").allSatisfy { $0["limit"] as? Double == 0.2 })
        // A screen of the same, from what was kept.
        let screen = try peers.pitwall("snapshot", "--screen", "drift", "--size", "120x36")
        #expect(screen.text.contains("prompt tokens") && screen.text.contains("drift"), "\(screen.text)")
    }

    @Test("two files are compared column by column, under keys that scripts can rely on")
    func compareFiles() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-compare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (a, b) = (folder.appending(path: "a.csv"), folder.appending(path: "b.jsonl"))
        let rows = (0..<500).map { "\($0 % 97),\($0 % 3 == 0 ? "gold" : "free")" }.joined(separator: "\n")
        try "amount,tier\n\(rows)\nbroken\n".write(to: a, atomically: true, encoding: .utf8)
        let lines = (0..<400).map { "{\"amount\":\($0 % 97 + 40),\"tier\":\"\($0 % 3 == 0 ? "gold" : "free")\"}" }
        try lines.joined(separator: "\n").write(to: b, atomically: true, encoding: .utf8)
        func pitwall(_ words: String..., errors: String = "/dev/null") throws -> Command.Output {
            try Command(
                ["sh", "-c", "exec \"$0\" \"$@\" 2>\(errors)", Peers.program, "drift", "compare", a.path, b.path]
                    + words
            ).run()
        }
        let output = try pitwall("-o", "json", errors: folder.path + "/errors")
        #expect(output.status == 1)
        let found = try #require(try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [[String: Any]])
        let keys = ["column", "drifted", "limit", "method", "n_current", "n_reference", "p_value", "statistic"]
        #expect(found.allSatisfy { $0.keys.sorted() == keys })
        #expect(found.map { $0["column"] as? String } == ["amount", "tier"])
        #expect(found.map { $0["method"] as? String } == ["ks", "z"])
        #expect(found.map { $0["drifted"] as? Bool } == [true, false])
        #expect(found.allSatisfy { $0["n_reference"] as? Int == 500 && $0["n_current"] as? Int == 400 })
        let said = try String(contentsOfFile: folder.path + "/errors", encoding: .utf8)
        #expect(said.contains("1 line could not be read") && said.contains("line 502"))
        #expect(try pitwall("--column", "tier", "--method", "js", "-o", "csv").text.contains("tier,js,"))
        #expect(try pitwall("--column", "nothing").status == 2)
        #expect(try pitwall().text.hasPrefix("COLUMN"))
    }
}
