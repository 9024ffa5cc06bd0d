import PitModel

/// Seconds until something that failed is tried again: doubled each time, from the first to the last; never sooner than a
/// server asked for.
struct Backoff {
    let first: Double
    let last: Double

    /// The longest that a server is heard when it asks to wait.
    private static let mostAsked = 3600.0

    /// - Parameter attempts: how often it has failed, this time included.
    func wait(after attempts: Int, _ fault: ConnectorFault? = nil) -> Double {
        var wait = first
        for _ in 1..<max(1, min(attempts, 20)) where wait < last { wait *= 2 }
        wait = min(wait, last)
        if case .rateLimited(let asked?) = fault { wait = max(wait, min(asked, Self.mostAsked)) }
        return wait
    }
}
