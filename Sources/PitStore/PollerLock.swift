import Glibc
import Synchronization

/// Who polls for a state folder. The kernel lets the lock go when its holder dies, however it dies.
public final class PollerLock: Sendable {
    private let path: String
    private let descriptor = Mutex<Int32>(-1)

    public init(folder: String) { path = folder + "/poller.lock" }

    deinit { descriptor.withLock { if $0 >= 0 { close($0) } } }

    /// Takes the lock when nobody has it; true when this process has it.
    public func tryAcquire() -> Bool {
        descriptor.withLock { held in
            if held >= 0 { return true }
            let file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
            guard file >= 0 else { return false }
            guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
                close(file)
                return false
            }
            var name = [CChar](repeating: 0, count: 256)
            gethostname(&name, 255)
            let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let text = "\(getpid()) \(host)\n"
            _ = ftruncate(file, 0)
            _ = text.withCString { pwrite(file, $0, strlen($0), 0) }
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
        let file = open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        if flock(file, LOCK_SH | LOCK_NB) == 0 { return nil }
        var bytes = [UInt8](repeating: 0, count: 300)
        let count = pread(file, &bytes, bytes.count, 0)
        let words = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split { $0 == " " || $0 == "\n" }
        return (words.first.flatMap { Int32($0) } ?? 0, words.count > 1 ? String(words[1]) : "?")
    }
}
