import CNcurses
import Glibc
public import PitGrid

extension CursesTerminal {
    /// Waits until something is to be done, and says what. A negative number of milliseconds is for ever.
    public func wait(_ descriptors: [Int32], milliseconds: Int32) -> [Wake] {
        var waits = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: pit_signal_pipe(), events: Int16(POLLIN), revents: 0),
        ]
        waits += descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let patience = decoder.patience(at: ContinuousClock().now)
        var timeout = waitingSignals.isEmpty && !decoder.hasInputs ? milliseconds : 0
        if let patience, timeout < 0 || timeout > patience { timeout = patience }
        let count = poll(&waits, nfds_t(waits.count), timeout)
        // Interrupted by a signal: its number is in the pipe.
        guard count >= 0 else { return signals() }
        var wakes = signals()
        if count == 0 {
            decoder.settle(at: ContinuousClock().now)
            if decoder.hasInputs { wakes.append(.input) }
            return wakes.isEmpty ? [.timeout] : wakes
        }
        if waits[0].revents & Int16(POLLIN) != 0 {
            wakes.append(readBytes() ? .input : .hangup)
        } else if waits[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 {
            wakes.append(.hangup)
        }
        if waits.dropFirst(2).contains(where: { $0.revents != 0 }) { wakes.append(.descriptor) }
        return wakes
    }

    private func readBytes() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(STDIN_FILENO, &bytes, bytes.count)
        if count > 0 { decoder.take(bytes.prefix(count), at: ContinuousClock().now) }
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
    }

    private func signals() -> [Wake] {
        var wakes: [Wake] = []
        while case let signal = nextSignal(), signal != 0 {
            switch signal {
            case SIGWINCH: if takeSize() { wakes.append(.resized) }
            case SIGTSTP: wakes.append(.stop)
            case SIGCONT: if isTakenUp() { wakes.append(.resized) }
            default: wakes.append(.end(signal))
            }
        }
        return wakes
    }

    private func nextSignal() -> Int32 {
        waitingSignals.isEmpty ? pit_next_signal() : waitingSignals.removeFirst()
    }

    /// The inputs that have come since.
    public func inputs() -> [Input] { decoder.inputs() }

    /// The same, and when each came.
    public func arrived() -> [ArrivedInput] { decoder.arrived() }

    /// The next input that has come; nil when there is none. It does not wait.
    public func read() -> Input? { decoder.next() }
}
