/// Walks over bytes that may be damaged: whatever is read past the end is nil.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private var at: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    var isAtEnd: Bool { at >= bytes.endIndex }

    /// What has not been read.
    var rest: ArraySlice<UInt8> { bytes[at...] }

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

    mutating func byte() -> UInt8? { slice(1)?.first }

    mutating func slice(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, bytes.endIndex - at >= count else { return nil }
        defer { at += count }
        return bytes[at..<at + count]
    }

    /// A length, and as many bytes.
    mutating func counted() -> ArraySlice<UInt8>? { varint().flatMap { Int(exactly: $0) }.flatMap { slice($0) } }
}
