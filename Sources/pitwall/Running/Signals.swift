import Glibc
import Synchronization

/// The signal that asked the program to end; 0 when none did. Only a lock-free store happens in the handler.
private let asked = Atomic<Int32>(0)

/// Waiting for the person or the system to end the program.
enum Signals {
    /// Returns at SIGINT, SIGTERM or SIGHUP. Looks four times a second at what the handler left.
    static func untilEnd() async {
        // Made before any handler can need it.
        _ = asked.load(ordering: .relaxed)
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { asked.store($0, ordering: .relaxed) } }
        while asked.load(ordering: .relaxed) == 0 { try? await Task.sleep(for: .milliseconds(250)) }
    }
}
