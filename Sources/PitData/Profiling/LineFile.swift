import Crypto
import Glibc

/// Lines of a file one after the other, in bounded memory.
public struct LineFile: ~Copyable {
    private let path: String
    private let file: Int32
    private var buffer: [UInt8] = []
    private var at = 0
    private var isEnd = false
    public private(set) var line = 0
    /// Lines longer than 16 MiB that were passed over.
    public private(set) var tooLong = 0
    private let before: stat
    private static let piece = 1 << 20
    private var hash: SHA256?
    /// Bytes read so far.
    public private(set) var consumed = 0
    /// Bytes of the file when it was opened; 0 of what is no plain file.
    public var size: Int { Int(before.st_size) }
    /// Whether it begins as UTF-16 does.
    let isUTF16: Bool

    /// - Parameter isHashed: whether its SHA-256 is wanted when it has been read.
    public init(_ path: String, isHashed: Bool = false) throws(DataFault) {
        file = open(path, O_RDONLY | O_CLOEXEC)
        self.path = path
        hash = isHashed ? SHA256() : nil
        isUTF16 = Self.isUTF16(file)
        var facts = stat()
        before = file >= 0 && fstat(file, &facts) == 0 ? facts : stat()
        guard file >= 0 else { throw .unreadable(path: path, why: String(cString: strerror(errno))) }
        guard before.st_mode & S_IFMT != S_IFDIR else { throw .unreadable(path: path, why: "it is a folder") }
        // What some editors put before the first line.
        try fill()
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    }

    deinit { if file >= 0 { close(file) } }

    private static func isUTF16(_ file: Int32) -> Bool {
        var mark: [UInt8] = [0, 0]
        guard file >= 0, pread(file, &mark, 2, 0) == 2 else { return false }
        return mark == [0xFF, 0xFE] || mark == [0xFE, 0xFF]
    }

    /// The SHA-256 of the whole file in hex, once all is read; nil where it was not asked for.
    public func digest() -> String? { hash.map { JudgedText.hex($0.finalize()) } }

    /// Throws where the file is no longer as it was when it was opened: what was read of it belongs to no version.
    public func check() throws(DataFault) {
        var now = stat()
        guard fstat(file, &now) == 0, now.st_size == before.st_size, now.st_mtim.tv_sec == before.st_mtim.tv_sec,
            now.st_mtim.tv_nsec == before.st_mtim.tv_nsec
        else {
            throw .refused("\(path) changed while it was read", hint: "Wait until it is written, and try again.")
        }
    }

    /// Whether a path leads to this very file.
    public func isAlso(_ other: String) -> Bool {
        var there = stat()
        return stat(other, &there) == 0 && there.st_dev == before.st_dev && there.st_ino == before.st_ino
    }

    /// The next line without its end; nil behind the last.
    public mutating func next() throws(DataFault) -> ArraySlice<UInt8>? {
        var isSkipping = false
        while true {
            if let end = buffer[at...].firstIndex(of: 0x0A) {
                let found = buffer[at..<end]
                at = end + 1
                line += 1
                if !isSkipping { return found }
                isSkipping = false
                continue
            }
            if isEnd {
                guard at < buffer.count else { return nil }
                let found = buffer[at...]
                at = buffer.count
                line += 1
                return isSkipping ? nil : found
            }
            if buffer.count - at > FileProfile.longestLine {
                if !isSkipping { tooLong += 1 }
                isSkipping = true
                at = buffer.count
            }
            try fill()
        }
    }

    private mutating func fill() throws(DataFault) {
        buffer.removeSubrange(..<at)
        at = 0
        let part = try FilePiece.next(of: file, most: Self.piece, path: path)
        isEnd = part.isEmpty
        consumed += part.count
        hash?.update(data: part)
        buffer += part
    }
}

/// A file that appears under its name when it is whole.
public struct NewFile: ~Copyable {
    private let path: String
    private let temporary: String
    private let file: Int32
    private var buffer: [UInt8] = []
    private var isDone = false
    public private(set) var bytes = 0
    private var hash: SHA256?

    /// - Parameter isHashed: whether its SHA-256 is wanted when it is finished.
    public init(_ path: String, isHashed: Bool = false) throws(DataFault) {
        self.path = path
        hash = isHashed ? SHA256() : nil
        temporary = "\(path).\(getpid()).part"
        file = open(temporary, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .unwritable(path: path, why: String(cString: strerror(errno))) }
    }

    deinit {
        close(file)
        if !isDone { unlink(temporary) }
    }

    public mutating func put(line: ArraySlice<UInt8>) throws(DataFault) {
        buffer += line
        buffer.append(0x0A)
        if buffer.count > 1 << 20 { try flush() }
    }

    /// A line with its end, which the last of a file need not have.
    mutating func put(whole line: ArraySlice<UInt8>) throws(DataFault) {
        buffer += line
        if line.last != 0x0A { buffer.append(0x0A) }
        if buffer.count > 1 << 20 { try flush() }
    }

    /// The SHA-256 of all that was written, in hex; nil where it was not asked for.
    public func digest() -> String? { hash.map { JudgedText.hex($0.finalize()) } }

    private mutating func flush() throws(DataFault) {
        var at = 0
        while at < buffer.count {
            let put = buffer.withUnsafeBytes { bytes in
                bytes.baseAddress.map { write(file, $0 + at, bytes.count - at) } ?? -1
            }
            if put < 0, errno == EINTR { continue }
            guard put > 0 else { throw .unwritable(path: path, why: String(cString: strerror(errno))) }
            at += put
        }
        hash?.update(data: buffer)
        bytes += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }

    /// Gives it its name; what stood there before is replaced whole.
    public mutating func finish() throws(DataFault) {
        try flush()
        guard fsync(file) == 0, rename(temporary, path) == 0 else {
            throw .unwritable(path: path, why: String(cString: strerror(errno)))
        }
        isDone = true
    }

    /// Names it by the SHA-256 of what was written, `HASH.jsonl` beside its path; where there is such a file already, that
    /// one stays. Only its owner may read it, and nobody may write it.
    ///
    /// - Returns: the hash in hex, and whether the file is a new one.
    mutating func finishByHash(in folder: String) throws(DataFault) -> (hash: String, isNew: Bool) {
        try flush()
        let hash = digest() ?? ""
        let target = "\(folder)/\(hash).jsonl"
        var there = stat()
        if stat(target, &there) == 0, Int(there.st_size) == bytes { return (hash, false) }
        guard fchmod(file, 0o400) == 0, fsync(file) == 0, rename(temporary, target) == 0 else {
            throw .unwritable(path: target, why: String(cString: strerror(errno)))
        }
        isDone = true
        // The name must be on the disk, too, before a manifest tells of it.
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .unwritable(path: folder, why: String(cString: strerror(errno))) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw .unwritable(path: folder, why: String(cString: strerror(errno))) }
        return (hash, true)
    }
}
