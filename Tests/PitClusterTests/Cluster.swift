import Foundation
import PitConfig
import PitConnect
import PitHTTP
import PitModel
import PitParse
import Synchronization

/// The API server that the tests work on, one for all of a run: that of `Tests/Peers/kubernetes.py`, or the one that
/// `PITWALL_TEST_KUBECONFIG` leads to, in its namespace `demo`. There what only our server can be told to do is left out.
///
/// A server of one's own needs the controllers, and nodes on which pods with a GPU become ready without their image (KWOK
/// makes such ones).
final class Cluster: Sendable {
    /// Whether it is ours, whose faults can be chosen.
    static let isOurs = kubeconfig == nil
    private static let kubeconfig = ProcessInfo.processInfo.environment["PITWALL_TEST_KUBECONFIG"].flatMap {
        $0.isEmpty ? nil : $0
    }
    /// Seconds that something may take to come true.
    static var patience: Int { isOurs ? 10 : 120 }

    let url: String
    private let theirs: Endpoint?
    private let process: Process?
    /// The server ends when this does.
    private let input = Pipe()
    /// What connectors asked, where the server itself does not tell.
    private let sent = Mutex<[Asked]>([])
    static let engine = CurlEngine()

    static let shared = Result { try Cluster() }

    private init() throws {
        if let file = Self.kubeconfig {
            let environment = ProcessInfo.processInfo.environment
            let access = try ClusterLookup(environment: environment).access(ClusterPlace(files: [file]))
            (url, theirs, process) = (access.server, Self.endpoint(access), nil)
            return
        }
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../Peers/kubernetes.py"
        ).standardized.path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script, "--attached"]
        let output = Pipe()
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A { line.append(byte) }
        (url, theirs, self.process) = (String(decoding: line, as: UTF8.self), nil, process)
    }

    private static func endpoint(_ access: ClusterAccess) -> Endpoint {
        func parts(_ document: ClusterAccess.Document?) -> (file: String?, text: String?) {
            switch document {
            case .file(let path): (path, nil)
            case .text(let words): (nil, words.value)
            case nil: (nil, nil)
            }
        }
        var endpoint = Endpoint(url: access.server, timeout: 20, maxConcurrent: 32)
        (endpoint.ca, endpoint.caText) = parts(access.ca)
        (endpoint.certificate, endpoint.certificateText) = parts(access.certificate)
        let key = parts(access.key)
        (endpoint.key, endpoint.keyText) = (key.file, key.text.map { Secret($0) })
        (endpoint.serverName, endpoint.isInsecure) = (access.serverName, access.isInsecure)
        if case .token(let token) = access.credential { endpoint.credential = .bearer(.fixed(Secret(token.value))) }
        return endpoint
    }

    /// Empty, and as it is when nothing is wrong.
    static func fresh() async throws -> Cluster {
        let cluster = try shared.get()
        guard isOurs else {
            try await cluster.sweep()
            return cluster
        }
        try await cluster.control("reset")
        try await cluster.set([
            ("controller", .flag(true)), ("kubelet", .flag(true)), ("ready_after", .number(0.05)),
            ("deadline_scale", .number(1)), ("deny", .text("")), ("deny_code", .number(403)), ("expired", .list([])),
            ("hang", .text("")), ("refuse", .text("")), ("drop_reply", .text("")), ("quota", .number(0)),
            ("gone_pages", .number(0)), ("mutate", .text("")), ("run_for", .number(0.02)), ("log", .text("")),
            ("log_fault", .number(0)), ("groups", .list(groups.map { .text($0) })),
        ])
        try await cluster.control("clear")
        return cluster
    }

    private static let groups = [
        "apps/v1", "v1", "autoscaling/v2", "serving.kserve.io/v1beta1", "serving.kserve.io/v1alpha1",
        "argoproj.io/v1alpha1", "batch/v1", "trainer.kubeflow.org/v1alpha1",
    ]

    /// The server knows who it is by what stands before the dot.
    static func token(_ user: String) -> String { "\(user).0123456789abcdef" }

    func wire(_ token: String = "admin") -> CurlHTTP {
        CurlHTTP(
            engine: Self.engine,
            endpoint: theirs
                ?? Endpoint(
                    url: url, credential: .bearer(.fixed(Secret(Self.token(token)))), proxy: .none, timeout: 5,
                    maxConcurrent: 32),
            version: "test")
    }

    func connector(
        _ token: String = "admin", namespaces: [String] = [], http: (any HTTP)? = nil
    ) -> KubernetesConnector {
        // What else a cluster of somebody's own holds is none of the tests' business.
        let spaces = namespaces.isEmpty && !Self.isOurs ? ["demo"] : namespaces
        let known: any HTTP =
            Self.isOurs
            ? wire(token) : NotedHTTP(inner: wire(token)) { asked in self.sent.withLock { $0.append(asked) } }
        return KubernetesConnector(
            Connection(
                name: ConnectionName("cluster"), kind: "kubernetes", url: url,
                options: spaces.isEmpty ? [:] : ["namespaces": .list(spaces)]),
            http: http ?? known)
    }

    // MARK: what tests do to it

    func set(_ values: [(key: String, value: JSONValue)]) async throws {
        try await control("set", body: JSONValue.object(values).json)
    }

    func control(_ what: String, body: String = "") async throws {
        guard Self.isOurs else {
            guard what == "clear" else { throw Waited(description: "only our own server can be told: \(what)") }
            return sent.withLock { $0 = [] }
        }
        _ = try await wire().send(HTTPRequest(.post, "/-/\(what)", body: Array(body.utf8))).success()
    }

    /// Leaves nothing of a test before.
    private func sweep() async throws {
        let connector = connector()
        let space = "/api/v1/namespaces"
        if try await wire().send(HTTPRequest(.get, space + "/demo")).status == 404 {
            try await post(space, "{\"metadata\": {\"name\": \"demo\"}}")
        }
        for each in try await connector.deployments() {
            let plural = each.id.kind == .statefulSet ? "statefulsets" : "deployments"
            try await delete("/apis/apps/v1/namespaces/demo/\(plural)/\(each.id.name)")
        }
        let sets = "/apis/apps/v1/namespaces/demo/replicasets"
        try await until("nothing is left") {
            let left = try await self.get(sets)["items"]?.list ?? []
            guard left.isEmpty else { return false }
            return try await self.connector().deployments().isEmpty
        }
        sent.withLock { $0 = [] }
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
        guard Self.isOurs else { return sent.withLock { $0 } }
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

/// Looks again and again; a condition that does not come true in time is a failure.
func until(_ what: String, _ isSo: () async throws -> Bool) async throws {
    let end = ContinuousClock().now + .seconds(Cluster.patience)
    while try await !isSo() {
        guard ContinuousClock().now < end else { throw Waited(description: "it never came: \(what)") }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// A wire that keeps what goes out on it.
struct NotedHTTP: HTTP {
    var inner: any HTTP
    var note: @Sendable (Cluster.Asked) -> Void
    var address: String { inner.address }

    func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        note(Cluster.Asked(request))
        return try await inner.send(request)
    }

    func stream(
        _ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply {
        note(Cluster.Asked(request))
        return try await inner.stream(request, onBytes: onBytes)
    }
}

extension Cluster.Asked {
    init(_ request: HTTPRequest) {
        self.init(
            method: request.method.rawValue, path: request.path,
            query: .object(request.query.map { ($0.name, .text($0.value)) }),
            type: request.headers.first { $0.name.lowercased() == "content-type" }?.value,
            body: String(decoding: request.body, as: UTF8.self))
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
