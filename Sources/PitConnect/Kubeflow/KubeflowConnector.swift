public import PitModel
import PitParse
import Synchronization

/// The API server of Kubeflow Pipelines, v2beta1: pipelines, their runs as graphs of tasks, logs of their pods.
public struct KubeflowConnector: Connector {
    public static let about = ConnectorInfo(
        id: "kubeflow", title: "Kubeflow Pipelines", summary: "starts, watches, stops and retries runs of pipelines",
        usualPorts: [8888],
        options: [
            OptionInfo(
                "namespace", .text, help: "whose runs are shown, and where their pods are (`kubeflow` without it)",
                example: "ml-team"),
            OptionInfo(
                "experiment", .text,
                help: "the experiment that runs are started in, by name or id; the default one without it",
                example: "nightly"),
            OptionInfo(
                "cluster", .text, help: "the kubernetes connection that is asked why pods are stuck; any without it",
                example: "prod"),
            OptionInfo(
                "service_account", .text, help: "the service account that runs are started with", example: "trainer"),
        ])

    static let product = "Kubeflow Pipelines"
    static let root = "/apis/v2beta1"
    /// Pages of a list, and what stands on one.
    static let (mostPages, pageSize) = (5, 200)
    /// Pipelines whose parameters are read, and seconds for which they are believed.
    static let (mostDetailed, parameterPatience) = (50, 300.0)

    let http: any HTTP
    let name: ConnectionName
    let namespace: String?
    let experiment: String?
    let cluster: ConnectionName?
    let serviceAccount: String?
    let shelf = KubeflowShelf()

    public init(_ connection: Connection, http: any HTTP) {
        (self.http, name) = (http, connection.name)
        func option(_ name: String) -> String? { connection.options[name]?.text.flatMap { $0.isEmpty ? nil : $0 } }
        (namespace, experiment) = (option("namespace"), option("experiment"))
        (cluster, serviceAccount) = (option("cluster").map { ConnectionName($0) }, option("service_account"))
    }

    public func probe() async throws(ConnectorFault) -> Identity {
        let value = try await get("/healthz")
        guard let isShared = value["multi_user"] ?? value["multiUser"] else {
            throw .notWhatItSays(expected: Self.product, got: "JSON without multi_user")
        }
        let words = isShared == .flag(true) ? "for several users" : "for one user"
        let isOpen = isShared == .flag(true) && namespace == nil
        return Identity(
            product: Self.product, version: KubeflowRun.field(value, "tag_name")?.text?.prefix(bytes: 40),
            detail: isOpen ? "\(words): name a `namespace`" : words)
    }

    // MARK: The wire

    func get(
        _ path: String, _ query: [(name: String, value: String)] = []
    ) async throws(ConnectorFault) -> JSONValue {
        try Self.open(try await http.send(HTTPRequest(.get, Self.root + path, query: query)))
    }

    /// Sent once: nothing that changes something is repeated.
    func post(_ path: String, _ body: JSONValue) async throws(ConnectorFault) -> JSONValue {
        try Self.open(
            try await http.send(
                HTTPRequest(
                    .post, Self.root + path, headers: [("Content-Type", "application/json")],
                    body: Array(body.json.utf8), isRepeatable: false)))
    }

    /// A gateway answers with `{"error", "code", "message"}`; codes are those of gRPC.
    static func open(_ reply: HTTPReply) throws(ConnectorFault) -> JSONValue {
        let value = JSONReader.value(of: reply.body)
        guard (200..<300).contains(reply.status) else {
            let words = (value?["message"]?.text ?? value?["error"]?.text ?? reply.excerpt).prefix(bytes: 300)
            switch (reply.status, value?["code"]?.number) {
            case (401, _): throw .unauthorized
            case (403, _): throw .forbidden(words)
            case (404, _), (_, 5): throw .notFound(path: reply.path)
            case (429, _): throw .rateLimited(retryAfter: reply.header("retry-after").flatMap(Double.init))
            case (400, _), (409, _), (412, _): throw .rejected(words)
            case (500..., _): throw .server(status: reply.status, excerpt: words)
            default: throw .status(reply.status, excerpt: words)
            }
        }
        guard let value, value.members != nil else {
            throw .notWhatItSays(expected: product, got: JSONReply.shape(reply))
        }
        return value
    }

    /// All of a list, page by page; a server that gives the same page for ever is read no further.
    ///
    /// - Parameter isEnough: asked after each page.
    func list(
        _ path: String, _ field: String, _ query: [(name: String, value: String)] = [],
        size: Int = pageSize, until isEnough: ([JSONValue]) -> Bool = { _ in false }
    ) async throws(ConnectorFault) -> (items: [JSONValue], hasMore: Bool) {
        var (items, token, seen): ([JSONValue], String, Set<String>) = ([], "", [""])
        for _ in 0..<Self.mostPages {
            var all = query + [(name: "page_size", value: "\(size)"), (name: "sort_by", value: "created_at desc")]
            if let namespace { all.append((name: "namespace", value: namespace)) }
            if !token.isEmpty { all.append((name: "page_token", value: token)) }
            let value = try await get(path, all)
            items += (KubeflowRun.field(value, field)?.list ?? []).prefix(size)
            token = KubeflowRun.field(value, "next_page_token")?.text ?? ""
            if token.isEmpty { return (items, false) }
            if isEnough(items) || !seen.insert(token).inserted { return (items, true) }
        }
        return (items, true)
    }
}

/// Parameters of pipelines as they were read last.
final class KubeflowShelf: Sendable {
    struct Known {
        var version: String
        var parameters: [PipelineParameter]?
        var at: Timestamp
    }
    private let known = Mutex<[String: Known]>([:])

    func known(_ pipeline: String, within seconds: Double) -> Known? {
        known.withLock { $0[pipeline] }.flatMap { WallTime.now().since($0.at) < seconds ? $0 : nil }
    }
    func keep(_ pipeline: String, _ one: Known) {
        known.withLock { known in
            if known.count > 1000 { known = [:] }
            known[pipeline] = one
        }
    }
}
