import Foundation
import PitGrid
import PitTestKit
import Testing

/// The console, with a hundred healthy servers and every hostile one at once.
@Suite("all hostile servers at once", .serialized)
struct Together {
    private static let program = Built.executable("pitwall")
    /// Megabytes that the process may ever have taken.
    private static let mostMemory = 150

    private static func configuration(_ hostile: HostileServers, _ healthy: HostileServers) throws -> String {
        var lines = ["connections:"]
        func add(_ name: String, _ kind: String, _ url: String) {
            let tls = name.contains("tls-") ? ", tls: {ca: '\(hostile.authority)'}" : ""
            lines.append(
                "  - {name: '\(name)', kind: \(kind), url: '\(url)', interval: 5s, timeout: 4s, proxy: none\(tls)}")
        }
        for (name, port) in healthy.ports.sorted(by: { $0.key < $1.key }) where name != "other" {
            add(name, "metrics", "http://127.0.0.1:\(port)")
        }
        for one in Case.metrics { add("bad-\(one.server)", "metrics", try hostile.url(one.server)) }
        for one in Case.json where one.server.hasSuffix("json") || one.server == "gzip-bomb" {
            add("bad-\(one.server)-\(one.kind)", one.kind, try hostile.url(one.server))
        }
        lines.append("models:")
        lines.append("  - {name: good, metrics: [\((0..<100).map { "healthy-\($0)" }.joined(separator: ", "))]}")
        let bad = Case.metrics.filter { $0.codes.isEmpty }.map { "bad-\($0.server)" }
        lines.append("  - {name: bad, metrics: [\(bad.joined(separator: ", "))]}")
        lines.append("console: {time: utc, author: ana}")
        return lines.joined(separator: "\n") + "\n"
    }

    @Test("the healthy ones are polled on time, keys answer, memory is bounded, and causes are told in words")
    func together() async throws {
        let hostile = try HostileServers.shared.get()
        let healthy = try HostileServers(healthy: 100)
        let folder = healthy.folder
        let config = folder + "/config.yaml"
        try Self.configuration(hostile, healthy).write(toFile: config, atomically: true, encoding: .utf8)
        let environment = ["XDG_STATE_HOME": folder + "/state", "XDG_CONFIG_HOME": folder + "/config"]
        let terminal = try Tmux(
            "echo $$ > \(folder)/pid; exec \(Tmux.quoted(Self.program)) --config \(config)", size: Size(200, 60),
            environment: environment)
        try await terminal.wait(for: "good", within: .seconds(60))

        // Several rounds, with a person at the keys all the while.
        var rounds = 0
        while (try healthy.polls().filter { $0.key != "other" }.values.min() ?? 0) < 6 {
            for (key, title) in [
                ("3", "SEVERITY"), ("W", "KIND"), ("O", "and worse"), ("1", "HEALTH"), ("?", "Keys"),
            ] {
                try terminal.send(key)
                try await terminal.wait(for: title, within: .seconds(30))
            }
            try terminal.send("Escape")
            try await terminal.wait("the help to be gone") { !$0.contains { $0.contains("Keys") } }
            rounds += 1
        }
        #expect(rounds > 0)

        let pid = try String(contentsOfFile: folder + "/pid", encoding: .utf8).split(separator: "\n").first.map(
            String.init)
        let status = try String(contentsOfFile: "/proc/\(pid ?? "")/status", encoding: .utf8)
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }.flatMap { line in
            Int(line.split(whereSeparator: { !$0.isNumber }).first ?? "")
        }
        print("peak resident memory: \((peak ?? 0) >> 10) MB")
        // A sanitizer takes several times as much for itself, of time as well.
        let isSanitized = ProcessInfo.processInfo.environment.keys.contains {
            $0 == "ASAN_OPTIONS" || $0 == "TSAN_OPTIONS"
        }
        #expect((peak ?? .max) >> 10 < Self.mostMemory || isSanitized)

        // Another process reads what this one keeps.
        let output = try Command(
            [Self.program, "get", "connections", "--cached", "-o", "json", "--config", config],
            environment: environment.mapValues { $0 }
        ).run()
        let from = try #require(output.text.firstIndex(of: "["))
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(output.text[from...].utf8)) as? [[String: Any]])
        let well = rows.filter { ($0["name"] as? String)?.hasPrefix("healthy-") == true }
        #expect(well.count == 100)
        let late = well.filter { ($0["missed_turns"] as? Int ?? -1) != 0 }
        #expect(late.isEmpty || isSanitized, "\(late)")
        #expect(well.allSatisfy { $0["status"] as? String == "ok" })
        for one in Case.metrics where !one.codes.isEmpty {
            let row = rows.first { $0["name"] as? String == "bad-\(one.server)" }
            let code = row?["fault_code"] as? String ?? "none"
            // Where all want the machine at once, one that never ends may run out of time before it is too large.
            #expect(one.codes.union(["timeout", "unreachable"]).contains(code), "\(one.server): \(code)")
            #expect((row?["hint"] as? String)?.isEmpty == false, "\(one.server)")
        }
        try terminal.send("q")
        try await terminal.wait(for: "1", of: "#{pane_dead}")
    }
}
