import Foundation

/// A Prometheus on a free port, until it is stopped.
final class PrometheusPeer {
    let url: String
    let pid: Int32
    private let process = Process()
    private let bench: Bench

    /// `scrape` is the rest of its configuration.
    init(_ bench: Bench, data: URL, scrape: String, more: [String] = []) throws {
        self.bench = bench
        let config = bench.room.appending(path: "prometheus.yml")
        try "global: {scrape_interval: 15s, scrape_timeout: 10s}\n\(scrape)\n".write(
            to: config, atomically: true, encoding: .utf8)
        let port = Int.random(in: 20_000...30_000)
        url = "http://127.0.0.1:\(port)"
        process.executableURL = URL(fileURLWithPath: bench.debian("usr/bin/prometheus"))
        process.arguments =
            [
                "--config.file=\(config.path)", "--storage.tsdb.path=\(data.path)",
                "--web.listen-address=127.0.0.1:\(port)",
                "--log.level=error",
            ] + more
        process.standardError = FileHandle.nullDevice
        try process.run()
        pid = process.processIdentifier
        for _ in 0..<600 where process.isRunning {
            if (try? get("/-/ready")) != nil { return }
            usleep(100_000)
        }
        throw Bench.Failure(description: "Prometheus did not start")
    }

    func get(_ path: String) throws -> String {
        try bench.run(bench.curl, ["-fsS", "--noproxy", "*", "--stderr", "/dev/null", url + path]).output
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
