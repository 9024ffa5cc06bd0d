import CCurl
import Synchronization

/// What the engine's thread and its callers have in common.
// SAFETY: `multi` is a constant; callers give it to nothing but `curl_multi_wakeup`, which libcurl allows from any
// thread, and `deinit` runs when neither the thread nor a caller is left. The rest is behind locks.
final class EngineShared: @unchecked Sendable {
    struct Inbox {
        var added: [Transfer] = []
        var cancelled: [Ticket] = []
        var isClosed = false

        /// Who finds it empty wakes the thread: once is enough for all that is put in, and a wake-up is a system call.
        var isEmpty: Bool { added.isEmpty && cancelled.isEmpty }
    }

    /// The number that no prepared handle has.
    static let noShape = -1

    let inbox = Mutex(Inbox())
    let statistics = Mutex(CurlEngine.Statistics())
    let shapes = Mutex<[TransferShape: Int]>([:])
    let multi: UnsafeMutableRawPointer?
    let limit: Int

    init(limit: Int) {
        pit_global_init()
        (multi, self.limit) = (curl_multi_init(), limit)
    }

    deinit { curl_multi_cleanup(multi) }
}
