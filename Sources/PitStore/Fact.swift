public import PitModel

/// Something that was so from one moment to another.
public struct Fact: Equatable, Sendable {
    public var key: String
    public var since: Timestamp
    public var body: [UInt8]
}

/// A fact with when it ended.
public struct PastFact: Equatable, Sendable {
    public var fact: Fact
    /// Nil while it holds.
    public var until: Timestamp?
    /// Whether nothing was known under its key just before.
    public var isNew: Bool
}
