public import PitModel

/// Something that was so from one moment to another.
public struct Fact: Equatable, Sendable {
    public var key: String
    public var since: Timestamp
    public var body: [UInt8]
}
