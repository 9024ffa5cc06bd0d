/// A moment, in milliseconds since the Unix epoch: the resolution Prometheus keeps.
public struct Timestamp: Hashable, Comparable, Codable, Sendable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// A moment given in seconds since the Unix epoch; finer than a millisecond is rounded.
    public init(seconds: Double) { milliseconds = Int64((seconds * 1000).rounded()) }

    public init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    /// Seconds since the Unix epoch.
    public var seconds: Double { Double(milliseconds) / 1000 }

    public static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }

    /// The moment `seconds` later (earlier when negative).
    public func advanced(by seconds: Double) -> Timestamp {
        Timestamp(milliseconds: milliseconds + Int64((seconds * 1000).rounded()))
    }

    /// Seconds from `earlier` to this moment.
    public func since(_ earlier: Timestamp) -> Double {
        Double(milliseconds - earlier.milliseconds) / 1000
    }
}

/// Tells the time. Engine and tests share it, so that no test waits for a wall clock.
public protocol WallClock: Sendable {
    func now() -> Timestamp
}
