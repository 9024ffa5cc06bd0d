import PitModel
import PitParse

/// What stands around a workload, as far as it may be read.
struct Surroundings {
    /// Nil: they may not be read.
    var pods: [JSONValue]?
    var nodes: [JSONValue]?
    /// Accelerators that all pods of the cluster ask for, by node and resource.
    var taken: [String: [String: Int]]?
}

extension KubernetesConnector {
    func surroundings(of object: KubeObject) async -> Surroundings {
        guard let selector = object.selector else { return Surroundings() }
        let query = [(name: "labelSelector", value: selector)]
        return Surroundings(pods: try? await api.all(.pods, object.meta.namespace, query, most: 500))
    }

    /// Whether and how soon a revision can serve again. What cannot be known is left open, and said so.
    func readiness(of target: KubeRevision, _ object: KubeObject, _ found: Surroundings) -> Readiness {
        var readiness = Readiness(warmth: (target.revision.replicas ?? 0) > 0 ? .warm : .cold)
        readiness.historyLimit = object.spec["revisionHistoryLimit"]?.whole ?? 10
        readiness.words.append("it keeps \(readiness.historyLimit ?? 10) older revisions; this one is still there")
        if readiness.warmth == .warm {
            readiness.words.append("\(target.revision.replicas ?? 0) of its replicas are ready now")
        } else {
            readiness.words.append("cold: none of its replicas runs")
        }
        let starts = (found.pods ?? []).compactMap(Self.startSeconds).sorted()
        if !starts.isEmpty {
            readiness.secondsToServe = starts[starts.count / 2]
            readiness.words.append("its pods took \(Int(starts[starts.count / 2].rounded())) s to be ready lately")
        } else {
            readiness.words.append("how long a start takes is unknown")
        }
        return readiness
    }

    /// Seconds from a pod's start to its being ready; nil for one that restarted, whose times say nothing of a start.
    static func startSeconds(_ item: JSONValue) -> Double? {
        guard let pod = KubeObject(item), let ready = pod.condition("Ready"), ready.status == "True",
            let at = ready.changedAt,
            let start = pod.status["startTime"]?.text.flatMap({ Timestamp(rfc3339: $0) }) ?? pod.meta.createdAt
        else { return nil }
        let restarts = (pod.status["containerStatuses"]?.list ?? []).compactMap { $0["restartCount"]?.whole }
        guard restarts.allSatisfy({ $0 == 0 }), at >= start else { return nil }
        return at.since(start)
    }
}
