/// What stands behind a backslash in a string of JSON (RFC 8259, section 7).
public enum JSONEscape {
    /// The byte that an escape of one letter stands for; nil where it is none.
    public static func byte(_ letter: UInt8) -> UInt8? {
        switch letter {
        case 0x22, 0x5C, 0x2F: letter
        case 0x62: 0x08
        case 0x66: 0x0C
        case 0x6E: 0x0A
        case 0x72: 0x0D
        case 0x74: 0x09
        default: nil
        }
    }

    /// The character whose digits begin at a place, and where the text goes on; nil where there are no four digits. A high
    /// surrogate takes the low one that follows; half a pair is the replacement character.
    public static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> (scalar: Unicode.Scalar, end: Int)?
    {
        guard let first = unit(bytes, start) else { return nil }
        let end = start + 4
        if let scalar = Unicode.Scalar(first) { return (scalar, end) }
        guard first < 0xDC00, end + 6 <= bytes.count, bytes[end] == 0x5C, bytes[end + 1] == 0x75,
            let second = unit(bytes, end + 2), 0xDC00..<0xE000 ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { return ("\u{FFFD}", end) }
        return (scalar, end + 6)
    }

    /// What four hexadecimal digits say; nil where there are no four.
    public static func unit(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt32? {
        guard start + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[start..<start + 4] {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        return value
    }
}
