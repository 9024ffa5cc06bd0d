import Glibc

/// Runs a program to its end.
public struct Command: Sendable {
    /// What a program did.
    public struct Output: Equatable, Sendable {
        /// The exit status, or 128 and the signal's number.
        public var status: Int32
        /// Standard output and standard error as they came.
        public var text: String
    }

    /// Why a program could not be run.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
        public init(_ description: String) { self.description = description }
    }

    /// The program and its words.
    public var arguments: [String]
    /// Added to this process's environment; nil takes a variable away.
    public var environment: [String: String?]

    /// `arguments[0]` is looked for in `PATH`.
    public init(_ arguments: [String], environment: [String: String?] = [:]) {
        (self.arguments, self.environment) = (arguments, environment)
    }

    /// Runs it with no input and waits.
    public func run() throws -> Output {
        // A file, not a pipe: a daemon that the program leaves behind would hold a pipe open for ever.
        let path = "/tmp/pitwall-command-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure("\(path): error \(errno)") }
        unlink(path)
        defer { close(file) }
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&files, file, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&files, file, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads that run tests block nearly all signals, and what they start would for ever.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let argv = arguments.map { strdup($0) }
        let envp = variables.map { strdup($0) }
        defer { (argv + envp).forEach { free($0) } }
        var pid: pid_t = 0
        let error = posix_spawnp(&pid, arguments[0], &files, &attributes, argv + [nil], envp + [nil])
        guard error == 0 else { throw Failure("\(arguments[0]): error \(error)") }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        lseek(file, 0, SEEK_SET)
        let text = Self.readAll(file)
        let signal = status & 0x7F
        return Output(status: signal == 0 ? status >> 8 & 0xFF : 128 + signal, text: text)
    }

    private static func readAll(_ descriptor: Int32) -> String {
        var all: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &bytes, bytes.count)
            if count > 0 {
                all += bytes.prefix(count)
            } else if count == 0 || errno != EINTR {
                return String(decoding: all, as: UTF8.self)
            }
        }
    }

    private var variables: [String] {
        var all: [String: String] = [:]
        var place = environ
        while let entry = place.pointee {
            let text = String(cString: entry)
            if let end = text.firstIndex(of: "=") {
                all[String(text[..<end])] = String(text[text.index(after: end)...])
            }
            place += 1
        }
        for (name, value) in environment { all[name] = value }
        return all.map { "\($0.key)=\($0.value)" }
    }
}
