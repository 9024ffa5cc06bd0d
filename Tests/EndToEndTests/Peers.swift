import Foundation
import PitTestKit

/// Real servers, started for one test in a folder of its own and stopped with it.
final class Peers: Sendable {
    struct Facts: Decodable, Sendable {
        var prometheus: String
        var alertmanager: String
        var exporter: String
        var inference: String
        var amtool: String
    }

    let facts: Facts
    private let rules: String
    let folder: String
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../Peers/peers.py"
    ).standardized.path

    /// - Parameter rules: the configuration's section of pitwall's own rules, in one line or several.
    init(rules: String = "rules: {interval: 1s}") throws {
        self.rules = rules
        folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-peers-\(UUID().uuidString)").path
        let output = try Command(["python3", Self.script, "start", folder]).run()
        guard output.status == 0 else { throw Command.Failure("the servers did not start:\n\(output.text)") }
        facts = try JSONDecoder().decode(Facts.self, from: Data(contentsOf: URL(filePath: folder + "/peers.json")))
        try configuration.write(toFile: folder + "/config.yaml", atomically: true, encoding: .utf8)
    }

    deinit { _ = try? Command(["python3", Self.script, "stop", folder]).run() }

    /// How the stand-in for vLLM does: normal, slow, long, down.
    func become(_ mode: String) throws {
        let output = try Command([
            "curl", "-fsS", "--noproxy", "*", "-X", "POST", "-d", "", "\(facts.exporter)/-/mode?name=\(mode)",
        ]).run()
        guard output.status == 0 else { throw Command.Failure(output.text) }
    }

    private var configuration: String {
        """
        connections:
          - {name: prom, kind: prometheus, url: '\(facts.prometheus)', interval: 2s, proxy: none}
          - {name: am, kind: alertmanager, url: '\(facts.alertmanager)', interval: 1s, proxy: none}
          - {name: chat-0, kind: metrics, url: '\(facts.exporter)', interval: 1s, proxy: none}
          - {name: tiny, kind: openai, url: '\(facts.inference)', interval: 2s, proxy: none, probe: true}
          - {name: tiny-metrics, kind: metrics, url: '\(facts.inference)', interval: 2s, proxy: none}
        models:
          - {name: chat-model, metrics: chat-0, alerts: {model_name: chat-model}, slo: {ttft_p95: 800ms, errors: 5%}, release: v14}
          - {name: by-prometheus, metrics: [{connection: prom, profile: vllm, match: {model_name: chat-model}}]}
          - {name: tiny-random, metrics: tiny-metrics, endpoints: tiny}
        drift: {window: 10s, reference: before 5m, interval: 2s}
        \(rules)
        console: {time: utc, author: ana}

        """
    }

    var environment: [String: String] {
        [
            "XDG_STATE_HOME": folder + "/state", "XDG_CONFIG_HOME": folder + "/config", "SWIFT_BACKTRACE": "enable=no",
            "LC_ALL": "C.UTF-8",
        ]
    }

    static let program = Built.executable("pitwall")

    /// Runs a command of the program against the servers.
    func pitwall(_ words: String...) throws -> Command.Output {
        try Command(
            [Self.program] + words + ["--config", folder + "/config.yaml"], environment: environment.mapValues { $0 }
        ).run()
    }

    /// The rows of a command's JSON.
    func rows(_ words: String...) throws -> [[String: Any]] {
        let arguments = [Self.program] + words + ["-o", "json", "--config", folder + "/config.yaml"]
        let output = try Command(
            ["sh", "-c", "exec \"$0\" \"$@\" 2>/dev/null"] + arguments, environment: environment.mapValues { $0 }
        ).run()
        guard let rows = try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [[String: Any]] else {
            throw Command.Failure("no rows: \(output.text)")
        }
        return rows
    }

    static func date(_ text: String) -> Date? {
        let format = ISO8601DateFormatter()
        format.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        return format.date(from: text)
    }

    /// Looks again and again until it is as wanted.
    static func wait<T>(
        _ what: String, within deadline: Duration = .seconds(180), _ look: () throws -> T, until: (T) -> Bool
    ) async throws -> T {
        let end = ContinuousClock().now + deadline
        while true {
            let seen = try look()
            if until(seen) { return seen }
            guard ContinuousClock().now < end else {
                throw Command.Failure("waited \(deadline) for \(what); seen: \(seen)")
            }
            // Between two looks, not for what is looked for.
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
