import CNcurses
import Glibc

/// Lending the terminal to another program, as to an editor.
extension CursesTerminal {
    /// How a program ended that had the terminal.
    public enum Lent: Equatable, Sendable {
        case ended(Int32)
        /// It was not started, and why.
        case failed(String)
    }

    /// Leaves the terminal to a program until that has ended, and takes it up again. The program is of this process'
    /// group, so that the shell stops and continues both as one job. What asks pitwall to end is told to it as SIGHUP.
    public func lend(to words: [String], environment: [String: String]) -> Lent {
        guard isOpen, !isLent, let program = words.first else { return .failed("there is no terminal to lend") }
        leave()
        isLent = true
        defer { if pit_is_foreground(), !pit_is_ending() { takeUp() } }
        // As `system` does it: ctrl-c is the program's.
        var (interrupt, quit) = (sigaction(), sigaction())
        sigaction(SIGINT, nil, &interrupt)
        sigaction(SIGQUIT, nil, &quit)
        signal(SIGINT, SIG_IGN)
        signal(SIGQUIT, SIG_IGN)
        defer {
            sigaction(SIGINT, &interrupt, nil)
            sigaction(SIGQUIT, &quit, nil)
        }
        var pid: pid_t = 0
        let failure = Self.spawn(program, words, environment, &pid)
        guard failure == 0 else { return .failed(String(cString: strerror(failure))) }
        return .ended(waitFor(pid))
    }

    private static func spawn(
        _ program: String, _ words: [String], _ environment: [String: String], _ pid: inout pid_t
    ) -> Int32 {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let given = words.map { strdup($0) }
        let variables = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { (given + variables).forEach { free($0) } }
        return posix_spawnp(&pid, program, nil, &attributes, given + [nil], variables + [nil])
    }

    /// Waits for a program, stops with it when it stops, and gives its status as a shell would.
    private func waitFor(_ pid: pid_t) -> Int32 {
        while true {
            var status: Int32 = 0
            let found = waitpid(pid, &status, WNOHANG | WUNTRACED)
            if found < 0, errno != EINTR { return 127 }
            if found == pid, status & 0xFF == 0x7F {
                // It was stopped, by a ctrl-z of its own: so is the whole job.
                pit_stop()
                kill(pid, SIGCONT)
            } else if found == pid {
                passOn(to: nil)
                let signal = status & 0x7F
                return signal == 0 ? status >> 8 & 0xFF : 128 + signal
            }
            var news = pollfd(fd: pit_signal_pipe(), events: Int16(POLLIN), revents: 0)
            poll(&news, 1, 50)
            passOn(to: pid)
        }
    }

    /// Keeps the signals that came for the loop, and tells a program that it is to end.
    private func passOn(to pid: pid_t?) {
        while case let signal = pit_next_signal(), signal != 0 {
            // Size and screen are taken up afterwards; stops were the program's.
            if signal == SIGCONT || signal == SIGWINCH || signal == SIGTSTP { continue }
            waitingSignals.append(signal)
            if let pid { kill(pid, SIGHUP) }
        }
    }
}
