import Foundation
import PitConnect
import PitHTTP
import PitModel
import PitParse
import Synchronization

/// The API server of `Tests/Peers/kubernetes.py`, one for all tests of a run.
final class Cluster: Sendable {
    let url: String
    private let process: Process
    /// The server ends when this does.
    private let input = Pipe()
    static let engine = CurlEngine()

    static let shared = Result { try Cluster() }

    private init() throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../Peers/kubernetes.py"
        ).standardized.path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script, "--attached"]
        let output = Pipe()
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        self.process = process
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A { line.append(byte) }
        url = String(decoding: line, as: UTF8.self)
    }

    /// Empty, and as it is when nothing is wrong.
    static func fresh() async throws -> Cluster {
        let cluster = try shared.get()
        try await cluster.control("reset")
        try await cluster.set([
            ("controller", .flag(true)), ("kubelet", .flag(true)), ("ready_after", .number(0.05)),
            ("deadline_scale", .number(1)), ("deny", .text("")), ("deny_code", .number(403)), ("expired", .list([])),
            ("hang", .text("")), ("refuse", .text("")), ("drop_reply", .text("")), ("quota", .number(0)),
            ("gone_pages", .number(0)), ("mutate", .text("")), ("groups", .list(groups.map { .text($0) })),
        ])
        try await cluster.control("clear")
        return cluster
    }

    private static let groups = [
        "apps/v1", "v1", "autoscaling/v2", "serving.kserve.io/v1beta1", "serving.kserve.io/v1alpha1",
        "argoproj.io/v1alpha1",
    ]

    /// The server knows who it is by what stands before the dot.
    static func token(_ user: String) -> String { "\(user).0123456789abcdef" }

    func wire(_ token: String = "admin") -> CurlHTTP {
        CurlHTTP(
            engine: Self.engine,
            endpoint: Endpoint(
                url: url, credential: .bearer(.fixed(Secret(Self.token(token)))), proxy: .none, timeout: 5,
                maxConcurrent: 32),
            version: "test")
    }

    func connector(
        _ token: String = "admin", namespaces: [String] = [], http: (any HTTP)? = nil
    ) -> KubernetesConnector {
        KubernetesConnector(
            Connection(
                name: ConnectionName("cluster"), kind: "kubernetes", url: url,
                options: namespaces.isEmpty ? [:] : ["namespaces": .list(namespaces)]), http: http ?? wire(token))
    }

    // MARK: what tests do to it

    func set(_ values: [(key: String, value: JSONValue)]) async throws {
        try await control("set", body: JSONValue.object(values).json)
    }

    func control(_ what: String, body: String = "") async throws {
        _ = try await wire().send(HTTPRequest(.post, "/-/\(what)", body: Array(body.utf8))).success()
    }

    struct Asked: Sendable {
        var method: String
        var path: String
        var query: JSONValue
        var type: String?
        var body: String
        var isDryRun: Bool { query["dryRun"] != nil }
        var isWatch: Bool { query["watch"] != nil }
    }

    /// What was asked since the last `clear`.
    func asked() async throws -> [Asked] {
        let reply = try await wire().send(HTTPRequest(.get, "/-/log")).success()
        return (JSONReader.value(of: reply.body)?.list ?? []).map { each in
            Asked(
                method: each["method"]?.text ?? "", path: each["path"]?.text ?? "", query: each["query"] ?? .null,
                type: each["type"]?.text, body: each["body"]?.text ?? "")
        }
    }

    func delete(_ path: String) async throws { _ = try await wire().send(HTTPRequest(.delete, path)).success() }

    func get(_ path: String) async throws -> JSONValue {
        let reply = try await wire().send(HTTPRequest(.get, path)).success()
        return JSONReader.value(of: reply.body) ?? .null
    }

    func post(_ path: String, _ body: String) async throws {
        _ = try await wire().send(
            HTTPRequest(
                .post, path, headers: [(name: "Content-Type", value: "application/json")], body: Array(body.utf8))
        ).success()
    }

    func merge(_ path: String, _ body: String, by manager: String = "ci-deployer") async throws {
        _ = try await wire().send(
            HTTPRequest(
                .patch, path, query: [(name: "fieldManager", value: manager)],
                headers: [(name: "Content-Type", value: "application/merge-patch+json")], body: Array(body.utf8))
        ).success()
    }

    static func path(_ name: String) -> String { "/apis/apps/v1/namespaces/demo/deployments/\(name)" }

    func id(_ name: String, _ kind: DeploymentKind = .deployment) -> DeploymentID {
        DeploymentID(connection: ConnectionName("cluster"), kind: kind, namespace: "demo", name: name)
    }

    /// A Deployment of one container, as people write one.
    func deploy(_ name: String, image: String = "registry.local/llm-server:1.0.0", limit: Int = 10) async throws {
        try await post(
            "/apis/apps/v1/namespaces/demo/deployments",
            """
            {"metadata": {"name": "\(name)", "labels": {"app": "\(name)"},
              "annotations": {"kubernetes.io/change-cause": "release 1.0.0", "team/oncall": "ml"}},
             "spec": {"replicas": 2, "revisionHistoryLimit": \(limit), "progressDeadlineSeconds": 20,
              "selector": {"matchLabels": {"app": "\(name)"}},
              "template": {"metadata": {"labels": {"app": "\(name)"}}, "spec": {"containers": [{"name": "server",
               "image": "\(image)", "args": ["--model", "/models/llm"], "imagePullPolicy": "IfNotPresent",
               "resources": {"limits": {"nvidia.com/gpu": "1"}},
               "env": [{"name": "MAX_BATCH", "value": "16"}, {"name": "HF_TOKEN", "value": "hf_not_to_be_shown"}]}]}}}}
            """)
        try await settled(name)
    }

    /// A new release: its image, its change-cause, and whatever else the template is to hold.
    func release(_ name: String, image: String, cause: String, extra: String = "", settles: Bool = true) async throws {
        try await merge(
            Self.path(name),
            """
            {"metadata": {"annotations": {"kubernetes.io/change-cause": "\(cause)"}}, "spec": {"template": {"spec": {
             \(extra) "containers": [{"name": "server", "image": "\(image)", "args": ["--model", "/models/llm"],
              "imagePullPolicy": "IfNotPresent", "resources": {"limits": {"nvidia.com/gpu": "1"}},
              "env": [{"name": "MAX_BATCH", "value": "32"}, {"name": "HF_TOKEN", "value": "hf_not_to_be_shown"}]}]}}}}
            """)
        if settles { try await settled(name) }
    }

    func settled(_ name: String) async throws {
        let connector = connector()
        try await until("\(name) is complete") {
            try await connector.watch(self.id(name)).deployment.status == .complete
        }
    }
}

struct Waited: Error, CustomStringConvertible {
    var description: String
}

/// Looks again and again; a condition that does not come true within ten seconds is a failure.
func until(_ what: String, _ isSo: () async throws -> Bool) async throws {
    let end = ContinuousClock().now + .seconds(10)
    while try await !isSo() {
        guard ContinuousClock().now < end else { throw Waited(description: "it never came: \(what)") }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// A wire on which something happens just before the real change is sent.
struct RacingHTTP: HTTP {
    var inner: any HTTP
    var before: @Sendable () async throws -> Void
    var address: String { inner.address }

    func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        if request.method == .patch, !request.query.contains(where: { $0.name == "dryRun" }) {
            do { try await before() } catch { throw .cancelled }
        }
        return try await inner.send(request)
    }

    func stream(
        _ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply {
        try await inner.stream(request, onBytes: onBytes)
    }
}
