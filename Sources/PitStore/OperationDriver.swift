import Glibc

/// The process that carries an operation out. Another one takes over only when this one is gone.
public struct OperationDriver: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }

    /// This very process: its machine, the machine's boot, its number, and when it began, so that a number that is used
    /// again is no other's.
    public static let this = OperationDriver("\(host) \(boot) \(getpid()) \(start(of: getpid()) ?? "0")")

    /// Whether that process is there. Nil: it is on another machine.
    var isAlive: Bool? {
        if self == .this { return true }
        let parts = description.split(separator: " ")
        guard parts.count == 4, parts[0] == Self.host else { return nil }
        guard parts[1] == Self.boot, let pid = Int32(parts[2]) else { return false }
        return Self.start(of: pid).map { $0 == parts[3] } ?? false
    }

    private static let host: String = {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, 255)
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.isEmpty ? "?" : text.replacing(" ", with: "_")
    }()

    private static let boot = contents("/proc/sys/kernel/random/boot_id").prefix { $0 != "\n" }

    /// Clock ticks from boot to the process' start: the 22nd word of its `stat`; the second, its name, may hold anything.
    private static func start(of pid: Int32) -> String? {
        let text = contents("/proc/\(pid)/stat")
        guard let end = text.lastIndex(of: ")") else { return nil }
        let words = text[text.index(after: end)...].split(separator: " ")
        // One that was killed and that its parent has not asked for yet does nothing any more.
        guard words.count > 19, words[0] != "Z", words[0] != "X" else { return nil }
        return String(words[19])
    }

    private static func contents(_ path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
