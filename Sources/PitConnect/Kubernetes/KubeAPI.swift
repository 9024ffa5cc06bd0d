import PitModel
import PitParse
import Synchronization

/// A kind of object that an API server holds, and where.
struct KubeResource: Hashable, Sendable {
    /// Empty for the core group.
    var group: String
    var version: String
    var plural: String

    static let deployments = KubeResource(group: "apps", version: "v1", plural: "deployments")
    static let replicaSets = KubeResource(group: "apps", version: "v1", plural: "replicasets")
    static let statefulSets = KubeResource(group: "apps", version: "v1", plural: "statefulsets")
    static let controllerRevisions = KubeResource(group: "apps", version: "v1", plural: "controllerrevisions")
    static let pods = KubeResource(group: "", version: "v1", plural: "pods")
    static let events = KubeResource(group: "", version: "v1", plural: "events")
    static let nodes = KubeResource(group: "", version: "v1", plural: "nodes")
    static let jobs = KubeResource(group: "batch", version: "v1", plural: "jobs")
    static let autoscalers = KubeResource(group: "autoscaling", version: "v2", plural: "horizontalpodautoscalers")

    /// The path of all of them, in one namespace or in every one.
    func path(_ namespace: String?) -> String {
        let root = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        return root + (namespace.map { "/namespaces/\($0)" } ?? "") + "/\(plural)"
    }

    func path(_ namespace: String?, _ name: String, _ part: String? = nil) -> String {
        path(namespace) + "/\(name)" + (part.map { "/\($0)" } ?? "")
    }
}

/// One page of a list.
struct KubePage {
    var items: [JSONValue]
    var version: String
    /// Nil on the last page.
    var next: String?
}

/// An API server's language: paths, lists in pages, patches, and the errors it answers with.
struct KubeAPI: Sendable {
    static let product = "Kubernetes"
    /// The name that every write of ours goes by in `managedFields`.
    static let fieldManager = "pitwall"
    static let pageSize = 500
    private static let json = "application/json"
    private static let partialList = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"
    private static let partial = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json"

    let http: any HTTP
    let shelf: ShelfPlace

    init(http: any HTTP, connection: ConnectionName) {
        (self.http, shelf) = (http, ShelfPlace(connection))
    }

    /// Earlier specs of an object, as far as they were kept.
    func recorded(_ dialect: any KubeDialect, _ object: KubeObject) async -> [RecordedSpec] {
        await shelf.shelf?.specs(of: dialect.id(object, shelf.connection)) ?? []
    }

    func get(
        _ path: String, _ query: [(name: String, value: String)] = [], metadataOnly: Bool = false
    ) async throws(ConnectorFault) -> JSONValue {
        let accept = metadataOnly ? Self.partialList : Self.json
        let reply = try await http.send(
            HTTPRequest(.get, path, query: query, headers: [(name: "Accept", value: accept)]))
        return try Self.open(reply)
    }

    func object(
        _ resource: KubeResource, _ namespace: String?, _ name: String
    ) async throws(ConnectorFault) -> KubeObject {
        let value = try await get(resource.path(try Self.word(namespace), try Self.word(name)))
        guard let object = KubeObject(value) else {
            throw .notWhatItSays(expected: "one of \(Self.product)'s \(resource.plural)", got: "JSON without metadata")
        }
        return object
    }

    func page(
        _ resource: KubeResource, _ namespace: String?, _ query: [(name: String, value: String)] = [],
        metadataOnly: Bool = false, after token: String? = nil, limit: Int = pageSize
    ) async throws(ConnectorFault) -> KubePage {
        var all = query + [(name: "limit", value: "\(limit)")]
        if let token { all.append((name: "continue", value: token)) }
        let value = try await get(resource.path(try Self.word(namespace)), all, metadataOnly: metadataOnly)
        guard let items = value["items"], items.list != nil || items.isNull else {
            throw .notWhatItSays(expected: "a list of \(resource.plural)", got: "JSON without items")
        }
        let next = value["metadata"]?["continue"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        return KubePage(
            items: items.list ?? [], version: value["metadata"]?["resourceVersion"]?.text ?? "", next: next)
    }

    /// All that match, at most `most` of them.
    func all(
        _ resource: KubeResource, _ namespace: String?, _ query: [(name: String, value: String)] = [],
        metadataOnly: Bool = false, most: Int = 2000
    ) async throws(ConnectorFault) -> [JSONValue] {
        var (items, token): ([JSONValue], String?) = ([], nil)
        repeat {
            let page = try await page(resource, namespace, query, metadataOnly: metadataOnly, after: token)
            items += page.items
            token = page.next
        } while token != nil && items.count < most
        return items
    }

    /// Sent once; any status is given back.
    func patch(_ path: String, type: String, body: String, isDryRun: Bool) async throws(ConnectorFault) -> HTTPReply {
        var query = [(name: "fieldManager", value: Self.fieldManager)]
        if isDryRun { query.append((name: "dryRun", value: "All")) }
        return try await http.send(
            HTTPRequest(
                .patch, path, query: query,
                headers: [(name: "Accept", value: Self.json), (name: "Content-Type", value: type)],
                body: Array(body.utf8), isRepeatable: isDryRun))
    }

    func post(_ path: String, _ body: JSONValue) async throws(ConnectorFault) -> JSONValue {
        // Reviews are questions: asking twice changes nothing.
        let reply = try await http.send(
            HTTPRequest(
                .post, path,
                headers: [(name: "Accept", value: Self.json), (name: "Content-Type", value: Self.json)],
                body: Array(body.json.utf8), isRepeatable: true))
        return try Self.open(reply)
    }

    /// Makes an object, sent once; any status is given back. A field that the server does not know is refused.
    func create(
        _ resource: KubeResource, _ namespace: String, _ body: JSONValue
    ) async throws(ConnectorFault) -> HTTPReply {
        let space: String = try Self.word(namespace)
        return try await http.send(
            HTTPRequest(
                .post, resource.path(space),
                query: [
                    (name: "fieldManager", value: Self.fieldManager), (name: "fieldValidation", value: "Strict"),
                ],
                headers: [(name: "Accept", value: Self.json), (name: "Content-Type", value: Self.json)],
                body: Array(body.json.utf8), isRepeatable: false))
    }

    /// Deletes an object and what it owns; that very one, where its uid is known.
    func delete(
        _ resource: KubeResource, _ namespace: String, _ name: String, uid: String?
    ) async throws(ConnectorFault) -> HTTPReply {
        var options: [(key: String, value: JSONValue)] = [
            ("kind", .text("DeleteOptions")), ("apiVersion", .text("v1")), ("propagationPolicy", .text("Foreground")),
        ]
        if let uid { options.append(("preconditions", .object([("uid", .text(uid))]))) }
        let space: String = try Self.word(namespace)
        return try await http.send(
            HTTPRequest(
                .delete, resource.path(space, try Self.word(name)),
                headers: [(name: "Accept", value: Self.json), (name: "Content-Type", value: Self.json)],
                body: Array(JSONValue.object(options).json.utf8), isRepeatable: uid != nil))
    }

    static func watchRequest(
        _ resource: KubeResource, _ namespace: String?, from version: String, seconds: Int, metadataOnly: Bool
    ) -> HTTPRequest {
        HTTPRequest(
            .get, resource.path(namespace),
            query: [
                (name: "watch", value: "1"), (name: "resourceVersion", value: version),
                (name: "allowWatchBookmarks", value: "true"), (name: "timeoutSeconds", value: "\(seconds)"),
            ], headers: [(name: "Accept", value: metadataOnly ? partial : json)], timeout: Double(seconds) + 15,
            maxBytes: 1 << 40)
    }

    /// The value of a good reply; the fault that a bad one means.
    static func open(_ reply: HTTPReply) throws(ConnectorFault) -> JSONValue {
        guard (200..<300).contains(reply.status) else { throw KubeStatus(reply).fault }
        guard let value = JSONReader.value(of: reply.body), value.members != nil else {
            throw .notWhatItSays(expected: product, got: JSONReply.shape(reply))
        }
        return value
    }

    /// A name as the server allows it: nothing else goes into a path.
    static func word(_ name: String) throws(ConnectorFault) -> String {
        let isWord =
            (1...253).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2D || $0 == 0x2E }
        guard isWord else { throw .rejected("`\(name.prefix(bytes: 60))` is no name of an object") }
        return name
    }

    static func word(_ name: String?) throws(ConnectorFault) -> String? {
        guard let name else { return nil }
        return try word(name) as String
    }
}

/// Where specs are kept, once somebody keeps them.
final class ShelfPlace: Sendable {
    let connection: ConnectionName
    private let place = Mutex<(any SpecShelf)?>(nil)
    init(_ connection: ConnectionName) { self.connection = connection }

    var shelf: (any SpecShelf)? {
        get { place.withLock { $0 } }
        set { place.withLock { $0 = newValue } }
    }
}

/// What an API server says when it does not do what was asked.
struct KubeStatus: Equatable {
    var code: Int
    var reason: String
    var message: String
    /// The last cause that it names, which says more than the message.
    var cause: String?
    var path: String
    private var retryAfter: Double?

    init(_ reply: HTTPReply) {
        code = reply.status
        path = reply.path
        retryAfter = reply.header("retry-after").flatMap(Double.init)
        let value = JSONReader.value(of: reply.body)
        reason = value?["reason"]?.text ?? ""
        message = value?["message"]?.text ?? reply.excerpt
        cause = value?["details"]?["causes"]?.list?.last.flatMap { last in
            guard let words = last["message"]?.text else { return nil }
            return (last["field"]?.text.map { $0.isEmpty ? "" : "\($0): " } ?? "") + words
        }
    }

    /// At most 300 bytes. A message may quote a whole object and say what is wrong with it at its very end.
    var words: String {
        let text = message.utf8.count > 300 ? cause ?? message : message
        guard text.utf8.count > 300 else { return text }
        return "... " + String(decoding: text.utf8.suffix(290), as: UTF8.self)
    }

    /// Whether what was wanted is too old to be given: a list or a watch has to start anew.
    var isGone: Bool { code == 410 }

    var fault: ConnectorFault {
        switch code {
        case 401: .unauthorized
        case 403: .forbidden(words)
        case 404: .notFound(path: path)
        case 400, 409, 422: .rejected(words)
        case 429: .rateLimited(retryAfter: retryAfter)
        case 500...: .server(status: code, excerpt: words)
        default: .status(code, excerpt: words)
        }
    }
}
