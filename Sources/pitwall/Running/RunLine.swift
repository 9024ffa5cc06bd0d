import PitConsole
import PitEngine
import PitModel
import Synchronization

/// Reads runs of training for the console: a slow server keeps nothing else waiting.
final class RunLine: Sendable {
    private let mailbox: Mailbox
    private let desk: Mutex<RunDesk>

    init(_ desk: RunDesk, _ mailbox: Mailbox) {
        self.mailbox = mailbox
        self.desk = Mutex(desk)
    }

    /// The configuration was read again.
    func replace(_ new: RunDesk) { desk.withLock { $0 = new } }

    /// True when it was of this sort.
    func take(_ effect: Effect) -> Bool {
        let (mailbox, desk) = (mailbox, desk.withLock { $0 })
        switch effect {
        case .loadRuns(let query):
            Task.detached { mailbox.post(.runs(query, await desk.page(query))) }
            return true
        default: return false
        }
    }
}
