/// A moment, in milliseconds since the Unix epoch: the resolution Prometheus keeps.
public struct Timestamp: Hashable, Comparable, Codable, Sendable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// A moment given in seconds since the Unix epoch; finer than a millisecond is rounded, what is out of the calendar
    /// becomes its nearest end, and no number the epoch itself.
    public init(seconds: Double) { milliseconds = Self.whole(seconds * 1000) }

    /// Ten thousand years either way: sums of two of them cannot overflow.
    private static let farthest = 3.2e14

    private static func whole(_ value: Double) -> Int64 {
        value.isNaN ? 0 : Int64(min(farthest, max(-farthest, value)).rounded())
    }

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
        Timestamp(milliseconds: Self.whole(Double(milliseconds) + (seconds * 1000).rounded()))
    }

    /// Seconds from `earlier` to this moment.
    public func since(_ earlier: Timestamp) -> Double {
        Double(milliseconds.subtractingReportingOverflow(earlier.milliseconds).partialValue) / 1000
    }
}

/// Tells the time. Engine and tests share it, so that no test waits for a wall clock.
public protocol WallClock: Sendable {
    func now() -> Timestamp
}
