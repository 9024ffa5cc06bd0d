import Glibc
import PitGrid

/// Words to the person outside the console. What came from servers is made safe on the way.
enum Terminal {
    static func say(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// One line as it may stand on a terminal.
    static func safe(_ line: String) -> String { SafeText(line).description }

    /// The same of several lines.
    static func safeLines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { safe(String($0)) }.joined(separator: "\n")
    }

    /// To stderr; each line is made safe by itself.
    static func complain(_ text: String) { write(safeLines(text) + "\n", to: STDERR_FILENO) }

    /// Bytes as they are: files and formats that have an escaping of their own.
    static func put(_ text: String) { write(text, to: STDOUT_FILENO) }

    static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // The reader is gone: `| head` has seen enough.
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
