public import PitModel
import PitParse

/// Pods that another system has made: why they do not run, and what they wrote.
extension KubernetesConnector: PodReading {
    private static let (mostPods, mostEvents) = (500, 1000)
    private static let workflowLabel = "workflows.argoproj.io/workflow"

    public func troubles(ofPods selector: String, in namespace: String) async throws(ConnectorFault) -> PodTroubles {
        let pods = try await api.all(
            .pods, namespace, [(name: "labelSelector", value: selector)], most: Self.mostPods)
        var found = PodTroubles()
        for trouble in PodTrouble.all(in: pods, hash: "") where found.byPod[trouble.pod] == nil {
            let words = trouble.words
            found.byPod[trouble.pod] =
                words.hasPrefix("\(trouble.pod): ") ? String(words.dropFirst(trouble.pod.count + 2)) : words
        }
        let objects = pods.compactMap { KubeObject($0) }
        let names = Set(objects.map(\.meta.name))
        let owners = Set(objects.compactMap { $0.meta.label(Self.workflowLabel) })
        // Whoever may not read events is told what the pods say themselves.
        guard
            let events = try? await api.all(
                .events, namespace, [(name: "fieldSelector", value: "type=Warning")], most: Self.mostEvents)
        else { return found }
        for event in events.sorted(by: { Self.moment($0) < Self.moment($1) }) {
            let words = "\(event["reason"]?.text ?? ""): \(event["message"]?.text ?? "")".prefix(bytes: 300)
            let object = event["involvedObject"]
            guard let name = object?["name"]?.text else { continue }
            if names.contains(name) {
                // Its own conditions are newer than any event.
                let isPending = objects.contains {
                    $0.meta.name == name && $0.status["phase"]?.text == "Pending"
                }
                if isPending, found.byPod[name] == nil { found.byPod[name] = words }
            } else if owners.contains(name) || names.isEmpty && words.contains("exceeded quota") {
                found.others.append(words)
            }
        }
        found.others = found.others.suffix(10)
        return found
    }

    private static func moment(_ event: JSONValue) -> String {
        event["lastTimestamp"]?.text ?? event["eventTime"]?.text ?? event["firstTimestamp"]?.text ?? ""
    }

    public func log(
        ofPod pod: String, in namespace: String, container: String?, lines: Int
    ) async throws(ConnectorFault) -> PipelineLog {
        var name = pod
        let object: KubeObject
        do throws(ConnectorFault) { object = try await api.object(.pods, namespace, pod) } catch {
            // Argo's node `run-123` has the pod `run-train-123`.
            guard case .notFound = error, let dash = pod.lastIndex(of: "-") else { throw error }
            let all = try await api.all(.pods, namespace, metadataOnly: true, most: Self.mostPods)
            let (start, end) = (pod[..<dash] + "-", pod[dash...])
            let found = all.compactMap { $0["metadata"]?["name"]?.text }.first {
                $0.hasPrefix(start) && $0.hasSuffix(end)
            }
            guard let found else { throw error }
            name = found
            object = try await api.object(.pods, namespace, found)
        }
        let names = (object.json["spec"]?["containers"]?.list ?? []).compactMap { $0["name"]?.text }
        let chosen = container ?? (names.contains("main") ? "main" : names.first)
        var query = [
            (name: "tailLines", value: "\(max(1, min(lines, 10_000)))"),
            (name: "limitBytes", value: "\(PipelineLog.mostBytes)"),
        ]
        if let chosen { query.append((name: "container", value: chosen)) }
        let reply = try await api.http.send(
            HTTPRequest(
                .get, KubeResource.pods.path(namespace, name, "log"), query: query,
                maxBytes: 2 * PipelineLog.mostBytes))
        guard (200..<300).contains(reply.status) else { throw KubeStatus(reply).fault }
        let phase = object.status["phase"]?.text
        return PipelineLog(reply.text, isOpen: phase == "Pending" || phase == "Running")
    }
}
