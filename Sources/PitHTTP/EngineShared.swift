import CCurl
import Synchronization

/// What the engine's thread and its callers have in common.
// SAFETY: `reactor` and `multi` are constants; callers give them to nothing but `pit_reactor_wake`, which may be called
// from any thread, and `deinit` runs when neither the thread nor a caller is left. The rest is behind locks.
final class EngineShared: @unchecked Sendable {
    struct Inbox {
        var added: [Transfer] = []
        var cancelled: [Ticket] = []
        /// Numbers of bodies that nobody has any more.
        var given: [Int] = []
        var isClosed = false

        /// Who finds it empty wakes the thread: once is enough for all that is put in, and a wake-up is a system call.
        var isEmpty: Bool { added.isEmpty && cancelled.isEmpty && given.isEmpty }
    }

    /// The number that no prepared handle has.
    static let noShape = -1

    let inbox = Mutex(Inbox())
    let statistics = Mutex(CurlEngine.Statistics())
    let shapes = Mutex<[TransferShape: Int]>([:])
    let reactor: OpaquePointer?
    let multi: UnsafeMutableRawPointer?
    let limit: Int

    init(limit: Int) {
        pit_global_init()
        reactor = pit_reactor_open()
        (multi, self.limit) = (reactor.map { pit_reactor_multi($0) } ?? nil, limit)
    }

    deinit { pit_reactor_close(reactor) }

    func wake() { if let reactor { pit_reactor_wake(reactor) } }
}
