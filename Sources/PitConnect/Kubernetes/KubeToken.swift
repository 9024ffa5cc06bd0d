import FoundationEssentials
import PitModel
import PitParse

/// What a plan needs to be sent, and to be recognized afterwards. It names the target and holds no template: a template
/// may hold a secret, and is read again and compared by its digest.
struct KubeToken: Codable, Equatable {
    /// Of this plan alone. It goes into the note on the object.
    var id: String
    var at: Timestamp
    var uid: String
    var generation: Int
    /// The revision to go to, and the digest of what it holds.
    var target: RevisionID?
    var digest: String?
    /// For a canary's percentages and steps: what stood there before.
    var detail: String?

    static func fresh(_ object: KubeObject) -> KubeToken {
        var random = SystemRandomNumberGenerator()
        let id = String(random.next(), radix: 36) + String(random.next() >> 40, radix: 36)
        return KubeToken(
            id: id, at: Timestamp(seconds: Date().timeIntervalSince1970), uid: object.meta.uid,
            generation: object.meta.generation ?? 0)
    }

    var text: String {
        guard let data = try? JSONEncoder().encode(self) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    init(
        id: String, at: Timestamp, uid: String, generation: Int, target: RevisionID? = nil, digest: String? = nil,
        detail: String? = nil
    ) {
        (self.id, self.at, self.uid, self.generation) = (id, at, uid, generation)
        (self.target, self.digest, self.detail) = (target, digest, detail)
    }

    init(_ plan: DeploymentPlan) throws(ConnectorFault) {
        guard let token = try? JSONDecoder().decode(KubeToken.self, from: Data(plan.token.utf8)) else {
            throw .rejected("the plan was not made by this kind of connection: plan it again")
        }
        self = token
    }
}

/// What pitwall writes beside its own changes, under a key of its own, so that the release's change-cause stays what
/// the release's author wrote.
struct KubeNote: Equatable {
    static let key = "pitwall/operation"
    var id: String
    var verb: String
    var author: String
    var reason: String
    var at: Timestamp
    /// Of the revision that it went to.
    var hash: String

    init(_ token: KubeToken, _ request: DeploymentRequest) {
        (id, verb, author) = (token.id, request.verb.rawValue, request.author.prefix(bytes: 100))
        (reason, at) = (request.reason.prefix(bytes: 300), token.at)
        hash = token.target?.hash ?? ""
    }

    init?(_ text: String?) {
        guard let text, text.utf8.count < 4096, let value = JSONReader.value(of: text),
            let id = value["id"]?.text
        else { return nil }
        self.id = id
        (verb, author) = (value["verb"]?.text ?? "", value["by"]?.text ?? "")
        (reason, hash) = (value["reason"]?.text ?? "", value["hash"]?.text ?? "")
        at = value["at"]?.text.flatMap { Timestamp(rfc3339: $0) } ?? Timestamp(milliseconds: 0)
    }

    var text: String {
        JSONValue.object([
            ("id", .text(id)), ("verb", .text(verb)), ("by", .text(author)), ("reason", .text(reason)),
            ("at", .text(at.rfc3339)), ("hash", .text(hash)),
        ]).json
    }
}

/// A JSON patch as it grows.
struct JSONPatch {
    static let type = "application/json-patch+json"
    private(set) var operations: [JSONValue] = []

    mutating func test(_ path: String, _ value: JSONValue) { append("test", path, value) }
    mutating func add(_ path: String, _ value: JSONValue) { append("add", path, value) }
    mutating func replace(_ path: String, _ value: JSONValue) { append("replace", path, value) }
    mutating func remove(_ path: String) {
        operations.append(.object([("op", .text("remove")), ("path", .text(path))]))
    }

    private mutating func append(_ operation: String, _ path: String, _ value: JSONValue) {
        operations.append(.object([("op", .text(operation)), ("path", .text(path)), ("value", value)]))
    }

    /// The object must be the one that was planned for, and nobody may have changed what is wanted since.
    mutating func guarded(by token: KubeToken) {
        test("/metadata/uid", .text(token.uid))
        test("/metadata/generation", .number(Double(token.generation)))
    }

    /// Sets annotations of the object, and takes away those whose value is nil; leaves all others alone.
    mutating func annotate(_ meta: KubeMeta, _ annotations: [(key: String, value: String?)]) {
        guard meta.hasAnnotations else {
            let set = annotations.compactMap { each in each.value.map { (key: each.key, value: JSONValue.text($0)) } }
            if !set.isEmpty { add("/metadata/annotations", .object(set)) }
            return
        }
        for each in annotations {
            let path = "/metadata/annotations/" + Self.escaped(each.key)
            if let value = each.value {
                add(path, .text(value))
            } else if meta.annotation(each.key) != nil {
                remove(path)
            }
        }
    }

    static func escaped(_ key: String) -> String {
        key.replacing("~", with: "~0").replacing("/", with: "~1")
    }

    var value: JSONValue { .list(operations) }
    var text: String { value.json }
}
