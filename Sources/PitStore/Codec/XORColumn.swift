/// Values as XOR against the one before: a bit when it is the same, else the bits that differ, in the window of the
/// last one when they fit there (Pelkonen et al., "Gorilla", VLDB 2015, section 4.1.2).
enum XORColumn {
    static func pack(_ values: ArraySlice<Double>) -> [UInt8] {
        var bits = BitWriter()
        var previous: UInt64 = 0
        var (leading, length) = (0, 0)
        for value in values {
            let difference = value.bitPattern ^ previous
            previous = value.bitPattern
            guard difference != 0 else {
                bits.write(0, bits: 1)
                continue
            }
            let lead = min(difference.leadingZeroBitCount, 31)
            let trail = difference.trailingZeroBitCount
            let needed = 64 - lead - trail
            // A window much wider than needed costs more than saying a new one, which takes eleven bits.
            if length > 0, lead >= leading, 64 - leading - length <= trail, length - needed < 11 {
                bits.write(0b10, bits: 2)
            } else {
                (leading, length) = (lead, needed)
                bits.write(0b11, bits: 2)
                bits.write(UInt64(leading), bits: 5)
                bits.write(UInt64(length - 1), bits: 6)
            }
            bits.write(difference >> UInt64(64 - leading - length), bits: length)
        }
        return bits.finish()
    }

    /// The values, or nil when the bytes are damaged.
    static func unpack(_ bytes: ArraySlice<UInt8>, _ count: Int) -> [Double]? {
        // Each value takes a bit at least: bytes that are too few are refused before room is made.
        guard bytes.count >= count / 8 else { return nil }
        var bits = BitReader(bytes)
        var previous: UInt64 = 0
        var values: [Double] = []
        values.reserveCapacity(count)
        var (leading, length) = (0, 0)
        for _ in 0..<count {
            if bits.read(1) == 1 {
                if bits.read(1) == 1 {
                    leading = Int(bits.read(5))
                    length = Int(bits.read(6)) + 1
                }
                guard length > 0, leading + length <= 64 else { return nil }
                previous ^= bits.read(length) << UInt64(64 - leading - length)
            }
            values.append(Double(bitPattern: previous))
        }
        return bits.isPastEnd ? nil : values
    }
}
