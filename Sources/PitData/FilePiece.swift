import Glibc

/// A file, a piece at a time.
enum FilePiece {
    /// The next bytes of an open file, at most so many; none at its end.
    static func next(of file: Int32, most: Int, path: String) throws(DataFault) -> [UInt8] {
        var failed: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: most) { buffer, filled in
            var got = read(file, buffer.baseAddress, most)
            while got < 0, errno == EINTR { got = read(file, buffer.baseAddress, most) }
            if got < 0 { failed = errno }
            filled = max(0, got)
        }
        guard failed == 0 else { throw .unreadable(path: path, why: String(cString: strerror(failed))) }
        return piece
    }
}
