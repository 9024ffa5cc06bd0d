import Glibc

/// Waiting for the person or the system to end the program.
enum Signals {
    /// Returns at SIGINT, SIGTERM or SIGHUP. Looks four times a second at what the handler left.
    static func untilEnd() async {
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { asked = $0 } }
        while asked == 0 { try? await Task.sleep(for: .milliseconds(250)) }
    }

    // SAFETY: written by a signal handler and read by one task; a lost or late read costs a quarter of a second.
    nonisolated(unsafe) private static var asked: Int32 = 0
}
