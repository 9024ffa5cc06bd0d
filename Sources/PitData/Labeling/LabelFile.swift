import Crypto
import Glibc

/// One file of an export while it is written: under another name until all are whole, hashed on the way.
final class LabelFile {
    /// What stands before, between and behind rows.
    struct Framing: Sendable {
        var head: String
        var between: String
        var tail: String
        static let lines = Framing(head: "", between: "\n", tail: "\n")
        static let list = Framing(head: "[\n", between: ",\n", tail: "\n]\n")
        static let whole = Framing(head: "", between: "", tail: "")
    }

    /// Bytes gathered before they are written.
    private static let piece = 1 << 20
    static let unfinished = ".unfinished"

    /// Below the export's folder.
    let path: String
    private let whole: String
    private let framing: Framing
    private var file: Int32 = -1
    private var hash = SHA256()
    private(set) var rows = 0
    private(set) var size = 0
    var bytes = JSONBytes(capacity: piece + (64 << 10))

    init(folder: String, path: String, framing: Framing) throws(DataFault) {
        (self.path, whole, self.framing) = (path, "\(folder)/\(path)", framing)
        try Self.makeFolders(of: whole)
        file = open(whole + Self.unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { throw fault }
    }

    deinit {
        guard file >= 0 else { return }
        close(file)
        unlink(whole + Self.unfinished)
    }

    private var fault: DataFault { .unwritable(path: whole, why: String(cString: strerror(errno))) }

    static func makeFolders(of path: String) throws(DataFault) {
        var place = path.startIndex
        while let slash = path[place...].firstIndex(of: "/") {
            let folder = String(path[..<slash])
            place = path.index(after: slash)
            if folder.isEmpty || mkdir(folder, 0o755) == 0 || errno == EEXIST { continue }
            throw .unwritable(path: folder, why: String(cString: strerror(errno)))
        }
    }

    func beginRow() {
        bytes.copy(rows == 0 ? framing.head : framing.between)
    }

    func endRow() throws(DataFault) {
        rows += 1
        if bytes.count >= Self.piece { try flush() }
    }

    private func flush() throws(DataFault) {
        var done = 0
        while done < bytes.count {
            let wrote = bytes.withBytes { Glibc.write(file, $0.baseAddress.map { $0 + done }, $0.count - done) }
            if wrote < 0, errno == EINTR { continue }
            guard wrote > 0 else { throw fault }
            done += wrote
        }
        bytes.withBytes { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        size += bytes.count
        bytes.removeAll()
    }

    struct Written: Equatable, Sendable {
        var path: String
        var rows: Int
        var bytes: Int
        var sha256: String
    }

    /// Writes the rest, syncs, and tells what the file is; it keeps its unfinished name until `publish`.
    func finish() throws(DataFault) -> Written {
        bytes.copy(framing.tail)
        try flush()
        guard fsync(file) == 0 else { throw fault }
        return Written(path: path, rows: rows, bytes: size, sha256: JudgedText.hex(hash.finalize()))
    }

    func publish() throws(DataFault) {
        guard rename(whole + Self.unfinished, whole) == 0 else { throw fault }
        close(file)
        file = -1
    }
}
