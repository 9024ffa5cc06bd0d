import Foundation

/// Ten thousand targets of some 50 KB every fifteen seconds, every sample stored: ours, then Prometheus with the same
/// targets. `TARGETS` in the environment makes it another number.
struct ScrapeBenchmark: Benchmark {
    static let name = "scrape"
    private static let interval = 15.0
    private static let warm = 75.0
    private static let measured = 60.0

    private struct Spent {
        var cpu: Double
        var resident: Double
        var peak: Double
    }

    func run(_ bench: Bench) throws -> [Figure] {
        let targets = ProcessInfo.processInfo.environment["TARGETS"].flatMap { Int($0) } ?? 10_000
        let server = try bench.serve(bench.c("pageserver"))
        defer { server.stop() }
        let page = try bench.run(
            bench.curl, ["-sS", "--noproxy", "*", "http://127.0.0.1:\(server.port)/t/0/metrics"]
        ).output
        let samples = page.split(separator: "\n").count { !$0.hasPrefix("#") }
        let millions = Double(samples * targets) * Self.measured / Self.interval / 1e6
        let (ours, late) = try pitwall(bench, targets, server.port)
        let (peer, appended) = try prometheus(bench, targets, server.port)
        let work = "scrape \(targets) targets of \(samples) samples every 15 s"
        return [
            Figure(
                work: work, unit: "CPU s/M samples", ours: ours.cpu / millions, peer: peer.cpu / appended,
                peerName: "Prometheus", better: .lower, goal: .ratio(0.25),
                note: "steady, \(Int(Self.measured)) s: \(Table.short(ours.cpu)) CPU s, and \(Table.short(peer.cpu))"),
            Figure(
                work: work, unit: "MB resident", ours: ours.resident / 1e6, peer: peer.resident / 1e6,
                peerName: "Prometheus", better: .lower, goal: .ratio(0.1),
                note: "at most \(Table.short(ours.peak / 1e6)), and \(Table.short(peer.peak / 1e6))"),
            Figure(
                work: work, unit: "turns missed", ours: late.map(Double.init), better: .lower, goal: .value(0),
                note: "of \(targets * Int((Self.warm + Self.measured) / Self.interval)), the start included"),
        ]
    }

    private func watch(_ pid: Int32) throws -> Spent {
        sleep(UInt32(Self.warm))
        guard let before = Bench.cpu(of: pid) else { throw Bench.Failure(description: "it ended too soon") }
        sleep(UInt32(Self.measured))
        guard let after = Bench.cpu(of: pid), let resident = Bench.resident(pid),
            let peak = Bench.resident(pid, peak: true)
        else { throw Bench.Failure(description: "it ended too soon") }
        return Spent(cpu: after - before, resident: resident, peak: peak)
    }

    private func pitwall(_ bench: Bench, _ targets: Int, _ port: String) throws -> (Spent, late: Int?) {
        var text = "store: {max_size: 20GB}\nconnections:\n"
        for target in 0..<targets {
            text +=
                "  - {name: t\(target), kind: metrics, url: 'http://127.0.0.1:\(port)/t/\(target)/metrics', interval: 15s, proxy: none}\n"
        }
        text += "models:\n"
        for model in 0..<(targets + 9) / 10 {
            let names = (model * 10..<min(targets, model * 10 + 10)).map { "t\($0)" }.joined(separator: ", ")
            text += "  - {name: model-\(model), metrics: [\(names)]}\n"
        }
        let config = bench.room.appending(path: "scrape.yaml")
        try text.write(to: config, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: bench.pitwall)
        process.arguments = [
            "poll", "--config", config.path, "--for", "\(Int(Self.warm + Self.measured) + 10)s", "-o", "json",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["XDG_STATE_HOME": bench.room.appending(path: "scrape-state").path]) { $1 }
        let output = bench.room.appending(path: "scrape.json")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        let spent = try watch(process.processIdentifier)
        process.waitUntilExit()
        let rows = try JSONSerialization.jsonObject(with: Data(contentsOf: output)) as? [[String: Any]]
        let missed = rows?.compactMap { $0["missed_turns"] as? Int }
        return (spent, missed?.count == targets ? missed?.reduce(0, +) : nil)
    }

    private func prometheus(_ bench: Bench, _ targets: Int, _ port: String) throws -> (Spent, millions: Double) {
        var text = "scrape_configs:\n  - job_name: vllm\n    static_configs:\n"
        for target in 0..<targets {
            text +=
                "      - {targets: ['127.0.0.1:\(port)'], labels: {__metrics_path__: /t/\(target)/metrics, t: '\(target)'}}\n"
        }
        let peer = try PrometheusPeer(bench, data: bench.room.appending(path: "scrape-data"), scrape: text)
        defer { peer.stop() }
        func appended() throws -> Double {
            let lines = try peer.get("/metrics").split(separator: "\n")
            let line = lines.first { $0.hasPrefix("prometheus_tsdb_head_samples_appended_total") }
            return line?.split(separator: " ").last.flatMap { Double($0) } ?? .nan
        }
        sleep(UInt32(Self.warm))
        let (before, cpu) = (try appended(), Bench.cpu(of: peer.pid) ?? .nan)
        sleep(UInt32(Self.measured))
        let (after, spent) = (try appended(), (Bench.cpu(of: peer.pid) ?? .nan) - cpu)
        let resident = (Bench.resident(peer.pid) ?? .nan, Bench.resident(peer.pid, peak: true) ?? .nan)
        return (Spent(cpu: spent, resident: resident.0, peak: resident.1), (after - before) / 1e6)
    }
}
