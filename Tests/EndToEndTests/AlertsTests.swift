import Foundation
import PitTestKit
import Testing

extension EndToEnd {
    @Test(
        "an alert of pitwall's own arrives in a real Alertmanager once, keeps its state across a restart, and resolves there"
    )
    func ownAlerts() async throws {
        let heard = FileManager.default.temporaryDirectory.appending(path: "pitwall-heard-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: heard) }
        let peers = try Peers(
            rules: """
                rules:
                  interval: 1s
                  off: all
                  own:
                    - alert: FirstTokenLate
                      expr: pitwall_model_ttft_p95_seconds{model="chat-model"} > 1
                      for: 2s
                      clears_at: 0.8
                      severity: critical
                      summary: first token of {{ $labels.model }} after {{ $value }} s
                receivers:
                  - {name: paging, alertmanager: am}
                  - {name: script, command: [sh, -c, 'cat >> "$0"; echo >> "$0"', \(heard)]}
                """)
        var poll = try Polling(peers)
        defer { poll.stop() }

        func queue() throws -> [String: Any]? {
            try peers.rows("get", "alerts").first { $0["name"] as? String == "FirstTokenLate" }
        }
        func inAlertmanager() throws -> [[String: Any]] {
            let output = try Command([
                peers.facts.amtool, "--alertmanager.url=\(peers.facts.alertmanager)", "alert", "query", "--silenced",
                "--active", "-o", "json", "alertname=FirstTokenLate",
            ]).run()
            return try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [[String: Any]] ?? []
        }
        func told(_ status: String) -> Int {
            let lines = (try? String(contentsOfFile: heard, encoding: .utf8))?.split(separator: "\n") ?? []
            return lines.count { $0.contains("FirstTokenLate") && $0.contains("\"status\":\"\(status)\"") }
        }

        _ = try await Peers.wait("the model", { try poll.page() }) { lines in
            lines.contains { $0.hasPrefix("pitwall_model_ttft_p95_seconds{model=\"chat-model\"") }
        }
        try peers.become("slow")
        let arrived = try await Peers.wait("the alert in Alertmanager", inAlertmanager) { !$0.isEmpty }
        #expect(arrived.count == 1)
        #expect((arrived[0]["labels"] as? [String: String])?["model"] == "chat-model")
        let before = try #require(try queue())
        #expect(before["connection"] as? String == "pitwall" && before["state"] as? String == "firing")
        #expect(try peers.pitwall("ack", "FirstTokenLate", "--note", "rolling back").status == 0)

        // The poller sees what another process recorded, and shows it to others.
        func silences() throws -> String {
            try Command([
                peers.facts.amtool, "--alertmanager.url=\(peers.facts.alertmanager)", "silence", "query",
            ]).run().text
        }
        let shown = try await Peers.wait("the acknowledgement for others", silences) { $0.contains("acknowledged") }
        #expect(shown.contains("rolling back") && shown.contains("ana"), "\(shown)")

        poll.stop()
        poll = try Polling(peers)
        let after = try await Peers.wait("the alert after a restart", queue) { row in
            row?["acknowledgement_shown_in"] as? String == "am" && row?["state"] as? String == "firing"
        }
        #expect(after?["starts_at"] as? String == before["starts_at"] as? String)
        #expect(after?["acknowledged_by"] as? String == "ana")
        #expect(told("firing") == 1)

        // An acknowledgement is a silence: it is there still.
        #expect(try inAlertmanager().count == 1)
        try peers.become("normal")
        _ = try await Peers.wait("its end in Alertmanager", inAlertmanager) { $0.isEmpty }
        _ = try await Peers.wait("its end at the command", { told("resolved") }) { $0 > 0 }
        #expect(told("firing") == 1 && told("resolved") == 1)
        let past = try #require(try peers.rows("get", "firings", "FirstTokenLate").first)
        #expect(past["acknowledged_by"] as? String == "ana" && past["ended_at"] is String)
        #expect(past["notes"] as? [String] == ["rolling back"])
        let outbox = try peers.rows("get", "outbox")
        #expect(outbox.count == 4 && outbox.allSatisfy { $0["stage"] as? String == "delivered" }, "\(outbox)")
    }

    @Test("rules test says which metric of a failing rule no series has")
    func ruleTests() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-rules-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func run(_ metric: String, _ expression: String) throws -> Command.Output {
            let file = folder.appending(path: "rules-test.yaml").path
            try """
            rules: {off: all, own: [{alert: QueueLong, expr: '\(expression)', for: 1m}]}
            tests:
              - interval: 1m
                input_series: [{series: '\(metric){model="a"}', values: '0 20x5'}]
                alert_rule_test:
                  - {eval_time: 4m, alertname: QueueLong, exp_alerts: [{exp_labels: {model: a}}]}

            """.write(toFile: file, atomically: true, encoding: .utf8)
            return try Command([Peers.program, "rules", "test", file]).run()
        }
        let good = try run("t_waiting", "t_waiting > 10")
        #expect(good.status == 0, "\(good.text)")
        let unknown = try run("t_waiting", "t_wating > 10")
        #expect(unknown.status == 1)
        #expect(
            unknown.text.contains(
                "QueueLong looks at t_wating, which no `input_series` of this test has: did you mean t_waiting?"),
            "\(unknown.text)")
        let own = try run("t_waiting", "pitwall_model_healt == 1")
        #expect(own.status == 2)
        #expect(own.text.contains("pitwall has no metric pitwall_model_healt"), "\(own.text)")
        #expect(own.text.contains("Did you mean pitwall_model_health?"))
    }
}
