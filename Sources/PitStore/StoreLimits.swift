/// How much polled data is kept.
public struct StoreLimits: Equatable, Sendable {
    /// Bytes that cache.db may take.
    public var maxBytes: Int
    /// Seconds that samples and events are kept.
    public var maxAge: Double
    public init(maxBytes: Int = 1 << 30, maxAge: Double = 15 * 86400) {
        (self.maxBytes, self.maxAge) = (maxBytes, maxAge)
    }
}
