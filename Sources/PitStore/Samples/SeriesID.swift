/// A series' number within its source.
public struct SeriesID: Hashable, Sendable {
    public let number: UInt32
    public init(_ number: UInt32) { self.number = number }
}
