import Synchronization

/// Tells one exchange from another, and remembers that its caller has gone.
final class Ticket: Sendable {
    let isCancelled = Atomic(false)
}
