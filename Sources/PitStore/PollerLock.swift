import Glibc
import Synchronization

/// Who polls for a state folder, or does something else that only one process does at a time. The kernel lets the lock go when its holder dies, however it dies.
public final class PollerLock: Sendable {
    private let path: String
    private let descriptor = Mutex<Int32>(-1)

    public init(folder: String, for work: String = "poller") { path = "\(folder)/\(work).lock" }

    deinit { descriptor.withLock { if $0 >= 0 { close($0) } } }

    /// Takes the lock when nobody has it; true when this process has it. Should its file have been removed meanwhile,
    /// which lets another process lock a new one, it is taken anew.
    public func tryAcquire() -> Bool {
        descriptor.withLock { held in
            if held >= 0 {
                if isStill(held) { return true }
                close(held)
                held = -1
            }
            let file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
            guard file >= 0 else { return false }
            guard flock(file, LOCK_EX | LOCK_NB) == 0, isStill(file) else {
                close(file)
                return false
            }
            _ = ftruncate(file, 0)
            _ = Self.introduction.withCString { pwrite(file, $0, strlen($0), 0) }
            held = file
            return true
        }
    }

    /// Whether this process has it.
    public var isHeld: Bool { descriptor.withLock { $0 >= 0 } }

    public func release() {
        descriptor.withLock { held in
            if held >= 0 { close(held) }
            held = -1
        }
    }

    /// The process that has it, when that is another; nil when nobody has.
    public var otherHolder: (pid: Int32, host: String)? {
        guard !isHeld else { return nil }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        if flock(file, LOCK_SH | LOCK_NB) == 0 { return nil }
        var bytes = [UInt8](repeating: 0, count: 300)
        let count = pread(file, &bytes, bytes.count, 0)
        let words = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split { $0 == " " || $0 == "\n" }
        return (words.first.flatMap { Int32($0) } ?? 0, words.count > 1 ? String(words[1]) : "?")
    }

    /// The process, its machine, and since when, in seconds since the epoch.
    private static var introduction: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, 255)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(getpid()) \(host) \(time(nil))\n"
    }

    /// Whether the open file is the one that stands under the name.
    private func isStill(_ file: Int32) -> Bool {
        var (mine, there) = (stat(), stat())
        return fstat(file, &mine) == 0 && stat(path, &there) == 0 && mine.st_ino == there.st_ino
            && mine.st_dev == there.st_dev
    }
}
