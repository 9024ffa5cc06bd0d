import Foundation
public import Glibc

/// Starts programs that lead a group of their own.
public enum ProgramStart {
    /// Gives the process, or why there is none. Its input is empty, its output and complaints go to `output`; without one,
    /// nowhere.
    ///
    /// - Parameter isDetached: whether it leads a session of its own, so that no terminal's end reaches it.
    public static func spawn(
        _ words: [String], output: Int32?, directory: String? = nil, environment: [String: String] = [:],
        isDetached: Bool = false
    ) -> (pid: pid_t, failure: Int32) {
        guard let program = words.first, !program.isEmpty else { return (0, ENOENT) }
        keepFilesToOneself()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for target in 1...2 as ClosedRange<Int32> {
            if let output {
                posix_spawn_file_actions_adddup2(&actions, output, target)
            } else {
                posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_WRONLY, 0)
            }
        }
        if let directory {
            guard let change = Self.changeDirectory else { return (0, ENOSYS) }
            _ = change(&actions, directory)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        // POSIX_SPAWN_SETSID of the C library, which is a macro that is not imported.
        let session = isDetached ? 0x80 : POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(
            &attributes, Int16(Int32(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | Int32(session)))
        let arguments = words.map { strdup($0) }
        let variables = variables(environment).map { strdup($0) }
        defer { (arguments + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let failure = posix_spawnp(&pid, program, &actions, &attributes, arguments + [nil], variables + [nil])
        return (pid, failure)
    }

    /// A program that outlives this one must not hold its pipes and locks open.
    private static func keepFilesToOneself() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for file in names.compactMap({ Int32($0) }) where file > 2 { _ = fcntl(file, F_SETFD, FD_CLOEXEC) }
    }

    private typealias ChangeDirectory =
        @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>) -> Int32

    /// Declared in the C library for GNU sources only (since 2.29), so it is not imported.
    private static var changeDirectory: ChangeDirectory? {
        dlsym(dlopen(nil, RTLD_NOW), "posix_spawn_file_actions_addchdir_np").map {
            unsafeBitCast($0, to: ChangeDirectory.self)
        }
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
}
