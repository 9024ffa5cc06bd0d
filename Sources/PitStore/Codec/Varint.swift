extension Array<UInt8> {
    /// LEB128: seven bits a byte, the lowest first.
    mutating func appendVarint(_ value: UInt64) {
        var left = value
        while left >= 0x80 {
            append(UInt8(truncatingIfNeeded: left) | 0x80)
            left >>= 7
        }
        append(UInt8(left))
    }

    mutating func appendSigned(_ value: Int64) { appendVarint(value.zigzag) }
}

extension Int64 {
    /// Small numbers of either sign become small numbers without one.
    var zigzag: UInt64 { UInt64(bitPattern: (self << 1) ^ (self >> 63)) }

    init(zigzag: UInt64) { self = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1) }
}
