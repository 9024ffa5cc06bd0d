import Glibc
import PitConsole
import Synchronization

/// The only door from the concurrent world into the UI thread: a queue with a file descriptor to wait on.
final class Mailbox: Sendable {
    enum Letter: Sendable {
        case event(Console.Event)
        /// A theme file was changed.
        case reload
    }

    private let queue = Mutex<[Letter]>([])
    /// Becomes readable when a letter has come.
    let descriptor: Int32
    private let writing: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        (descriptor, writing) = (ends[0], ends[1])
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        _ = fcntl(writing, F_SETFL, O_NONBLOCK)
    }

    func post(_ event: Console.Event) { post(.event(event)) }

    func post(_ letter: Letter) {
        queue.withLock { $0.append(letter) }
        var byte: UInt8 = 1
        _ = write(writing, &byte, 1)
    }

    func take() -> [Letter] {
        var sink = [UInt8](repeating: 0, count: 64)
        while read(descriptor, &sink, 64) > 0 {}
        return queue.withLock { all in
            defer { all = [] }
            return all
        }
    }
}
