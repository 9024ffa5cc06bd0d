import Synchronization

/// Lets one word through now and then, of many that come.
final class Pace: Sendable {
    private let seconds: Double
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    /// - Parameter seconds: between two words, at least.
    init(seconds: Double) { self.seconds = seconds }

    /// Whether it is time for a word; then it counts as said now.
    func isDue() -> Bool {
        let now = ContinuousClock().now
        return last.withLock { last in
            if let last, now - last < .seconds(seconds) { return false }
            last = now
            return true
        }
    }
}
