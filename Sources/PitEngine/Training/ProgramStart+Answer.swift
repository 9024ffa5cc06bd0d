import Glibc

extension ProgramStart {
    /// What came of asking a program something.
    enum Answer: Equatable {
        /// All that it wrote, complaints included, and the status that it ended with.
        case told([UInt8], status: Int32)
        /// There is no such program, or it may not be run.
        case notStarted
        /// It wrote too much or took too long, and was ended. One that hangs in the kernel cannot be: its number, as long
        /// as it is there.
        case brokenOff(remains: pid_t?)
    }

    /// Waits for the end of a program that tells something: bounded in time and in what it may write.
    static func answer(_ words: [String], within seconds: Double, atMost most: Int) -> Answer {
        var pair: [Int32] = [-1, -1]
        guard pipe(&pair) == 0 else { return .brokenOff(remains: nil) }
        for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(pair[0], F_SETFL, O_NONBLOCK)
        defer { close(pair[0]) }
        let (pid, failure) = spawn(words, output: pair[1])
        close(pair[1])
        guard failure == 0 else { return .notStarted }
        var listener = Listener(pipe: pair[0], most: most)
        let clock = ContinuousClock()
        let until = clock.now + .seconds(seconds)
        while clock.now < until, listener.bytes.count <= most {
            if let status = reaped(pid) {
                listener.drain()
                // What it left behind ends with it.
                kill(-pid, SIGKILL)
                return listener.bytes.count > most ? .brokenOff(remains: nil) : .told(listener.bytes, status: status)
            }
            listener.wait(milliseconds: 20)
        }
        kill(-pid, SIGKILL)
        for _ in 0..<50 {
            if reaped(pid) != nil { return .brokenOff(remains: nil) }
            usleep(2000)
        }
        return .brokenOff(remains: pid)
    }

    /// The status that a child ended with, or 128 and the signal's number; nil while it runs.
    static func reaped(_ pid: pid_t) -> Int32? {
        var status: Int32 = 0
        let found = waitpid(pid, &status, WNOHANG)
        guard found != 0 else { return nil }
        guard found == pid else { return errno == EINTR ? nil : 128 }
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }
}

/// Takes what comes out of a pipe.
private struct Listener {
    private(set) var bytes: [UInt8] = []
    private var descriptor: pollfd
    private let most: Int

    init(pipe: Int32, most: Int) {
        descriptor = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
        self.most = most
    }

    mutating func wait(milliseconds: Int32) {
        if poll(&descriptor, 1, milliseconds) > 0 { _ = take() }
    }

    /// What it wrote before its end. Something that it left behind may hold the pipe for ever.
    mutating func drain() { while bytes.count <= most, take() {} }

    private mutating func take() -> Bool {
        guard descriptor.fd >= 0 else { return false }
        var got = 0
        bytes += [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, filled in
            got = read(descriptor.fd, buffer.baseAddress, buffer.count)
            filled = max(0, got)
        }
        // Nothing more comes: a pipe without a writer would be told of without end.
        if got == 0 || got < 0 && errno != EAGAIN && errno != EINTR { descriptor.fd = -1 }
        return got > 0
    }
}
