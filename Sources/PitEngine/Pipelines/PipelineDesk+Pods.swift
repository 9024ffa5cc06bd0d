import PitModel

/// What a cluster says of the pods of a run.
extension PipelineDesk {
    private func clusters(_ place: PipelinePlace) -> [any PodReading] {
        servers.filter { place.cluster == nil || $0.connection.name == place.cluster }.compactMap {
            $0.connector as? any PodReading
        }
    }

    /// Says of each step that waits or failed without a word what its pod lacks: an image, room, a quota.
    func explain(_ run: inout PipelineRun) async {
        guard let place = run.place else { return }
        let isWanted =
            run.state.isOpen || (run.state == .failed && run.steps.contains { $0.state == .failed && $0.note.isEmpty })
        guard isWanted else { return }
        for cluster in clusters(place) {
            guard let found = try? await cluster.troubles(ofPods: place.selector, in: place.namespace) else { continue }
            for index in run.steps.indices where !run.steps[index].state.isWell {
                guard let pod = run.steps[index].pod, run.steps[index].note.isEmpty,
                    let words = found.byPod.first(where: { Self.isPod($0.key, of: pod) })?.value
                else { continue }
                run.steps[index].note = words
            }
            if run.note.isEmpty {
                let stuck = run.steps.first { $0.state.isOpen && !$0.note.isEmpty }
                run.note =
                    stuck.map { "\($0.name): \($0.note)" } ?? found.others.last
                    ?? found.byPod.values.sorted().first ?? ""
            }
            return
        }
    }

    /// Engines name a pod by the node it belongs to, `run-123`; its own name may have the template's in it,
    /// `run-train-123`.
    static func isPod(_ pod: String, of node: String) -> Bool {
        if pod == node { return true }
        guard let dash = node.lastIndex(of: "-") else { return false }
        return pod.hasPrefix(node[..<dash] + "-") && pod.hasSuffix(node[dash...])
    }

    /// The log of a step's pod from the cluster itself, where the engine has none.
    func logOfPod(_ key: RunKey, step: String?, _ source: Source) async -> PipelineLog? {
        guard let run = try? await source.reader.pipelineRun(key.id), let place = run.place else { return nil }
        let chosen = step.flatMap { id in run.steps.first { $0.id == id || $0.name == id } } ?? run.telling
        guard let node = chosen?.pod else { return nil }
        for cluster in clusters(place) {
            let log = try? await cluster.log(ofPod: node, in: place.namespace, container: nil, lines: 500)
            if let log { return log }
        }
        return nil
    }
}
