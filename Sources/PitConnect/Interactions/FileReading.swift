import Glibc
import PitModel

/// What a growing file is read through. Tests stand in.
protocol FileReading: Sendable {
    /// Nil when nothing is there.
    func facts(_ path: String) throws(ConnectorFault) -> FileFacts?
    /// At most `count` bytes from `offset` of the file that was at the path when its facts were looked at; none when
    /// another has taken its place.
    func bytes(_ path: String, _ facts: FileFacts, from offset: Int, count: Int) throws(ConnectorFault) -> [UInt8]
    /// The paths in the same folder whose names begin with the file's.
    func siblings(_ path: String) -> [String]
}

/// Which file it is, and how it stands.
struct FileFacts: Equatable, Sendable {
    var device: UInt64
    var inode: UInt64
    var size: Int
    var modified: Timestamp

    func isSame(_ other: FileFacts) -> Bool { device == other.device && inode == other.inode }
}

/// The files of this machine, read in pieces. A pipe or a device is refused: it might never answer.
struct MachineFiles: FileReading {
    private static let mostSiblings = 10_000

    func facts(_ path: String) throws(ConnectorFault) -> FileFacts? {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Self.fault(path)
        }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .file("\(path) is not a plain file") }
        return Self.facts(facts)
    }

    func bytes(_ path: String, _ known: FileFacts, from offset: Int, count: Int) throws(ConnectorFault) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else {
            if errno == ENOENT { return [] }
            throw Self.fault(path)
        }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, Self.facts(facts).isSame(known) else {
            return []
        }
        let wanted = min(count, max(0, Int(facts.st_size) - offset))
        guard wanted > 0 else { return [] }
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            while filled < wanted, let base = buffer.baseAddress {
                let got = pread(file, base + filled, wanted - filled, off_t(offset + filled))
                if got < 0, errno == EINTR { continue }
                if got <= 0 {
                    failed = got < 0
                    return
                }
                filled += got
            }
        }
        if failed, bytes.isEmpty { throw Self.fault(path) }
        return bytes
    }

    func siblings(_ path: String) -> [String] {
        let cut = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let (folder, base) = (String(path[..<cut]), String(path[cut...]))
        guard let listing = opendir(folder.isEmpty ? "." : folder) else { return [] }
        defer { closedir(listing) }
        var found: [String] = []
        var seen = 0
        while seen < Self.mostSiblings, let entry = readdir(listing) {
            seen += 1
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix(base), name != base { found.append(folder + name) }
        }
        return found
    }

    private static func facts(_ facts: stat) -> FileFacts {
        let modified = Int64(facts.st_mtim.tv_sec) * 1000 + Int64(facts.st_mtim.tv_nsec) / 1_000_000
        return FileFacts(
            device: UInt64(facts.st_dev), inode: UInt64(facts.st_ino), size: Int(facts.st_size),
            modified: Timestamp(milliseconds: modified))
    }

    private static func fault(_ path: String) -> ConnectorFault {
        .file("\(path): \(String(cString: strerror(errno)))")
    }
}
