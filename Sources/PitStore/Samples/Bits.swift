/// Writes whole numbers of bits, the highest first.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var pending: UInt64 = 0
    private var count = 0

    mutating func write(_ value: UInt64, bits: Int) {
        var left = bits
        while left > 0 {
            let take = min(left, 8 - count)
            let part = (value >> UInt64(left - take)) & ((1 << UInt64(take)) - 1)
            pending = pending << UInt64(take) | part
            count += take
            left -= take
            if count == 8 {
                bytes.append(UInt8(truncatingIfNeeded: pending))
                (pending, count) = (0, 0)
            }
        }
    }

    /// Fills the last byte with zeros and gives all.
    mutating func finish() -> [UInt8] {
        if count > 0 { write(0, bits: 8 - count) }
        return bytes
    }
}

/// Reads what `BitWriter` wrote; reading past the end gives zeros and sets `isPastEnd`.
struct BitReader {
    private let bytes: ArraySlice<UInt8>
    private var at: Int
    private var used = 0
    private(set) var isPastEnd = false

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    mutating func read(_ bits: Int) -> UInt64 {
        var value: UInt64 = 0
        var left = bits
        while left > 0 {
            guard at < bytes.endIndex else {
                isPastEnd = true
                return value << UInt64(left)
            }
            let take = min(left, 8 - used)
            let part = (bytes[at] >> UInt8(8 - used - take)) & UInt8((1 << UInt16(take)) - 1)
            value = value << UInt64(take) | UInt64(part)
            used += take
            left -= take
            if used == 8 { (at, used) = (at + 1, 0) }
        }
        return value
    }
}

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

/// Walks over bytes that may be damaged: whatever is read past the end is nil.
struct ByteReader {
    let bytes: ArraySlice<UInt8>
    private(set) var at: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while at < bytes.endIndex, shift < 64 {
            let byte = bytes[at]
            at += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    mutating func signed() -> Int64? { varint().map { Int64(zigzag: $0) } }

    mutating func slice(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, bytes.endIndex - at >= count else { return nil }
        defer { at += count }
        return bytes[at..<at + count]
    }
}
