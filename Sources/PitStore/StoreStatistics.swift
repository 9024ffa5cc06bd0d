public import PitModel

/// How much there is.
public struct StoreStatistics: Equatable, Sendable {
    /// Bytes of cache.db that are in use.
    public var bytes: Int
    public var samples: Int
    public var series: Int
    /// Bytes of the blocks alone.
    public var blockBytes: Int
    public var oldest: Timestamp?
}
