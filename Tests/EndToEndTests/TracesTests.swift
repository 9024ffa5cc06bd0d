import Foundation
import PitTestKit
import Testing

/// A real MLflow server with a configuration that reads it.
private final class Tracing: Sendable {
    let folder: String
    let url: String
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../Peers/mlflow_server.py"
    ).standardized.path

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-mlflow-\(UUID().uuidString)").path
        let output = try Command(["python3", Self.script, "start", folder]).run()
        guard output.status == 0 else { throw Command.Failure("MLflow did not start:\n\(output.text)") }
        let facts = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: folder + "/mlflow.json")))
        url = (facts as? [String: Any])?["mlflow"] as? String ?? ""
        try compare("4m")
    }

    /// Writes the configuration: the last `window` is compared with the hour before it.
    func compare(_ window: String) throws {
        let configuration = """
            connections:
              - {name: tracking, kind: mlflow, url: '\(url)', experiments: production-chat, timeout: 30s, interval: 30s, proxy: none}
            models:
              - {name: support-chat, interactions: {from: tracking, served_as: support-chat}}
            interactions: {redact: [email, card]}
            drift: {window: \(window), reference: before 1h, interval: 1s}

            """
        try configuration.write(toFile: folder + "/config.yaml", atomically: true, encoding: .utf8)
    }

    deinit { _ = try? Command(["python3", Self.script, "stop", folder]).run() }

    func seed(_ count: Int, from first: Int = 0, isOther: Bool = false) throws {
        let words = ["seed", folder, "\(count)", "\(first)"] + (isOther ? ["other"] : [])
        let output = try Command(["python3", Self.script] + words).run()
        guard output.status == 0 else { throw Command.Failure(output.text) }
    }

    func rows(_ words: String...) throws -> [[String: Any]] {
        let arguments = [Peers.program] + words + ["-o", "json", "--config", folder + "/config.yaml"]
        let output = try Command(
            ["sh", "-c", "exec \"$0\" \"$@\" 2>>\(folder)/errors"] + arguments,
            environment: ["XDG_STATE_HOME": folder + "/state", "LC_ALL": "C.UTF-8"]
        ).run()
        guard let rows = try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [[String: Any]] else {
            throw Command.Failure("no rows: \(output.text)")
        }
        return rows
    }

    /// Whether a text stands in any file of the state.
    func isKept(_ text: String) throws -> Bool {
        let state = folder + "/state/pitwall"
        return try FileManager.default.contentsOfDirectory(atPath: state).contains { file in
            try Data(contentsOf: URL(filePath: "\(state)/\(file)")).range(of: Data(text.utf8)) != nil
        }
    }
}

@Test("five hundred traces of a real MLflow are read once each, redacted, and new ones follow")
func fiveHundredTraces() throws {
    let tracing = try Tracing()
    try tracing.seed(500)
    let rows = try tracing.rows("get", "interactions", "--limit", "1000")
    #expect(rows.count == 500)
    #expect(Set(rows.compactMap { $0["id"] as? String }).count == 500)
    #expect(rows.allSatisfy { $0["model"] as? String == "support-chat" })
    #expect(rows.filter { $0["fault"] is String }.count == 10)
    #expect(rows.filter { $0["response"] is String }.count == 490)
    #expect(rows.allSatisfy { ($0["prompt_tokens"] as? Int).map { (20...26).contains($0) } ?? false })
    #expect(rows.allSatisfy { ($0["latency_seconds"] as? Double).map { (0.2...2.1).contains($0) } ?? false })
    let prompts = rows.compactMap { $0["prompt"] as? String }
    #expect(prompts.contains { $0.contains("[card]") } && prompts.contains { $0.contains("[email]") })
    #expect(try !tracing.isKept("4111 1111") && !tracing.isKept("ana.kestrel"))
    #expect(try tracing.isKept("reset my password"))
    try tracing.seed(3, from: 500)
    let later = try tracing.rows("get", "interactions", "--limit", "1000")
    #expect(later.count == 503)
    #expect(try tracing.rows("get", "interactions", "--cached", "--search", "(501)").count == 1)
    try watchesTheTexts(of: tracing)
}

/// The responses are other ones from a moment on; within less than a window that shows.
private func watchesTheTexts(of tracing: Tracing) throws {
    func drift() throws -> [String: [String: Any]] {
        let rows = try tracing.rows("get", "drift").filter { $0["source"] as? String == "responses" }
        return Dictionary(
            rows.compactMap { row in (row["feature"] as? String).map { ($0, row) } }, uniquingKeysWith: { $1 })
    }
    let before = try drift()
    for feature in ["response_text", "response_length", "refusal", "response_language", "finish_reason"] {
        #expect(before[feature]?["verdict"] as? String == "same", "\(before[feature] ?? [:])")
    }
    try tracing.seed(200, from: 600, isOther: true)
    // Most of what came within this is from the changed model.
    try tracing.compare("60s")
    let after = try drift()
    for feature in ["response_text", "response_length", "refusal", "oov_share"] {
        #expect(after[feature]?["verdict"] as? String == "drifted", "\(after[feature] ?? [:])")
    }
    #expect(after["finish_reason"]?["verdict"] as? String == "same")
    let text = after["response_text"] ?? [:]
    #expect((text["interval_low"] as? Double).map { $0 > 0.55 } == true)
    #expect(["n_current", "n_reference"].allSatisfy { (text[$0] as? Int).map { $0 >= 60 } ?? false })
}
