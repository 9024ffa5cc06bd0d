import Foundation
import PitTestKit
import Testing

extension EndToEnd {
    @Test("check sees every real server, what it is and which version, and says of one that is down why and what to do")
    func check() throws {
        let peers = try Peers()
        let rows = try peers.rows("check")
        func row(_ name: String) -> [String: Any] { rows.first { $0["name"] as? String == name } ?? [:] }
        #expect(row("prom")["product"] as? String == "Prometheus")
        #expect((row("prom")["version"] as? String)?.isEmpty == false)
        #expect(row("am")["product"] as? String == "Alertmanager")
        #expect(row("chat-0")["product"] as? String == "vLLM")
        #expect(row("tiny")["product"] as? String == "llama.cpp")
        #expect(
            rows.allSatisfy { $0["ok"] as? Bool == true && $0["latency_seconds"] is Double && $0["fault"] is NSNull })
        #expect(try peers.pitwall("check").status == 0)
        try peers.become("down")
        let sick = try peers.pitwall("check")
        #expect(sick.status == 1)
        #expect(sick.text.contains("chat-0: 503"))
        #expect(sick.text.contains("Look at the server's own log."))
    }

    @Test("get prints connections, models, alerts, silences and samples of real servers")
    func get() async throws {
        let peers = try Peers()
        // Both ways see the same server; their windows need some seconds to hold the same samples.
        let models = try await Peers.wait("the same rates both ways") {
            try peers.rows("get", "models")
        } until: { rows in
            let rates = rows.prefix(2).compactMap { $0["requests_per_second"] as? Double }
            let times = rows.prefix(2).compactMap { $0["ttft_p95_seconds"] as? Double }
            return rates.count == 2 && times.count == 2 && abs(rates[0] - rates[1]) < 0.2 * rates[1]
        }
        #expect(models[0]["health"] as? String == "ok")
        #expect(models[0]["release"] as? String == "v14")
        #expect(models[2]["probe_ttft_seconds"] is Double)
        #expect(models[0]["gpu_use_ratio"] is NSNull)
        // Nobody has judged: that is not a share of 0.
        for key in ["label_good_ratio", "labels_judged", "release_win_ratio", "release_compared_with"] {
            #expect(models[0][key] is NSNull)
        }
        #expect(try peers.rows("get", "connections").count == 5)
        #expect(try peers.rows("get", "alerts").isEmpty)
        #expect(try peers.rows("get", "silences").isEmpty)
        let samples = try peers.rows("get", "samples", "vllm:num_requests_running")
        #expect(samples.contains { $0["connection"] as? String == "chat-0" && $0["value"] as? Double == 8 })
        #expect(try peers.pitwall("get", "models", "-o", "csv").text.hasPrefix("name,health,replicas_up"))

        // As the model counts them, a chat with what its template puts around it.
        let file = peers.folder + "/chats.jsonl"
        try
            (#"{"text": "to be or not to be, that is the question", "messages": [{"role": "user", "content": "to be"}]}"#
            + "\n")
            .write(toFile: file, atomically: true, encoding: .utf8)
        let tokens = try peers.rows("data", "tokens", file, "--on", "tiny")
        #expect(tokens.map { $0["name"] as? String } == ["text", "messages"], "\(tokens)")
        #expect(tokens.allSatisfy { ($0["tokens_max"] as? Int ?? 0) > 1 && $0["rows"] as? Int == 1 }, "\(tokens)")
    }

    @Test("a silence of the command line is found by amtool, and its end is seen")
    func silence() throws {
        let peers = try Peers()
        let made = try peers.pitwall(
            "silence", "add", "alertname=Nothing", "model=~\"a.*\"", "--for", "10m", "--reason", "a test")
        #expect(made.status == 0, "\(made.text)")
        let id = made.text.trimmingCharacters(in: .whitespacesAndNewlines)
        func query() throws -> String {
            try Command([peers.facts.amtool, "--alertmanager.url=\(peers.facts.alertmanager)", "silence", "query"])
                .run().text
        }
        #expect(try query().contains(id))
        #expect(try peers.pitwall("silence", "expire", id).status == 0)
        #expect(try !query().contains(id))
    }
}

/// One after the other: each starts servers of its own on a machine of two cores.
@Suite(.serialized)
struct EndToEnd {}
