public import PitModel
import PitParse

/// Trainings as Jobs and TrainJobs.
extension KubernetesConnector: RemoteTraining {
    /// A name is given once.
    public var isRepeatable: Bool { true }

    public func reference(of order: RemoteOrder, mark: String) throws(ConnectorFault) -> RemoteReference {
        let object = try TrainingObject(order, name: nil, spaces: cluster.namespaces)
        return RemoteReference(
            connection: cluster.connection, kind: object.kind.kind, namespace: object.namespace,
            name: TrainingObject.name(order.training, mark))
    }

    /// Of a kind that is installed beside the cluster's own there may be several versions: the manifest's holds, else the
    /// one that the server prefers.
    public func prepared(
        _ reference: RemoteReference, for order: RemoteOrder
    ) async throws(ConnectorFault) -> RemoteReference {
        let kind = try TrainingObject(order, name: nil, spaces: cluster.namespaces).kind
        guard kind.kind != TrainingKind.job.kind, case .object(let manifest) = order.place.work else {
            return reference
        }
        var known = reference
        known.version = kind.resource.version
        let groups: [JSONValue]
        do throws(ConnectorFault) { groups = try await api.get("/apis")["groups"]?.list ?? [] } catch {
            guard case .forbidden = error else { throw error }
            return known
        }
        let group = groups.first { $0["name"]?.text == kind.resource.group }
        let served = (group?["versions"]?.list ?? []).compactMap { $0["version"]?.text }
        guard let first = group?["preferredVersion"]?["version"]?.text ?? served.first else {
            throw .rejected("the cluster has no \(kind.kind): nothing of \(kind.resource.group) is installed there")
        }
        if manifest["apiVersion"] == nil {
            known.version = first
        } else if !served.contains(kind.resource.version) {
            throw .rejected(
                "the cluster has a \(kind.kind) of \(served.joined(separator: ", ")), and none of \(kind.resource.version)"
            )
        }
        return known
    }

    public func start(
        _ order: RemoteOrder, as reference: RemoteReference
    ) async throws(ConnectorFault) -> RemoteReference {
        let object = try TrainingObject(
            order, name: reference.name, spaces: cluster.namespaces, version: reference.version)
        let reply = try await api.create(object.kind.resource, object.namespace, object.body)
        if reply.status == 409 {
            // The reply to an earlier try was lost.
            let there = try await api.object(object.kind.resource, object.namespace, reference.name)
            guard there.meta.label(TrainingObject.trainingLabel) == TrainingObject.label(order.training) else {
                throw .rejected("\(reference.name) is there already, and is none of pitwall's")
            }
            return reference.known(as: there.meta.uid)
        }
        guard (200..<300).contains(reply.status) else { throw KubeStatus(reply).fault }
        guard let made = JSONReader.value(of: reply.body).flatMap({ KubeObject($0) }) else {
            throw .malformed("it was made, and the reply does not name it")
        }
        return reference.known(as: made.meta.uid)
    }

    public func find(
        _ order: RemoteOrder, as reference: RemoteReference
    ) async throws(ConnectorFault) -> RemoteFinding {
        let kind = try TrainingKind.of(reference)
        let what = "\(reference.kind) \(reference.name)"
        do throws(ConnectorFault) {
            let object = try await api.object(kind.resource, reference.namespace, reference.name)
            guard object.meta.label(TrainingObject.trainingLabel) == TrainingObject.label(order.training) else {
                return .uncertain("there is a \(what), and it is none of pitwall's")
            }
            var sight = try await look(at: reference.known(as: object.meta.uid))
            sight.became = object.meta.uid
            return .found(sight)
        } catch {
            guard case .notFound = error else { throw error }
        }
        // What was made and deleted since has left events behind: it is not made again.
        let query = [(name: "fieldSelector", value: "involvedObject.name=\(reference.name)")]
        let events: [JSONValue]
        do throws(ConnectorFault) {
            events = try await api.all(.events, reference.namespace, query, most: 500)
        } catch {
            guard case .forbidden = error else { throw error }
            return .uncertain(
                "there is no \(what), and this account may not see whether one was made and deleted since")
        }
        let own = events.contains { $0["involvedObject"]?["name"]?.text == reference.name }
        return own
            ? .gone("\(what) was made, and somebody else has deleted it") : .absent("there is no \(what)")
    }

    public func look(at reference: RemoteReference) async throws(ConnectorFault) -> RemoteSight {
        let kind = try TrainingKind.of(reference)
        let object: KubeObject
        do throws(ConnectorFault) {
            object = try await api.object(kind.resource, reference.namespace, reference.name)
        } catch {
            guard case .notFound = error else { throw error }
            return RemoteSight(.gone, words: "there is no \(reference.kind) \(reference.name) any more")
        }
        if let id = reference.id, id != object.meta.uid {
            return RemoteSight(.gone, words: "\(reference.name) was deleted, and another one made under its name")
        }
        let pods = try? await api.all(
            .pods, reference.namespace, [(name: "labelSelector", value: "\(kind.podLabel)=\(reference.name)")],
            most: 1000)
        let view = TrainingPods(pods ?? [])
        let shares = pods == nil ? nil : view.shares
        func ended(_ phase: RemoteSight.Phase, _ condition: KubeCondition) -> RemoteSight {
            let words =
                phase == .finished ? "" : [view.failure, condition.words].compactMap { $0 }.joined(separator: "; ")
            return RemoteSight(
                phase, words: words.prefix(bytes: 500), status: phase == .finished ? 0 : view.status,
                endedAt: condition.changedAt, shares: shares)
        }
        if let done = object.condition("Complete"), done.status == "True" { return ended(.finished, done) }
        if let failed = object.condition("Failed"), failed.status == "True" {
            return ended(failed.reason == "DeadlineExceeded" ? .timedOut : .failed, failed)
        }
        if object.json["metadata"]?["deletionTimestamp"]?.text != nil {
            return RemoteSight(view.isRunning ? .running : .waiting, words: "it is being deleted", shares: shares)
        }
        if view.isRunning, let trouble = view.trouble {
            return RemoteSight(.running, words: trouble.words, shares: shares)
        }
        if view.isRunning { return RemoteSight(.running, shares: shares) }
        let words = await waiting(object, kind, view, canSeePods: pods != nil)
        return RemoteSight(.waiting, words: words.prefix(bytes: 500), shares: shares)
    }

    /// Why nothing runs yet: the plainest reason first.
    private func waiting(
        _ object: KubeObject, _ kind: TrainingKind, _ view: TrainingPods, canSeePods: Bool
    ) async -> String {
        if let held = object.condition("Suspended"), held.status == "True" {
            return "suspended: it waits to be let in" + (held.message.isEmpty ? "" : " (\(held.message))")
        }
        if let trouble = view.trouble { return trouble.words }
        guard canSeePods else { return "nothing is known of its pods: this account may not list them" }
        if !view.isEmpty { return "its pods are being made ready" }
        var owners = [object.meta.uid]
        if kind.kind != TrainingKind.job.kind {
            let query = [(name: "labelSelector", value: "\(kind.podLabel)=\(object.meta.name)")]
            let jobs = (try? await api.all(.jobs, object.meta.namespace, query, most: 500)) ?? []
            owners += jobs.prefix(4).compactMap { KubeObject($0)?.meta.uid }
        }
        var events: [RolloutEvent] = []
        for uid in owners { events += await self.events(of: uid, object.meta.namespace).filter(\.isWarning) }
        guard let last = events.max(by: { $0.at < $1.at }) else { return "no pod has been made yet" }
        return "\(last.reason): \(last.words)"
    }

    public func stop(_ reference: RemoteReference) async throws(ConnectorFault) {
        let kind = try TrainingKind.of(reference)
        let reply = try await api.delete(
            kind.resource, reference.namespace ?? "default", reference.name, uid: reference.id)
        // What is gone already, or another by then, is seen by looking.
        if (200..<300).contains(reply.status) || reply.status == 404 || reply.status == 409 { return }
        throw KubeStatus(reply).fault
    }

    public func log(
        of reference: RemoteReference, after place: String?
    ) async throws(ConnectorFault) -> RemoteLog {
        let kind = try TrainingKind.of(reference)
        let pods = try await api.all(
            .pods, reference.namespace, [(name: "labelSelector", value: "\(kind.podLabel)=\(reference.name)")],
            most: 1000)
        guard let pod = TrainingPods(pods).main else { return RemoteLog(place: place) }
        let start = PodLogPlace(place, pod: pod.meta.uid)
        let path = KubeResource.pods.path(
            try KubeAPI.word(reference.namespace), try KubeAPI.word(pod.meta.name), "log")
        let reply = try await api.http.send(
            HTTPRequest(
                .get, path, query: start.query(container: TrainingPods.container(of: pod)),
                maxBytes: PodLogPlace.limit * 2))
        // A container that has not begun, and one whose log the node has cleared away, are no faults of ours.
        if reply.status == 400 || reply.status == 404 { return RemoteLog(place: place) }
        guard (200..<300).contains(reply.status) else { throw KubeStatus(reply).fault }
        return start.read(reply.body, isOver: TrainingPods.isOver(pod))
    }
}

extension RemoteReference {
    fileprivate func known(as id: String) -> RemoteReference {
        var known = self
        known.id = id.isEmpty ? nil : id
        return known
    }
}

/// The pods of one training.
struct TrainingPods {
    private let pods: [KubeObject]

    init(_ items: [JSONValue]) { pods = items.compactMap { KubeObject($0) } }

    var isEmpty: Bool { pods.isEmpty }
    private static func phase(_ pod: KubeObject) -> String { pod.status["phase"]?.text ?? "" }
    static func isOver(_ pod: KubeObject) -> Bool { ["Succeeded", "Failed"].contains(phase(pod)) }
    var isRunning: Bool { pods.contains { Self.phase($0) == "Running" } }

    var trouble: PodTrouble? {
        // A pod that is through is not ready, and that is no trouble.
        PodTrouble.all(in: pods.filter { Self.phase($0) != "Succeeded" }.map(\.json), hash: "")
            .first
    }

    /// The one whose output is the training's: of its first worker the newest.
    var main: KubeObject? {
        let index = "batch.kubernetes.io/job-completion-index"
        let role = "jobset.sigs.k8s.io/replicatedjob-name"
        func rank(_ pod: KubeObject) -> (Int, Int, Int64, String) {
            let worker = ["node", "trainer", "master"].contains(pod.meta.label(role) ?? "node") ? 1 : 0
            let place = (pod.meta.label(index) ?? pod.meta.annotation(index)).flatMap { Int($0) } ?? 0
            return (worker, -place, pod.meta.createdAt?.milliseconds ?? 0, pod.meta.name)
        }
        return pods.filter { Self.phase($0) != "Pending" }.max { rank($0) < rank($1) }
    }

    static func container(of pod: KubeObject) -> String? {
        let names = (pod.spec["containers"]?.list ?? []).compactMap { $0["name"]?.text }
        let marked = pod.meta.annotation("kubectl.kubernetes.io/default-container")
        return marked.flatMap { names.contains($0) ? $0 : nil } ?? names.first
    }

    /// GPUs are held from the moment that a node was chosen to the end of the last container.
    var shares: [TrainingUsage.Share] {
        pods.compactMap { pod in
            let placed = pod.condition("PodScheduled")
            guard placed?.status == "True" || pod.status["startTime"]?.text != nil else { return nil }
            let begun = pod.status["startTime"]?.text.flatMap { Timestamp(rfc3339: $0) }
            guard let from = placed?.changedAt ?? begun ?? pod.meta.createdAt else { return nil }
            let gpus = GPUSlice.gpus(of: PodTemplate.accelerators(of: pod.spec))
            let ends = terminated(pod).compactMap { $0["finishedAt"]?.text.flatMap { Timestamp(rfc3339: $0) } }
            let end = Self.isOver(pod) ? ends.max() ?? from : nil
            return .init(
                id: pod.meta.uid.prefix(bytes: 60), name: pod.meta.name.prefix(bytes: 260), gpus: gpus,
                from: from,
                to: end.map { max(from, $0) })
        }
    }

    private func terminated(_ pod: KubeObject) -> [JSONValue] {
        (pod.status["containerStatuses"]?.list ?? []).compactMap { $0["state"]?["terminated"] }
    }

    private var failed: (pod: KubeObject, how: JSONValue?)? {
        let bad = pods.filter { Self.phase($0) == "Failed" }
            .max { ($0.meta.createdAt?.milliseconds ?? 0) < ($1.meta.createdAt?.milliseconds ?? 0) }
        return bad.map { pod in (pod, terminated(pod).first { $0["exitCode"]?.whole != 0 }) }
    }

    var status: Int32? { failed?.how?["exitCode"]?.whole.flatMap { Int32(exactly: $0) } }

    /// `pitwall-lora-1-x7-abcde ended with status 137 (OOMKilled)`.
    var failure: String? {
        guard let (pod, how) = failed else { return nil }
        if let reason = pod.status["reason"]?.text {
            return "\(pod.meta.name): \(reason): \(pod.status["message"]?.text ?? "")"
        }
        guard let how, let code = how["exitCode"]?.whole else { return "\(pod.meta.name) failed" }
        let reason = how["reason"]?.text.flatMap { $0 == "Error" ? nil : " (\($0))" } ?? ""
        let message = how["message"]?.text.map { ": \($0.prefix(bytes: 200))" } ?? ""
        return "\(pod.meta.name) ended with status \(code)\(reason)\(message)"
    }
}
