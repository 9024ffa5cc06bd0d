import Glibc
import PitGrid
import Synchronization

/// How far a long reading is, on the error output where that is a terminal.
final class DataMeter: Sendable {
    private let shown = Mutex<(part: Int, isOn: Bool)>((-1, false))
    private let isTerminal = isatty(STDERR_FILENO) == 1

    func tell(_ done: Int, of all: Int) {
        guard isTerminal, all > 64 << 20 else { return }
        let part = min(100, done * 100 / max(1, all))
        let isNew = shown.withLock { shown in
            defer { shown = (max(shown.part, part), true) }
            return part > shown.part
        }
        guard isNew else { return }
        let bar = String(repeating: "#", count: part / 4) + String(repeating: ".", count: 25 - part / 4)
        put("\r\(bar) \(part) %")
    }

    private func put(_ text: String) { _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) } }

    func end() {
        guard shown.withLock({ $0.isOn }) else { return }
        put("\r\u{1B}[K")
    }
}
