import Foundation

/// Ten thousand alerting rules over a hundred thousand series every fifteen seconds: what they cost beside scraping the
/// same without them, ours and Prometheus'. Each series is in a rule: quantiles of histograms, rates, means, gauges.
struct RulesBenchmark: Benchmark {
    static let name = "rules"
    private static let targets = 185
    private static let warm = 75.0
    private static let measured = 60.0

    private static let histograms = [
        "time_to_first_token_seconds", "inter_token_latency_seconds", "e2e_request_latency_seconds",
        "request_queue_time_seconds", "request_prefill_time_seconds", "request_decode_time_seconds",
        "request_inference_time_seconds", "request_prompt_tokens", "request_generation_tokens",
        "iteration_tokens_total", "request_params_max_tokens", "request_params_n",
        "request_time_per_output_token_seconds", "request_max_num_generation_tokens",
    ]
    private static let counters = [
        "prompt_tokens_total", "generation_tokens_total", "num_preemptions_total", "prefix_cache_queries_total",
        "prefix_cache_hits_total",
    ]

    /// A rule's expression in both languages, of the series that `where` selects.
    private static func expressions(_ where_: String) -> [(ours: String, peer: String)] {
        var all: [(String, String)] = []
        for name in histograms.map({ "vllm:" + $0 }) {
            all.append(
                (
                    "quantile(0.95, \(name){\(where_)}[1m]) > 1e12",
                    "histogram_quantile(0.95, rate(\(name)_bucket{\(where_)}[1m])) > 1e12"
                ))
            all.append(same("rate(\(name)_count{\(where_)}[1m]) > 1e12"))
            all.append(same("rate(\(name)_sum{\(where_)}[1m]) / rate(\(name)_count{\(where_)}[1m]) > 1e12"))
        }
        for name in counters.map({ "vllm:" + $0 }) {
            all.append(same("rate(\(name){\(where_)}[1m]) > 1e12"))
            all.append(same("sum by (model_name) (increase(\(name){\(where_)}[1m])) > 1e12"))
        }
        return all + [
            same("vllm:num_requests_running{\(where_)} > 1e12"), same("vllm:num_requests_waiting{\(where_)} > 1e12"),
        ]
    }

    private static func same(_ text: String) -> (String, String) { (text, text) }

    func run(_ bench: Bench) throws -> [Figure] {
        let server = try bench.serve(bench.c("pageserver"))
        defer { server.stop() }
        let page = try bench.run(
            bench.curl, ["-sS", "--noproxy", "*", "http://127.0.0.1:\(server.port)/t/0/metrics"]
        ).output
        let series = page.split(separator: "\n").count { !$0.hasPrefix("#") } * Self.targets
        let rules = Self.expressions("").count * Self.targets
        let ours = try [false, true].map { try pitwall(bench, server.port, withRules: $0) }
        let peer = try [false, true].map { try prometheus(bench, server.port, withRules: $0) }
        func words(_ cpu: [Double]) -> String { "\(Table.short(cpu[1])) CPU s with, \(Table.short(cpu[0])) without" }
        let turns = Self.measured / 15
        return [
            Figure(
                work: "\(rules) rules on \(series) series, one evaluation", unit: "CPU s",
                ours: max(0, ours[1] - ours[0]) / turns, peer: (peer[1] - peer[0]) / turns, peerName: "Prometheus",
                better: .lower, goal: .ratio(0.5),
                note: "\(Int(Self.measured)) s of scraping: \(words(ours)); Prometheus \(words(peer))")
        ]
    }

    private func watch(_ pid: Int32) throws -> Double {
        sleep(UInt32(Self.warm))
        guard let before = Bench.cpu(of: pid) else { throw Bench.Failure(description: "it ended too soon") }
        sleep(UInt32(Self.measured))
        guard let after = Bench.cpu(of: pid) else { throw Bench.Failure(description: "it ended too soon") }
        return after - before
    }

    private func pitwall(_ bench: Bench, _ port: String, withRules: Bool) throws -> Double {
        var text = "drift: {enabled: false}\nconnections:\n"
        for target in 0..<Self.targets {
            text +=
                "  - {name: t\(target), kind: metrics, url: 'http://127.0.0.1:\(port)/t/\(target)/metrics', interval: 15s, proxy: none}\n"
        }
        text += "models: [{name: m, metrics: t0}]\nrules:\n  interval: 15s\n  off: all\n"
        if withRules {
            text += "  own:\n"
            for target in 0..<Self.targets {
                for (number, rule) in Self.expressions("connection=\"t\(target)\"").enumerated() {
                    text += "    - {alert: R\(target)x\(number), expr: '\(rule.ours)', severity: warning}\n"
                }
            }
        }
        let config = bench.room.appending(path: "rules.yaml")
        try text.write(to: config, atomically: true, encoding: .utf8)
        let state = bench.room.appending(path: "rules-state-\(withRules)")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: bench.pitwall)
        process.arguments = ["poll", "--config", config.path, "--for", "\(Int(Self.warm + Self.measured) + 10)s"]
        process.environment = ProcessInfo.processInfo.environment.merging(["XDG_STATE_HOME": state.path]) { $1 }
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        return try watch(process.processIdentifier)
    }

    private func prometheus(_ bench: Bench, _ port: String, withRules: Bool) throws -> Double {
        var text = "scrape_configs:\n  - job_name: vllm\n    static_configs:\n"
        for target in 0..<Self.targets {
            text +=
                "      - {targets: ['127.0.0.1:\(port)'], labels: {__metrics_path__: /t/\(target)/metrics, t: '\(target)'}}\n"
        }
        if withRules {
            let file = bench.room.appending(path: "rules.yml")
            var rules = "groups:\n  - name: all\n    interval: 15s\n    rules:\n"
            for target in 0..<Self.targets {
                for (number, rule) in Self.expressions("t=\"\(target)\"").enumerated() {
                    rules +=
                        "      - {alert: R\(target)x\(number), expr: '\(rule.peer)', labels: {severity: warning}}\n"
                }
            }
            try rules.write(to: file, atomically: true, encoding: .utf8)
            text = "rule_files: ['\(file.path)']\n" + text
        }
        let peer = try PrometheusPeer(
            bench, data: bench.room.appending(path: "rules-data-\(withRules)"), scrape: text)
        defer { peer.stop() }
        return try watch(peer.pid)
    }
}
