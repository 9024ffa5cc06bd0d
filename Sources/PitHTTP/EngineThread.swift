import Glibc

/// How the engine's thread, and libcurl's resolver threads that it starts, treat signals.
enum EngineThread {
    /// Leaves all signals to the other threads, but those that a thread's own mistake raises: blocked, they would kill
    /// the process without the terminal being restored. SIGPIPE is blocked, because OpenSSL writes without asking
    /// the kernel to hold it back.
    static func blockSignals() {
        var signals = sigset_t()
        sigfillset(&signals)
        for signal in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS] { sigdelset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
