import Glibc
import PitModel
import Synchronization

/// Runs a program of this machine: without a shell and a terminal, and bounded in time and in what it may write.
///
/// The program leads a group of its own, so that one that takes too long ends with all it has started.
struct CommandRun: Sendable {
    /// The program, looked for in `PATH`, and its words.
    var words: [String]
    /// Seconds it may take.
    var patience: Double
    /// Bytes of output at most.
    var maxBytes: Int
    /// Added to this process's environment.
    var environment: [String: String] = [:]

    struct Output: Equatable, Sendable {
        /// The exit status, or 128 and the signal's number.
        var status: Int32
        var output: [UInt8]
        /// The start of what it complained of; not sanitized.
        var complaint: String
    }

    /// Gives it the input and waits for its end, on a thread of its own. Cancelling the task ends the program.
    func run(input: [UInt8] = []) async throws(ConnectorFault) -> Output {
        let job = Job(self, input)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { job.start($0) }
        } onCancel: {
            job.isCancelled.store(true, ordering: .relaxed)
        }
        return try result.get()
    }

    /// The program's name, as it may be shown.
    var name: String { words.first.map { String($0.split(separator: "/").last ?? "") } ?? "" }
}

/// One run, on its thread.
private final class Job: Sendable {
    typealias Answer = Result<CommandRun.Output, ConnectorFault>
    let isCancelled = Atomic(false)
    private let command: CommandRun
    private let input: [UInt8]
    private let waiting = Mutex<CheckedContinuation<Answer, Never>?>(nil)

    init(_ command: CommandRun, _ input: [UInt8]) { (self.command, self.input) = (command, input) }

    func start(_ continuation: CheckedContinuation<Answer, Never>) {
        waiting.withLock { $0 = continuation }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let failed = pthread_create(
            &thread, nil,
            { raw in
                guard let raw else { return nil }
                let job = Unmanaged<Job>.fromOpaque(raw).takeRetainedValue()
                var all = sigset_t()
                // Also a write into a pipe that nobody reads any more: it is told by its error.
                sigfillset(&all)
                pthread_sigmask(SIG_SETMASK, &all, nil)
                job.finish(job.work())
                return nil
            }, context.toOpaque())
        guard failed == 0 else {
            context.release()
            return finish(.failure(.unreachable("no thread could be started")))
        }
        pthread_detach(thread)
    }

    private func finish(_ answer: Answer) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: answer)
    }

    private func work() -> Answer {
        let pipes: SpawnedPipes
        do throws(ConnectorFault) { pipes = try SpawnedPipes(command) } catch { return .failure(error) }
        var talk = Talk(pipes, input: input, maxBytes: command.maxBytes)
        let end = Self.now() + command.patience
        while true {
            let (hasEnded, status) = pipes.reap()
            talk.step(milliseconds: hasEnded ? 0 : 20)
            if hasEnded {
                talk.drain()
                talk.close()
                guard !talk.isTooLarge else { return .failure(.tooLarge(limit: command.maxBytes)) }
                return .success(CommandRun.Output(status: status, output: talk.output, complaint: talk.words))
            }
            let fault: ConnectorFault? =
                isCancelled.load(ordering: .relaxed)
                ? .cancelled
                : talk.isTooLarge
                    ? .tooLarge(limit: command.maxBytes)
                    : Self.now() > end ? .timedOut(after: command.patience) : nil
            if let fault {
                pipes.end()
                talk.close()
                return .failure(fault)
            }
        }
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// What goes to and comes from a running program.
private struct Talk {
    private(set) var output: [UInt8] = []
    private(set) var isTooLarge = false
    private var complaint: [UInt8] = []
    private var input: ArraySlice<UInt8>
    private var descriptors: [pollfd]
    private let maxBytes: Int
    private static let mostComplaint = 2048

    init(_ pipes: SpawnedPipes, input: [UInt8], maxBytes: Int) {
        (self.input, self.maxBytes) = (input[...], maxBytes)
        descriptors = [
            pollfd(fd: pipes.input, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: pipes.output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: pipes.complaint, events: Int16(POLLIN), revents: 0),
        ]
        if input.isEmpty { close(0) }
    }

    var words: String {
        String(decoding: complaint.split(separator: 10).last ?? [], as: UTF8.self)
    }

    mutating func step(milliseconds: Int32) {
        // With nothing left to hear it is only waited for the end.
        guard poll(&descriptors, nfds_t(descriptors.count), milliseconds) > 0 else { return }
        if descriptors[0].fd >= 0, descriptors[0].revents != 0 { send() }
        for index in 1...2 where descriptors[index].fd >= 0 && descriptors[index].revents != 0 { _ = take(index) }
    }

    /// What it wrote before its end. Something that it left behind may hold the pipes for ever.
    mutating func drain() { for index in 1...2 { while !isTooLarge, take(index) {} } }

    mutating func close() { for index in descriptors.indices { close(index) } }

    private mutating func close(_ index: Int) {
        if descriptors[index].fd >= 0 { Glibc.close(descriptors[index].fd) }
        descriptors[index].fd = -1
    }

    private mutating func send() {
        let file = descriptors[0].fd
        let sent = input.withUnsafeBytes { write(file, $0.baseAddress, min($0.count, 65_536)) }
        if sent > 0 { input = input.dropFirst(sent) }
        if input.isEmpty || sent < 0 && errno != EAGAIN && errno != EINTR { close(0) }
    }

    private mutating func take(_ index: Int) -> Bool {
        guard descriptors[index].fd >= 0 else { return false }
        let file = descriptors[index].fd
        var got = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, filled in
            got = read(file, buffer.baseAddress, buffer.count)
            filled = max(0, got)
        }
        guard got > 0 else {
            if got == 0 || errno != EAGAIN && errno != EINTR { close(index) }
            return false
        }
        if index == 1 {
            output += bytes
            isTooLarge = output.count > maxBytes
        } else {
            complaint = Array((complaint + bytes).suffix(Self.mostComplaint))
        }
        return true
    }
}

/// A started program and the ends of its pipes.
private struct SpawnedPipes {
    let pid: pid_t
    let input: Int32
    let output: Int32
    let complaint: Int32

    init(_ command: CommandRun) throws(ConnectorFault) {
        guard let program = command.words.first, !program.isEmpty else { throw .file("no command is named") }
        let started: Started? = Self.turn.withLock { _ in
            var ends: [Int32] = []
            for _ in 0..<3 {
                var pair: [Int32] = [-1, -1]
                guard pipe(&pair) == 0 else {
                    ends.forEach { close($0) }
                    return nil
                }
                for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
                ends += pair
            }
            let (theirs, ours) = ([ends[0], ends[3], ends[5]], [ends[1], ends[2], ends[4]])
            for end in ours { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
            let (pid, failure) = Self.spawn(command, theirs)
            theirs.forEach { close($0) }
            if failure != 0 { ours.forEach { close($0) } }
            return (pid, failure, ours)
        }
        guard let started else { throw .unreachable("no pipe for \(command.name): too many files are open") }
        guard started.failure == 0 else {
            throw .file("cannot start \(command.name): \(String(cString: strerror(started.failure)))")
        }
        (pid, input, output, complaint) = (started.pid, started.ends[0], started.ends[1], started.ends[2])
    }

    private typealias Started = (pid: pid_t, failure: Int32, ends: [Int32])
    /// One at a time: a pipe that is not marked yet must not be inherited by another program.
    private static let turn = Mutex(())

    private static func spawn(_ command: CommandRun, _ files: [Int32]) -> (pid_t, Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, file) in files.enumerated() { posix_spawn_file_actions_adddup2(&actions, file, Int32(target)) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        let words = command.words.map { strdup($0) }
        let variables = Self.variables(command.environment).map { strdup($0) }
        defer { (words + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let failure = posix_spawnp(&pid, command.words[0], &actions, &attributes, words + [nil], variables + [nil])
        return (pid, failure)
    }

    private static func variables(_ added: [String: String]) -> [String] {
        var all: [String] = []
        var place = environ
        while let entry = place.pointee {
            let text = String(cString: entry)
            if added[String(text.prefix { $0 != "=" })] == nil { all.append(text) }
            place += 1
        }
        return all + added.map { "\($0.key)=\($0.value)" }
    }

    /// Whether it has ended, and how.
    func reap() -> (Bool, Int32) {
        var status: Int32 = 0
        let found = waitpid(pid, &status, WNOHANG)
        guard found != 0 else { return (false, 0) }
        guard found == pid else { return (errno != EINTR, 128) }
        let signal = status & 0x7F
        return (true, signal == 0 ? status >> 8 & 0xFF : 128 + signal)
    }

    /// Ends it and what it has started.
    func end() {
        kill(-pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }
}
