/// Takes texts apart into words by their bytes: runs of letters, digits and what is not ASCII; of what is written without
/// spaces a character is a word. Of a word its hash is told, in lower case where it is ASCII.
enum WordWalk {
    /// - Parameter body: is given a word's hash, and its place.
    @inline(__always)
    static func each(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (UInt64, Range<Int>) -> Void) {
        guard let base = bytes.baseAddress else { return }
        if isPlain(UnsafeRawPointer(base), bytes.count) {
            plain(UnsafeRawPointer(base), bytes.count, body)
        } else {
            byByte(bytes, body)
        }
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highest: UInt64 = 0x8080_8080_8080_8080

    private static func isPlain(_ base: UnsafeRawPointer, _ count: Int) -> Bool {
        var (at, all): (Int, UInt64) = (0, 0)
        while at + 8 <= count {
            all |= base.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            at += 8
        }
        while at < count {
            all |= UInt64(base.load(fromByteOffset: at, as: UInt8.self))
            at += 1
        }
        return all & highest == 0
    }

    // MARK: - The hash

    private static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Eight bytes of a word, the first in the lowest place, or those that are left and in the highest place how many there
    /// were in all.
    @inline(__always)
    private static func fold(_ hash: UInt64, _ eight: UInt64) -> UInt64 {
        let wide = (hash ^ eight).multipliedFullWidth(by: 0x9fb2_1c65_1e98_df25)
        return wide.high ^ wide.low
    }

    @inline(__always)
    private static func hash(_ base: UnsafeRawPointer, _ start: Int, _ length: Int, _ count: Int) -> UInt64 {
        var (hash, at, left) = (seed, start, length)
        while left >= 8 {
            hash = fold(hash, lower(base.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
            (at, left) = (at + 8, left - 8)
        }
        var eight: UInt64 = 0
        if at + 8 <= count {
            let mask = ~(UInt64.max << UInt64(left * 8))
            eight = lower(base.loadUnaligned(fromByteOffset: at, as: UInt64.self)) & mask
        } else {
            for place in 0..<left {
                eight |= UInt64(base.load(fromByteOffset: at + place, as: UInt8.self) | 0x20) << UInt64(place * 8)
            }
        }
        return fold(hash, eight | UInt64(length & 0xFF) << 56)
    }

    /// Of letters and digits: in both the bit of lower case does no harm.
    @inline(__always)
    private static func lower(_ eight: UInt64) -> UInt64 { eight | ones &* 0x20 }

    // MARK: - ASCII, eight bytes at a time

    /// The highest bit of each byte that is a letter or a digit; all bytes are below 0x80.
    @inline(__always)
    private static func ofWords(_ eight: UInt64) -> UInt64 {
        let lower = lower(eight)
        let letters = (lower &+ ones &* (0x80 - 0x61)) & ~(lower &+ ones &* (0x80 - 0x7B))
        let digits = (eight &+ ones &* (0x80 - 0x30)) & ~(eight &+ ones &* (0x80 - 0x3A))
        return (letters | digits) & highest
    }

    /// A bit a byte of the 64 from a place on.
    @inline(__always)
    private static func mask(_ base: UnsafeRawPointer, _ at: Int, _ count: Int) -> UInt64 {
        var mask: UInt64 = 0
        if at + 64 <= count {
            for eighth in 0..<8 {
                let found = ofWords(base.loadUnaligned(fromByteOffset: at + eighth * 8, as: UInt64.self))
                mask |= ((found &* 0x0002_0408_1020_4081) >> 56) << UInt64(eighth * 8)
            }
            return mask
        }
        for place in 0..<min(64, count - at) {
            let found = ofWords(UInt64(base.load(fromByteOffset: at + place, as: UInt8.self)))
            mask |= ((found >> 7) & 1) << UInt64(place)
        }
        return mask
    }

    @inline(__always)
    private static func plain(_ base: UnsafeRawPointer, _ count: Int, _ body: (UInt64, Range<Int>) -> Void) {
        var (at, start) = (0, -1)
        while at < count {
            var mask = mask(base, at, count)
            if start >= 0 {
                let length = (~mask).trailingZeroBitCount
                if length == 64 {
                    at += 64
                    continue
                }
                body(hash(base, start, at + length - start, count), start..<at + length)
                (start, mask) = (-1, mask & UInt64.max << UInt64(length))
            }
            while mask != 0 {
                let first = mask.trailingZeroBitCount
                let length = (~(mask >> UInt64(first))).trailingZeroBitCount
                if first + length == 64 {
                    start = at + first
                    break
                }
                body(hash(base, at + first, length, count), at + first..<at + first + length)
                mask &= UInt64.max << UInt64(first + length)
            }
            at += 64
        }
        if start >= 0 { body(hash(base, start, count - start, count), start..<count) }
    }

    // MARK: - Everything else

    @inline(__always)
    private static func byByte(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (UInt64, Range<Int>) -> Void) {
        var (hash, eight, start, at) = (seed, 0 as UInt64, 0, 0)
        @inline(__always) func end() {
            if at > start { body(fold(hash, eight | UInt64((at - start) & 0xFF) << 56), start..<at) }
            (hash, eight, start) = (seed, 0, at)
        }
        while at < bytes.count {
            let byte = bytes[at]
            let lower = byte &- 0x41 < 26 ? byte | 0x20 : byte
            // The first byte of a character of East Asia.
            if lower >= 0xE3, lower < 0xEE { end() }
            if lower &- 0x61 < 26 || lower &- 0x30 < 10 || lower >= 0x80 {
                eight |= UInt64(lower) << UInt64((at - start) % 8 * 8)
                if (at - start) % 8 == 7 { (hash, eight) = (fold(hash, eight), 0) }
            } else {
                end()
                start = at + 1
            }
            at += 1
        }
        end()
    }
}
