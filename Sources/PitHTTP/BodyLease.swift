import Synchronization

/// The room that the body of a reply has in memory: whoever lets go of the reply last gives it back.
final class BodyLease: Sendable {
    private let number: Int
    private let shared: EngineShared

    init(_ number: Int, of shared: EngineShared) { (self.number, self.shared) = (number, shared) }

    deinit {
        let isFirst = shared.inbox.withLock { inbox in
            defer { inbox.given.append(number) }
            return inbox.isEmpty
        }
        if isFirst { shared.wake() }
    }
}
