import Foundation
import PitHTTP
import PitModel

/// Pages of 56 KB over 64 kept connections: our transport beside a plain loop over libcurl's multi interface.
struct HTTPBenchmark: Benchmark {
    static let name = "http"
    private static let (requests, atOnce, targets) = (20_000, 64, 1000)

    func run(_ bench: Bench) throws -> [Figure] {
        let loop = try bench.c("httploop", libraries: ["curl"])
        let server = try bench.serve(bench.c("pageserver"))
        defer { server.stop() }
        let base = "http://127.0.0.1:\(server.port)"
        var (ours, plain, parallel): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<5 {
            let words = try bench.run(
                loop, ["\(base)/t/", "/metrics", "\(Self.requests)", "\(Self.atOnce)", "\(Self.targets)"]
            )
            .output.split(separator: " ")
            plain.append((Double(words[0]) ?? .nan) / Double(Self.requests) * 1e6)
            ours.append(try Self.ours(base) / Double(Self.requests) * 1e6)
        }
        let few = 2000
        for _ in 0..<3 {
            let used = try bench.run(
                bench.curl,
                [
                    "-s", "--no-progress-meter", "-Z", "--parallel-max", "\(Self.atOnce)", "--noproxy", "*", "-o",
                    "/dev/null",
                    "\(base)/t/[0-\(few - 1)]/metrics",
                ]
            ).cpu
            parallel.append(used / Double(few) * 1e6)
        }
        let pages = "\(Self.requests) pages of \(server.words.dropFirst().first ?? "?") bytes, \(Self.atOnce) at once"
        return [
            Figure(
                work: "get a page over HTTP", unit: "us CPU", ours: Bench.median(ours), peer: Bench.median(plain),
                peerName: "libcurl multi from C", better: .lower, goal: .ratio(1.3),
                note: "\(pages); least \(Table.short(ours.min() ?? .nan)) against \(Table.short(plain.min() ?? .nan))"),
            Figure(
                work: "get a page over HTTP", unit: "us CPU", ours: Bench.median(ours), peer: Bench.median(parallel),
                peerName: "curl --parallel", better: .lower, goal: .none),
        ]
    }

    /// CPU seconds for all requests.
    private static func ours(_ base: String) throws -> Double {
        let engine = CurlEngine(limit: atOnce)
        defer { engine.shutdown() }
        // One a target, as the connections of a configuration are.
        let wires = (0..<targets).map { target in
            var endpoint = Endpoint(url: "\(base)/t/\(target)/metrics", timeout: 30, maxBytes: 1 << 20)
            endpoint.proxy = .none
            endpoint.maxConcurrent = atOnce
            return CurlHTTP(engine: engine, endpoint: endpoint, version: "0")
        }
        let before = Bench.cpu
        try Bench.await {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<atOnce {
                    group.addTask {
                        for request in stride(from: worker, to: requests, by: atOnce) {
                            let reply = try await wires[request % targets].send(HTTPRequest(.get, ""))
                            guard reply.status == 200, reply.body.count > 40_000 else {
                                throw Bench.Failure(description: "a bad reply: \(reply.status)")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        return Bench.cpu - before
    }
}
