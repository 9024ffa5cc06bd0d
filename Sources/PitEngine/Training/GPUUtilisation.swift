import PitModel

/// How busy GPUs were, from what NVIDIA's DCGM exporter told a Prometheus.
struct GPUUtilisation: Sendable {
    private let readers: [any HistoryReading]

    init(_ servers: [ConnectedServer]) {
        readers = servers.compactMap { $0.connector as? any HistoryReading }
    }

    /// The mean over pods and time, 0 to 1; nil where nobody measured it.
    func read(_ usage: TrainingUsage, namespace: String?, at now: Timestamp) async -> Double? {
        let held = usage.shares.filter { $0.gpus > 0 }
        guard let from = held.map(\.from).min(), !readers.isEmpty else { return nil }
        let to = held.contains { $0.to == nil } ? now : held.compactMap(\.to).max() ?? now
        let names = held.prefix(100).map(\.name).filter(Self.isName)
        guard !names.isEmpty, to.since(from) >= 1 else { return nil }
        let query = Self.query(names, namespace: namespace.flatMap { Self.isName($0) ? $0 : nil }, span: to.since(from))
        for reader in readers {
            // One that cannot tell leaves it to the next.
            guard let samples = try? await reader.instant(query, at: to), let value = samples.first?.value,
                value.isFinite
            else { continue }
            return min(1, max(0, value / 100))
        }
        return nil
    }

    /// Where an exporter's labels collide with those of its own pod they are renamed (`honor_labels: false`).
    static func query(_ pods: [String], namespace: String?, span: Double) -> String {
        let names = pods.map { $0.replacing(".", with: "\\\\.") }.joined(separator: "|")
        func series(_ prefix: String) -> String {
            let place = namespace.map { ",\(prefix)namespace=\"\($0)\"" } ?? ""
            let seconds = max(1, Int(span.rounded(.up)))
            return "avg_over_time(DCGM_FI_DEV_GPU_UTIL{\(prefix)pod=~\"\(names)\"\(place)}[\(seconds)s])"
        }
        return "avg(\(series("")) or \(series("exported_")))"
    }

    /// Nothing else goes into a query.
    private static func isName(_ name: String) -> Bool {
        (1...253).contains(name.utf8.count)
            && name.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2D || $0 == 0x2E }
    }
}
