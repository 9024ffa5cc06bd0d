public import PitModel

/// Reads a moment as logs write it.
public enum Moments {
    /// RFC 3339, also with a space for the T and without a zone (then UTC); or a number since the epoch, in seconds,
    /// milliseconds, microseconds or nanoseconds by its size.
    public static func read(_ value: JSONValue) -> Timestamp? {
        if let number = value.figure { return read(number) }
        guard let text = value.text, text.utf8.count >= 19, text.utf8.count <= 40 else { return nil }
        var bytes = Array(text.utf8)
        if bytes[10] == 0x20 { bytes[10] = 0x54 }
        // Some write the zone after a space.
        if let space = bytes.lastIndex(of: 0x20) { bytes.remove(at: space) }
        let written = String(decoding: bytes, as: UTF8.self)
        return Timestamp(rfc3339: written) ?? Timestamp(rfc3339: written + "Z")
    }

    private static func read(_ number: Double) -> Timestamp? {
        guard number > 1e8, number < 1e20 else { return nil }
        switch number {
        case ..<1e11: return Timestamp(seconds: number)
        case ..<1e14: return Timestamp(seconds: number / 1e3)
        case ..<1e17: return Timestamp(seconds: number / 1e6)
        default: return Timestamp(seconds: number / 1e9)
        }
    }
}
