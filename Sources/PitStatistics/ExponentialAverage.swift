import Glibc
public import PitModel

/// An average that forgets: what is `halfLife` seconds older weighs half as much. Readings need not be regular.
public struct ExponentialAverage: Equatable, Sendable {
    /// Seconds after which a reading weighs half.
    public let halfLife: Double
    /// Nil until there was a reading.
    public private(set) var value: Double?
    private var at: Timestamp?

    public init(halfLife: Double) { self.halfLife = halfLife }

    /// Takes a reading. One that is not finite, or not newer than the last, is left out.
    public mutating func add(_ point: DataPoint) {
        guard point.value.isFinite, halfLife > 0 else { return }
        guard let at, let value else {
            (self.at, self.value) = (point.at, point.value)
            return
        }
        let passed = point.at.since(at)
        guard passed > 0 else { return }
        let kept = exp2(-passed / halfLife)
        (self.at, self.value) = (point.at, value * kept + point.value * (1 - kept))
    }
}
