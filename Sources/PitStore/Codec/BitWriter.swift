/// Writes whole numbers of bits, the highest first.
struct BitWriter {
    private var bytes: [UInt8] = []
    /// Up to 63 bits that wait, in the lowest places.
    private var pending: UInt64 = 0
    private var count = 0

    /// Bits written so far.
    var length: Int { bytes.count * 8 + count }

    /// Writes the lowest `bits` of `value`, 0...64 of them.
    mutating func write(_ value: UInt64, bits: Int) {
        if bits > 32 {
            write(value >> 32, bits: bits - 32)
            return write(value & 0xFFFF_FFFF, bits: 32)
        }
        guard bits > 0 else { return }
        pending = pending << UInt64(bits) | (value & (1 << UInt64(bits) - 1))
        count += bits
        while count >= 8 {
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: pending >> UInt64(count)))
        }
        pending &= 1 << UInt64(count) - 1
    }

    /// Fills the last byte with zeros and gives all.
    consuming func finish() -> [UInt8] {
        if count > 0 { write(0, bits: 8 - count) }
        return bytes
    }
}
