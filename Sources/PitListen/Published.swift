public import PitModel

/// What is told to whoever scrapes.
public struct Published: Sendable {
    public var snapshot: Snapshot
    public var version: String
    /// When this process began.
    public var started: Timestamp
    /// By model: how fast its error budget burns, by the window it is measured over, in seconds.
    public var burn: [ModelName: [(window: Double, rate: Double)]]

    public init(
        snapshot: Snapshot, version: String, started: Timestamp,
        burn: [ModelName: [(window: Double, rate: Double)]] = [:]
    ) {
        (self.snapshot, self.version, self.started, self.burn) = (snapshot, version, started, burn)
    }

    /// The page.
    public var page: String {
        var writer = OpenMetricsWriter()
        for part in publishedParts { part(self, &writer) }
        return writer.end()
    }
}

/// Every part of the page. A new one is a new file and a line here.
let publishedParts: [@Sendable (Published, inout OpenMetricsWriter) -> Void] = [
    publishSelf,
    publishConnections,
    publishModels, publishDrift, publishQuality,
    publishAlerts,
]
