import Glibc

/// A file without a name that takes what memory is not to hold: it is gone when nobody has it open.
///
/// SAFETY: written by the one task that reads its table, and only read, at given places, once that is done; the
/// descriptor is never changed.
final class SpillFile: @unchecked Sendable {
    private let file: Int32
    private var end = 0

    /// Nil where no temporary file can be made.
    init?() {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var name = Array("\(folder)/pitwall-XXXXXX".utf8CString)
        file = mkstemp(&name)
        guard file >= 0 else { return nil }
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        unlink(name)
    }

    deinit { close(file) }

    /// Writes numbers behind all others; gives their place, or nil when the disk does not take them.
    func append(_ bytes: UnsafeRawBufferPointer) -> Int? {
        let place = end
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            let wrote = pwrite(file, base + done, bytes.count - done, off_t(place + done))
            if wrote < 0, errno == EINTR { continue }
            guard wrote > 0 else { return nil }
            done += wrote
        }
        end += bytes.count
        return place
    }

    /// Reads as many numbers from a place as the buffer holds; false when they are not there any more.
    func read(_ place: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        var done = 0
        while done < buffer.count, let base = buffer.baseAddress {
            let got = pread(file, base + done, buffer.count - done, off_t(place + done))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { return false }
            done += got
        }
        return true
    }
}

/// Numbers in the order that they came: the latest in memory, those before in a file, so that a table may have more of
/// them than memory.
struct SpilledNumbers: Sendable {
    static let batch = 4096
    private var latest: [Double] = []
    /// Where each batch lies.
    private var places: [Int] = []
    /// Batches that no file took.
    private var kept: [Double] = []
    private let spill: SpillFile?

    init(_ spill: SpillFile?) { self.spill = spill }

    var count: Int { places.count * Self.batch + kept.count + latest.count }

    @inline(__always)
    mutating func append(_ number: Double) {
        latest.append(number)
        if latest.count == Self.batch { flush() }
    }

    /// Appends many at once.
    mutating func append(_ numbers: UnsafeBufferPointer<Double>) {
        if latest.isEmpty, kept.isEmpty, numbers.count == Self.batch,
            let place = spill?.append(UnsafeRawBufferPointer(numbers))
        {
            places.append(place)
        } else {
            for number in numbers { append(number) }
        }
    }

    @inline(never)
    private mutating func flush() {
        let place = kept.isEmpty ? latest.withUnsafeBytes { spill?.append($0) } ?? nil : nil
        if let place { places.append(place) } else { kept += latest }
        latest.removeAll(keepingCapacity: true)
    }

    /// All of them; nil when the file is not readable any more.
    func load() -> [Double]? {
        var isWhole = true
        let numbers = [Double](unsafeUninitializedCapacity: count) { buffer, filled in
            for place in places {
                let part = UnsafeMutableBufferPointer(rebasing: buffer[filled..<(filled + Self.batch)])
                guard spill?.read(place, into: UnsafeMutableRawBufferPointer(part)) == true else {
                    isWhole = false
                    break
                }
                filled += Self.batch
            }
            for number in kept + latest where isWhole {
                buffer[filled] = number
                filled += 1
            }
        }
        return isWhole ? numbers : nil
    }
}
