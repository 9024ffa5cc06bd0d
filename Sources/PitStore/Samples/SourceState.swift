import PitModel

/// A series' number within its source.
public struct SeriesID: Hashable, Sendable {
    public let number: UInt32
    public init(_ number: UInt32) { self.number = number }
}

/// What a source (a connection, or a model's signals) has in memory: its series and the block being filled.
struct SourceState {
    var row: Int64
    var ids: [SeriesKey: UInt32] = [:]
    /// Series not yet on disk.
    var fresh: [(UInt32, SeriesKey)] = []
    var block = SampleBlock()
    /// The row that holds a part of `block` already.
    var blockRow: Int64?
    /// Moments of `block` that are on disk.
    var written = 0

    /// Moments of a full block: fewer when the source has many series, so that what waits in memory stays bounded.
    var capacity: Int { max(8, min(240, 4_000_000 / max(1, ids.count * 8))) }
}
