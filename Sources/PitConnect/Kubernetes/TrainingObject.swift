import PitModel
import PitParse

/// A kind of object that runs to its end.
struct TrainingKind {
    var kind: String
    var resource: KubeResource
    /// The label by which its pods are found.
    var podLabel: String
    /// Where the containers are that get the environment, from the object's root; the steps of lists are left out.
    var containers: [String]
    /// The member of them that holds it.
    var environment = "env"

    static let job = TrainingKind(
        kind: "Job", resource: .jobs, podLabel: "job-name", containers: ["spec", "template", "spec", "containers"])
    static let trainJob = TrainingKind(
        kind: "TrainJob",
        resource: KubeResource(group: "trainer.kubeflow.org", version: "v1alpha1", plural: "trainjobs"),
        podLabel: "jobset.sigs.k8s.io/jobset-name", containers: ["spec", "trainer"])
    static let all = [job, trainJob]

    /// What a reference says it is.
    static func of(_ reference: RemoteReference) throws(ConnectorFault) -> TrainingKind {
        var found = try named(reference.kind)
        if let version = reference.version { found.resource.version = version }
        return found
    }

    /// What a manifest says it is; a version that it names holds.
    static func named(_ kind: String, api: String? = nil) throws(ConnectorFault) -> TrainingKind {
        guard var found = all.first(where: { $0.kind == kind }) else {
            throw .rejected(
                "a \(kind.prefix(bytes: 60)) cannot be started; \(TrainingPlace.kinds.joined(separator: ", ")) can")
        }
        guard let api else { return found }
        let parts = api.split(separator: "/")
        guard parts.count == 2, parts[0] == found.resource.group else {
            throw .rejected("a \(kind) is of the group \(found.resource.group), not of \(api.prefix(bytes: 60))")
        }
        found.resource.version = String(parts[1])
        return found
    }
}

extension JSONValue {
    init(_ manifest: ManifestValue) {
        switch manifest {
        case .null, .place: self = .null
        case .flag(let value): self = .flag(value)
        case .number(let value): self = .number(value)
        case .text(let value): self = .text(value)
        case .list(let items): self = .list(items.map { JSONValue($0) })
        case .object(let members): self = .object(members.map { (key: $0.key, value: JSONValue($0.value)) })
        }
    }

    /// The same value, what stands at a place changed; lists on the way are gone into, what is missing is made.
    func changed(at path: ArraySlice<String>, _ change: (JSONValue) -> JSONValue) -> JSONValue {
        if case .list(let items) = self { return .list(items.map { $0.changed(at: path, change) }) }
        guard let step = path.first else { return change(self) }
        return with(step, (self[step] ?? .object([])).changed(at: path.dropFirst(), change))
    }
}

/// What is sent for a training.
struct TrainingObject {
    static let (trainingLabel, authorLabel) = ("pitwall/training", "pitwall/author")
    static let orderNote = "pitwall/started-at"
    var kind: TrainingKind
    var namespace: String
    var body: JSONValue

    /// - Parameters:
    ///   - spaces: the only ones that the connection is for; empty: all.
    ///   - version: the one that the cluster was found to have, where the manifest names none.
    init(
        _ order: RemoteOrder, name: String?, spaces: [String], version: String? = nil
    ) throws(ConnectorFault) {
        guard case .object(let manifest) = order.place.work else {
            throw .rejected("a cluster starts a manifest, and no \(order.place.words)")
        }
        let written = JSONValue(manifest)
        let named = written["kind"]?.text ?? TrainingKind.job.kind
        var kind = try TrainingKind.named(named, api: written["apiVersion"]?.text)
        if let version, written["apiVersion"]?.text == nil { kind.resource.version = version }
        let meta = written["metadata"] ?? .object([])
        let namespace =
            order.place.namespace ?? meta["namespace"]?.text ?? (spaces.count == 1 ? spaces[0] : "default")
        guard spaces.isEmpty || spaces.contains(namespace) else {
            throw .rejected(
                "the connection is for \(spaces.joined(separator: ", ")) only, not for \(namespace.prefix(bytes: 60))")
        }
        let api = "\(kind.resource.group)/\(kind.resource.version)"
        let labels: [(String, String)] = [
            ("app.kubernetes.io/managed-by", "pitwall"), (Self.trainingLabel, Self.label(order.training)),
            (Self.authorLabel, Self.label(order.author)),
        ]
        var made = written.with("apiVersion", .text(api)).with("kind", .text(kind.kind)).without("status")
        made = made.changed(at: ["metadata"][...]) { meta in
            var meta = meta.without("generateName").without("uid").without("resourceVersion")
                .with("name", .text(name ?? "")).with("namespace", .text(namespace))
            meta = meta.changed(at: ["annotations"]) {
                $0.with(Self.orderNote, .text(order.at.rfc3339))
                    .with(Self.authorLabel, .text(order.author.prefix(bytes: 200)))
            }
            return meta.changed(at: ["labels"]) { Self.labelled($0, labels) }
        }
        if kind.kind == TrainingKind.job.kind {
            made = made.changed(at: ["spec", "template", "metadata", "labels"]) { Self.labelled($0, labels) }
            if made["spec"]?["activeDeadlineSeconds"] == nil {
                made = made.changed(at: ["spec"]) {
                    $0.with("activeDeadlineSeconds", .number(max(1, order.timeout.rounded(.up))))
                }
            }
        }
        let (field, added) = (kind.environment, order.environment)
        body = made.changed(at: kind.containers[...]) { container in
            container.with(field, .list(Self.merged(container[field]?.list ?? [], added)))
        }
        (self.kind, self.namespace) = (kind, namespace)
    }

    private static func labelled(_ labels: JSONValue, _ own: [(String, String)]) -> JSONValue {
        own.reduce(labels) { $0.with($1.0, .text($1.1)) }
    }

    /// What the manifest itself says holds.
    private static func merged(_ written: [JSONValue], _ added: [String: String]) -> [JSONValue] {
        let known = Set(written.compactMap { $0["name"]?.text })
        return written
            + added.sorted { $0.key < $1.key }.filter { !known.contains($0.key) }.map {
                .object([("name", .text($0.key)), ("value", .text($0.value))])
            }
    }

    /// A label's value: 63 characters of a few kinds at most.
    static func label(_ text: String) -> String {
        let fine = text.utf8.prefix(63).map { byte -> UInt8 in
            let isFine = (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || [0x2D, 0x2E, 0x5F].contains(byte)
            return isFine ? byte : 0x2D
        }
        func isEdge(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 }
        guard let first = fine.firstIndex(where: isEdge), let last = fine.lastIndex(where: isEdge) else { return "" }
        return String(decoding: fine[first...last], as: UTF8.self)
    }

    /// A name that pods can be called after: of small letters, digits and `-`, 45 at most before the mark.
    static func name(_ training: String, _ mark: String) -> String {
        let word = label(training).lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return "pitwall-\(String(word.prefix(36)))-\(mark)"
    }
}
