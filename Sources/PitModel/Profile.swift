/// The raw quantities that signals are derived from, whatever a server calls them.
public enum Quantity: String, Codable, Sendable, CaseIterable, Hashable {
    // gauges
    case running, waiting, kvCacheUse, prefixHitRatio
    case gpuUse, gpuMemoryUsed, gpuMemoryFree, gpuMemoryTotal, gpuPower, gpuTemperature
    /// Drift and bias that a service computed.
    case serviceStatistic
    // counters
    case requests, failures, promptTokens, generationTokens, prefixQueries, prefixHits, preemptions
    // histograms
    case ttft, itl, e2e, queueTime, prefillTime, promptLength, generationLength
}

/// Where one quantity is found on a server's page.
public struct QuantitySource: Equatable, Codable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable { case gauge, counter, histogram }
    /// How the values of one replica's series, and of all replicas, become one. Histograms always merge by bucket.
    public enum Merge: String, Codable, Sendable, CaseIterable { case sum, mean, max }

    public var quantity: Quantity
    public var kind: Kind
    /// The series' names as they stand on the wire, best first (`_total` included; a histogram without `_bucket`).
    /// The first one that the page has is used.
    public var names: [String]
    /// Only series whose labels match; an empty value matches an absent label.
    public var matching: [Matcher]
    /// What the raw value is multiplied with to get seconds, a ratio, bytes.
    public var scale: Double
    public var merge: Merge

    public init(
        _ quantity: Quantity, _ kind: Kind, _ names: [String], matching: [Matcher] = [], scale: Double = 1,
        merge: Merge = .sum
    ) {
        (self.quantity, self.kind, self.names) = (quantity, kind, names)
        (self.matching, self.scale, self.merge) = (matching, scale, merge)
    }
}

/// Maps a server's metric names to the neutral vocabulary. It is data: one file each, or a user's YAML.
public struct MetricProfile: Equatable, Codable, Sendable, Identifiable {
    public var id: String
    public var title: String
    /// A page that has a series whose name starts with one of these is of this profile.
    public var detect: [String]
    /// The label that holds the served model's name, when there is one.
    public var modelLabel: String?
    /// Labels that tell replicas apart on one page (`engine`), beside the target itself.
    public var replicaLabels: [String]
    /// Series that betray a restart when their value rises (`process_start_time_seconds`).
    public var startTime: [String]
    public var sources: [QuantitySource]

    public init(
        id: String, title: String, detect: [String], modelLabel: String? = nil, replicaLabels: [String] = [],
        startTime: [String] = ["process_start_time_seconds"], sources: [QuantitySource]
    ) {
        (self.id, self.title, self.detect, self.modelLabel) = (id, title, detect, modelLabel)
        (self.replicaLabels, self.startTime, self.sources) = (replicaLabels, startTime, sources)
    }
}
