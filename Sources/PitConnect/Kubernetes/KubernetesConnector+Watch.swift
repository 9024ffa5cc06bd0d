public import PitModel
import PitParse

extension KubernetesConnector {
    public func watch(_ deployment: DeploymentID) async throws(ConnectorFault) -> RolloutView {
        let (dialect, object) = try await find(deployment)
        async let surroundings = surroundings(of: object)
        let revisions = try await dialect.revisions(of: object, api)
        var now = dialect.read(object, cluster.connection)
        if let current = revisions.first(where: \.revision.isCurrent)?.revision {
            now.settle(current.id)
        }
        let found = await surroundings
        let troubles = PodTrouble.all(in: found.pods ?? [], hash: now.current?.hash ?? "")
        if now.status != .complete, let first = troubles.first {
            now.message = now.message.isEmpty ? first.words : "\(first.words) (\(now.message))"
        }
        // What happened to pods is asked for only where something is wrong.
        var subjects = [object.meta.uid]
        subjects += revisions.filter(\.revision.isCurrent).map(\.revision.id.uid)
        subjects += troubles.prefix(4).map(\.uid)
        var events: [RolloutEvent] = []
        for uid in subjects where !uid.isEmpty { events += await self.events(of: uid, object.meta.namespace) }
        events += await dialect.details(of: object, api)
        events.sort { $0.at < $1.at }
        let conditions = object.conditions.map { each in
            "\(each.type) is \(each.status)" + (each.reason.isEmpty ? "" : ": \(each.reason)")
        }
        return RolloutView(deployment: now, events: Array(events.suffix(100)), conditions: conditions)
    }

    func events(of uid: String, _ namespace: String?) async -> [RolloutEvent] {
        let query = [(name: "fieldSelector", value: "involvedObject.uid=\(uid)")]
        // Events are often not readable, and never what decides.
        guard let items = try? await api.all(.events, namespace, query, most: 500) else { return [] }
        return items.suffix(100).compactMap { item in
            let times = [item["lastTimestamp"], item["eventTime"], item["metadata"]?["creationTimestamp"]]
            guard let at = times.compactMap({ $0?.text }).first.flatMap({ Timestamp(rfc3339: $0) }) else { return nil }
            let about = item["involvedObject"]
            let count = item["count"]?.whole ?? 1
            return RolloutEvent(
                at: at, isWarning: item["type"]?.text == "Warning",
                object: "\(about?["kind"]?.text ?? "")/\(about?["name"]?.text ?? "")".prefix(bytes: 300),
                reason: (item["reason"]?.text ?? "").prefix(bytes: 100),
                words: (item["message"]?.text ?? "").prefix(bytes: 500) + (count > 1 ? " (\(count) times)" : ""))
        }
    }
}

/// Why a pod does not serve.
struct PodTrouble: Equatable {
    var pod: String
    var uid: String
    /// `ImagePullBackOff: Back-off pulling image ...`
    var words: String
    private var weight: Int

    /// The pods that are in trouble, the plainest reason first; of one revision where its hash is known.
    static func all(in pods: [JSONValue], hash: String) -> [PodTrouble] {
        pods.compactMap { item -> PodTrouble? in
            guard let pod = KubeObject(item), let (words, weight) = reason(pod) else { return nil }
            let labels = [PodTemplate.hashLabel, RolloutDialect.hashLabel, StatefulSetDialect.revisionLabel]
            let own = labels.lazy.compactMap { pod.meta.label($0) }.first
            if let own, !hash.isEmpty, own != hash, !own.hasSuffix("-\(hash)") { return nil }
            return PodTrouble(
                pod: pod.meta.name, uid: pod.meta.uid, words: "\(pod.meta.name): \(words)".prefix(bytes: 400),
                weight: weight)
        }.sorted { ($0.weight, $0.pod) < ($1.weight, $1.pod) }
    }

    private static func reason(_ pod: KubeObject) -> (String, Int)? {
        if pod.json["metadata"]?["deletionTimestamp"]?.text != nil { return nil }
        if let placed = pod.condition("PodScheduled"), placed.status == "False" {
            return ("\(placed.reason): \(placed.message)", 1)
        }
        let lists = ["initContainerStatuses", "containerStatuses"]
        for container in lists.flatMap({ pod.status[$0]?.list ?? [] }) {
            if let waiting = container["state"]?["waiting"], let reason = waiting["reason"]?.text,
                reason != "ContainerCreating", reason != "PodInitializing"
            {
                let last = container["lastState"]?["terminated"]?["reason"]?.text.map { ", last ended by \($0)" } ?? ""
                return ("\(reason)\(last): \(waiting["message"]?.text ?? "")", 0)
            }
        }
        if pod.status["phase"]?.text == "Failed" {
            return ("\(pod.status["reason"]?.text ?? "Failed"): \(pod.status["message"]?.text ?? "")", 1)
        }
        guard let ready = pod.condition("Ready"), ready.status == "False" else { return nil }
        for container in pod.status["containerStatuses"]?.list ?? [] where container["ready"] == .flag(false) {
            if container["state"]?["running"] != nil {
                return ("runs, and its readiness probe does not pass: \(ready.message)", 2)
            }
        }
        return ready.reason.isEmpty && ready.message.isEmpty ? nil : ("\(ready.reason): \(ready.message)", 3)
    }
}
