import Glibc
import PitEngine
import Synchronization

/// How far an evaluation is, on standard error: one line that is written over on a terminal, elsewhere one a tenth.
final class ProgressLine: Sendable {
    private struct State {
        var written: ContinuousClock.Instant?
        var tenth = 0
        var isOpen = false
    }
    private let state = Mutex(State())
    private let isTerminal = isatty(STDERR_FILENO) == 1

    func show(_ progress: EvaluationRunner.Progress) {
        let settled = progress.done + progress.failed
        state.withLock { state in
            let tenth = progress.total > 0 ? settled * 10 / progress.total : 10
            let isLast = settled >= progress.total
            if isTerminal {
                let now = ContinuousClock.now
                guard isLast || (state.written.map { now - $0 >= .milliseconds(200) } ?? true) else { return }
                (state.written, state.isOpen) = (now, true)
                write("\r\u{1B}[K" + Self.words(progress))
            } else {
                guard tenth > state.tenth else { return }
                state.tenth = tenth
                write(Self.words(progress) + "\n")
            }
        }
    }

    func end() {
        state.withLock { state in
            if state.isOpen { write("\n") }
            state.isOpen = false
        }
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    static func words(_ progress: EvaluationRunner.Progress) -> String {
        var words = "\(progress.done) of \(progress.total) answered"
        if progress.failed > 0 { words += ", \(progress.failed) failed" }
        if let left = progress.left, progress.done + progress.failed < progress.total {
            words += ", about \(time(left)) left"
        }
        return words
    }

    private static func time(_ seconds: Double) -> String {
        let whole = Int(min(seconds.rounded(.up), 1e8))
        return whole < 120 ? "\(whole) s" : whole < 7200 ? "\(whole / 60) min" : "\(whole / 3600) h"
    }
}
