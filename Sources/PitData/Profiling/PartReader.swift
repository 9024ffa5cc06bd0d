import Glibc

/// Reads one part of a file: the lines that begin in it.
struct PartReader {
    private let file: Int32
    private let path: String
    private let range: Range<Int>
    private static let piece = 4 << 20

    init(_ path: String, _ range: Range<Int>) throws(DataFault) {
        file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .unreadable(path: path, why: String(cString: strerror(errno))) }
        (self.path, self.range) = (path, range)
    }

    /// Bytes of what some editors put before the first line.
    private func mark(_ line: UnsafePointer<UInt8>, _ length: Int, _ place: Int) -> Int {
        place == 0 && length >= 3 && line[0] == 0xEF && line[1] == 0xBB && line[2] == 0xBF ? 3 : 0
    }

    mutating func run(isWhole: Bool, tell: (Int) -> Void) throws(DataFault) -> RowScanner {
        defer { close(file) }
        var scanner = RowScanner(isWhole: isWhole)
        var buffer = [UInt8](repeating: 0, count: Self.piece + FileProfile.longestLine)
        var (offset, kept) = (range.lowerBound, 0)
        // The line that a part begins within is the one before's.
        var isWithin = range.lowerBound > 0
        if isWithin { offset -= 1 }
        var isTooLong = false
        while true {
            let got = buffer.withUnsafeMutableBytes { bytes in
                bytes.baseAddress.map { pread(file, $0 + kept, Self.piece, off_t(offset)) } ?? 0
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .unreadable(path: path, why: String(cString: strerror(errno))) }
            offset += got
            let filled = kept + got
            let (used, isDone) = buffer.withUnsafeBufferPointer { bytes -> (Int, Bool) in
                guard let base = bytes.baseAddress else { return (0, true) }
                var at = 0
                while at < filled {
                    // Where this line began: behind the part it is another's.
                    if offset - filled + at >= range.upperBound { return (at, true) }
                    guard let end = memchr(base + at, 0x0A, filled - at) else {
                        if got == 0 {
                            if !isWithin, !isTooLong { scanner.take(base + at, base + filled) }
                            return (filled, true)
                        }
                        return (at, false)
                    }
                    let stop = UnsafeRawPointer(end) - UnsafeRawPointer(base)
                    if isWithin {
                        isWithin = false
                    } else if isTooLong {
                        isTooLong = false
                    } else if stop - at > FileProfile.longestLine {
                        scanner.skip("longer than \(FileProfile.longestLine >> 20) MiB")
                    } else {
                        scanner.take(base + at + mark(base + at, stop - at, offset - filled + at), base + stop)
                    }
                    at = stop + 1
                }
                return (at, got == 0)
            }
            if isDone { return scanner }
            kept = filled - used
            if kept > FileProfile.longestLine {
                if !isTooLong, !isWithin { scanner.skip("longer than \(FileProfile.longestLine >> 20) MiB") }
                isTooLong = true
                kept = 0
            } else if kept > 0, used > 0 {
                buffer.withUnsafeMutableBytes { bytes in
                    if let base = bytes.baseAddress { memmove(base, base + used, kept) }
                }
            }
            tell(offset - range.lowerBound)
        }
    }
}
