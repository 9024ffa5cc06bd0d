import Glibc

/// Lines of a file, many at a time, so that several cores can look at them.
struct LineBatches: ~Copyable {
    /// Whole lines, each with its end but perhaps the last of the file.
    struct Batch: Sendable {
        var bytes: [UInt8] = []
        /// Lines longer than 16 MiB that were passed over before these, at most one.
        var tooLong = 0
    }

    private let path: String
    private let file: Int32
    private let before: stat
    private var rest: [UInt8] = []
    private var isEnd = false
    private(set) var consumed = 0
    var size: Int { Int(before.st_size) }
    private static let piece = 1 << 20

    init(_ path: String) throws(DataFault) {
        self.path = path
        file = open(path, O_RDONLY | O_CLOEXEC)
        var facts = stat()
        before = file >= 0 && fstat(file, &facts) == 0 ? facts : stat()
        guard file >= 0 else { throw .unreadable(path: path, why: String(cString: strerror(errno))) }
        guard before.st_mode & S_IFMT != S_IFDIR else { throw .unreadable(path: path, why: "it is a folder") }
    }

    deinit { if file >= 0 { close(file) } }

    /// Throws where the file is no longer as it was when it was opened.
    func check() throws(DataFault) {
        var now = stat()
        guard fstat(file, &now) == 0, now.st_size == before.st_size, now.st_mtim.tv_sec == before.st_mtim.tv_sec,
            now.st_mtim.tv_nsec == before.st_mtim.tv_nsec
        else {
            throw .refused("\(path) changed while it was read", hint: "Wait until it is written, and try again.")
        }
    }

    /// The next lines; nil behind the last.
    mutating func next() throws(DataFault) -> Batch? {
        var (batch, isSkipping) = (Batch(), false)
        while !isEnd {
            // What is left of before has no line's end in it.
            let (isFirst, from) = (consumed == 0, isSkipping ? 0 : rest.count)
            var bytes = try fill(rest)
            rest = []
            // What some editors put before the first line.
            if isFirst, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
            if isSkipping {
                guard let end = bytes.firstIndex(of: 0x0A) else { continue }
                bytes.removeFirst(end + 1)
                isSkipping = false
            }
            let end = isEnd ? bytes.count : Self.lastEnd(bytes, from: from)
            if end > 0 {
                rest = Array(bytes[end...])
                bytes.removeLast(bytes.count - end)
                batch.bytes = bytes
                return batch
            }
            rest = bytes
            guard bytes.count > FileProfile.longestLine else { continue }
            if batch.tooLong > 0 { return batch }
            batch.tooLong = 1
            (isSkipping, rest) = (true, [])
        }
        return batch.tooLong > 0 ? batch : nil
    }

    /// Behind the last line's end, of those from a place on; 0 where there is none.
    private static func lastEnd(_ bytes: [UInt8], from start: Int) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var end = bytes.count
            while end > start, bytes[end - 1] != 0x0A { end -= 1 }
            return end > start ? end : 0
        }
    }

    /// What is there and a piece more.
    private mutating func fill(_ kept: [UInt8]) throws(DataFault) -> [UInt8] {
        var (failed, got): (Int32, Int) = (0, 0)
        let bytes = [UInt8](unsafeUninitializedCapacity: kept.count + Self.piece) { buffer, count in
            _ = buffer.update(fromContentsOf: kept)
            if let base = buffer.baseAddress {
                repeat { got = read(file, base + kept.count, Self.piece) } while got < 0 && errno == EINTR
            }
            if got < 0 { failed = errno }
            count = kept.count + max(0, got)
        }
        guard failed == 0 else { throw .unreadable(path: path, why: String(cString: strerror(failed))) }
        consumed += got
        isEnd = got == 0
        return bytes
    }
}
