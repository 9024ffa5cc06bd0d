import Foundation
import PitTestKit
import Testing

extension EndToEnd {
    @Test("prompts that become longer are told as drift, from the server's own page and from a real Prometheus")
    func drift() async throws {
        let peers = try Peers()
        let poll = Process()
        poll.executableURL = URL(filePath: Peers.program)
        poll.arguments = ["poll", "--config", peers.folder + "/config.yaml"]
        poll.environment = ProcessInfo.processInfo.environment.merging(peers.environment) { $1 }
        (poll.standardOutput, poll.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try poll.run()
        defer {
            kill(poll.processIdentifier, SIGKILL)
            poll.waitUntilExit()
        }
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

        try peers.become("long")
        let seen = try await Peers.wait("the drift", { try verdicts("prompt_tokens") }) { seen in
            both.allSatisfy { seen[$0] == "drifted" }
        }
        #expect(seen.count == 2)
        #expect(try verdicts("response_tokens")["chat-model"] == "same")
        #expect(try verdicts("finish_reason")["chat-model"] == "same")
        let report = try peers.pitwall(
            "drift", "report", "chat-model", "--reference", "baseline calm", "-o", "markdown")
        #expect(report.status == 1, "\(report.text)")
        #expect(report.text.contains("| prompt tokens | PSI (hist) |") && report.text.contains("drifted"))
        #expect(report.text.contains("the baseline `calm`"))
        #expect(try peers.rows("get", "drift").allSatisfy { $0["limit"] as? Double == 0.2 })
        // A screen of the same, from what was kept.
        let screen = try peers.pitwall("snapshot", "--screen", "drift", "--size", "120x36")
        #expect(screen.text.contains("prompt tokens") && screen.text.contains("drift"), "\(screen.text)")
    }
}
