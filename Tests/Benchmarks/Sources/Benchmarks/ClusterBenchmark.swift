import Foundation
import PitConnect
import PitHTTP
import PitModel

/// A cluster of 5,000 Deployments with 50,000 ReplicaSets: listed, then watched while a fifth of it changes; beside two
/// `kubectl get --watch` of the same server. And the time to a rollback's plan, beside what the server's own replies take.
struct ClusterBenchmark: Benchmark {
    static let name = "cluster"
    private static let deployments = 5_000
    private static let revisions = 10
    private static let touched = 1_000

    func run(_ bench: Bench) throws -> [Figure] {
        let script = bench.package.appending(path: "../Peers/kubernetes.py").standardizedFileURL.path
        let server = try bench.serve(
            "/usr/bin/env",
            ["python3", script, "--deployments", "\(Self.deployments)", "--revisions", "\(Self.revisions)", "--open"])
        defer { server.stop() }
        let url = server.words.first ?? ""
        let before = Bench.resident() ?? 0
        let began = Bench.cpu
        let found = try Bench.await { try await Self.follow(url) }
        let ours = Bench.cpu - began
        let resident = Bench.resident() ?? .nan
        let size = "\(Self.deployments) Deployments, \(Self.deployments * Self.revisions) ReplicaSets"
        let peer = try kubectl(bench, url)
        let small = try bench.serve("/usr/bin/env", ["python3", script, "--deployments", "500", "--revisions", "20"])
        defer { small.stop() }
        let place = small.words.first ?? ""
        let extra = try Bench.await { try await Self.planning(place) }
        return [
            Figure(
                work: "list and watch \(size)", unit: "MB resident", ours: resident / 1e6, better: .lower,
                goal: .value(200),
                note: "at most \(Table.short((Bench.resident(peak: true) ?? .nan) / 1e6)), before it "
                    + "\(Table.short(before / 1e6)); \(found) were found"),
            Figure(
                work: "list and watch \(size)", unit: "CPU s", ours: ours, peer: peer, peerName: "kubectl get --watch",
                better: .lower, goal: .ratio(1), note: "and \(Self.touched) changes of each kind"),
            Figure(
                work: "plan a rollback among 500 Deployments, 10,000 ReplicaSets",
                unit: "ms beyond the server's replies",
                ours: extra, better: .lower, goal: .value(100), note: "median of 20"),
        ]
    }

    private static func wire(_ url: String, timed: Bool = false) -> CurlHTTP {
        CurlHTTP(
            engine: CurlEngine(),
            endpoint: Endpoint(
                url: url, credential: .bearer(.fixed(Secret("admin.0123456789"))), proxy: .none, timeout: 120,
                maxConcurrent: 32), version: "benchmark")
    }

    private static func connection(_ url: String) -> Connection {
        Connection(name: ConnectionName("cluster"), kind: "kubernetes", url: url)
    }

    /// Lists, watches, and sees changes; gives the number that was found.
    static func follow(_ url: String) async throws -> Int {
        let http = wire(url)
        let connector = KubernetesConnector(connection(url), http: http)
        _ = try await connector.deployments()
        _ = try await connector.deployments()
        _ = try await http.send(
            HTTPRequest(.post, "/-/touch", query: [(name: "count", value: "\(touched)")], timeout: 60)
        ).success()
        // Each poll of a console reads; the last of the changes marks the end.
        for _ in 0..<10 {
            try await Task.sleep(for: .milliseconds(500))
            _ = try await connector.deployments()
        }
        return try await connector.deployments().count { $0.current != nil }
    }

    /// The median of the milliseconds from asking for a plan to having it, less those in which the server was waited for.
    static func planning(_ url: String) async throws -> Double {
        let http = Stopwatch(wire(url))
        let connector = KubernetesConnector(connection(url), http: http)
        _ = try await connector.deployments()
        var all: [Double] = []
        for number in 0..<20 {
            let name = "llm-000\(number < 10 ? "0" : "")\(number)"
            let id = DeploymentID(
                connection: ConnectionName("cluster"), kind: .deployment,
                namespace: "team-\(number < 10 ? "0" : "")\(number)", name: name)
            http.reset()
            let began = ContinuousClock().now
            let plan = try await connector.plan(DeploymentRequest(.rollback, id, author: "b", reason: "b"))
            guard plan.target != nil, !plan.isBlocked else { throw Bench.Failure(description: "\(plan.concerns)") }
            all.append((ContinuousClock().now - began) / .milliseconds(1) - http.longestPath)
        }
        return Bench.median(all)
    }

    /// CPU seconds of kubectl for the same: it watches one kind at a time.
    private func kubectl(_ bench: Bench, _ url: String) throws -> Double? {
        let program = ["/usr/bin/kubectl", bench.debian("usr/bin/kubectl")].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let program else { return nil }
        var sum = 0.0
        for (kind, count) in [("deployments", Self.deployments), ("replicasets", Self.deployments * Self.revisions)] {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = [
                "--server", url, "get", kind, "--all-namespaces", "--watch",
            ]
            process.environment = ["HOME": bench.room.path, "PATH": "/usr/bin:/bin"]
            let output = bench.room.appending(path: "\(kind).txt")
            _ = FileManager.default.createFile(atPath: output.path, contents: nil)
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = FileHandle.nullDevice
            try process.run()
            defer { process.terminate() }
            try wait(for: count, in: output)
            try bench.run(
                bench.curl, ["-sS", "--noproxy", "*", "-X", "POST", "\(url)/-/touch?count=\(Self.touched)"])
            try wait(for: count + Self.touched, in: output)
            sum += Bench.cpu(of: process.processIdentifier) ?? .nan
        }
        return sum
    }

    private func wait(for lines: Int, in file: URL) throws {
        for _ in 0..<1_200 {
            if try Data(contentsOf: file).count(where: { $0 == 0x0A }) >= lines { return }
            usleep(100_000)
        }
        throw Bench.Failure(description: "kubectl did not show \(lines) lines")
    }
}

/// A wire that measures for how long at least one request was under way.
private final class Stopwatch: HTTP {
    private struct State {
        var open = 0
        var since = ContinuousClock().now
        var busy = Duration.zero
    }
    private let inner: CurlHTTP
    private let lock = NSLock()
    // SAFETY: read and written under `lock` alone.
    nonisolated(unsafe) private var state = State()
    var address: String { inner.address }

    init(_ inner: CurlHTTP) { self.inner = inner }

    func reset() { lock.withLock { state.busy = .zero } }
    var longestPath: Double { lock.withLock { state.busy / .milliseconds(1) } }

    func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        enter()
        defer { leave() }
        return try await inner.send(request)
    }

    func stream(
        _ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply {
        try await inner.stream(request, onBytes: onBytes)
    }

    private func enter() {
        lock.withLock {
            if state.open == 0 { state.since = ContinuousClock().now }
            state.open += 1
        }
    }

    private func leave() {
        lock.withLock {
            state.open -= 1
            if state.open == 0 { state.busy += ContinuousClock().now - state.since }
        }
    }
}
