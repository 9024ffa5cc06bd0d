import PitStatistics

/// Digests of texts that came, and where it is wanted a line for each. A million buckets, each a chain of cache lines that
/// hold ten digests, or six with their lines: 6.4 or 10.7 bytes each and a few megabytes, and nothing is ever copied to
/// grow. Twenty bits of a digest name the bucket and 48 more are compared: among fifty million different texts two are
/// taken for the same with a chance of four in a million.
struct DigestTable: Sendable {
    private static let bucketBits = 20
    private static let words = 16
    private static let slab = 1 << 14

    private let hasLines: Bool
    private let perLine: Int
    /// The latest cache line of each bucket, from 1; 0 where there is none.
    private var heads = [UInt32](repeating: 0, count: 1 << bucketBits)
    /// Sixteen words each: the line before it; the lower halves; the upper ones, two a word; the lines.
    private var slabs: [[UInt32]] = []
    private var used: UInt32 = 0
    private(set) var count = 0

    init(hasLines: Bool) {
        self.hasLines = hasLines
        perLine = hasLines ? 6 : 10
    }

    private struct Mark {
        let bucket: Int
        let low: UInt32
        let high: UInt32

        init(_ digest: TextDuplicates.Digest) {
            bucket = Int(digest.high >> UInt64(64 - DigestTable.bucketBits))
            let low = UInt32(truncatingIfNeeded: digest.low)
            // An empty place has 0.
            self.low = low == 0 ? 1 : low
            high = UInt32(truncatingIfNeeded: digest.low >> 48)
        }
    }

    /// The line of a digest, 1 where there are no lines; nil of one that is new.
    func line(of digest: TextDuplicates.Digest) -> Int32? {
        let mark = Mark(digest)
        var next = heads[mark.bucket]
        while next > 0 {
            let at = Int(next - 1)
            let found = slabs[at / Self.slab].withUnsafeBufferPointer { all -> (line: Int32?, before: UInt32) in
                let start = at % Self.slab * Self.words
                for place in 0..<perLine where all[start + 1 + place] == mark.low {
                    let upper = all[start + 1 + perLine + place / 2] >> UInt32(place % 2 * 16) & 0xFFFF
                    guard upper == mark.high else { continue }
                    return (hasLines ? Int32(bitPattern: all[start + 10 + place]) : 1, 0)
                }
                return (nil, all[start])
            }
            if let line = found.line { return line }
            next = found.before
        }
        return nil
    }

    /// Adds a digest that is not there yet.
    mutating func add(_ digest: TextDuplicates.Digest, line: Int32) {
        let mark = Mark(digest)
        let head = heads[mark.bucket]
        count += 1
        if head > 0, put(mark, line, into: Int(head - 1)) { return }
        if Int(used) == slabs.count * Self.slab {
            slabs.append([UInt32](repeating: 0, count: Self.slab * Self.words))
        }
        let fresh = Int(used)
        used += 1
        slabs[fresh / Self.slab][fresh % Self.slab * Self.words] = head
        heads[mark.bucket] = used
        _ = put(mark, line, into: fresh)
    }

    private mutating func put(_ mark: Mark, _ line: Int32, into at: Int) -> Bool {
        slabs[at / Self.slab].withUnsafeMutableBufferPointer { all in
            let start = at % Self.slab * Self.words
            for place in 0..<perLine where all[start + 1 + place] == 0 {
                all[start + 1 + place] = mark.low
                all[start + 1 + perLine + place / 2] |= mark.high << UInt32(place % 2 * 16)
                if hasLines { all[start + 10 + place] = UInt32(bitPattern: line) }
                return true
            }
            return false
        }
    }
}
