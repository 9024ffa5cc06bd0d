/// Reads what `BitWriter` wrote; reading past the end gives zeros and sets `isPastEnd`.
struct BitReader {
    private let bytes: ArraySlice<UInt8>
    private var at: Int
    /// Bits taken from `bytes` and not given yet, in the lowest places.
    private var pending: UInt64 = 0
    private var count = 0
    private(set) var isPastEnd = false

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    /// The next `bits` of them, 0...64.
    mutating func read(_ bits: Int) -> UInt64 {
        if bits > 32 {
            let high = read(bits - 32)
            return high << 32 | read(32)
        }
        while count < bits {
            if at < bytes.endIndex {
                pending = pending << 8 | UInt64(bytes[at])
                at += 1
            } else {
                isPastEnd = true
                pending <<= 8
            }
            count += 8
        }
        count -= bits
        let value = pending >> UInt64(count) & (1 << UInt64(bits) - 1)
        pending &= 1 << UInt64(count) - 1
        return value
    }

    /// How many ones come before the next zero, which is taken too; at most `limit`, then no zero is taken.
    mutating func ones(limit: Int) -> Int {
        var found = 0
        while found < limit, read(1) == 1 { found += 1 }
        return found
    }
}
