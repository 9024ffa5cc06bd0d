import PitModel
import PitParse

/// An object as the server gave it, with its metadata read.
struct KubeObject {
    var json: JSONValue
    var meta: KubeMeta

    init?(_ json: JSONValue) {
        guard let meta = KubeMeta(json) else { return nil }
        (self.json, self.meta) = (json, meta)
    }

    var spec: JSONValue { json["spec"] ?? .object([]) }
    var status: JSONValue { json["status"] ?? .object([]) }
    var template: JSONValue? { json["spec"]?["template"] }

    /// A count of the status. One that is absent is 0 once the controller has written a status at all, and not known
    /// before.
    func count(_ name: String) -> Int? {
        if let value = status[name]?.whole { return value }
        return status["observedGeneration"] == nil ? nil : 0
    }

    func condition(_ type: String) -> KubeCondition? { conditions.first { $0.type == type } }

    var conditions: [KubeCondition] {
        (status["conditions"]?.list ?? []).compactMap { each in
            guard let type = each["type"]?.text else { return nil }
            return KubeCondition(
                type: type, status: each["status"]?.text ?? "Unknown", reason: each["reason"]?.text ?? "",
                message: each["message"]?.text ?? "",
                changedAt: each["lastTransitionTime"]?.text.flatMap { Timestamp(rfc3339: $0) })
        }
    }

    /// The labels that its pods are found by, as a list asks for them; nil where there are none or they are of a kind
    /// that is not known, because an empty selector would mean everything.
    var selector: String? {
        guard let selector = json["spec"]?["selector"] else { return nil }
        var parts = (selector["matchLabels"]?.members ?? []).compactMap { member in
            member.value.text.map { "\(member.key)=\($0)" }
        }
        for each in selector["matchExpressions"]?.list ?? [] {
            guard let key = each["key"]?.text else { return nil }
            let values = (each["values"]?.list ?? []).compactMap(\.text).joined(separator: ",")
            switch each["operator"]?.text {
            case "In": parts.append("\(key) in (\(values))")
            case "NotIn": parts.append("\(key) notin (\(values))")
            case "Exists": parts.append(key)
            case "DoesNotExist": parts.append("!\(key)")
            default: return nil
            }
        }
        return parts.isEmpty ? nil : parts.joined(separator: ",")
    }
}

struct KubeCondition: Equatable, Sendable {
    var type: String
    var status: String
    var reason: String
    var message: String
    var changedAt: Timestamp?

    /// `ReplicaFailure (FailedCreate): exceeded quota`.
    var words: String {
        let about = reason.isEmpty ? type : "\(type) (\(reason))"
        return message.isEmpty ? "\(about) is \(status)" : "\(about): \(message)"
    }
}

/// An object's metadata.
struct KubeMeta {
    /// Who wrote a part of the object last, and when.
    struct Writer {
        var name: String
        var at: Timestamp
        var touchesTemplate: Bool
    }
    var name: String
    var namespace: String?
    var uid: String
    var resourceVersion: String
    var generation: Int?
    var createdAt: Timestamp?
    private let json: JSONValue

    init?(_ object: JSONValue) {
        guard let meta = object["metadata"], let name = meta["name"]?.text else { return nil }
        (self.name, json) = (name, meta)
        namespace = meta["namespace"]?.text
        uid = meta["uid"]?.text ?? ""
        resourceVersion = meta["resourceVersion"]?.text ?? ""
        generation = meta["generation"]?.whole
        createdAt = meta["creationTimestamp"]?.text.flatMap { Timestamp(rfc3339: $0) }
    }

    func label(_ key: String) -> String? { json["labels"]?[key]?.text }
    func annotation(_ key: String) -> String? { json["annotations"]?[key]?.text }
    var hasAnnotations: Bool { json["annotations"]?.members?.isEmpty == false }

    /// The object that controls this one.
    var owner: (kind: String, name: String, uid: String)? {
        for each in json["ownerReferences"]?.list ?? [] where each["controller"] == .flag(true) {
            if let uid = each["uid"]?.text { return (each["kind"]?.text ?? "", each["name"]?.text ?? "", uid) }
        }
        return nil
    }

    /// Writers of what is wanted, not of the status.
    var writers: [Writer] {
        (json["managedFields"]?.list ?? []).compactMap { each in
            guard each["subresource"]?.text != "status", let name = each["manager"]?.text,
                let at = each["time"]?.text.flatMap({ Timestamp(rfc3339: $0) })
            else { return nil }
            let spec = each["fieldsV1"]?["f:spec"]
            return Writer(
                name: name, at: at, touchesTemplate: spec?["f:template"] != nil || spec?["f:predictor"] != nil)
        }
    }

    /// Who brought the template that is wanted now, as far as that is kept.
    var templateWriter: Writer? { Self.last(writers.filter(\.touchesTemplate)) }
    var lastWriter: Writer? { Self.last(writers) }

    /// Times are whole seconds: of those in the same one, the last that is named.
    private static func last(_ writers: [Writer]) -> Writer? {
        writers.reduce(nil) { last, each in last.map { $0.at > each.at } ?? false ? last : each }
    }

    /// A controller that will bring back what its repository says, or the object that this one is made from.
    var managedBy: String? {
        if let owner, !owner.kind.isEmpty { return "\(owner.kind) \(owner.name)" }
        let names = Set(writers.map(\.name))
        if annotation("argocd.argoproj.io/tracking-id") != nil || label("argocd.argoproj.io/instance") != nil
            || names.contains("argocd-controller") || names.contains("argocd-application-controller")
        {
            return "Argo CD"
        }
        if label("kustomize.toolkit.fluxcd.io/name") != nil || label("helm.toolkit.fluxcd.io/name") != nil
            || names.contains("kustomize-controller") || names.contains("helm-controller")
        {
            return "Flux"
        }
        if label("app.kubernetes.io/managed-by") == "Helm" || annotation("meta.helm.sh/release-name") != nil {
            return "Helm"
        }
        return nil
    }

    /// The model it serves, where it says so itself.
    var model: ModelName? {
        (label("pitwall/model") ?? annotation("pitwall/model")).flatMap { $0.isEmpty ? nil : ModelName($0) }
    }
}

extension JSONValue {
    /// A whole number; also one that is written as a text.
    var whole: Int? {
        guard let figure, figure == figure.rounded(), abs(figure) < 9e15 else { return nil }
        return Int(figure)
    }

    var flag: Bool? { if case .flag(let value) = self { value } else { nil } }

    /// The same value without one member.
    func without(_ key: String) -> JSONValue {
        guard let members else { return self }
        return .object(members.filter { $0.key != key })
    }

    /// The same value with one member set.
    func with(_ key: String, _ value: JSONValue) -> JSONValue {
        var all = members ?? []
        if let index = all.firstIndex(where: { $0.key == key }) {
            all[index].value = value
        } else {
            all.append((key: key, value: value))
        }
        return .object(all)
    }

    /// Members in the order of their names, at every depth: equal values are then equal texts.
    var sorted: JSONValue {
        switch self {
        case .list(let values): .list(values.map(\.sorted))
        case .object(let members):
            .object(members.map { (key: $0.key, value: $0.value.sorted) }.sorted { $0.key < $1.key })
        default: self
        }
    }

    /// A number that tells values apart (FNV-1a, 64 bits, of the sorted text), in hexadecimal.
    var digest: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in sorted.json.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }

    /// Whether it holds a whole number that a Double cannot hold exactly: then it cannot be sent back as it was.
    var isInexact: Bool {
        switch self {
        case .number(let value): abs(value) > 9_007_199_254_740_991
        case .list(let values): values.contains(where: \.isInexact)
        case .object(let members): members.contains { $0.value.isInexact }
        default: false
        }
    }
}
